"""XML reports of a known type."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from artifact_tui.preview import highlight, log
from artifact_tui.preview.line import Rendered, Sample
from artifact_tui.preview.reports import cobertura, junit, trx
from artifact_tui.preview.reports.xml_events import XmlRefused, root_of

_REPORTS: tuple[tuple[set[str], Callable[[Sample], Rendered]], ...] = (
    (junit.ROOTS, junit.read),
    (trx.ROOTS, trx.read),
    (cobertura.ROOTS, cobertura.read),
)


def read(sample: Sample) -> Rendered | None:
    """Return the report, or the text of an invalid one below the reason; None for all other files."""
    head = sample.data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head.startswith((b"<", b"\xff\xfe", b"\xfe\xff")) or sample.decoded is None:
        return None
    try:
        root = root_of(sample.data)
        report = next((report for roots, report in _REPORTS if root in roots), None)
        return replace(report(sample), encoding=sample.decoded[1]) if report else None
    except XmlRefused as refusal:
        page = highlight.read(sample) or log.read(sample)
        return page and page.below(f"Not shown as a report: it {refusal}.")
