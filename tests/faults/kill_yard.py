"""A place where a process downloads, is ended in the middle of it, and is started again."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from artifact_tui.domain.models import Artifact
from tests.benchmarks.blob_server import BlobServer

_LONGEST = 60.0


class Yard:
    """State and download directory of one artifact."""

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

    def start(self, *options: str) -> subprocess.Popen[str]:
        """Start the program; it goes on with what is left, or begins."""
        command = [sys.executable, "-m", "tests.faults.kill_driver", str(self.state)]
        command += [str(self.server.shelf.directory), self.server.api, str(self.directory), self.artifact.name]
        command += [*options, *(["--unpack"] if self._unpack else [])]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)

    def kill_after(self, sent: int) -> int:
        """Start the program and end it with SIGKILL once so many bytes more have left the server.

        Gives how many of them were on their way and had not reached the program.
        """
        sent += self.sent
        process = self.start()
        with self.server.progress:
            assert self.server.progress.wait_for(lambda: self.sent >= sent or process.poll() is not None, _LONGEST)
        with self.server.sending:
            process.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
            under_way = _queued(self.server.port)
            process.kill()
            process.communicate()
        return under_way

    def finish(self, *options: str) -> dict[str, Any]:
        """Start the program and let it end by itself; what it says of what came of it."""
        return said_by(self.start(*options))

    def is_whole(self, file: Path) -> bool:
        """Whether a file has the bytes of the artifact."""
        with file.open("rb") as source:
            return f"sha256:{hashlib.file_digest(source, 'sha256').hexdigest()}" == self.artifact.digest


def _queued(port: int) -> int:
    """Bytes that wait on both sides of the connections to a port on loopback: sent and not yet read."""
    found = 0
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        local, remote, _, queues = line.split()[1:5]
        to_send, to_read = (int(length, 16) for length in queues.split(":"))
        found += to_send if local.endswith(f":{port:04X}") else to_read if remote.endswith(f":{port:04X}") else 0
    return found


def said_by(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What a start of the program printed; it must have ended in order and in words."""
    output, errors = process.communicate(timeout=_LONGEST)
    assert (process.returncode, "Traceback" in errors) == (0, False), errors
    said: dict[str, Any] = json.loads(output)
    return said
