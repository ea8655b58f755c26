"""What all the work of one engine shares."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from artifact_tui.archive.errors import Limits
from artifact_tui.clock import Clock
from artifact_tui.domain.provider import Offline, Storage
from artifact_tui.retry import Patience, Tries
from artifact_tui.transfers.disk.free_space import FreeSpace
from artifact_tui.transfers.downloads.journal import Journal


class Connections:
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


class Means:
    """Handed on by the engine; ``host`` is the one the artifacts come from, ``crashed`` is told of its own mistakes."""

    def __init__(
        self,
        *,
        host: str,
        make_storage: Callable[[], Storage],
        journal: Journal,
        connections: Connections,
        limits: Limits,
        patience: Patience,
        new_tries: Callable[[], Tries],
        clock: Clock,
        free_space: FreeSpace,
        crashed: Callable[[Exception], None],
    ) -> None:
        self.host: Final = host
        self.journal: Final = journal
        self.connections: Final = connections
        self.limits: Final = limits
        self.patience: Final = patience
        self.new_tries: Final = new_tries
        self.clock: Final = clock
        self.free_space: Final = free_space
        self.crashed: Final = crashed
        self._make_storage = make_storage
        self._storage: Storage | None = None
        self._closed = False
        self._lock = threading.Lock()
        self._making = threading.Lock()
        """Held while the storage is made, which may take long: whoever closes does not wait for it."""

    @property
    def storage(self) -> Storage:
        """Made by the first thread that needs one, for it may read a token from a slow place.

        Raises :class:`Offline` after :meth:`close`.
        """
        with self._making:
            storage = self._open()
            if storage is not None:
                return storage
            made = self._make_storage()
            with self._lock:
                if not self._closed:
                    self._storage = made
                    return made
        made.close()
        raise _closed()

    def close(self) -> None:
        """Close the storage, if there is one; a thread that is still making one closes it."""
        with self._lock:
            self._closed = True
            storage, self._storage = self._storage, None
        if storage is not None:
            storage.close()

    def _open(self) -> Storage | None:
        with self._lock:
            if self._closed:
                raise _closed()
            return self._storage


def _closed() -> Offline:
    return Offline("The connections are closed.")
