"""The site, the stage, and what their cases come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.ledger import LEDGER, Ledger
from tests.faults.site import Site
from tests.faults.stage import Stage


@pytest.fixture
def ledger(request: pytest.FixtureRequest) -> Ledger:
    return request.config.stash[LEDGER]


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
