"""The people who review: names."""
