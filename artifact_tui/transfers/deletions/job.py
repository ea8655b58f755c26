"""One artifact of a confirmed plan during the deletion."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Final

from msgspec.structs import replace

from artifact_tui.errors import UserError
from artifact_tui.retry import Retrier
from artifact_tui.transfers.deletions.models import DeletionItem
from artifact_tui.transfers.errors import Stopped
from artifact_tui.transfers.models import Outcome, State, Transfer

UNKNOWN: Final = "Deletion not confirmed by GitHub."
LOOK: Final = "Refresh the list to check."

_STATES: Final = {
    Outcome.DELETED: State.DONE,
    Outcome.ALREADY_GONE: State.DONE,
    Outcome.SKIPPED: State.FAILED,
    Outcome.FAILED: State.FAILED,
    Outcome.NOT_TRIED: State.CANCELLED,
}


class Look(Enum):
    """What a check found instead of the artifact."""

    GONE = "the artifact is not found in its repository"
    HIDDEN = "the repository is not found either"


class Gate:
    """The shared state of a plan's deletes, guarded by ``lock``; if ``unwanted``, no later program may resume it."""

    def __init__(self) -> None:
        self.lock: Final = threading.RLock()
        self.stopped = self.unwanted = self.paused = False

    @property
    def is_open(self) -> bool:
        """Whether requests may be sent."""
        return not self.stopped and not self.paused


class DeleteJob:
    """The changing side of a transfer that deletes; safe from any thread.

    In the engine's thread, methods raise :class:`~artifact_tui.transfers.errors.Stopped` once the artifact has an
    outcome or the gate is closed. ``changed``: the journal lacks a change. ``unlogged``: an outcome that the log lacks.
    """

    def __init__(self, position: int, shown: Transfer, item: DeletionItem, gate: Gate) -> None:
        self.position: Final = position
        self.carried: Final = item.started  # an earlier program may have deleted it and logged that
        self.shown = shown
        self.proven = item.proven
        self.tries: Retrier | None = None
        self.in_flight = False
        self.last_look: Look | None = None  # what the last check found; one alone is not conclusive
        self.is_denied = False  # a DELETE returned 404 although the artifact exists
        self.changed = self.cleared = False
        self.unlogged: tuple[Outcome, str] | None = None
        self._gate = gate
        self._sent = int(item.started)  # the number of requests that may have deleted it
        self.in_doubt = item.started  # a request had no response, and the artifact was not checked since
        self._outcome: Outcome | None = None  # the outcome in the journal; None while it is still to be deleted
        if item.outcome is not None and not item.is_open:
            self.settle(item.outcome, item.problem)
            self.changed, self.unlogged = False, None

    @property
    def is_open(self) -> bool:
        """Whether this program still has to delete it."""
        return not self.shown.finished

    @property
    def item(self) -> DeletionItem:
        """The state that the journal keeps."""
        with self._gate.lock:
            return DeletionItem(
                repository=self.shown.repository,
                artifact=self.shown.artifact,
                started=self._sent > 0,
                proven=self.proven,
                outcome=self._outcome,
                problem=self.shown.problem if self._outcome else "",
            )

    def enter(self, state: State, problem: str = "") -> None:
        """Change to another state."""
        with self._gate.lock:
            self._check()
            self.shown = replace(self.shown, state=state, problem=problem)

    @contextmanager
    def committed(self) -> Iterator[None]:
        """Mark the step that cannot be undone: from here on, stopping waits for the response."""
        with self._gate.lock:
            self._check()
            self.in_flight = True
            self._sent += 1
            self.shown = replace(self.shown, tries=self.shown.tries + 1)
        try:
            yield
        finally:
            with self._gate.lock:
                self.in_flight = False

    def prove(self) -> None:
        """Note that its download was verified."""
        with self._gate.lock:
            self.proven = self.changed = True

    def refused(self) -> None:
        """Note that the last request did not delete it."""
        with self._gate.lock:
            self._sent -= 1
            self.changed = True

    def doubt(self, in_doubt: bool) -> None:
        """Note whether an earlier request may have deleted it without a response."""
        with self._gate.lock:
            self.in_doubt = in_doubt

    def gone(self) -> None:
        """Settle it as deleted, by this program or by another one."""
        self.settle(Outcome.DELETED if self._sent else Outcome.ALREADY_GONE)

    def settle(
        self,
        outcome: Outcome,
        problem: str = "",
        next_step: str = "",
        *,
        wanted: bool = False,
        error: UserError | None = None,
    ) -> None:
        """Set the outcome unless it has one; with ``wanted`` the next program may resume it."""
        with self._gate.lock:
            if not self.is_open:
                return
            self.shown = replace(
                self.shown, state=_STATES[outcome], outcome=outcome, problem=problem, next_step=next_step, error=error
            )
            if not wanted:
                self._outcome, self.changed = outcome, True
                self.unlogged = None if outcome is Outcome.NOT_TRIED else (outcome, problem)

    def abandon(self, problem: str = "", next_step: str = "", *, wanted: bool) -> None:
        """Settle it as not tried, or as failed if a request may have deleted it."""
        with self._gate.lock:
            if self.in_doubt:
                self.settle(Outcome.FAILED, UNKNOWN, LOOK, wanted=wanted)
            else:
                self.settle(Outcome.NOT_TRIED, problem, next_step, wanted=wanted)

    def rest(self) -> None:
        """Queue it again while nothing works on it."""
        with self._gate.lock:
            if self.is_open and not self.in_flight:
                self.shown = replace(self.shown, state=State.QUEUED)

    def reopen(self) -> None:
        """Queue it again after it was settled."""
        with self._gate.lock:
            self.shown = replace(self.shown, state=State.QUEUED, outcome=None, problem="", next_step="", error=None)
            self._outcome, self.tries, self.changed = None, None, True
            self.last_look, self.is_denied = None, False

    def _check(self) -> None:
        if not self._gate.is_open or not self.is_open:
            raise Stopped
