"""Output to the terminal, which sends only changes."""
