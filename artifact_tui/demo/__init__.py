"""A GitHub server in a single process."""
