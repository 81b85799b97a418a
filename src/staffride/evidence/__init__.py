"""What the record says: sources, facts and claims, and where to find each passage."""
