"""Many at once: the query language, what it asks for, and verdicts on sets."""
