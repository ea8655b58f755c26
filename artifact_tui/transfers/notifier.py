"""Notification of changes, from a separate thread, so no transfer waits for the listener."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from artifact_tui.transfers.models import Transfer


class ChangeNotifier:
    """Calls ``changed`` soon after each change of state, and at most every ``interval`` seconds for progress.

    A change during a call leads to one more call. ``news`` is set at each change of state, even while ``changed`` runs.
    """

    def __init__(
        self, changed: Callable[[], None], crashed: Callable[[Exception], None], interval: float = 0.1
    ) -> None:
        self.news: Final = threading.Event()
        self._changed = changed
        self._crashed = crashed
        self._interval = interval
        self._condition = threading.Condition()
        self._dirty = self._urgent = self._closed = False
        self._thread: threading.Thread | None = None
        self._ended: list[Transfer] = []

    def progressed(self) -> None:
        """Announce progress; cheap if a call is due anyway, because every chunk announces it."""
        if not self._dirty:
            self._note(urgent=False)

    def moved(self) -> None:
        """Announce that a transfer was added, removed, or changed its state."""
        self.news.set()
        self._note(urgent=True)

    def ended(self, transfer: Transfer) -> None:
        """Announce a transfer that has ended; :meth:`take_ended` returns it once."""
        with self._condition:
            self._ended.append(transfer)
        self.moved()

    def take_ended(self) -> list[Transfer]:
        """Return the transfers that ended since the last call, so that callers do not scan all of them."""
        with self._condition:
            taken, self._ended = self._ended, []
        return taken

    def close(self, timeout: float) -> None:
        """Make the last call if one is due; wait at most ``timeout`` seconds, because ``changed`` may hang."""
        with self._condition:
            self._closed = True
            self._condition.notify()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout)

    def _note(self, *, urgent: bool) -> None:
        with self._condition:
            if self._closed:
                return
            self._dirty = True
            self._urgent = self._urgent or urgent
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="transfers: notifier", daemon=True)
                self._thread.start()
            self._condition.notify()

    def _run(self) -> None:
        while self._next():
            try:
                self._changed()
            except Exception as error:  # a bug of the listener must not stop transfers
                self._crashed(error)

    def _next(self) -> bool:
        with self._condition:
            self._condition.wait_for(lambda: self._urgent or self._closed, self._interval)
            self._condition.wait_for(lambda: self._dirty or self._closed)
            due, self._dirty, self._urgent = self._dirty, False, False
            return due
