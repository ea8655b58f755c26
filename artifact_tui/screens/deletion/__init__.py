"""Deleting: review, confirmation, progress, report."""
