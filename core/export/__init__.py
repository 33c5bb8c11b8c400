"""What goes out: corrected labels."""
