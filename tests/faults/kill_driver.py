"""One start of the program as far as downloads go, in a process that may be killed.

``python -m tests.faults.kill_driver STATE SHELF API DIRECTORY NAME [--unpack]`` goes on with what the journal in STATE
says was left; where nothing was, it orders the artifact. What came of it is printed as one JSON object.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from pathlib import Path
from typing import Any

from artifact_tui.transfers.journal import open_journal

from artifact_tui.github.credentials import Credential, Token
from artifact_tui.github.hosts import host_of_api
from artifact_tui.github.server import ServerRecord
from artifact_tui.github.storage import GitHubStorage
from artifact_tui.transfers.engine import Engine
from artifact_tui.transfers.patience import Patience
from artifact_tui.transfers.transfer import DownloadOrder
from tests.benchmarks.shelf import PLACE, Shelf

_LONGEST = 60.0
_QUICK = Patience(base=0.01, cap=0.05)


class Start:
    """Journal, storage and engine, as the program has them."""

    def __init__(self, state: Path, api: str) -> None:
        self._told = threading.Condition()
        self._crashes: list[str] = []
        self._journal, self._journal_problem = open_journal(state / "transfers.sqlite")
        record = ServerRecord(host_of_api(api))
        storage = GitHubStorage(record, Credential(Token("a-token-for-loopback"), "the test"))
        self._engine = Engine(
            lambda: storage,
            changed=self._changed,
            crashed=lambda error: self._crashes.append(repr(error)),
            host="loopback",
            journal=self._journal,
            patience=_QUICK,
        )

    def run(self, order: DownloadOrder) -> dict[str, Any]:
        """Go on, or begin; what came of it."""
        unfinished = self._engine.unfinished()
        if unfinished:
            self._engine.go_on()
        else:
            self._engine.download([order])
        with self._told:
            ended = self._told.wait_for(lambda: not self._engine.active, _LONGEST)
        transfers = self._engine.transfers()
        closed = self._engine.close(10)
        return {
            "ended": ended and closed,
            "unfinished": [each.received for each in unfinished],
            "journal_problem": self._journal_problem,
            "crashes": self._crashes,
            "transfers": [
                {"state": each.state, "problem": each.problem, "next_step": each.next_step, "path": str(each.path)}
                for each in transfers
            ],
        }

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
    options = arguments.parse_args()
    (artifact,) = (each for each in Shelf.open(options.shelf).artifacts if each.name.startswith(options.name))
    order = DownloadOrder(repository=PLACE, artifact=artifact, directory=options.directory, unpack=options.unpack)
    json.dump(Start(options.state, options.api).run(order), sys.stdout)


if __name__ == "__main__":
    main()
