"""Search by examples: what looks like these items, and not like those."""
