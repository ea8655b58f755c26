"""The base of every list screen: title, table, filter, keys and status, and what Esc closes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from textual import events, on, work
from textual.app import ComposeResult
from textual.getters import query_one
from textual.message import Message
from textual.widget import Widget

from artifact_tui.domain.provider import ArtifactExpired, Provider, ProviderError, RateLimited
from artifact_tui.keymap import bindings
from artifact_tui.screens.engine_events import EngineScreen
from artifact_tui.screens.session import Session
from artifact_tui.screens.suspend import suspend
from artifact_tui.terminal.lean_app import set_breakpoints
from artifact_tui.terminal.terminal_app import TerminalApp
from artifact_tui.text import at_time, clock_time
from artifact_tui.widgets.filter_bar import FilterBar
from artifact_tui.widgets.row_table import RowTable
from artifact_tui.widgets.status_bar import KeyLine, StatusBar
from artifact_tui.widgets.title_bar import TitleBar

STOPPED = "Loading cancelled\n\nr refreshes"
WITHOUT_TIME = timedelta(seconds=60)
"""The wait if the server names none (GitHub's documentation, "Best practices": at least one minute)."""
SHORTEST, LONGEST_GROWN = timedelta(seconds=5), timedelta(seconds=60)
"""The minimum wait, which doubles with each refusal in a row, and its maximum."""


class ListCame(Message):
    """A list has loaded from the server."""


class ListScreen(EngineScreen):
    """A list from the server; subclasses define how to fetch, filter and open its rows.

    Requests to go elsewhere are messages to the app; the app's state arrives as reactives.
    """

    BINDINGS = bindings("list")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (72, "-normal"), (140, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (10, "-short"), (20, "-tall"), (32, "-high")]
    AUTO_FOCUS = "RowTable"
    FILTER_HINT = "Filter"
    TELLS_ENDINGS = False  # whether the screen itself shows how transfers end
    ESC_STOPS = True  # whether Esc cancels loading before it leaves
    IS_OVER_ALL = False  # whether it opens over any place, and closes when the place changes
    PLACE = ""  # the app's action that opens it, if it opens over any place
    ABOVE = ""  # the app's action that goes to the place above; empty if there is none

    table = query_one(RowTable)
    title_bar = query_one(TitleBar)
    filter_bar = query_one(FilterBar)

    @dataclass
    class Up(Message):
        """A request to leave this screen for the one ``steps`` above."""

        steps: int = 1

    def __init__(self, session: Session, *trail: str) -> None:
        super().__init__()
        self.session = session
        self.trail = trail  # the titles from the top level down to this screen
        self.loading_rows = False
        self.can_retry = False  # whether only an error is shown
        self.is_stopped = False  # whether the user cancelled loading
        self.retry_at: datetime | None = None  # when a rate-limited list retries
        self.problem = ""  # the text in place of the rows after an error
        self._filter_waits = False  # whether the list still shows the rows of an earlier filter

    def compose(self) -> ComposeResult:
        """Yield title, body, filter, keys and status, from top to bottom."""
        set_breakpoints(self)
        yield TitleBar()
        yield from self.compose_body()
        yield FilterBar(self.FILTER_HINT)
        yield KeyLine()
        yield StatusBar(self.session.clock).data_bind(EngineScreen.connection)

    @property
    def is_settled(self) -> bool:
        """Whether the list shows rows, or why there are none."""
        return self.is_mounted and bool(self.table.items or self.is_stopped or self.problem)

    def compose_body(self) -> Iterable[Widget]:
        """Yield the table and the widgets around it."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Follow the app's state, and load."""
        self.title_bar.trail = self.trail
        for name in ("connection", "transfers", "deletions", "unfinished"):
            self.watch(self.app, name, self._catch_up)
        self.load()

    @property
    def is_left(self) -> bool:
        """Whether it is removed or about to be; its widgets may be removed first."""
        return not (self.app.is_running and self.is_attached and self.display)

    def on_screen_suspend(self) -> None:
        """Hide the toasts, and cancel the workers of a screen that is left."""
        suspend(self)

    @on(events.ScreenSuspend)
    @on(events.ScreenResume)
    def _refresh_key_line(self) -> None:
        self.query(KeyLine).refresh()

    @property
    def holds_work(self) -> bool:
        """Whether leaving would lose something, such as marks."""
        return False

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        """Load the list; a rate-limited one counts down and retries. A new call replaces a running one."""
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
            await self.saved_shown()  # an error must not keep them from the screen, however fast it came
        self.loading_rows = False
        return problem

    async def _wait_for_retry(self, limited: RateLimited, refusals: int) -> None:
        now = self.session.clock()
        at = self.retry_at = retry_time(limited, now, refusals)
        self.show_problem(retried(limited, at, now))
        self.refresh_bindings()
        while not self.is_left and (left := (at - self.session.clock()).total_seconds()) > 0:
            if self.app.screen is self:  # changes below another screen would repaint that one
                self.show_wait(clock_time(left))
            await self.session.sleep(min(1.0, left))

    def tell_end(self) -> None:
        """Show how loading ended, if that matters to the user."""

    def show_meanwhile(self) -> None:
        """Show something until the first rows arrive."""

    async def saved_shown(self) -> None:
        """Wait until the rows of :meth:`show_meanwhile` are shown, if there are any."""

    def show_wait(self, left: str) -> None:
        """Show the countdown to the next retry."""
        if self.problem and not self.table.items:
            self.table.placeholder = f"{self.problem}\n\n{left} left"

    async def fetch(self, provider: Provider) -> None:
        """Load all pages, and show them as they arrive."""
        raise NotImplementedError

    def update_rows(self) -> None:
        """Show the rows and a summary, or why there are none."""
        raise NotImplementedError

    def show_problem(self, error: ProviderError) -> None:
        """Show an error in the empty list, or as a notification beside its rows."""
        self.update_rows()
        if self.has_rows:
            self.app.notify(str(error), severity="error", markup=False, timeout=10)
            return
        self.can_retry = not isinstance(error, ArtifactExpired)
        self.refresh_bindings()
        retry = "\n\nr retries" if self.can_retry else ""
        text = f"{error.sentence}\n{error.next_step}{retry}" if self.retry_at is None else str(error)
        self.table.placeholder = self.problem = text
        self.title_bar.summary = ""  # the number of rows is unknown

    @property
    def has_rows(self) -> bool:
        """Whether there are rows, shown or hidden by the filter."""
        return bool(self.table.items)

    @property
    def also_shown(self) -> dict[str, str]:
        """Labels by binding ID that the key line shows in addition, or instead of the usual ones; empty for none."""
        return {"list.refresh": "Retry"} if self.can_retry or self.is_stopped else {}

    def action_refresh(self) -> None:
        """Refresh the list; the rows stay until the new ones arrive."""
        self.load()

    def action_filter(self) -> None:
        """Open the filter line."""
        self.filter_bar.open()

    def action_back(self) -> None:
        """Close the filter, undo what the screen has on top, or leave the screen."""
        if self.filter_bar.has_class("-open"):
            self.filter_bar.close()
            self.table.focus()
        elif not self.step_back():
            self.post_message(self.Up())

    @on(TitleBar.Clicked)
    def _place_clicked(self, event: TitleBar.Clicked) -> None:
        if len(self.app.screen_stack) > 1 or self.ABOVE:
            self.post_message(self.Up(event.steps))

    def step_back(self) -> bool:
        """Undo one step on this screen; return False if there is none."""
        if not self.ESC_STOPS or (not self.loading_rows and self.retry_at is None):
            return False
        self.stop_loading()
        return True

    def stop_loading(self) -> None:
        """Cancel loading, and keep the rows so far."""
        self.workers.cancel_group(self, "load")
        self.loading_rows, self.is_stopped, self.retry_at, self.problem = False, True, None, ""
        self.update_rows()
        self.refresh_bindings()

    def action_cursor_down(self) -> None:
        """Move down in the list, also while you type a filter."""
        self.table.action_cursor_down()

    def action_cursor_up(self) -> None:
        """Move up in the list, also while you type a filter."""
        self.table.action_cursor_up()

    @on(FilterBar.Changed)
    def _filter_changed(self, event: FilterBar.Changed) -> None:
        """Apply the filter; letters that are typed faster than that are applied together."""
        app = self.app
        is_followed = isinstance(app, TerminalApp) and app.type_ahead.is_typing
        self._filter_waits = is_followed and bool(event.text) and self.filter_bar.active
        if not self._filter_waits:
            self.filter_rows(event.text)

    @on(events.ScreenResume)
    @on(events.DescendantBlur)
    def _apply_waiting_filter(self) -> None:
        """Apply a filter that waited for a letter, if that went elsewhere."""
        if self._filter_waits:
            self._filter_waits = False
            self.filter_rows(self.filter_bar.text)

    def filter_rows(self, text: str) -> None:
        """Apply the filter as you type."""
        self.update_rows()

    @on(FilterBar.Submitted)
    def _filter_submitted(self, event: FilterBar.Submitted) -> None:
        self.table.focus()
        self.submit_filter(event.text)

    def submit_filter(self, text: str) -> None:
        """Handle Enter in the filter line; by default, only the focus goes back to the list."""

    @on(RowTable.RowSelected)
    def _row_selected(self, event: RowTable.RowSelected) -> None:
        event.stop()
        self.open_item(event.item)

    def action_preview(self) -> None:
        """Open the row under the cursor."""
        if (item := self.current_or_say()) is not None:
            self.open_item(item)

    def current_or_say(self) -> Any:
        """Return the row under the cursor, or None after a notification that says why there is none."""
        if self.table.current is None:
            self.say_why_empty()
        return self.table.current

    def say_why_empty(self) -> None:
        """Say why no row is shown."""
        is_hidden = self.has_rows or self.filter_bar.text.strip()
        empty = "No row matches the filter. Esc clears it." if is_hidden else "The list is empty."
        self.app.notify("The list is still loading." if self.loading_rows else empty, markup=False, timeout=4)

    def open_item(self, item: Any) -> None:
        """Open a row on Enter."""
        raise NotImplementedError


def fits(text: str, words: list[str]) -> bool:
    """Return whether a text contains all words, and none of those after ``!``, ignoring case."""
    folded = text.casefold()
    return all(word[1:] not in folded if len(word) > 1 and word[0] == "!" else word in folded for word in words)


def retry_time(limited: RateLimited, now: datetime, refusals: int) -> datetime:
    """Return when to retry after ``refusals`` in a row: at the server's time, but never at once."""
    doublings: int = min(refusals - 1, 10)
    least = min(SHORTEST * (1 << doublings), LONGEST_GROWN)
    return max(limited.until or now + WITHOUT_TIME, now + least)


def retried(limited: RateLimited, at: datetime, now: datetime) -> RateLimited:
    """Return the error in the words of a list that retries."""
    sentence = f"Rate limited until {at_time(at, now)}."
    who = "" if limited.sentence.startswith("Rate limit") else limited.sentence  # a proxy, or the download host
    parts = ("Retrying then; r retries now.", who, limited.instead)
    return RateLimited(sentence, " ".join(part for part in parts if part), until=at)
