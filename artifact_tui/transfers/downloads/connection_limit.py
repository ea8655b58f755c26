"""The limit of connections that are open for bytes at once."""

from __future__ import annotations

import threading
from collections.abc import Callable


class ConnectionLimiter:
    """How many connections may be open for bytes at once.

    Each download needs one; the ones beside it make way for a download that has none.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._open = 0
        self._without = 0
        self._leaving = 0
        self._changed = threading.Condition()

    def take(self) -> bool:
        """Count one beside a download's first; False when there are enough."""
        with self._changed:
            if self._open >= self._most or self._without:
                return False
            self._open += 1
            return True

    def take_first(self, check: Callable[[], None]) -> None:
        """Wait for the one that a download needs; ``check`` is called now and then and may raise."""
        with self._changed:
            self._without += 1
            try:
                while self._open >= self._most:
                    check()
                    self._changed.wait(0.05)
                self._open += 1
            finally:
                self._without -= 1

    def must_leave(self) -> bool:
        """Whether the asking connection, which is not the first of its download, shall end now."""
        if not self._without:
            return False
        with self._changed:
            if self._leaving >= self._without:
                return False
            self._leaving += 1
            return True

    def give(self, *, left: bool = False) -> None:
        """One is closed; ``left`` when it was told to."""
        with self._changed:
            self._open -= 1
            self._leaving -= left
            self._changed.notify_all()
