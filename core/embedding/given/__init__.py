"""Embeddings and predictions that were computed elsewhere."""
