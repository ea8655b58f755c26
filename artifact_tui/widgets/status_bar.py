"""The two lines at the bottom: what can be pressed here, and how we stand with the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.dom import DOMNode
from textual.events import Click
from textual.keys import _character_to_key
from textual.reactive import reactive
from textual.screen import Screen
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
"""GitHub counts requests by the hour; a reset that is further away is a server's mistake."""
_KEY_SIGNS = {
    "enter": "⏎",
    "escape": "esc",
    "delete": "del",
    "pagedown": "pgdn",
    "pageup": "pgup",
}
_CHARACTERS = {_character_to_key(chr(code)): chr(code) for code in range(0x21, 0x7F)}
_PLACES = {"stop_deletions": -3, "deletion": -2, "why": -1, "help": 1}
"""Where keys stand that are no screen's own: what cannot wait comes first, and help is there in any width."""


class Hint(NamedTuple):
    """A key with what it does, in words and as an action of a node."""

    key: str
    label: str
    action: str
    node: DOMNode

    @property
    def width(self) -> int:
        """The width in cells."""
        return cell_len(f"{self.key} {self.label}")


class KeyLine(Widget):
    """The most used keys of the screen, as many as there is room for; help has them all."""

    def __init__(self) -> None:
        super().__init__()
        self._hints: list[Hint] = []

    def on_mount(self) -> None:
        """Follow the focus, which changes what a key does."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, _: Screen[object]) -> None:
        self.refresh()

    def render(self) -> Content:
        """``d Download  D Delete  …  ? Help``; nothing below a dialog, which has other keys."""
        if self.app.screen is not self.screen:
            return Content("")
        hints: dict[str, Hint] = {}
        also: Mapping[str, str] = getattr(self.screen, "also_shown", {})
        for active in self.screen.active_bindings.values():
            binding = active.binding
            label = binding.description if binding.show else also.get(binding.id or "")
            if label and is_offered(active):
                hints.setdefault(binding.action, Hint(key_sign(binding.key), label, binding.action, active.node))
        places = _PLACES | getattr(self.screen, "KEY_PLACES", {})
        ordered = sorted(hints.values(), key=lambda hint: places.get(hint.action.removeprefix("app."), 0))
        self._hints = _fitting(ordered, self.size.width)
        return Content("  ").join(_content(hint) for hint in self._hints)

    async def on_click(self, event: Click) -> None:
        """Run the action of the clicked key."""
        offset, end = event.get_content_offset(self), 0
        for hint in self._hints:
            start, end = end, end + hint.width + 2
            if offset is not None and start <= offset.x < end - 2:
                await self.app.run_action(hint.action, hint.node)
                return


def key_sign(key: str) -> str:
    """Return how a key is written on the screen: ``⏎``, ``/``, ``ctrl+d``, never Textual's name for it."""
    *modifiers, base = key.split("+")
    return "+".join([*modifiers, _KEY_SIGNS.get(base) or _CHARACTERS.get(base, base)])


def _fitting(hints: Sequence[Hint], width: int) -> list[Hint]:
    """As many as there is room for, the last one in any case."""
    if not hints:
        return []
    *others, last = hints
    room = width - last.width
    shown: list[Hint] = []
    for hint in others:
        room -= hint.width + 2
        if room < 0:
            break
        shown.append(hint)
    return [*shown, last]


def _content(hint: Hint) -> Content:
    return Content.assemble((hint.key, "$accent"), (f" {hint.label}", "$text-muted"))


