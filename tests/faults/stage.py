"""The real engine over the real storage, in front of a site that misbehaves, and the verdict on what came of it."""

from __future__ import annotations

import io
import itertools
import threading
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from artifact_tui.clock import Clock
from artifact_tui.github.artifact_store import GitHubArtifactStore
from artifact_tui.github.hosts import host_of_api
from artifact_tui.github.http.requests import now
from artifact_tui.github.server_info import ServerInfo
from artifact_tui.github.tokens.credentials import Credential, Token
from artifact_tui.retry import API_READ, DOWNLOAD
from artifact_tui.transfers.models import DownloadOrder, State, Transfer
from tests.engines import make_engine
from tests.faults.site import OCTO, SIGNATURE, TOKEN, Site
from tests.faults.stored import Data, Stored
from tests.timeouts import TIMEOUT

QUICK = {"base": 0.001, "cap": 0.004}
LONG_WAITS = {"base": 1e6, "cap": 1e6, "longest_wait": 1e6}
"""For what is to be seen while it waits; :meth:`Stage.go_on` ends that."""


def storage_of(
    api: str, *, stall: float = 10.0, connect: float = 10.0, clock: Callable[[], datetime] = now
) -> GitHubArtifactStore:
    """The program's own storage, in a hurry."""
    credential = Credential(Token(TOKEN), "GH_TOKEN")
    policy = replace(API_READ, base=0.001)
    record = ServerInfo(host_of_api(api))
    return GitHubArtifactStore(record, credential, stall=stall, connect=connect, policy=policy, clock=clock)


class Stage:
    """One engine with a directory to download into; ``history`` has every snapshot that was seen of each transfer."""

    def __init__(
        self,
        site: Site,
        directory: Path,
        *,
        stall: float = 10.0,
        connect: float = 10.0,
        now: Callable[[], datetime] = now,
        policy: Mapping[str, Any] = {},
        **more: Any,
    ) -> None:
        self.site = site
        self.directory = directory
        self.crashes: list[Exception] = []
        self.history: dict[int, list[Transfer]] = {}
        self._told = threading.Condition()
        self.engine = make_engine(
            lambda: storage_of(site.api.address, stall=stall, connect=connect, clock=now),
            changed=self._changed,
            crashed=self.crashes.append,
            policy=replace(DOWNLOAD, **{**QUICK, **policy}),
            clock=Clock(now=now),
            **more,
        )

    def order(self, stored: Stored, **more: Any) -> DownloadOrder:
        more = {"directory": self.directory, "unpack": False, **more}
        return DownloadOrder(repository=OCTO, artifact=stored.artifact, **more)

    def start(self, stored: Stored, **more: Any) -> int:
        (number,) = self.engine.downloads.add([self.order(stored, **more)])
        return number

    def fetch(self, stored: Stored, **more: Any) -> Transfer:
        """Download it; how it ended."""
        number = self.start(stored, **more)
        self.until(lambda: self.look(number).finished)
        return self.look(number)

    def look(self, number: int) -> Transfer:
        return next(transfer for transfer in self.engine.transfers() if transfer.id == number)

    def until(self, right: Callable[[], bool]) -> None:
        """Wait until something is true of the transfers."""
        with self._told:
            assert self._told.wait_for(right, TIMEOUT), self.engine.transfers()

    def until_received(self, number: int, bytes_: int) -> None:
        """Wait until so many bytes are on the disk."""
        self.until(lambda: self.look(number).received >= bytes_)

    def until_state(self, number: int, *states: State) -> None:
        self.until(lambda: self.look(number).state in states)

    def go_on(self, number: int) -> None:
        """Wait no longer."""
        assert self.engine.downloads.pause(number)
        assert self.engine.downloads.resume(number)

    def names(self) -> list[str]:
        """What is in the directory."""
        return sorted(path.name for path in self.directory.iterdir()) if self.directory.is_dir() else []

    def check(self) -> None:
        """What must be so whatever happened: no bug of the program, and no step back without a word."""
        assert not self.crashes, self.crashes
        for before, after in (pair for each in self.history.values() for pair in itertools.pairwise(each)):
            assert after.received >= before.received or after.problem, (before, after)

    def _changed(self) -> None:
        with self._told:
            for transfer in self.engine.transfers():
                self.history.setdefault(transfer.id, []).append(transfer)
            self._told.notify_all()


def finals(directory: Path) -> list[Path]:
    """All that stands under a final name, which is all but part files."""
    found = sorted(directory.iterdir()) if directory.is_dir() else []
    return [path for path in found if not path.name.endswith(".part") and not path.name.endswith(".artifact.json")]


def is_right(path: Path, data: Data) -> bool:
    """Whether a file has these bytes, or a directory is what the zip of these bytes unpacks to."""
    if path.is_file():
        return path.read_bytes() == data
    assert isinstance(data, bytes)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        expected = {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}
    found = {str(each.relative_to(path)): each.read_bytes() for each in path.rglob("*") if each.is_file()}
    return found == expected


def secrets_in(directory: Path) -> list[str]:
    """Files that hold a token or a signed address."""
    files = [path for path in directory.rglob("*") if path.is_file() and path.stat().st_size < 50_000_000]
    secrets = (TOKEN.encode(), SIGNATURE.encode())
    return [str(path) for path in files if any(secret in path.read_bytes() for secret in secrets)]
