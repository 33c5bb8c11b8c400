"""What people decide: verdicts, and the queues that put items before them."""
