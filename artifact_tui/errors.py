"""Errors that end in a sentence for the user."""

from __future__ import annotations


class UsageError(Exception):
    """A usage error; its arguments are lines for stderr, the first one after the program's name."""
