"""The shape of a data set: its layouts in two dimensions, their colors and selections."""
