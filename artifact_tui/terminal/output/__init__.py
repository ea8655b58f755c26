"""Output to the terminal: only what changed is sent."""
