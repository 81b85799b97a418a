"""Levers: named, documented patches of a scenario, each with doses in units of their own."""
