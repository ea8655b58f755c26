"""The frame that every list shares: title, table, filter, keys and status, and how Esc peels it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.getters import query_one
from textual.message import Message

from artifact_tui.domain.provider import ArtifactExpired, Provider, ProviderError, RateLimited
from artifact_tui.keymap import bindings
from artifact_tui.screens.background import end_work
from artifact_tui.screens.engine_screen import EngineScreen
from artifact_tui.screens.session import Session
from artifact_tui.text import clock_time
from artifact_tui.widgets.filter_bar import FilterBar
from artifact_tui.widgets.row_table import RowTable
from artifact_tui.widgets.status_bar import KeyLine, StatusBar
from artifact_tui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.widget import Widget

STOPPED = "Loading cancelled\n\nr refreshes"


class ListCame(Message):
    """A list has loaded from the server."""


class ListScreen(EngineScreen):
    """A list of things of the server; a screen says how to fetch, filter and open them.

    Wishes that lead elsewhere go up to the app as messages; what the app knows comes down as reactives.
    """

    BINDINGS = bindings("list")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-normal"), (140, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (10, "-short"), (20, "-tall"), (32, "-high")]
    AUTO_FOCUS = "RowTable"
    FILTER_HINT = "words"
    TELLS_ENDINGS = False
    """Whether it says itself what transfers have come to."""
    IS_OVER_ALL = False
    """Whether it is shown over any place, and does not come back with the one it was shown over."""
    PLACE = ""
    """The app's action that leads here, where it is a place of its own over others."""
    ABOVE = ""
    """The app's action that goes to the place above this one; empty where there is none."""

    table = query_one(RowTable)
    title_bar = query_one(TitleBar)
    filter_bar = query_one(FilterBar)

    class Up(Message):
        """Leave this screen for the one above it, or one that is more ``steps`` above."""

        def __init__(self, steps: int = 1) -> None:
            super().__init__()
            self.steps = steps

    def __init__(self, session: Session, *trail: str) -> None:
        super().__init__()
        self.session = session
        self.trail = trail
        """The places that lead here, this one last."""
        self.loading_rows = False
        self.can_retry = False
        """Whether a failure is all that is shown."""
        self.is_stopped = False
        """Whether the person did not want to wait for all of the list."""
        self.retry_at: datetime | None = None
        """When the list is loaded again by itself, while the server wants no requests."""
        self.problem = ""
        """What stands in place of the rows while there are none because of an error."""

    def compose(self) -> ComposeResult:
        """Title, body, filter, keys, status, from top to bottom."""
        yield TitleBar()
        yield from self.compose_body()
        yield FilterBar(self.FILTER_HINT)
        yield KeyLine()
        yield StatusBar(self.session.clock).data_bind(EngineScreen.connection)

    def compose_body(self) -> Iterable[Widget]:
        """Yield the table, and what stands beside it."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Follow what the app knows, and load."""
        self.title_bar.trail = self.trail
        self.follow_app()
        self.load()

    @property
    def is_left(self) -> bool:
        """Whether it is taken away, or about to be: then its widgets may be gone before it is."""
        return not (self.app.is_running and self.is_attached and self.display)

    def on_screen_suspend(self) -> None:
        """Whatever would still come for a screen that is left comes too late."""
        end_work(self)

    @property
    def holds_work(self) -> bool:
        """Whether a person has done something here that would be lost with the screen."""
        return False

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        """Load the list; a new call replaces a running one, and a screen that was left shows nothing.

        While the server wants no requests it waits, tells how long, and then continues.
        """
        refusals = 0
        while not self.is_left:
            problem = await self._problem_of_fetch()
            if self.is_left:
                return
            if isinstance(problem, RateLimited):
                refusals += 1
                await self._wait_for_retry(problem, refusals)
                continue
            if problem is None:
                self.update_rows()
                self.tell_end()
                self.post_message(ListCame())
            else:
                self.show_problem(problem)
            self.refresh_bindings()
            return

    async def _problem_of_fetch(self) -> ProviderError | None:
        self.loading_rows, self.is_stopped, self.retry_at, self.problem = True, False, None, ""
        self.can_retry = False
        self.update_rows()
        self.show_meanwhile()
        problem: ProviderError | None = None
        try:
            await self.fetch(await self.session.provider())
        except ProviderError as error:
            problem = error
        self.loading_rows = False
        return problem

    async def _wait_for_retry(self, limited: RateLimited, refusals: int) -> None:
        from artifact_tui.screens.rate_limit import retried, retry_time

        now = self.session.clock()
        at = self.retry_at = retry_time(limited, now, refusals)
        self.show_problem(retried(limited, at, now))
        self.refresh_bindings()
        while not self.is_left and (left := (at - self.session.clock()).total_seconds()) > 0:
            if self.app.screen is self:  # a change of a covered screen would repaint the one on top
                self.show_wait(clock_time(left))
            await self.session.sleep(min(1.0, left))

    def tell_end(self) -> None:
        """Show what you should know about how loading ended."""

    def show_meanwhile(self) -> None:
        """Show something until the first rows come."""

    def show_wait(self, left: str) -> None:
        """Count down to the next try."""
        if self.problem and not self.table.items:
            self.table.placeholder = f"{self.problem}\n\n{left} left"

    async def fetch(self, provider: Provider) -> None:
        """Ask for all pages and show them as they come."""
        raise NotImplementedError

    def update_rows(self) -> None:
        """Show what is there now: rows, summary and, where there are none, why."""
        raise NotImplementedError

    def show_problem(self, error: ProviderError) -> None:
        """In the empty list when there is nothing else to show, else beside it."""
        self.update_rows()
        if self.has_rows:
            self.app.notify(str(error), severity="error", markup=False, timeout=10)
            return
        self.can_retry = not isinstance(error, ArtifactExpired)
        self.refresh_bindings()
        again = "" if isinstance(error, ArtifactExpired) else "\n\nr retries"
        told = f"{error.sentence}\n{error.next_step}{again}" if self.retry_at is None else str(error)
        self.table.placeholder = self.problem = told
        self.title_bar.summary = ""  # how many there are is not known

    @property
    def has_rows(self) -> bool:
        """Whether there are rows, shown or hidden by the filter."""
        return bool(self.table.items)

    @property
    def also_shown(self) -> dict[str, str]:
        """The IDs of bindings that the key line shows in addition to the usual ones."""
        return {"list.refresh": "Retry"} if self.can_retry or self.is_stopped else {}

    def action_refresh(self) -> None:
        """Load again; what is shown stays until the new list is there."""
        self.load()

    def action_filter(self) -> None:
        """Open the filter line."""
        self.filter_bar.open()

    def action_back(self) -> None:
        """Peel one thing off: the filter, what the screen has on top, at last the screen."""
        if self.filter_bar.has_class("-open"):
            self.filter_bar.close()
            self.table.focus()
        elif not self.peel():
            self.post_message(self.Up())

    @on(TitleBar.Clicked)
    def _place_clicked(self, event: TitleBar.Clicked) -> None:
        if len(self.app.screen_stack) > 1 or self.ABOVE:
            self.post_message(self.Up(event.steps))

    def peel(self) -> bool:
        """Undo one layer of this screen's own; False when there is none left."""
        if not self.loading_rows and self.retry_at is None:
            return False
        self.stop_loading()
        return True

    def stop_loading(self) -> None:
        """Keep what has come so far."""
        self.workers.cancel_group(self, "load")
        self.loading_rows, self.is_stopped, self.retry_at, self.problem = False, True, None, ""
        self.update_rows()
        self.refresh_bindings()

    def action_cursor_down(self) -> None:
        """Move down in the list, also while the filter is typed."""
        self.table.action_cursor_down()

    def action_cursor_up(self) -> None:
        """Move up in the list, also while the filter is typed."""
        self.table.action_cursor_up()

    @on(FilterBar.Changed)
    def _filter_changed(self, event: FilterBar.Changed) -> None:
        self.filter_rows(event.text)

    def filter_rows(self, text: str) -> None:
        """Apply the filter line while it is typed."""
        self.update_rows()

    @on(FilterBar.Submitted)
    def _filter_submitted(self, event: FilterBar.Submitted) -> None:
        self.table.focus()
        self.submit_filter(event.text)

    def submit_filter(self, text: str) -> None:
        """Enter in the filter line: by default back to the list."""

    @on(RowTable.RowSelected)
    def _row_selected(self, event: RowTable.RowSelected) -> None:
        event.stop()
        self.open_item(event.item)

    def open_item(self, item: Any) -> None:
        """Enter on a row."""
        raise NotImplementedError


def fits(text: str, words: list[str]) -> bool:
    """Whether a text has all the words, and none of those after a ``!``; upper and lower case are the same."""
    folded = text.casefold()
    return all(word[1:] not in folded if len(word) > 1 and word[0] == "!" else word in folded for word in words)
