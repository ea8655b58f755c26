"""Ordering downloads: the dialog, and the way to the engine."""
