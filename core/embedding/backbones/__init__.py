"""Backbones that have a name, and how to load each."""
