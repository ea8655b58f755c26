"""How much of a server's list is loaded, and the words for it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from artifact_tui.text import count


class Ending(Enum):
    """How the last load of a list ended."""

    OPEN = "open"
    """Not ended: more pages are coming or available, or loading was cancelled."""
    END = "end"
    """The server named no next page."""
    SETTLED = "settled"
    """As END, with the same difference to the server's count twice in a row."""
    BROKEN = "broken"
    """An error ended it."""
    LIMIT = "limit"
    """GitHub's limit for a filtered list."""
    CUT = "cut"
    """The program's limit of rows per list."""


class Extent(Struct, frozen=True):
    """The rows loaded, the server's count on the last page, undecodable rows, and why loading ended.

    With ``is_minimum``, ``total`` is a lower bound; None means unknown.
    """

    loaded: int = 0
    total: int | None = None
    is_minimum: bool = False
    skipped: int = 0
    ending: Ending = Ending.OPEN
    reason: str = ""

    @classmethod
    def joined(cls, extents: Iterable[Extent]) -> Extent:
        """Return the extent of several lists that were read to their ends, as one."""
        lists = tuple(extents)
        return cls(
            sum(each.loaded for each in lists),
            sum(each.counted or each.loaded for each in lists),
            any(each.is_minimum for each in lists),
            sum(each.skipped for each in lists),
            Ending.END,
        )

    @property
    def counted(self) -> int | None:
        """The known number of rows: the server's count, or else the rows received, readable or not."""
        if self.total is None:
            return self.loaded + self.skipped if self.skipped else None
        return self.total if self.total > self.loaded else None

    @property
    def exact(self) -> int | None:
        """The server's count; None if it is unknown or only a minimum."""
        return None if self.is_minimum else self.total

    @property
    def left(self) -> int | None:
        """How many rows the server counts beyond the loaded ones; None if it is unknown or only a minimum."""
        return None if self.exact is None else max(0, self.exact - self.loaded)

    @property
    def missing(self) -> int:
        """The number of rows that the server counts but that are not loaded; 0 if unknown."""
        return 0 if self.counted is None else self.counted - self.loaded

    @property
    def is_whole(self) -> bool:
        """Whether all rows are loaded, as far as the server reports."""
        return self.ending in {Ending.END, Ending.SETTLED} and not self.missing and not self.skipped

    @property
    def is_incomplete(self) -> bool:
        """Whether the last load ended without all rows."""
        return not self.is_whole and self.ending is not Ending.OPEN

    def without(self, removed: int, counted: int) -> Extent:
        """Return the extent without ``removed`` rows, ``counted`` of which the server's count includes."""
        total = None if self.total is None else max(0, self.total - counted)
        return replace(self, loaded=max(0, self.loaded - removed), total=total)

    def outdated_by(self, newer: Extent) -> Extent:
        """Return the extent of rows that stay although a later load, of which ``newer`` is the extent, read others.

        They are incomplete once that load breaks off, or while the server counts more rows.
        """
        is_broken = newer.ending is Ending.BROKEN and newer.loaded > 0
        if not is_broken and not (self.is_whole and (newer.total or 0) > self.loaded):
            return self
        total, least = (self.total, self.is_minimum) if newer.total is None else (newer.total, newer.is_minimum)
        return replace(self, total=total, is_minimum=least, ending=newer.ending, reason=newer.reason)

    def share(self) -> str:
        """Return ``1,900 of 2,500``, or ``1,900`` if no larger count is known."""
        least = "at least " if self.is_minimum else ""
        return f"{self.loaded:,}" if self.counted is None else f"{self.loaded:,} of {least}{self.counted:,}"

    def title(self, retry: str = "") -> str:
        """Return the title of an incomplete list; ``retry`` is the hint for loading the rest, if a retry may help."""
        hint = f", {retry}" if retry else ""
        share = self.share() if self.counted is not None else f"{self.loaded:,} loaded"
        words = {
            Ending.LIMIT: f"first {self.loaded:,} of at least {max(self.total or 0, self.loaded):,}; narrow the filter",
            Ending.CUT: f"first {self.share()} · stopped at the limit",
            Ending.SETTLED: f"{share} · the server lists no more",
        }.get(self.ending, f"{share} · incomplete{hint}")
        return f"{words} · {count(self.skipped, 'row')} unreadable" if self.skipped else words

    def part(self) -> str:
        """Return ``of the 1,900 loaded; 600 are not``, for actions on the rows; empty for a complete list."""
        if self.is_whole or (self.ending is Ending.OPEN and self.counted is None and not self.loaded):
            return ""
        if not self.missing:
            return f"of the {self.loaded:,} loaded; more may exist"
        least = "at least " if self.is_minimum or self.ending is Ending.LIMIT else ""
        return f"of the {self.loaded:,} loaded; {least}{self.missing:,} {'is' if self.missing == 1 else 'are'} not"

    def fields(self, nouns: str) -> tuple[tuple[str, str], ...]:
        """Return labels and values that explain why the list is incomplete and what to do."""
        known = "" if self.counted is not None else "; the server does not report a total"
        return (
            ("Loaded", f"{self.share()} {nouns}{known}"),
            *([("Unreadable", f"{count(self.skipped, 'row')} could not be decoded")] if self.skipped else []),
            ("Reason", self._why()),
            ("Next", self._step()),
        )

    def _why(self) -> str:
        if self.ending is Ending.END and self.missing and self.missing == self.skipped:
            return "The server sent rows that could not be decoded."
        return {
            Ending.OPEN: "Loading was cancelled.",
            Ending.END: "The server counts more rows, but did not name a next page.",
            Ending.SETTLED: "The server counts more rows, but a second load found no more.",
            Ending.BROKEN: self.reason,
            Ending.LIMIT: "GitHub lists at most 1,000 runs for a filter.",
            Ending.CUT: self.reason,
        }[self.ending]

    def _step(self) -> str:
        return {
            Ending.END: "r refreshes the list.",
            Ending.SETTLED: "Wait until the server's count and its list agree.",
            Ending.LIMIT: "Narrow the filter: add a branch, a status, an event or an actor.",
            Ending.CUT: "Use a narrower list: the artifacts of one run, or an exact name (name=NAME).",
        }.get(self.ending, "r loads the rest.")
