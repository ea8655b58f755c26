"""Deletions of confirmed plans."""
