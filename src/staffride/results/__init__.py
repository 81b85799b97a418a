"""The store of runs: one folder a run, written so that a kill loses little, read from any tool."""
