"""A person's own classifier: checked, loaded, cut at its prediction layer."""
