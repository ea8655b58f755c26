"""The list of transfers."""
