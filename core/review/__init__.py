"""The review: verdicts, and the queues that put items before auditors."""
