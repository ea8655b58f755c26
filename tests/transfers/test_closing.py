"""Closing takes as long as it was given, whatever a thread of the engine waits for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from artifact_tui.domain.provider import ArtifactStore
from artifact_tui.transfers.disk.database import Database
from artifact_tui.transfers.disk.instance_lock import InstanceLock
from artifact_tui.transfers.errors import JournalError
from tests.engines import make_engine
from tests.timeouts import TIMEOUT
from tests.transfers.conftest import Desk
from tests.transfers.fake_store import zipped

WHEEL = zipped(a=b"wheel")


def ends(close: Callable[[], object]) -> bool:
    """Whether a call returns although what it may not wait for never comes."""
    thread = threading.Thread(target=close, daemon=True)
    thread.start()
    thread.join(TIMEOUT)
    return not thread.is_alive()


def test_closing_does_not_wait_for_a_storage_that_is_being_made(desk: Desk) -> None:
    """Its token may come from a keyring that never answers."""
    asked, go = threading.Event(), threading.Event()

    def make() -> ArtifactStore:
        asked.set()
        go.wait()
        return desk.shelf

    engine = make_engine(make)
    engine.downloads.add([desk.order(desk.shelf.put(name, WHEEL)) for name in ("one", "two")])
    assert asked.wait(TIMEOUT)
    try:
        assert ends(lambda: engine.close(0.0))
    finally:
        go.set()
    assert desk.shelf.closed.wait(TIMEOUT)
    assert engine.close(TIMEOUT)
    assert desk.shelf.requests == []


def test_closing_does_not_wait_for_a_transaction_that_waits_for_another_program(tmp_path: Path) -> None:
    database = Database(tmp_path / "transfers.sqlite", InstanceLock(None))
    begun, go = threading.Event(), threading.Event()

    def hold() -> None:
        with database.transaction():
            begun.set()
            go.wait()

    holder = threading.Thread(target=hold, daemon=True)
    holder.start()
    assert begun.wait(TIMEOUT)
    try:
        assert ends(lambda: database.close(0.0))
    finally:
        go.set()
        holder.join()
    with pytest.raises(JournalError, match="closed"), database.transaction():
        pass
