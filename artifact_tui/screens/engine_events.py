"""From the transfer engine to the app and its screens: snapshots, notifications when transfers end, crashes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from textual import events, on
from textual.getters import query_one
from textual.message import Message
from textual.reactive import reactive
from textual.screen import ModalScreen, Screen

from artifact_tui.domain.models import Connection
from artifact_tui.screens.session import Session
from artifact_tui.terminal.line_compositor import LineCompositor
from artifact_tui.terminal.terminal_app import TerminalApp
from artifact_tui.transfers.deletions.models import Deletion
from artifact_tui.transfers.models import State, Totals, Transfer
from artifact_tui.widgets.status_bar import StatusBar, activity_line, ending_line

if TYPE_CHECKING:
    from artifact_tui.clock import Clock
    from artifact_tui.transfers.engine import Engine

ALREADY_HERE = "You are already here."
SNAPSHOT_INTERVAL = 0.35
"""Seconds between two snapshots. Four progress bars take 170 bytes each time, less than 500 bytes per second."""


@dataclass
class RetryDeletes(Message):
    """A request to retry deletes that failed or were not tried; the app asks the user first."""

    transfers: tuple[Transfer, ...]


class EngineApp(TerminalApp):
    """An app with the state its screens follow: server news and engine snapshots."""

    connection: reactive[Connection | None] = reactive[Connection | None](None, repaint=False)
    transfers: reactive[tuple[Transfer, ...]] = reactive[tuple[Transfer, ...]]((), repaint=False)
    deletions: reactive[tuple[Deletion, ...]] = reactive[tuple[Deletion, ...]]((), repaint=False)
    unfinished: reactive[tuple[str, str]] = reactive[tuple[str, str]](("", ""), repaint=False)
    """Unfinished work of earlier sessions, from :func:`~artifact_tui.screens.resume.unfinished_line`."""


class EngineScreen(Screen[None]):
    """A screen that follows the app while visible; updates wait while another screen covers it."""

    connection: reactive[Connection | None] = reactive[Connection | None](None, repaint=False)
    transfers: reactive[tuple[Transfer, ...]] = reactive[tuple[Transfer, ...]]((), repaint=False)
    deletions: reactive[tuple[Deletion, ...]] = reactive[tuple[Deletion, ...]]((), repaint=False)

    status_bar = query_one(StatusBar)

    def __init__(self) -> None:
        super().__init__()
        self._compositor = LineCompositor()

    @on(events.ScreenResume)
    def _catch_up(self) -> None:
        """Copy the app's state unless covered: a change below another screen repaints all of that one."""
        app = self.app
        if isinstance(app, EngineApp) and app.screen is self:
            self.connection, self.transfers, self.deletions = app.connection, app.transfers, app.deletions
            self.status_bar.unfinished = app.unfinished

    def watch_transfers(self, transfers: tuple[Transfer, ...]) -> None:
        """Show current activity in the status bar."""
        self._show_activity()

    def watch_deletions(self, deletions: tuple[Deletion, ...]) -> None:
        """Show current activity in the status bar."""
        self._show_activity()

    def _show_activity(self) -> None:
        self.status_bar.transfers = activity_line(self.transfers, self.deletions)

    def why_not(self, action: str) -> str:
        """Return why an action is unavailable, or an empty string."""
        return ""

    def is_refused(self, action: str) -> bool:
        """Return whether an action is unavailable, and show why."""
        if reason := self.why_not(action):
            self.app.notify(reason, markup=False, timeout=5)
        return bool(reason)


class EngineEvents:
    """Takes snapshots of the engine, at most three a second; the engine never waits for it."""

    def __init__(self, app: EngineApp, session: Session) -> None:
        self._app = app
        self._session = session
        self._snapshot_due = False

    def open_engine(self, journal: Path | None, clock: Clock | None) -> Engine:
        """Open the transfer engine with this clock or the system's, and warn if its journal cannot be used."""
        from artifact_tui.clock import Clock
        from artifact_tui.transfers.from_settings import open_engine

        backend, settings = self._session.backend, self._session.settings
        clock = clock or Clock()
        engine = open_engine(backend, settings, journal, changed=self.changed, crashed=self.crashed, clock=clock)
        if engine.journal_problem:
            self._app.notify(engine.journal_problem, severity="warning", markup=False, timeout=10)
        return engine

    def changed(self) -> None:
        """Schedule a snapshot unless one is due; engine threads call this and never wait."""
        if self._app.is_running and not self._snapshot_due:
            self._snapshot_due = True
            self._app.call_later(self._app.set_timer, SNAPSHOT_INTERVAL, self._take_snapshot)

    def count_down(self) -> None:
        """Check for changes that only time causes: shorter waits, falling rates."""
        deletes = any(not one.finished for one in self._session.deletions())
        if deletes or any(one.active or one.state is State.PARKED for one in self._session.transfers()):
            self.changed()

    def _take_snapshot(self) -> None:
        self._snapshot_due = False
        app, session = self._app, self._session
        deletions = session.deletions()  # first, so that the transfers are at least as new
        before, app.transfers = Totals.of(app.transfers), session.transfers()
        app.deletions = deletions
        after = Totals.of(app.transfers)
        has_ended = before.active + before.queued and not after.active + after.queued + after.paused
        if has_ended and not self._tells_endings:
            severity: Literal["information", "warning"] = "warning" if after.failed else "information"
            app.notify(ending_line(app.transfers), markup=False, severity=severity, timeout=8)

    @property
    def _tells_endings(self) -> bool:
        places = [screen for screen in self._app.screen_stack if not isinstance(screen, ModalScreen)]
        return bool(places) and getattr(places[-1], "TELLS_ENDINGS", False)

    def crashed(self, error: Exception) -> None:
        """Raise the error in the app's task, which ends the program; engine threads call this."""
        self._app.call_later(_raise, error)

    def why_not(self, action: str) -> str:
        """Return why an action about deletions or unfinished work is unavailable, or an empty string."""
        session, deletions = self._session, self._session.deletions()
        if action == "stop_deletions" and all(one.finished for one in deletions):
            return "No deletion is in progress."
        if action == "deletion" and not deletions:
            return f"Nothing deleted since the program started. {session.key_of('app.history')} shows the history."
        if action == "deletion" and self._tells_endings:
            return ALREADY_HERE
        if action == "unfinished" and not (session.unfinished or session.unfinished_deletions):
            return "No unfinished downloads or deletions."
        return ""


def _raise(error: Exception) -> None:
    raise error
