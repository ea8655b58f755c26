"""The viewer for a file, selected by its name and its bytes. Register a new viewer here."""

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
"""In order of precedence."""

WHOLE_FIRST = (".json", ".sarif", ".xml", ".trx", ".csv", ".tsv", ".info", ".md", ".svg", *image.NAMES)
"""Suffixes of files that are worth reading in whole rather than from the start."""


def show(sample: Sample) -> Rendered:
    """Return the page of the first viewer that accepts the file, else a hex dump."""
    return next((page for kind in _KINDS if (page := kind(sample)) is not None), None) or hexdump.read(sample)


def show_as_text(sample: Sample) -> Rendered:
    """Return the plain text, or a hex dump of a binary file."""
    return log.read(sample) or hexdump.read(sample)


show_as_bytes = hexdump.read
