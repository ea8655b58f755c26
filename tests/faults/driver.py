"""A program of its own that downloads: the engine and the storage in a process that tests may stop, starve or kill.

It reads an errand as JSON from its argument, prints what can be seen of the transfers, a line of JSON for each change,
and at the end ``{"ended": ...}``. Then it waits until its input ends. The words "keep" and "remove" in its input let
it leave at once.
"""

from __future__ import annotations

import resource
import sys
import threading
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from artifact_tui.domain.artifact_record import ArtifactRecord, artifact_of
from artifact_tui.retry import DOWNLOAD
from artifact_tui.transfers.models import DownloadOrder
from tests.engines import make_engine, under_way
from tests.faults.site import OCTO
from tests.faults.stage import QUICK, storage_of


class Errand(msgspec.Struct, kw_only=True):
    """What to download, where to, and within what limits; ``largest_file`` in bytes."""

    api: str
    directory: str
    artifacts: list[ArtifactRecord] = []
    directories: list[str] = []
    """One for each artifact, where they are not all the same."""
    state: str = ""
    go_on: bool = False
    policy: dict[str, Any] = {}
    connect: float = 10.0
    stall: float = 10.0
    largest_file: int | None = None
    concurrency: int = 4


class Program:
    """Prints and runs until nothing is under way."""

    def __init__(self, errand: Errand) -> None:
        self._told = threading.Condition()
        self._errand = errand
        self._leaving = ""
        self.alone = threading.Event()
        self._engine = make_engine(
            lambda: storage_of(errand.api, connect=errand.connect, stall=errand.stall),
            changed=self._changed,
            concurrency=errand.concurrency,
            host="127.0.0.1",
            journal=Path(errand.state) / "transfers.sqlite" if errand.state else None,
            policy=replace(DOWNLOAD, **{**QUICK, **errand.policy}),
        )

    def run(self) -> None:
        errand = self._errand
        places = errand.directories or [errand.directory] * len(errand.artifacts)
        self._engine.downloads.add(
            DownloadOrder(repository=OCTO, artifact=artifact_of(record), directory=Path(place), unpack=False)
            for record, place in zip(errand.artifacts, places, strict=True)
        )
        if errand.go_on:
            self._engine.downloads.resume_unfinished()
        threading.Thread(target=self._listen, daemon=True).start()
        with self._told:
            self._told.wait_for(lambda: self._leaving or under_way(self._engine) == 0)
        self._tell(
            {
                "ended": self._engine.close(20, keep=self._leaving != "remove"),
                "memory": _peak(),
            }
        )

    def _listen(self) -> None:
        for line in sys.stdin:
            with self._told:
                self._leaving = line.strip()
                self._told.notify_all()
        self.alone.set()

    def _changed(self) -> None:
        with self._told:
            self._tell(self._engine.transfers())
            self._told.notify_all()

    def _tell(self, what: object) -> None:
        sys.stdout.write(msgspec.json.encode(what, enc_hook=str).decode() + "\n")
        sys.stdout.flush()


def _peak() -> int:
    """Kilobytes; what getrusage says is that of the parent, where it was larger when it started us."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def main() -> None:
    errand = msgspec.json.decode(sys.argv[1], type=Errand)
    if errand.largest_file is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (errand.largest_file, errand.largest_file))
    program = Program(errand)
    program.run()
    program.alone.wait()


if __name__ == "__main__":
    main()
