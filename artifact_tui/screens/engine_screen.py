"""The app's live state (connection, transfers, deletions), and screens that follow it."""

from __future__ import annotations

from textual import events, on
from textual.getters import query_one
from textual.reactive import reactive
from textual.screen import Screen

from artifact_tui.domain.models import Connection
from artifact_tui.terminal.terminal_app import TerminalApp
from artifact_tui.transfers.deletions.models import Deletion
from artifact_tui.transfers.models import Transfer
from artifact_tui.widgets.status_bar import StatusBar, activity_line


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

    def follow_app(self) -> None:
        """Watch the app's reactive values."""
        for name in ("connection", "transfers", "deletions", "unfinished"):
            self.watch(self.app, name, self._catch_up)

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
