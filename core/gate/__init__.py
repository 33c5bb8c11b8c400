"""A gate for labels: whether there are too many doubtful ones, for people and for machines."""
