"""The shape of a data set: its projection to two dimensions."""
