"""The site, the stage, and the table at the end of the run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.ledger import Ledger
from tests.faults.site import Site
from tests.faults.stage import Stage

_LEDGER = pytest.StashKey[Ledger]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_LEDGER] = Ledger()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    ledger = config.stash[_LEDGER]
    if ledger.verdicts or ledger.skipped:
        terminalreporter.section("transfers under fault")
        for line in ledger.lines():
            terminalreporter.write_line(line)


@pytest.fixture
def ledger(request: pytest.FixtureRequest) -> Ledger:
    return request.config.stash[_LEDGER]


@pytest.fixture
def site() -> Iterator[Site]:
    """What it was shown and must never see fails the test, whatever else came of it."""
    with Site() as site:
        yield site
        assert site.leaks == []


@pytest.fixture
def open_stage(site: Site, tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    stages: list[Stage] = []

    def open_one(**more: Any) -> Stage:
        stages.append(Stage(site, more.pop("directory", tmp_path / "dist"), **more))
        return stages[-1]

    yield open_one
    site.release()
    for stage in stages:
        assert stage.engine.close(20)
        stage.check()
