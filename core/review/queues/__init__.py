"""Queues: which items are put before an auditor, and what is left of them."""
