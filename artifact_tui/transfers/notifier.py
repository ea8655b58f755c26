"""Tells the outside that something has changed, from a thread of its own, so that no transfer ever waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final


class ChangeNotifier:
    """Calls ``changed`` soon after each change of a state, and at most every ``interval`` seconds for mere progress.

    Changes that come while ``changed`` runs lead to one more call after it, so the last one is never missed. ``news``,
    which a thread of the engine may wait for, is set at each change of a state, whatever ``changed`` is busy with.
    """

    def __init__(
        self,
        changed: Callable[[], None],
        crashed: Callable[[Exception], None],
        interval: float = 0.1,
    ) -> None:
        self.news: Final = threading.Event()
        self._changed = changed
        self._crashed = crashed
        self._interval = interval
        self._condition = threading.Condition()
        self._dirty = self._urgent = self._closed = False
        self._thread: threading.Thread | None = None

    def progressed(self) -> None:
        """More bytes; free when a call is due anyway, for this is told with every chunk."""
        if not self._dirty:
            self._note(urgent=False)

    def moved(self) -> None:
        """Announce that a transfer came, went, or changed its state."""
        self.news.set()
        self._note(urgent=True)

    def close(self, timeout: float) -> None:
        """Make the last call if one is due; ``changed`` may hang, so it is not waited for longer than ``timeout``."""
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
            except Exception as error:  # the listener's own bug; the transfers go on
                self._crashed(error)

    def _next(self) -> bool:
        with self._condition:
            self._condition.wait_for(lambda: self._urgent or self._closed, self._interval)
            self._condition.wait_for(lambda: self._dirty or self._closed)
            due, self._dirty, self._urgent = self._dirty, False, False
            return due
