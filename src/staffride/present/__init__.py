"""Words, figures and the single-file report."""
