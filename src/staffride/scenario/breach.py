"""A rule of the schema that was broken, with what would keep it and what to do."""

from __future__ import annotations


class BreachError(ValueError):
    """Raised inside validators; becomes a problem with its file and line.

    Parameters
    ----------
    message
        What is wrong.
    expected
        What would have been right.
    suggestion
        What to do.
    """

    def __init__(self, message: str, expected: str, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.expected = expected
        self.suggestion = suggestion
