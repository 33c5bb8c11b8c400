"""How far auditors agree: blind annotations, coefficients, summaries."""
