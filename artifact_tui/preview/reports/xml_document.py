"""XML: a report that is known, else its text with the tags highlighted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec.structs import replace

from artifact_tui.preview.line import ACCENT, LONGEST_STYLED, MUTED, SUCCESS, Piece, Rendered, Sample, line
from artifact_tui.preview.log import rows_of
from artifact_tui.preview.reports import cobertura as coverage
from artifact_tui.preview.reports import junit, trx
from artifact_tui.preview.reports.xml_events import XmlRefused, root_of

_TOKEN = re.compile(r"(<!--.*?(?:-->|$)|</?[\w:.-]+|/?>|<[?!][^>]*>?)|(\"[^\"]*\"|'[^']*')|(\b[\w:.-]+=)")
_NAMES = {".xml", ".html", ".htm", ".xhtml", ".svg", ".csproj", ".props", ".pom", ".plist", ".trx", ".xsd", ".nuspec"}
_REPORTS: tuple[tuple[set[str], Callable[[Sample], Rendered]], ...] = (
    (junit.ROOTS, junit.read),
    (trx.ROOTS, trx.read),
    (coverage.ROOTS, coverage.read),
)


def read(sample: Sample) -> Rendered | None:
    """None for what is no XML; why a report is not shown as one is said."""
    head = sample.data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head.startswith((b"<", b"\xff\xfe", b"\xfe\xff")) or sample.decoded is None:
        return None
    text, encoding = sample.decoded
    notes: tuple[str, ...] = ()
    try:
        root = root_of(sample.data)
        report = next((report for roots, report in _REPORTS if root in roots), None)
        if report is not None:
            return replace(report(sample), encoding=encoding)
    except XmlRefused as refusal:
        notes = (f"Not shown as a report: it {refusal}.",)
    if not (notes or root or sample.suffix in _NAMES):
        return None
    rows, more = rows_of(text)
    return Rendered("XML", tuple(line(*_pieces(row.expandtabs())) for row in rows), encoding, notes + more)


def _pieces(row: str) -> Iterator[Piece]:
    if len(row) > LONGEST_STYLED:
        yield row
        return
    at = 0
    for match in _TOKEN.finditer(row):
        yield row[at : match.start()]
        is_quiet = match[3] or (match[1] or "").startswith(("<!", "<?"))
        style = MUTED if is_quiet else ACCENT if match[1] else SUCCESS
        yield match[0], style
        at = match.end()
    yield row[at:]
