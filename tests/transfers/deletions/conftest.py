"""A server that is watched, and programs that delete there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.transfers.deletions.program import PassingTime, Program
from tests.transfers.deletions.recording_server import RecordingServer


@pytest.fixture
def clock() -> PassingTime:
    return PassingTime()


@pytest.fixture
def server(clock: PassingTime) -> RecordingServer:
    return RecordingServer(clock=clock.now)


@pytest.fixture
def start(server: RecordingServer, tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Each call starts the program once more on the same state directory."""
    programs: list[Program] = []

    def make(**settings: Any) -> Program:
        programs.append(Program(server, tmp_path / "state", **settings))
        return programs[-1]

    yield make
    for program in programs:
        assert program.close()
        assert not program.crashes


@pytest.fixture
def program(start: Callable[..., Program]) -> Program:
    return start()
