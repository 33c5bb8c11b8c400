"""Errors planted in a copy of the labels, to see which detector finds them."""
