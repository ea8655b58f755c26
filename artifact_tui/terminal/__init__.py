"""What Textual leaves to us over SSH."""
