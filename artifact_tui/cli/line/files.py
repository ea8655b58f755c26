"""``artifact-tui files``: the files inside an artifact, by byte ranges."""

from __future__ import annotations

import base64
from operator import attrgetter
from typing import Any

from artifact_tui.archive.inner_paths import FoundFile
from artifact_tui.cli.line.artifact_selection import ArtifactSelection, SelectedArtifact
from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.failures import rfc3339
from artifact_tui.cli.line.forms import Record, RowWriter, Shape, TableColumn
from artifact_tui.cli.line.one_artifact import OpenArtifact, find_artifact, no_file, read_artifact, take_artifact
from artifact_tui.cli.line.records import artifact_record, run_record, unknown_run
from artifact_tui.cli.line.table import NAMES

_EXECUTABLE = 0o111


async def run(context: LineContext) -> int:
    """List the files that match the globs, or all; only globs with ``!/`` read more than the list of files."""
    options = context.options
    globs = take_artifact(context)
    found, selection = await find_artifact(context)
    total, files = await read_artifact(context, found.artifact, lambda opened: _matching(context, found, opened, globs))
    options.names = options.names or not (options.json or options.jsonl or options.tsv or options.long)
    if options.sort:
        files.sort(key=attrgetter("path") if options.sort == "path" else lambda file: -file.entry.size)
    output = RowWriter(_shape(exact=options.print0), NAMES["files"].fields, context)
    output.rows(files)
    output.end(lambda: _document(found, selection, total))
    return 0


def _matching(
    context: LineContext, found: SelectedArtifact, opened: OpenArtifact, globs: list[str]
) -> tuple[int, list[FoundFile]]:
    for remark in opened.remote.remarks:
        context.messages.note(remark.sentence)
    every = opened.paths.all_files
    if not globs:
        return len(every), every
    matching: dict[tuple[int, ...], FoundFile] = {}
    for glob in globs:
        files = opened.paths.matching(glob)
        if not files:
            raise no_file(opened, found.artifact, glob)
        matching |= {file.place: file for file in files}
    return len(every), [matching[place] for place in sorted(matching)]


def _document(found: SelectedArtifact, selection: ArtifactSelection, total: int) -> Record:
    context, choice = selection.context, selection.run_choice
    run, number = found.run, found.artifact.run_id
    known = run and run_record(run)
    if run is None and number is not None and choice is not None:
        known = unknown_run(number)
    return {
        "repository": str(context.repository),
        "run": known,
        "artifact": artifact_record(found.artifact, context.repository, context.backend.api_url, found.run),
        "files": [],
        "total_count": total,
        "truncated": False,
        "left_out": {
            "expired": 0,
            "forks": choice.forks if choice else 0,
            "older_attempts": selection.older_attempts,
            "protected": 0,
            "over_limit": 0,
        },
        "notes": context.messages.notes,
    }


def _record(file: FoundFile) -> dict[str, Any]:
    entry = file.entry
    is_exact = file.path.encode(errors="surrogateescape") == file.exact
    return {
        "path": file.path,
        "size": entry.size,
        "compressed_size": entry.compressed,
        "crc32": _crc(file) or None,
        "modified": rfc3339(entry.modified),
        "executable": bool(entry.mode & _EXECUTABLE),
        "type": "link" if file.node.kind == "link" else "file",
        "path_bytes": None if is_exact else base64.b64encode(file.exact).decode(),
    }


def _crc(file: FoundFile) -> str:
    """Return the CRC-32 as 8 hexadecimal digits; empty for files that have none, such as those of a tar."""
    return f"{file.entry.crc:08x}" if file.has_crc else ""


def _shape(*, exact: bool) -> Shape[FoundFile]:
    """Return how files are written; ``exact`` keeps the bytes of names that are not UTF-8."""
    columns = (
        TableColumn[FoundFile]("BYTES", lambda file: str(file.entry.size), True),
        TableColumn[FoundFile]("COMPRESSED", lambda file: str(file.entry.compressed), True),
        TableColumn[FoundFile]("CRC-32", lambda file: _crc(file) or "—"),
        TableColumn[FoundFile]("MODIFIED", lambda file: rfc3339(file.entry.modified) or "—"),
        TableColumn[FoundFile]("PATH", lambda file: file.path),
    )

    def name(file: FoundFile) -> str:
        return file.exact.decode(errors="surrogateescape") if exact else file.path

    return Shape("files", _record, columns, name, name)
