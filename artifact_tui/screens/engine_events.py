"""An app that follows the transfer engine: snapshots for the screens, news at its end, and a brake for deletions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from textual import on
from textual.message import Message
from textual.reactive import reactive
from textual.screen import ModalScreen

from artifact_tui.screens.session import Session
from artifact_tui.terminal.terminal_app import TerminalApp
from artifact_tui.transfers.deletions.models import Deletion
from artifact_tui.transfers.models import State, Totals, Transfer
from artifact_tui.widgets.status_bar import ending_line

ALREADY_HERE = "You are already here."
SNAPSHOT_INTERVAL = 0.25


@dataclass
class RetryDeletes(Message):
    """A screen asks to retry deletes that failed or were not tried; the app asks the user first."""

    transfers: tuple[Transfer, ...]


class EngineEventsApp(TerminalApp):
    """The engine never waits for it: it asks for snapshots, four times a second at most."""

    session: Session
    transfers: reactive[tuple[Transfer, ...]] = reactive[tuple[Transfer, ...]]((), repaint=False)
    deletions: reactive[tuple[Deletion, ...]] = reactive[tuple[Deletion, ...]]((), repaint=False)
    unfinished: reactive[tuple[str, str]] = reactive[tuple[str, str]](("", ""), repaint=False)
    """What an earlier start left, as :func:`~artifact_tui.screens.resume.unfinished_line` says it."""
    _snapshot_due = False

    class TransfersChanged(Message):
        """The engine has news; posted from its threads."""

    @dataclass
    class EngineCrashed(Message):
        """A thread of the engine met a bug."""

        error: Exception

    def follow(self) -> None:
        """Look once a second at what changes by time alone."""
        self.set_interval(1.0, self._count_down)

    def engine_changed(self) -> None:
        """Called from the engine's threads, which never wait: at most one snapshot is asked for at a time."""
        if self.is_running and not self._snapshot_due:
            self._snapshot_due = True
            self.post_message(self.TransfersChanged())

    @on(TransfersChanged)
    def _snapshot_soon(self) -> None:
        self.set_timer(SNAPSHOT_INTERVAL, self._take_snapshot)

    def _count_down(self) -> None:
        """The engine tells of changes; that a wait gets shorter, or a rate falls because nothing comes, is none."""
        deletes = any(not one.finished for one in self.session.deletions())
        if deletes or any(one.active or one.state is State.PARKED for one in self.session.transfers()):
            self.engine_changed()

    def _take_snapshot(self) -> None:
        self._snapshot_due = False
        deletions = self.session.deletions()  # before the transfers, which are then as new as these at least
        before, self.transfers = Totals.of(self.transfers), self.session.transfers()
        self.deletions = deletions
        after = Totals.of(self.transfers)
        has_ended = before.active + before.queued and not after.active + after.queued + after.paused
        if has_ended and not self._tells_endings:
            severity: Literal["information", "warning"] = "warning" if after.failed else "information"
            self.notify(ending_line(self.transfers), markup=False, severity=severity, timeout=8)

    @property
    def _tells_endings(self) -> bool:
        """Whether the screen itself says what becomes of a deletion."""
        places = [screen for screen in self.screen_stack if not isinstance(screen, ModalScreen)]
        return bool(places) and getattr(places[-1], "TELLS_ENDINGS", False)

    def engine_crashed(self, error: Exception) -> None:
        """A bug in a transfer is one of the program: it ends as loudly as any other, in the app's own task."""
        self.post_message(self.EngineCrashed(error))

    @on(EngineCrashed)
    def _raise(self, event: EngineCrashed) -> None:
        raise event.error

    def why_not(self, action: str) -> str:
        """What is about deletions needs one."""
        deletions = self.session.deletions()
        if action == "stop_deletions" and all(one.finished for one in deletions):
            return "No deletion is in progress."
        if action == "deletion" and not deletions:
            return f"Nothing deleted since the program started. {self.session.key_of('app.history')} shows the history."
        if action == "deletion" and self._tells_endings:
            return ALREADY_HERE
        if action == "unfinished" and not (self.session.unfinished or self.session.unfinished_deletions):
            return "No unfinished downloads or deletions."
        return super().why_not(action)

    def watch_deletions(self) -> None:
        """Keys may have come or gone, unless the program is about to end."""
        if self.screen_stack:
            self.refresh_bindings()
