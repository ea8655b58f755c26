"""Which kind of file it is, by its name and its bytes, and the page that kind makes of it."""

from __future__ import annotations

from collections.abc import Callable

from artifact_tui.preview import csv_table, hexdump, highlight, image, json_document, log, markdown
from artifact_tui.preview.line import Rendered, Sample
from artifact_tui.preview.reports import lcov, sarif, xml_document

_KINDS: tuple[Callable[[Sample], Rendered | None], ...] = (
    image.read,
    sarif.read,
    json_document.read,
    xml_document.read,
    lcov.read,
    csv_table.read,
    markdown.read,
    highlight.read,
    log.read,
)
"""In this order: the first that knows the file shows it."""

WHOLE_FIRST = (".json", ".sarif", ".xml", ".trx", ".csv", ".tsv", ".info", ".md", ".svg", *image.NAMES)
"""Ends of names whose kinds say more of a whole file than of its start."""


def show(sample: Sample) -> Rendered:
    """Return the page of the first kind that fits; bytes that fit none are dumped."""
    return next((page for kind in _KINDS if (page := kind(sample)) is not None), None) or hexdump.read(sample)


def show_as_text(sample: Sample) -> Rendered:
    """Its text as it is, or a dump where it has none."""
    return log.read(sample) or hexdump.read(sample)


def show_as_bytes(sample: Sample) -> Rendered:
    """Return a dump, whatever it is."""
    return hexdump.read(sample)
