"""A GitHub that fits in a process."""
