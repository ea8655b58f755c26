"""Azurite runs once for all tests that need it; each has a depot of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from artifact_tui.demo.flavors import GITHUB_2026
from tests.double.loopback import Loopback
from tests.double.server import FakeGitHub
from tests.integration.azurite import BlobStorage, blob_storage
from tests.integration.depot import Depot


@pytest.fixture(scope="session")
def blobs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BlobStorage]:
    with blob_storage(tmp_path_factory.mktemp("azurite")) as storage:
        yield storage


@pytest.fixture
async def depot(blobs: BlobStorage, tmp_path: Path) -> AsyncIterator[Depot]:
    with Loopback(FakeGitHub(GITHUB_2026)) as loopback:
        depot = Depot(blobs, loopback, tmp_path / "dist")
        yield depot
        await depot.close()
