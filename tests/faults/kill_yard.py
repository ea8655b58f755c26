"""A place where a process downloads, is ended in the middle of it, and is started again."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from artifact_tui.model import Artifact
from tests.benchmarks.blob_server import BlobServer

_LONGEST = 60.0


class Yard:
    """State and download directory of one artifact; ``around`` is put before the command, such as a tracer."""

    def __init__(self, server: BlobServer, artifact: Artifact, place: Path, *, unpack: bool = False) -> None:
        self.server = server
        self.artifact = artifact
        self.state = place / "state"
        self.directory = place / "downloads"
        self._unpack = unpack
        self._sent_before = server.sent[artifact.id]

    def clear(self) -> None:
        """As if nothing had ever been downloaded."""
        for directory in (self.state, self.directory):
            shutil.rmtree(directory, ignore_errors=True)
        self._sent_before = self.server.sent[self.artifact.id]

    @property
    def sent(self) -> int:
        """Bytes of the blob that have left the server."""
        return self.server.sent[self.artifact.id] - self._sent_before

    @property
    def names(self) -> set[str]:
        """What stands in the download directory."""
        return {path.name for path in self.directory.iterdir()} if self.directory.exists() else set()

    def start(self, around: Sequence[str] = ()) -> subprocess.Popen[str]:
        """Start the program; it goes on with what is left, or begins."""
        command = [*around, sys.executable, "-m", "tests.faults.kill_driver", str(self.state)]
        command += [str(self.server.shelf.directory), self.server.api, str(self.directory), self.artifact.name]
        command += ["--unpack"] if self._unpack else []
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def kill_after(self, sent: int) -> None:
        """Start the program and end it with SIGKILL once so many bytes more have left the server."""
        sent += self.sent
        process = self.start()
        with self.server.progress:
            assert self.server.progress.wait_for(lambda: self.sent >= sent or process.poll() is not None, _LONGEST)
        process.kill()
        process.communicate()

    def finish(self) -> dict[str, Any]:
        """Start the program and let it end by itself; what it says of what came of it."""
        return said_by(self.start())

    def is_whole(self, file: Path) -> bool:
        """Whether a file has the bytes of the artifact."""
        with file.open("rb") as source:
            return f"sha256:{hashlib.file_digest(source, 'sha256').hexdigest()}" == self.artifact.digest


def said_by(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What a start of the program printed; it must have ended in order and in words."""
    output, errors = process.communicate(timeout=_LONGEST)
    assert (process.returncode, "Traceback" in errors) == (0, False), errors
    said: dict[str, Any] = json.loads(output)
    return said
