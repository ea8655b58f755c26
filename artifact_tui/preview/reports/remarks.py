"""Remarks above a summary, such as declared totals that differ from the list, or parts that were not read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from msgspec import Struct

from artifact_tui.preview.ansi import strip
from artifact_tui.preview.line import ERROR, WARNING, Rendered, Sample, StyledLine, line, words
from artifact_tui.preview.log import MOST_LINES
from artifact_tui.text import count, size

_MOST_REMARKS = 20
_MOST_DIGITS = 15
_GROUPS = re.compile(r"\d{1,3}(?:[,.'’_ \u00a0\u2009\u202f]\d{3})+")
_FRACTION = re.compile(r"[.,]0*$")


class Remark(Struct, frozen=True):
    """A sentence above a summary, with lines of details below; the key for the next error finds errors only."""

    text: str
    is_error: bool = True
    details: str = ""


def whole_number(text: str) -> int | None:
    """Parse a total as reports write it: ``1204``, ``1,204``, ``1 204`` or ``3.0``; None for anything else."""
    digits = text.strip()
    if not _GROUPS.fullmatch(digits):
        digits = _FRACTION.sub("", digits)
    if _GROUPS.fullmatch(digits):
        digits = "".join(filter(str.isdecimal, digits))
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= _MOST_DIGITS else None


def amount(number: int, noun: str, plural: str = "") -> str:
    """Return ``no failure``, ``1 failure`` or ``1,204 failures``."""
    return count(number, noun, plural) if number else f"no {noun}"


def cut(sample: Sample) -> list[Remark]:
    """Return a remark if only a part of the report was read."""
    if not sample.is_cut:
        return []
    return [Remark(f"Only the first {size(len(sample.data))} of {size(sample.size)} were read.", is_error=False)]


def remark_lines(remarks: Iterable[Remark]) -> Iterator[StyledLine]:
    """Yield the errors, the warnings and a blank line."""
    ordered = sorted(remarks, key=lambda remark: not remark.is_error)
    for remark in ordered[:_MOST_REMARKS]:
        style = ERROR if remark.is_error else WARNING
        first, *more = strip(remark.text).splitlines() or [""]
        yield line(("✗ " if remark.is_error else "! ", style), (first, style), is_error=remark.is_error)
        yield from (line("  ", (row, style)) for row in more)
        if remark.details.strip():
            yield from words(strip(remark.details).strip("\n"), indent="  ")
    if len(ordered) > _MOST_REMARKS:
        yield line((f"! {count(len(ordered) - _MOST_REMARKS, 'more difference')}", WARNING))
    if ordered:
        yield line()


def report(kind: str, sample: Sample, *parts: Iterable[StyledLine], encoding: str = "") -> Rendered:
    """Return the page of a report with at most :data:`MOST_LINES` lines."""
    lines = tuple(islice(chain(*parts), MOST_LINES + 1))
    notes = (f"Only the first {MOST_LINES:,} lines are shown.",) if len(lines) > MOST_LINES else ()
    return Rendered(kind, lines[:MOST_LINES], encoding, notes)
