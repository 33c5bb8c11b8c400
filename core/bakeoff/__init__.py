"""The bake-off: detectors compared on synthetic label noise in a copy of the labels."""
