"""What a list tells the program once the server has sent it."""

from __future__ import annotations

from textual.message import Message


class ListCame(Message):
    """The server has sent the list."""
