"""Detectors: class probabilities of every item that its own label had no part in."""
