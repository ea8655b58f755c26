"""Artifacts of the demo whose contents the tests of ``files`` and ``cat`` know, and what their commands cost."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile

from artifact_tui.demo import archives
from tests.cli.line.program import KESTREL, Line

WHEEL, WHEEL_RUN = "wheel-cp311-abi3-win_amd64", 27674836804
WHEEL_FILE = f"kestrel_db-26.11.18-{WHEEL.removeprefix('wheel-')}.whl"
LOGS, RESULTS, RAW, EXPIRED = 7709169428, 7709594788, 7707967433, 7701875173
"""A zip of logs with colors, a small one of test results, a log that is not zipped, and an expired artifact."""
EMPTY, TARBALL = 7706454268, 7705764428


def contents_of(line: Line, number: int) -> dict[str, bytes]:
    """The files of an artifact, as another program reads them."""
    blob = archives.download(line.github.store.artifacts[number])
    with zipfile.ZipFile(io.BytesIO(b"".join(blob.read()))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def raw_bytes(line: Line, number: int) -> bytes:
    """The bytes of an artifact."""
    return b"".join(archives.download(line.github.store.artifacts[number]).read())


def api(line: Line) -> list[str]:
    """The requests of the last command to the API, but the one for the server's release."""
    return [each for each in line.requests if each.startswith(f"GET /repos/{KESTREL}")]


def ranges(line: Line) -> list[int]:
    """The lengths of the ranges that the last command requested of the download host."""
    last = line.github.requests[-len(line.requests) :]
    spans = [request.headers.get("range", "").removeprefix("bytes=") for request in last if request.place == "blob"]
    return [int(end) - int(start) + 1 for start, _, end in (span.partition("-") for span in spans)]


def started(line: Line, command: str, *arguments: str, **streams: int) -> subprocess.Popen[bytes]:
    """A command as a separate process."""
    given = [sys.executable, "-m", "artifact_tui", command, KESTREL, "--api-url", line.api, *arguments]
    environ = os.environ | line.environ
    return subprocess.Popen(given, env=environ, stdin=subprocess.DEVNULL, **streams)  # type: ignore[call-overload,no-any-return]
