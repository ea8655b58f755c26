"""Where a token comes from, and where it is kept."""
