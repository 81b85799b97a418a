"""How the world works, one phenomenon a file."""
