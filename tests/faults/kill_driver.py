"""One start of the program as far as downloads go, in a process that may be killed.

``python -m tests.faults.kill_driver STATE SHELF API DIRECTORY NAME [--unpack]`` goes on with what the journal in STATE
says was left; where nothing was, it orders the artifact, unless it is told ``--only-go-on``. What came of it is printed
as one JSON object. With ``--wait`` it first prints a line and waits for one, so that a tracer sees downloads and
nothing of Python's start.
"""

from __future__ import annotations

import argparse
import ctypes
import encodings.cp437
import encodings.idna  # noqa: F401 - both would be read from the disk in the middle of a download
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from artifact_tui.domain.provider import ArtifactStore
from artifact_tui.github.artifact_store import GitHubArtifactStore
from artifact_tui.github.hosts import host_of_api
from artifact_tui.github.server_info import ServerInfo
from artifact_tui.github.tokens.credentials import Credential, Token
from artifact_tui.retry import DOWNLOAD
from artifact_tui.transfers.errors import JournalError
from artifact_tui.transfers.models import DownloadOrder
from tests.benchmarks.shelf import PLACE, Shelf
from tests.engines import make_engine, under_way

_LONGEST = 60.0
_SET_TRACER = 0x59616D61
_QUICK = replace(DOWNLOAD, base=0.01, cap=0.05)


class Start:
    """Storage and engine, as the program has them."""

    def __init__(self, state: Path, storage: ArtifactStore) -> None:
        self._told = threading.Condition()
        self._crashes: list[str] = []
        self._engine = make_engine(
            lambda: storage,
            changed=self._changed,
            crashed=lambda error: self._crashes.append(repr(error)),
            host="loopback",
            journal=state / "transfers.sqlite",
            policy=_QUICK,
        )
        self._journal_problem = self._engine.journal_problem

    def run(self, order: DownloadOrder | None) -> dict[str, Any]:
        """Go on, or begin; what came of it."""
        unfinished = self._go_on()
        if order is not None and not unfinished:
            self._engine.downloads.add([order])
        with self._told:
            ended = self._told.wait_for(lambda: not under_way(self._engine), _LONGEST)
        transfers = self._engine.transfers()
        closed = self._engine.close(10)
        return {
            "ended": ended and closed,
            "unfinished": unfinished,
            "journal_problem": self._journal_problem,
            "crashes": self._crashes,
            "transfers": [
                {"state": each.state, "problem": each.problem, "next_step": each.next_step, "path": str(each.path)}
                for each in transfers
            ],
        }

    def _go_on(self) -> list[int]:
        """Queue what was left; the bytes that were there of each."""
        try:
            left = self._engine.downloads.unfinished()
            self._engine.downloads.resume_unfinished()
        except JournalError as trouble:
            self._journal_problem = str(trouble)
            return []
        return [each.received for each in left]

    def _changed(self) -> None:
        with self._told:
            self._told.notify_all()


def main() -> None:
    """Run, and print what came of it."""
    arguments = argparse.ArgumentParser()
    for name in ("state", "shelf"):
        arguments.add_argument(name, type=Path)
    arguments.add_argument("api")
    arguments.add_argument("directory", type=Path)
    arguments.add_argument("name")
    arguments.add_argument("--unpack", action="store_true")
    arguments.add_argument("--only-go-on", action="store_true")
    arguments.add_argument("--wait", action="store_true")
    options = arguments.parse_args()
    (artifact,) = (each for each in Shelf.open(options.shelf).artifacts if each.name.startswith(options.name))
    order = DownloadOrder(repository=PLACE, artifact=artifact, directory=options.directory, unpack=options.unpack)
    record = ServerInfo(host_of_api(options.api))
    storage = GitHubArtifactStore(record, Credential(Token("a-token-for-loopback"), "the test"))
    if options.wait:
        _wait_for_tracer()
    said = json.dumps(Start(options.state, storage).run(None if options.only_go_on else order))
    os.writev(sys.stdout.fileno(), [said.encode()])  # not write(), which may be made to fail


def _wait_for_tracer() -> None:
    """Let any process of this user trace this one (prctl(2), for Linux with Yama), and wait until one does."""
    ctypes.CDLL(None).prctl(_SET_TRACER, ctypes.c_ulong(-1))
    print("ready", flush=True)
    sys.stdin.readline()


if __name__ == "__main__":
    main()
