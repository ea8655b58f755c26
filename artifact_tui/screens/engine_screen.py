"""A screen that follows the app's connection, transfers and deletions."""

from __future__ import annotations

from textual import events, on
from textual.getters import query_one
from textual.reactive import reactive
from textual.screen import Screen

from artifact_tui.domain.models import Connection
from artifact_tui.transfers.deletions.models import Deletion
from artifact_tui.transfers.models import Transfer
from artifact_tui.widgets.status_bar import StatusBar, activity_line


class EngineScreen(Screen[None]):
    """A screen that applies updates when it is visible; updates under another screen wait."""

    connection: reactive[Connection | None] = reactive[Connection | None](None, repaint=False)
    transfers: reactive[tuple[Transfer, ...]] = reactive[tuple[Transfer, ...]]((), repaint=False)
    deletions: reactive[tuple[Deletion, ...]] = reactive[tuple[Deletion, ...]]((), repaint=False)

    status_bar = query_one(StatusBar)

    def __init__(self) -> None:
        super().__init__()
        self._latest_connection: Connection | None = None
        self._latest_transfers: tuple[Transfer, ...] = ()
        self._latest_deletions: tuple[Deletion, ...] = ()
        self._latest_unfinished = ("", "")

    def follow_app(self) -> None:
        """Watch the app's reactive values."""
        self.watch(self.app, "connection", self._follow_connection)
        self.watch(self.app, "transfers", self._follow_transfers)
        self.watch(self.app, "deletions", self._follow_deletions)
        self.watch(self.app, "unfinished", self._follow_unfinished)

    def _follow_connection(self, connection: Connection | None) -> None:
        self._latest_connection = connection
        self._catch_up()

    def _follow_transfers(self, transfers: tuple[Transfer, ...]) -> None:
        self._latest_transfers = transfers
        self._catch_up()

    @on(events.ScreenResume)
    def _catch_up(self) -> None:
        """Know what the app knows; not while under another screen, where any change would repaint all of that one."""
        if self.app.screen is self:
            self.connection, self.transfers = self._latest_connection, self._latest_transfers
            self.deletions = self._latest_deletions
            self.status_bar.unfinished = self._latest_unfinished

    def _follow_deletions(self, deletions: tuple[Deletion, ...]) -> None:
        self._latest_deletions = deletions
        self._catch_up()

    def _follow_unfinished(self, unfinished: tuple[str, str]) -> None:
        self._latest_unfinished = unfinished
        self._catch_up()

    def watch_transfers(self, transfers: tuple[Transfer, ...]) -> None:
        """Say in the status bar what is under way."""
        self._show_activity()

    def watch_deletions(self, deletions: tuple[Deletion, ...]) -> None:
        """As :meth:`watch_transfers`."""
        self._show_activity()

    def _show_activity(self) -> None:
        self.status_bar.transfers = activity_line(self.transfers, self.deletions)
