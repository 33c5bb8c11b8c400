"""Fine-tuning: the last block of a bundled network, trained out of fold on the audit's labels."""
