"""Verdicts that go from one audit to another, in a file."""
