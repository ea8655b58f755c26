"""Programs from npm that are the real counterpart: found, started on loopback, ended with the test."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

VARIABLE = "ARTIFACT_TUI_NODE_MODULES"
"""Names the `node_modules` folder that the programs are in; without it they are looked for on PATH."""

_START_LIMIT = 90.0
_END_LIMIT = 20.0


def find_program(name: str, package: str) -> str:
    """Where the program of an npm package is; skips the test when it is not installed."""
    folder = os.environ.get(VARIABLE, "")
    places = [str(Path(folder) / ".bin")] if folder else []
    found = shutil.which(name, path=os.pathsep.join([*places, os.environ.get("PATH", "")]))
    if found is None:
        pytest.skip(f"{name} is neither in {VARIABLE} nor on PATH (npm install {package})")
    return found


@contextmanager
def running(command: Sequence[str], announcement: str, output: Path) -> Iterator[str]:
    """A program that serves as long as the context lasts; gives the address that it announces in its output.

    It works in the folder that its output is written to.
    """
    with output.open("wb") as sink:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT, cwd=output.parent
        )
    try:
        yield _announced(process, announcement, output)
    finally:
        process.terminate()
        try:
            process.wait(_END_LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _announced(process: subprocess.Popen[bytes], announcement: str, output: Path) -> str:
    limit = time.monotonic() + _START_LIMIT
    while time.monotonic() < limit:
        found = re.search(announcement, output.read_text(errors="replace"))
        if found is not None:
            return found[1]
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
        break
    pytest.fail(f"{process.args!r} does not serve:\n{output.read_text(errors='replace')[-2000:]}")