class StatusBar(Widget):
    """Account, server and rate limit to the left, transfers under way and unfinished ones to the right."""

    connection: reactive[Connection | None] = reactive[Connection | None](None)
    transfers: reactive[str] = reactive("")
    unfinished: reactive[tuple[str, str]] = reactive(("", ""))
    """What an earlier start left, in full and in short, with the key to decide about it."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self._clock = clock

    def render(self) -> Content:
        """One line; API version, rate limit, server and at last the account give way to what is under way."""
        parts = self._parts()
        right = self._right(self.size.width - cell_len(parts[0].plain) - 2)
        room = self.size.width - cell_len(right) - bool(right) * 2
        while len(parts) > 1 and sum(cell_len(part.plain) + len(SEPARATOR) for part in parts) > room:
            parts.pop()
        left = Content(SEPARATOR).stylize("$text-disabled").join(parts)
        if right and cell_len(left.plain) > room:
            left = Content("")
        right = set_cell_size(right, min(cell_len(right), self.size.width))
        gap = max(0, self.size.width - cell_len(left.plain) - cell_len(right))
        return Content.assemble(left, " " * gap, (right, "$text-accent"))

    def _right(self, room: int) -> str:
        full, short = self.unfinished
        said = short if self.transfers or cell_len(full) > room else full
        return SEPARATOR.join(part for part in (self.transfers, said) if part)

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
    """Return what is left of the primary rate limit, and when it resets if that time is plausible."""
    left = f"{rate.remaining:,}/{rate.limit:,} left"
    until_reset = datetime.fromtimestamp(rate.reset, UTC) - now
    return f"{left}, reset in {span(until_reset)}" if until_reset <= _LONGEST_WINDOW else left


def activity_line(transfers: tuple[Transfer, ...], deletions: tuple[Deletion, ...]) -> str:
    """All that is under way, in a few words; empty when nothing is."""
    parts = [deletion_line(deletion) for deletion in deletions]
    if any(parts):
        transfers = tuple(one for one in transfers if one.kind is Kind.DOWNLOAD)
    return SEPARATOR.join(part for part in [*parts, transfers_line(transfers)] if part)


def transfers_line(transfers: tuple[Transfer, ...]) -> str:
    """All transfers in a few words: what is under way, how far and how fast; empty when there are none."""
    totals = Totals.of(transfers)
    under_way = totals.active + totals.queued
    if not under_way:
        return _resting(totals)
    parts = [count(under_way, "transfer")]
    if totals.total:
        parts[0] += f" {bar(totals.received / totals.total, TOTAL_BAR_WIDTH)} {percent_of(totals)} %"
    if totals.rate:
        parts.append(f"{size(int(totals.rate))}/s")
    if totals.seconds_left is not None:
        parts.append(f"{clock_time(totals.seconds_left)} left")
    return SEPARATOR.join(parts)


def deletion_line(deletion: Deletion) -> str:
    """Return a deletion in a few words: ``deleting 37 of 120``; empty when it has ended."""
    if deletion.finished:
        return ""
    if deletion.state is DeletionState.GRACE:
        return f"deleting {deletion.planned:,} in {clock_time(deletion.seconds_left or 0)}, z stops"
    if deletion.state is DeletionState.DOWNLOADING:
        return f"downloading before deleting {deletion.planned:,}"
    word = "deleting" if deletion.state is DeletionState.RUNNING else f"deleting, {deletion.state.value}:"
    return f"{word} {deletion.settled:,} of {deletion.planned:,}"


def _resting(totals: Totals) -> str:
    if totals.paused:
        return f"‖ {totals.paused:,} paused, w shows them"
    return f"✗ {totals.failed:,} failed, w shows why" if totals.failed else ""


def percent_of(totals: Totals) -> int:
    """Return the percentage of active and queued downloads; at most 99, because a digest may still not match."""
    return min(int(totals.received / totals.total * 100), 99) if totals.total else 0


def ending_line(transfers: tuple[Transfer, ...]) -> str:
    """Return what came of all transfers, when nothing is under way any more."""
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
        parts.append(f"{count(len(deleted), 'artifact')} deleted, {size(freed)} freed, W tells more")
    if skipped:
        parts.append(f"{count(skipped, 'artifact')} skipped, W shows why")
    if failed:
        parts.append(f"{failed:,} failed, w shows why")
    untried = any(one.outcome is Outcome.NOT_TRIED for one in transfers)
    return SEPARATOR.join(parts) or ("Nothing was deleted" if untried else "No active transfers")


def bar(fraction: float | None, width: int) -> str:
    """Return a bar of text, in half cells; a broken line while the whole is not known."""
    if fraction is None:
        return "╌" * width
    halves = int(max(0.0, min(1.0, fraction)) * width * 2)
    full, half = divmod(halves, 2)
    return "━" * full + "╸" * half + "─" * (width - full - half)
