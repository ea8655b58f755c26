"""The two lines at the bottom: the keys of the screen, and the status of the server and the transfers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.dom import DOMNode
from textual.events import Click
from textual.keys import _character_to_key
from textual.reactive import reactive
from textual.widget import Widget

from artifact_tui.domain.models import Connection, RateLimit, stored_bytes
from artifact_tui.keymap import is_offered
from artifact_tui.text import clock_time, count, printable, size, span
from artifact_tui.transfers.deletions.models import Deletion, DeletionState
from artifact_tui.transfers.models import Kind, Outcome, State, Totals, Transfer

SEPARATOR = " · "
TOTAL_BAR_WIDTH = 10
_LOW = 0.1
_LONGEST_WINDOW = timedelta(days=1)
"""GitHub counts requests per hour; a later reset is an error of the server."""
_KEY_SIGNS = {"enter": "⏎", "escape": "Esc", "delete": "Del", "pagedown": "PgDn", "pageup": "PgUp"}
_CHARACTERS = {_character_to_key(chr(code)): chr(code) for code in range(0x21, 0x7F)}
_PLACES = {"stop_deletions": -3, "why": -1, "help": 1}
"""The positions of global keys: urgent ones are first, and help is shown at any width."""
_WHILE_DELETING = {"deletion": -2}


class Hint(NamedTuple):
    """A key with its label and its action on a node."""

    key: str
    label: str
    action: str
    node: DOMNode

    @property
    def width(self) -> int:
        """The width in cells."""
        return cell_len(f"{self.key} {self.label}")


class KeyLine(Widget):
    """The most used keys of the screen, as many as fit; help has all keys."""

    def __init__(self) -> None:
        super().__init__()
        self._hints: list[Hint] = []

    def on_mount(self) -> None:
        """Follow the focus, which changes the keys."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh())

    def render(self) -> Content:
        """``d Download  D Delete  …  ? Help``; nothing below a dialog, which has other keys."""
        if self.app.screen is not self.screen:
            return Content("")
        hints: dict[str, Hint] = {}
        also: Mapping[str, str] = getattr(self.screen, "also_shown", {})
        for active in self.screen.active_bindings.values():
            binding = active.binding
            label = also.get(binding.id or "", binding.description if binding.show else "")
            if label and is_offered(active):
                hints.setdefault(binding.action, Hint(key_sign(binding.key), label, binding.action, active.node))
        deleting = _WHILE_DELETING if "app.stop_deletions" in hints else {}
        places = _PLACES | deleting | getattr(self.screen, "KEY_PLACES", {})
        ordered = sorted(hints.values(), key=lambda hint: places.get(hint.action.removeprefix("app."), 0))
        self._hints = _fitting(ordered, self.size.width)
        contents = (Content.assemble((hint.key, "$accent"), (f" {hint.label}", "$text-muted")) for hint in self._hints)
        return Content("  ").join(contents)

    async def on_click(self, event: Click) -> None:
        """Run the action of the clicked key."""
        offset, end = event.get_content_offset(self), 0
        for hint in self._hints:
            start, end = end, end + hint.width + 2
            if offset is not None and start <= offset.x < end - 2:
                await self.app.run_action(hint.action, hint.node)
                return


def key_sign(key: str) -> str:
    """Return the name of a key on the screen: ``⏎``, ``/``, ``Space``, ``Ctrl+D``."""
    *modifiers, base = key.split("+")
    if base in _CHARACTERS:
        name = _CHARACTERS[base].upper() if modifiers else _CHARACTERS[base]
    else:
        name = _KEY_SIGNS.get(base, base.capitalize())
    return "+".join([*map(str.capitalize, modifiers), name])


def _fitting(hints: Sequence[Hint], width: int) -> list[Hint]:
    if not hints:
        return []
    *others, last = hints
    ends = accumulate(hint.width + 2 for hint in others)
    return [*(hint for hint, end in zip(others, ends, strict=True) if end <= width - last.width), last]


