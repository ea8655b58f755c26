"""``artifact-tui cat``: write files inside an artifact to standard output, by byte ranges."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator

from artifact_tui.archive.errors import ArchiveRefused
from artifact_tui.archive.files import streamed
from artifact_tui.archive.inner_paths import FoundFile
from artifact_tui.archive.zip_directory import STORED
from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.failures import LineError
from artifact_tui.cli.line.one_artifact import (
    OpenArtifact,
    bare_link,
    find_artifact,
    no_file,
    read_artifact,
    take_artifact,
)
from artifact_tui.cli.line.terminal_text import TerminalText
from artifact_tui.cli.standard_streams import end_by_signal, send_bytes
from artifact_tui.domain.models import Artifact
from artifact_tui.errors import UsageError
from artifact_tui.text import printable

STEP, SMALL_STEP = 64 * 1024, 8 * 1024
"""Bytes per read of a file that arrives with one request, and of the first part of a compressed one."""
LARGE_STEP = 8 * 1024 * 1024
"""Bytes per request for parts of files, and for files in archives within the artifact."""


async def run(context: LineContext) -> int:
    """Write the files one after another; nothing is written if one of the paths does not exist."""
    options = context.options
    if options.head and options.tail:
        raise UsageError("--head and --tail exclude each other. Use one of them.")
    paths = take_artifact(context)
    artifact = (await find_artifact(context))[0].artifact
    try:
        await read_artifact(context, artifact, lambda opened: _write_all(context, artifact, opened, paths))
    except BrokenPipeError:
        end_by_signal("SIGPIPE")
    return 0


def _write_all(context: LineContext, artifact: Artifact, opened: OpenArtifact, paths: list[str]) -> None:
    files = _chosen(context, artifact, opened, paths)
    for file in files:
        if error := bare_link(file):
            raise error
    text = None
    if sys.stdout.isatty() and not context.options.raw:
        text = TerminalText(ascii_only=not context.is_unicode)
    for file in files:
        try:
            for piece in _pieces(context, opened, file):
                send_bytes(text.shown(piece) if text else piece)
        except ArchiveRefused as error:
            if text:
                send_bytes(text.end())
            sentence = f"'{printable(file.path, 200)}' {error.reason}."
            raise LineError("damaged", sentence, f"Download it with artifact-tui get {artifact.id}.") from None
        if text:
            send_bytes(text.end())


def _chosen(context: LineContext, artifact: Artifact, opened: OpenArtifact, paths: list[str]) -> list[FoundFile]:
    if not paths:
        every = opened.paths.all_files
        if opened.is_raw:
            return every
        if len(every) == 1:
            raise UsageError(f"No path. The only file is {shlex.quote(printable(every[0].path, 200))}.")
        raise UsageError(f"No path. See artifact-tui files {artifact.id}.")
    found: list[FoundFile] = []
    for path in paths:
        files = opened.paths.matching(path) if context.options.glob else opened.paths.exactly(path)
        if not files:
            raise no_file(opened, artifact, path)
        found += files
    return found


def _pieces(context: LineContext, opened: OpenArtifact, file: FoundFile) -> Iterator[bytes]:
    """Yield the bytes of a file, or its first or last; the last of a compressed file need all before them."""
    options, size = context.options, file.entry.size
    skip = max(0, size - options.tail) if options.tail else 0
    wanted = min(options.head or size, size) - skip
    if skip and (read := file.files.reader_of(file.entry)):
        for at in range(skip, size, LARGE_STEP):
            yield read(at, min(LARGE_STEP, size - at))
    elif file.files is opened.remote:
        with opened.remote.in_order(file.entry, skip + wanted) as files:
            yield from _part(streamed(files, file.entry, _step(file, skip + wanted)), skip, wanted, size)
    else:
        step = max(1, min(LARGE_STEP, skip + wanted))
        yield from _part(streamed(file.files, file.entry, step), skip, wanted, size)


def _step(file: FoundFile, wanted: int) -> int:
    """Return the bytes per read, so reads do not go beyond the bytes that were requested."""
    if wanted == file.entry.size or not wanted:
        return STEP
    reads = -(-wanted // STEP)
    return -(-wanted // reads) if file.entry.method == STORED else SMALL_STEP


def _part(pieces: Iterator[bytes], skip: int, wanted: int, size: int) -> Iterator[bytes]:
    """Yield ``wanted`` bytes after the first ``skip``; the file is read on to its checksum only if they end it."""
    is_to_end = skip + wanted == size
    for piece in pieces:
        part = piece[skip : skip + wanted]
        skip = max(0, skip - len(piece))
        wanted -= len(part)
        if part:
            yield part
        if not (wanted or is_to_end):
            return
