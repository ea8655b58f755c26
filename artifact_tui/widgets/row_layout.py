"""What a table row is made of, and how it is fitted into the cells of a terminal."""

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
Tone = Literal["muted", "accent", "success", "warning", "error"]
"""The meaning of a text's color; the colors themselves are in the style sheet."""

GAP = 2
"""Blank cells between two columns."""

_UNPRINTABLE = "\N{REPLACEMENT CHARACTER}"
_EMOJI_SELECTOR = "\N{VARIATION SELECTOR-16}"


class Cell(NamedTuple):
    """A text with a tone of its own, where it differs from that of its column."""

    text: str
    tone: Tone | None = None


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column: what it is called, what it shows of a row, how rows are sorted by it, and how wide it is.

    `width` is in cells. The `flexible` columns share what the others leave; `width` is then what they want
    before others give way. Columns with a `priority` above zero are dropped whole when the terminal is too
    narrow, the highest number first; zero is never dropped, only squeezed when nothing else helps. A column whose
    text is the same in every row goes before all others, but for an `essential` one. With `keeps_end` a text that
    is too long loses what it has in common with the others, not its end.
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

    @property
    def name(self) -> str:
        """What the settings call it: the word in its header."""
        return self.label.casefold()


@dataclass(frozen=True, slots=True)
class FittedColumn:
    """A column that is shown: its index among all columns, and the cells it covers."""

    index: int
    column: Column[Any]
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Signs:
    """The characters a table draws beside its text, one cell each."""

    cursor: str
    mark: str
    ascending: str
    descending: str
    ellipsis: str


UNICODE = Signs(cursor="▌", mark="●", ascending="▲", descending="▼", ellipsis="…")
ASCII = Signs(cursor=">", mark="*", ascending="^", descending="v", ellipsis="~")


@lru_cache(maxsize=64)
def fit_columns(columns: tuple[Column[Any], ...], width: int) -> tuple[FittedColumn, ...]:
    """Choose the columns that `width` cells can hold, and place them from left to right.

    A flexible column that is placed always fills the width. Where there is not even a cell for each column of
    priority zero, the flexible ones stay longest.
    """
    shown = list(enumerate(columns))
    while shown and _lack_room(shown, width):
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


def _lack_room(shown: Sequence[tuple[int, Column[Any]]], width: int) -> bool:
    can_drop = any(column.priority for _, column in shown)
    least = sum(column.width for _, column in shown) if can_drop else len(shown)
    return least + GAP * (len(shown) - 1) > width


def _sizes(columns: Sequence[Column[Any]], width: int) -> list[int]:
    """Return the cells of each column: at least one, flexible ones grow and shrink first, then the last ones shrink."""
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
    """Those columns that `names` has, in its order and with their index among all; all of them when it is empty.

    Who names columns says what matters: the last ones are dropped first when there is little room, the first never.
    """
    if not names:
        return tuple(enumerate(columns))
    indexes = {column.name: index for index, column in enumerate(columns)}
    chosen = [indexes[name] for name in names]
    return tuple((index, replace(columns[index], priority=place)) for place, index in enumerate(chosen))


def fit_text(
    text: str, width: int, justify: Justify = "left", ellipsis: str = UNICODE.ellipsis, *, end: int = 0
) -> str:
    """Cut or pad `text` so that it covers exactly `width` cells and cannot steer the terminal.

    What is cut keeps at most `end` cells of its end, less than `width`. Wide and combining characters count as the
    cells they take. Whatever is not printable becomes U+FFFD, a last guard behind the texts' own cleaning; emoji
    selectors go, since terminals disagree on their width.
    """
    if width <= 0:
        return ""
    if not text.isprintable():
        text = "".join(character if character.isprintable() else _UNPRINTABLE for character in text)
    if not text.isascii():
        text, size = _fit_wide(text.replace(_EMOJI_SELECTOR, ""), width, ellipsis, end)
    elif (size := len(text)) > width:
        text, size = text[: width - 1 - end] + ellipsis + text[size - end :], width
    padding = " " * (width - size)
    return padding + text if justify == "right" else text + padding


_MOST_PER_CELL = 4
"""Characters of a line that are looked at for each cell of it."""


def fold_text(text: str, width: int, indent: str = "  ") -> list[str]:
    """Break `text` into lines of at most `width` cells, at blanks; only words longer than a line are broken.

    All but the first begin with `indent`. The width must be enough for it and a wide character.
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


def _word_end(text: str, at: int, end: int, room: int) -> int:
    """Where the line from `at` to `end` has its last blank, if the word behind that fits in `room` on the next line."""
    start = text.rfind(" ", at, end) + 1
    if end == len(text) or start <= at or text[at:start].isspace():
        return end
    word = text[start : start + room + 1].partition(" ")[0]
    return start if _take(word, room)[0] == word else end


def _fit_wide(text: str, width: int, ellipsis: str, end: int) -> tuple[str, int]:
    start, size = _take(text, width)
    if len(start) == len(text):
        return text, size
    kept, kept_size = _take_end(text, end)
    start, size = _take(start, width - 1 - kept_size)
    return start + ellipsis + kept, size + 1 + kept_size


def _take_end(text: str, width: int) -> tuple[str, int]:
    """Return the longest end of `text` that `width` cells hold and that begins with a character of its own."""
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
    """Return the longest start of `text` that `width` cells hold, and the cells it covers."""
    size = 0
    for position, character in enumerate(text):
        step = get_character_cell_size(character)
        if size + step > width:
            return text[:position], size
        size += step
    return text, size
