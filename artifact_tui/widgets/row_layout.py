"""The columns and cells of a table, and how they fit into the cells of a terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, TypeVar

from rich.cells import get_character_cell_size

if TYPE_CHECKING:
    from artifact_tui.domain.artifact_filter import Sort

Row = TypeVar("Row")
Justify = Literal["left", "right"]
Tone = Literal["muted", "accent", "success", "warning", "error", "chart"]
"""The meaning of a text's color; the style sheet defines the colors.

A chart looks the same under the cursor, so that moving the cursor does not send its signs of three bytes each again.
"""

GAP = 2
"""Blank cells between two columns."""
ELLIPSIS = "…"

_UNPRINTABLE = "\N{REPLACEMENT CHARACTER}"
_EMOJI_SELECTOR = "\N{VARIATION SELECTOR-16}"


class Cell(NamedTuple):
    """A text whose tone may differ from that of its column; with ``spans``, it takes the columns after it too."""

    text: str
    tone: Tone | None = None
    spans: bool = False


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column: its header, its text for a row, its sort order and its width.

    `width` is in cells. The `flexible` columns share the remaining width; their `width` is the one they need before
    other columns are dropped. On narrow terminals, columns with a `priority` above zero are dropped, the highest
    first; the others only shrink, as a last resort. A column with the same text in every row is dropped before all
    others, unless it is `essential`. With `keeps_end`, a long text loses what it shares with other rows, not its end.
    `setting` is the name in the settings, if that is not the word in the header.
    """

    id: str
    label: str
    width: int
    _: KW_ONLY
    cell: Callable[[Row], str | Cell] = str
    sort: Sort[Any] | None = None
    justify: Justify = "left"
    tone: Tone | None = None
    priority: int = 0
    flexible: bool = False
    keeps_end: bool = False
    essential: bool = False
    setting: str = ""

    @property
    def name(self) -> str:
        """The name in the settings."""
        return self.setting or self.label.casefold()


@dataclass(frozen=True, slots=True)
class FittedColumn:
    """A shown column: its index among all columns, and its cells."""

    index: int
    column: Column[Any]
    x: int
    width: int


@lru_cache(maxsize=64)
def fit_columns(columns: tuple[Column[Any], ...], width: int) -> tuple[FittedColumn, ...]:
    """Select the columns that fit into `width` cells, and place them from left to right.

    A flexible column fills the remaining width. If the columns of priority zero do not get one cell each, the flexible
    ones are dropped last.
    """
    shown = list(enumerate(columns))
    while shown and _is_too_wide(shown, width):
        shown.remove(max(shown, key=_dispensable))
    placed: list[FittedColumn] = []
    x = 0
    for (index, column), size in zip(shown, _sizes([column for _, column in shown], width), strict=True):
        placed.append(FittedColumn(index, column, x, size))
        x += size + GAP
    return tuple(placed)


def _dispensable(pair: tuple[int, Column[Any]]) -> tuple[int, bool, int]:
    index, column = pair
    return column.priority, not (column.priority or column.flexible), index


def _is_too_wide(shown: Sequence[tuple[int, Column[Any]]], width: int) -> bool:
    can_drop = any(column.priority for _, column in shown)
    least = sum(column.width for _, column in shown) if can_drop else len(shown)
    return least + GAP * (len(shown) - 1) > width


def _sizes(columns: Sequence[Column[Any]], width: int) -> list[int]:
    """Return the width of each column, at least 1; flexible ones grow and shrink first, then the last ones shrink."""
    sizes = [column.width for column in columns]
    flexible = [place for place, column in enumerate(columns) if column.flexible]
    spare = width - sum(sizes) - GAP * (len(sizes) - 1)
    for done, place in enumerate(flexible):
        change = max(1 - sizes[place], spare // (len(flexible) - done))
        sizes[place] += change
        spare -= change
    for place in reversed(range(len(sizes))):
        if spare < 0:
            change = max(1 - sizes[place], spare)
            sizes[place] += change
            spare -= change
    return sizes


@lru_cache(maxsize=64)
def choose_columns(columns: tuple[Column[Any], ...], names: tuple[str, ...]) -> tuple[tuple[int, Column[Any]], ...]:
    """Return the named columns in that order, with their index among all columns; all columns if `names` is empty.

    The order is the importance: on narrow terminals, the last columns are dropped first, and the first one never.
    """
    if not names:
        return tuple(enumerate(columns))
    indexes = {column.name: index for index, column in enumerate(columns)}
    chosen = [indexes[name] for name in names]
    return tuple((index, replace(columns[index], priority=place)) for place, index in enumerate(chosen))


def fit_text(text: str, width: int, justify: Justify = "left", *, end: int = 0) -> str:
    """Cut or pad `text` to exactly `width` cells, without control characters.

    A cut text keeps at most `end` cells of its end, which must be less than `width`. Unprintable characters become
    U+FFFD, as a second guard; emoji selectors are dropped, because terminals disagree on their width.
    """
    if width <= 0:
        return ""
    if not text.isprintable():
        text = "".join(character if character.isprintable() else _UNPRINTABLE for character in text)
    if not text.isascii():
        text, size = _fit_wide(text.replace(_EMOJI_SELECTOR, ""), width, end)
    elif (size := len(text)) > width:
        text, size = text[: width - 1 - end] + ELLIPSIS + text[size - end :], width
    padding = " " * (width - size)
    return padding + text if justify == "right" else text + padding


_MOST_PER_CELL = 4
"""Characters to consider for each cell of a line."""


def fold_text(text: str, width: int, indent: str = "  ") -> list[str]:
    """Wrap `text` to lines of at most `width` cells, at blanks, or inside words that are longer than a line.

    All lines but the first start with `indent`. The width must hold the indent and a wide character.
    """
    if text.isascii() and len(text) <= width:
        return [text]
    lines: list[str] = []
    at, lead = 0, ""
    while at < len(text):
        end = at + len(_take(text[at : at + _MOST_PER_CELL * width], width - len(lead))[0])
        end = _word_end(text, at, end, width - len(indent))
        lines.append(lead + text[at:end])
        at, lead = end, indent
    return lines or [""]


def _word_end(text: str, at: int, end: int, width: int) -> int:
    """Return the end of the last whole word before `end`, if the next word fits into `width` cells."""
    start = text.rfind(" ", at, end) + 1
    if end == len(text) or start <= at or text[at:start].isspace():
        return end
    word = text[start : start + width + 1].partition(" ")[0]
    return start if _take(word, width)[0] == word else end


def _fit_wide(text: str, width: int, end: int) -> tuple[str, int]:
    start, size = _take(text, width)
    if len(start) == len(text):
        return text, size
    kept, kept_size = _take_end(text, end)
    start, size = _take(start, width - 1 - kept_size)
    return start + ELLIPSIS + kept, size + 1 + kept_size


def _take_end(text: str, width: int) -> tuple[str, int]:
    """Return the longest end of `text` in `width` cells that does not start with a combining character."""
    size, best = 0, ("", 0)
    for position in range(len(text) - 1, -1, -1):
        step = get_character_cell_size(text[position])
        if size + step > width:
            break
        size += step
        if step:
            best = text[position:], size
    return best


def _take(text: str, width: int) -> tuple[str, int]:
    """Return the longest start of `text` in `width` cells, and its width."""
    size = 0
    for position, character in enumerate(text):
        step = get_character_cell_size(character)
        if size + step > width:
            return text[:position], size
        size += step
    return text, size
