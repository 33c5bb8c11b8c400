"""Ranking by evidence and verdicts: the fit, and re-ranking between fits."""
