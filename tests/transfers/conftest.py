"""An engine on a shelf, and the means to wait for it without guessing times."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from artifact_tui.domain.models import Artifact
from artifact_tui.domain.provider import ArtifactStore
from artifact_tui.transfers.disk.safe_names import RECEIPT_ENDING
from artifact_tui.transfers.models import DownloadOrder, State, Transfer
from tests.engines import make_engine, under_way
from tests.transfers.fake_store import OCTO, FakeStore


class Desk:
    """What a screen would be: it is told of changes, looks, and orders."""

    def __init__(self, directory: Path, **settings: Any) -> None:
        self.directory = directory
        self.shelf = FakeStore()
        self.storage: ArtifactStore = self.shelf
        self.crashes: list[Exception] = []
        self.calls = 0
        self._told = threading.Condition()
        self.engine = make_engine(lambda: self.storage, changed=self._changed, crashed=self.crashes.append, **settings)

    def _changed(self) -> None:
        with self._told:
            self.calls += 1
            self._told.notify_all()

    def order(self, artifact: Artifact, **more: Any) -> DownloadOrder:
        return DownloadOrder(repository=OCTO, artifact=artifact, directory=self.directory, **more)

    def until(self, right: Callable[[], bool]) -> None:
        with self._told:
            assert self._told.wait_for(right, 20), self.engine.transfers()

    def until_state(self, number: int, state: State) -> None:
        self.until(lambda: self.look(number).state is state)

    def look(self, number: int) -> Transfer:
        return next(transfer for transfer in self.engine.transfers() if transfer.id == number)

    def all_done(self) -> tuple[Transfer, ...]:
        self.until(lambda: under_way(self.engine) == 0)
        return self.engine.transfers()

    def fetch(self, artifact: Artifact, **more: Any) -> Transfer:
        (number,) = self.engine.downloads.add([self.order(artifact, **more)])
        self.until(lambda: self.look(number).finished)
        return self.look(number)

    def names(self) -> list[str]:
        """What lies in the directory beside the receipts."""
        return sorted(path.name for path in self.directory.iterdir() if not path.name.endswith(RECEIPT_ENDING))

    def receipts(self) -> list[str]:
        return sorted(path.name for path in self.directory.iterdir() if path.name.endswith(RECEIPT_ENDING))


@pytest.fixture
def make_desk(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    desks: list[Desk] = []

    def make(**settings: Any) -> Desk:
        desks.append(Desk(tmp_path / "dist", **settings))
        return desks[-1]

    yield make
    for desk in desks:
        assert desk.engine.close(20)
        assert not desk.directory.exists() or not [name for name in desk.names() if ".part" in name]


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()
