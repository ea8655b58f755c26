"""The message of a list that has loaded."""

from __future__ import annotations

from textual.message import Message


class ListCame(Message):
    """A list has loaded from the server."""