class StatusBar(Widget):
    """Account, server and rate limit on the left, active and unfinished transfers on the right."""

    connection: reactive[Connection | None] = reactive[Connection | None](None)
    transfers: reactive[str] = reactive("")
    unfinished: reactive[tuple[str, str]] = reactive(("", ""))
    """A long and a short note about work that an earlier start left, with its key."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self._clock = clock

    def render(self) -> Content:
        """Return one line; API version, rate limit, server and finally the account make way for transfers."""
        parts = self._parts()
        right = self._right(self.size.width - cell_len(parts[0].plain) - 2)
        space = self.size.width - cell_len(right) - bool(right) * 2
        while len(parts) > 1 and sum(cell_len(part.plain) + len(SEPARATOR) for part in parts) > space:
            parts.pop()
        left = Content(SEPARATOR).stylize("$text-disabled").join(parts)
        if right and cell_len(left.plain) > space:
            left = Content("")
        right = set_cell_size(right, min(cell_len(right), self.size.width))
        gap = max(0, self.size.width - cell_len(left.plain) - cell_len(right))
        return Content.assemble(left, " " * gap, (right, "$text-accent"))

    def _right(self, width: int) -> str:
        full, short = self.unfinished
        note = short if self.transfers or cell_len(full) > width else full
        return SEPARATOR.join(part for part in (self.transfers, note) if part)

    def _parts(self) -> list[Content]:
        connection = self.connection
        if connection is None:
            return [Content.styled("connecting…", "$text-muted")]
        server = connection.server
        release = f" {server.version}" if server.version else ""
        parts = [
            Content.styled(self._account(connection), "$text-muted"),
            Content.styled(printable(f"{server.host}{release}", 40), "$text-muted"),
        ]
        if connection.read_only:
            parts.insert(1, Content.styled("read-only", "bold $text-warning"))
        if connection.rate_limit is not None:
            parts.append(self._rate(connection.rate_limit))
        if server.api_version:
            parts.append(Content.styled(f"API {printable(server.api_version, 20)}", "$text-muted"))
        return parts

    @staticmethod
    def _account(connection: Connection) -> str:
        account = connection.account
        if account is None:
            return "account unknown" if connection.account_failed else "…"
        source = f" ({printable(connection.token_source, 30)})" if connection.token_source else ""
        return printable(account.login, 40) + source if account.login else "without a token"

    def _rate(self, rate: RateLimit) -> Content:
        text = rate_line(rate, self._clock())
        if rate.remaining <= rate.limit * _LOW:
            return Content.styled(f"! {text}", "$text-warning")
        return Content.styled(text, "$text-muted")


def rate_line(rate: RateLimit, now: datetime) -> str:
    """Return the remaining requests of the primary rate limit, and the time to its reset if that is plausible."""
    left = f"{rate.remaining:,}/{rate.limit:,} left"
    until_reset = datetime.fromtimestamp(rate.reset, UTC) - now
    return f"{left}, reset in {span(until_reset)}" if until_reset <= _LONGEST_WINDOW else left


def activity_line(transfers: tuple[Transfer, ...], deletions: tuple[Deletion, ...]) -> str:
    """Return the active transfers and deletions in a few words; empty if there are none."""
    parts = [deletion_line(deletion) for deletion in deletions]
    if any(parts):
        transfers = tuple(one for one in transfers if one.kind is Kind.DOWNLOAD)
    return SEPARATOR.join(part for part in [*parts, transfers_line(transfers)] if part)


def transfers_line(transfers: tuple[Transfer, ...]) -> str:
    """Return the number, progress and rate of active transfers, else the paused or failed ones; may be empty."""
    totals = Totals.of(transfers)
    active = totals.active + totals.queued
    if not active:
        return _inactive(totals)
    progress = f" {bar(totals.received / totals.total, TOTAL_BAR_WIDTH)} {percent_of(totals)} %" if totals.total else ""
    ended = f"{totals.ended:,} of " if totals.ended else ""  # the percentage is that of all of them
    return SEPARATOR.join([ended + count(active + totals.ended, "transfer") + progress, *pace(totals)])


def pace(totals: Totals) -> list[str]:
    """Return the rate and the time left, if known."""
    rate = [f"{size(int(totals.rate))}/s"] if totals.rate else []
    return rate if totals.seconds_left is None else [*rate, f"{clock_time(totals.seconds_left)} left"]


def deletion_line(deletion: Deletion) -> str:
    """Return a deletion in a few words: ``deleting 37 of 120``; empty if it has ended."""
    if deletion.finished:
        return ""
    if deletion.state is DeletionState.GRACE:
        return f"deleting {deletion.planned:,} in {clock_time(deletion.seconds_left or 0)}, z stops"
    if deletion.state is DeletionState.DOWNLOADING:
        return f"downloading before deleting {deletion.planned:,}"
    word = "deleting" if deletion.state is DeletionState.RUNNING else f"deleting, {deletion.state.value}:"
    return f"{word} {deletion.settled:,} of {deletion.planned:,}"


def _inactive(totals: Totals) -> str:
    if totals.paused:
        return f"‖ {totals.paused:,} paused, w shows them"
    return f"✗ {totals.failed:,} failed, w shows why" if totals.failed else ""


def percent_of(totals: Totals) -> int:
    """Return the percentage of the downloads in the sums, at most 99, because a digest may still not match."""
    return min(int(totals.received / totals.total * 100), 99) if totals.total else 0


def ending_line(transfers: tuple[Transfer, ...]) -> str:
    """Return the results of all transfers, after the last one has ended."""
    downloads = [one for one in transfers if one.kind is Kind.DOWNLOAD and one.state is State.DONE]
    deleted = [one for one in transfers if one.outcome in {Outcome.DELETED, Outcome.ALREADY_GONE}]
    skipped = sum(one.outcome is Outcome.SKIPPED for one in transfers)
    failed = sum(one.state is State.FAILED for one in transfers) - skipped
    parts = []
    if downloads:
        verified = sum(bool(one.verified) for one in downloads)
        parts.append(f"{count(len(downloads), 'download')} done, {verified:,} verified by digest")
    if deleted:
        freed = stored_bytes(one.artifact for one in deleted)
        parts.append(f"{count(len(deleted), 'artifact')} deleted, {size(freed)} freed, W shows more")
    if skipped:
        parts.append(f"{count(skipped, 'artifact')} skipped, W shows why")
    if failed:
        parts.append(f"{failed:,} failed, w shows why")
    untried = sum(one.outcome is Outcome.NOT_TRIED for one in transfers)
    if untried:
        parts.append(f"{untried:,} not tried, W shows them" if parts else "Nothing was deleted")
    return SEPARATOR.join(parts) or "No active transfers"


def bar(fraction: float | None, width: int) -> str:
    """Return a progress bar in half cells, or a dashed line if the fraction is unknown."""
    if fraction is None:
        return "╌" * width
    halves = int(max(0.0, min(1.0, fraction)) * width * 2)
    full, half = divmod(halves, 2)
    return "━" * full + "╸" * half + "─" * (width - full - half)
