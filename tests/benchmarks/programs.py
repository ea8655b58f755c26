"""The programs that the benchmark of downloads compares, each in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from artifact_tui.domain.models import Artifact
from tests.benchmarks.shelf import PLACE, Shelf
from tests.timeouts import TIMEOUT

_CURL = ("curl", "-sSfL")


class BlobServerProcess:
    """A context in which a saved shelf is served at ``api``; it ends with the context, or with this process."""

    def __init__(self, shelf: Shelf, *, rate: int = 0, round_trip: float = 0.0) -> None:
        command = [sys.executable, "-m", "tests.benchmarks.blob_server", str(shelf.directory)]
        command += ["--rate", str(rate), "--round-trip", str(round_trip)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self.api = self._process.stdout.readline().strip()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def sent(self) -> dict[int, int]:
        """Bytes of each blob so far."""
        return {int(number): sent for number, sent in self._numbers()["sent"].items()}

    def closings(self, of: Collection[int]) -> dict[int, list[float]]:
        """When connections were closed with these blobs on their way, by the monotonic clock; one each at least."""
        found: dict[int, list[float]] = defaultdict(list)
        end = time.monotonic() + TIMEOUT
        while not found.keys() >= set(of):
            if time.monotonic() > end:
                raise TimeoutError(f"no connection of {set(of) - found.keys()} was closed")
            time.sleep(0.01)
            found.clear()
            for number, moment in self._numbers()["closings"]:
                found[number].append(moment)
        return found

    def hold(self) -> None:
        """Let no more bytes of blobs out."""
        self._ask("hold")

    def flow(self) -> None:
        """Go on with that."""
        self._ask("flow")

    def _numbers(self) -> Any:
        return json.loads(self._ask("numbers"))

    def _ask(self, what: str) -> bytes:
        with urllib.request.urlopen(f"{self.api}/{what}") as answer:
            body: bytes = answer.read()
            return body


class Fetched(NamedTuple):
    """What a download took: seconds, and bytes of memory at most."""

    seconds: float
    peak_memory: int


def fetch(shelf: Shelf, api: str, directory: Path, name: str, *, connections: int = 8) -> Fetched:
    """Download what begins with ``name`` with the program's engine, over so many connections at most."""
    said = _fetching(shelf, api, directory, name, "--connections", str(connections))
    return Fetched(said["seconds"], said["peak_memory"])


def moments_of_cancelling(shelf: Shelf, api: str, directory: Path, name: str) -> dict[int, float]:
    """Begin and cancel one after the other; when each was cancelled, by the monotonic clock."""
    said = _fetching(shelf, api, directory, name, "--cancel")
    return {int(number): moment for number, moment in said["moments"].items()}


def _fetching(shelf: Shelf, api: str, directory: Path, name: str, *options: str) -> Any:
    module = [sys.executable, "-m", "tests.benchmarks.fetching"]
    command = [*module, str(shelf.directory), api, str(directory), name, *options]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


class Curl:
    """Downloads with curl, as scripts do; seconds."""

    def __init__(self, api: str) -> None:
        self._api = api

    def fetch(self, artifacts: Sequence[Artifact], directory: Path, *options: str) -> float:
        """All in one process, one after the other unless the options say otherwise."""
        listed = "".join(self._entry(artifact, directory) for artifact in artifacts)
        start = time.perf_counter()
        subprocess.run([*_CURL, *options, "--config", "-"], input=listed.encode(), check=True, stderr=subprocess.PIPE)
        return time.perf_counter() - start

    def fetch_parallel(self, artifacts: Sequence[Artifact], directory: Path) -> float:
        """All in one process, four at once."""
        return self.fetch(artifacts, directory, "--parallel", "--parallel-max", "4")

    def fetch_one_by_one(self, artifacts: Iterable[Artifact], directory: Path) -> float:
        """A process each."""
        return sum(self.fetch([artifact], directory) for artifact in artifacts)

    def _entry(self, artifact: Artifact, directory: Path) -> str:
        address = f"{self._api}/repos/{PLACE}/actions/artifacts/{artifact.id}/zip"
        return f'url = "{address}"\noutput = "{directory / artifact.name}"\n'


def seconds_of(*command: str) -> float:
    """A whole process, in seconds."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start
