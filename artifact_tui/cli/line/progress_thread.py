"""Progress on standard error, in a separate thread: a blocked terminal delays neither downloads nor the command."""

from __future__ import annotations

import os
import select
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Self

from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.progress_forms import ProgressBar, ProgressEvents, ProgressForm, ProgressLines
from artifact_tui.cli.standard_streams import write_error
from artifact_tui.clock import Clock
from artifact_tui.transfers.models import Transfer

BEGINS = 0.5
"""Seconds before the first line: a quick command needs none."""
INTERVAL = 0.25
"""Seconds between two lines."""
USUAL_WIDTH = 80
Forms = Callable[[str, int], ProgressForm]
"""Returns the progress in a form (bar, lines or json) for a width in columns."""


def _of_transfers(form: str, width: int) -> ProgressForm:
    if form == "json":
        return ProgressEvents()
    return ProgressBar(width) if form == "bar" else ProgressLines()


class Progress:
    """A context that tells the progress of what ``look`` returns, in the form that the options choose.

    Notes and errors go above the bar. ``timing`` is the clock of the waits between two lines, and ``forms`` returns
    another progress than that of transfers.
    """

    def __init__(
        self,
        context: LineContext,
        look: Callable[[], Sequence[Transfer]],
        timing: Clock | None = None,
        forms: Forms = _of_transfers,
    ) -> None:
        self._messages = context.messages
        self._clock = context.clock
        self._look = look
        self._timing = timing or Clock()
        form = _chosen(context)
        self._form = forms(form, _width()) if form else None
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="progress", daemon=True)

    def __enter__(self) -> Self:
        """Start the thread, unless no progress is wanted."""
        if self._form is not None:
            self._messages.write = self._above
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Tell what is left, and remove the bar."""
        if self._form is not None and not self._over.is_set():
            self._over.set()
            self._thread.join(INTERVAL)  # it may be blocked by a stuck terminal
            self._messages.write = write_error

    def _run(self) -> None:
        assert self._form is not None
        start = self._timing.monotonic()
        if self._timing.wait(self._over, BEGINS):
            return
        is_over = False
        while not is_over:
            is_over = self._over.is_set()
            with self._lock:
                if is_writable():
                    write_error(self._form.tick(self._look(), self._timing.monotonic() - start, self._clock()))
            self._timing.wait(self._over, INTERVAL)
        with self._lock:
            if is_writable():
                write_error(self._form.erase())

    def _above(self, text: str) -> None:
        """Write a note or an error; the bar is drawn again below it."""
        assert self._form is not None
        with self._lock:
            write_error(self._form.erase() + text)


def _chosen(context: LineContext) -> str:
    """Return the form that options and terminal choose; empty for no progress."""
    form = str(context.options.progress)
    if form == "none" or (context.options.quiet and form != "json"):
        return ""
    if form == "auto":
        is_dumb = context.environ.get("TERM") == "dumb"
        form = "bar" if sys.stderr.isatty() and not is_dumb else "lines"
    return form


def _width() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or USUAL_WIDTH
    except OSError:
        return USUAL_WIDTH


def is_writable() -> bool:
    """Return whether standard error accepts bytes now; it is never set to non-blocking, which the shell would share."""
    try:
        poll = select.poll()
        poll.register(sys.stderr.fileno(), select.POLLOUT)
        return bool(poll.poll(0))
    except OSError:  # not a file, as in tests
        return True
