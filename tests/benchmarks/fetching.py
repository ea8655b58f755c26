"""Downloads with the real storage and the real engine in a process of their own, which tells what it took.

``python -m tests.benchmarks.fetching SHELF API DIRECTORY NAME`` fetches all artifacts whose name begins so and prints
one JSON object: the seconds from the order to the last final name, and the most memory the process had. With
``--cancel`` it orders one after the other, cancels each on its way, and prints the moments of that.
"""

from __future__ import annotations

import argparse
import json
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

from artifact_tui.domain.models import Artifact
from artifact_tui.github.artifact_store import GitHubArtifactStore
from artifact_tui.github.hosts import host_of_api
from artifact_tui.github.server_info import ServerInfo
from artifact_tui.github.tokens.credentials import Credential, Token
from artifact_tui.retry import DOWNLOAD
from artifact_tui.transfers.models import DownloadOrder, State
from tests.benchmarks.shelf import PLACE, Shelf
from tests.engines import make_engine, under_way

LONGEST = 900.0
"""Seconds until it gives up."""


class Fetcher:
    """An engine and a way to wait for what it does."""

    def __init__(self, api: str, directory: Path, connections: int) -> None:
        record = ServerInfo(host_of_api(api))
        storage = GitHubArtifactStore(record, Credential(Token("a-token-for-loopback"), "the benchmark"))
        self._directory = directory
        self._told = threading.Condition()
        self.engine = make_engine(lambda: storage, changed=self._changed, connections=connections, policy=DOWNLOAD)

    def fetch(self, artifacts: list[Artifact]) -> float:
        """All of them; the seconds it took. Whatever is not proven and in place ends this process."""
        start = time.perf_counter()
        self._order(artifacts)
        self._until(lambda: not under_way(self.engine))
        seconds = time.perf_counter() - start
        wrong = [each for each in self.engine.transfers() if each.state is not State.DONE or not each.verified]
        if wrong:
            raise SystemExit(f"not fetched: {wrong[:3]}")
        return seconds

    def cancel(self, artifact: Artifact) -> float:
        """Begin, cancel while bytes come, and give the moment at which that was said."""
        (number,) = self._order([artifact])
        self._until(lambda: self.engine.transfers()[-1].received > 0)
        moment = time.monotonic()
        if not self.engine.cancel(number):
            raise SystemExit("it was done before it could be cancelled")
        return moment

    def _order(self, artifacts: list[Artifact]) -> tuple[int, ...]:
        return self.engine.downloads.add(
            DownloadOrder(repository=PLACE, artifact=artifact, directory=self._directory, unpack=False)
            for artifact in artifacts
        )

    def _until(self, true: Callable[[], bool]) -> None:
        with self._told:
            if not self._told.wait_for(true, LONGEST):
                raise SystemExit(f"never happened: {self.engine.totals()}")

    def _changed(self) -> None:
        with self._told:
            self._told.notify_all()


def peak_memory() -> int:
    """Bytes; not from ``getrusage``, which counts the parent's until this program was loaded."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) * 1024


def main() -> None:
    """Fetch or cancel, and say what it took."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("shelf", type=Path)
    arguments.add_argument("api")
    arguments.add_argument("directory", type=Path)
    arguments.add_argument("name")
    arguments.add_argument("--connections", type=int, default=8)
    arguments.add_argument("--cancel", action="store_true")
    options = arguments.parse_args()
    artifacts = [each for each in Shelf.open(options.shelf).artifacts if each.name.startswith(options.name)]
    fetcher = Fetcher(options.api, options.directory, options.connections)
    if options.cancel:
        said: dict[str, object] = {"moments": {each.id: fetcher.cancel(each) for each in artifacts}}
    else:
        said = {"seconds": fetcher.fetch(artifacts), "peak_memory": peak_memory()}
    fetcher.engine.close(10)
    print(json.dumps(said))


if __name__ == "__main__":
    main()
