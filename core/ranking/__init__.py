"""From evidence and verdicts to an order: the fit, and re-ranking between fits."""
