"""A folder of text that says what is run: its schema, its loader and its checks."""
