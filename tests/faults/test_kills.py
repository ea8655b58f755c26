"""SIGKILL in the middle of a download: it can always go on, ends right, and almost nothing is sent twice."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from artifact_tui.domain.models import Artifact
from tests.benchmarks.blob_server import BlobServer
from tests.benchmarks.shelf import Shelf
from tests.faults.kill_yard import Yard
from tests.slow_cases import slow_but

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the server needs epoll and sendfile")

SIZE = 200_000_000
SMALL = 30_000_000
"""Bytes of a file that one connection fetches."""
MOST_SENT_AGAIN = 1024 * 1024
RATE = 40_000_000
"""Bytes a second of each connection: slow enough to be killed anywhere."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BlobServer]:
    shelf = Shelf(tmp_path_factory.mktemp("shelf"))
    shelf.put_noise("big", SIZE)
    shelf.put_noise("small", SMALL)
    shelf.save()
    with BlobServer(shelf, rate=RATE) as server:
        yield server


@pytest.fixture
def yard(server: BlobServer, tmp_path: Path) -> Iterator[Yard]:
    yard = Yard(server, server.shelf.artifacts[0], tmp_path)
    yield yard
    yard.clear()


@pytest.fixture
def small_yard(server: BlobServer, tmp_path: Path) -> Yard:
    return Yard(server, server.shelf.artifacts[1], tmp_path)


def kill_and_go_on(yard: Yard, points: list[int]) -> int:
    """Kill the program after each so many bytes, then let it end; how many that had reached it were sent again."""
    never_arrived = 0
    for point in points:
        never_arrived += yard.kill_after(point)
        assert final_name(yard.artifact) not in yard.names
    said = yard.finish()
    assert said["ended"], said
    assert len(said["unfinished"]) == 1
    (transfer,) = said["transfers"]
    assert (transfer["state"], transfer["problem"]) == ("done", "")
    assert yard.is_whole(Path(transfer["path"]))
    assert Path(transfer["path"]).name == final_name(yard.artifact)
    assert not [name for name in yard.names if ".part" in name]
    return yard.sent - never_arrived - yard.artifact.size_in_bytes


def final_name(artifact: Artifact) -> str:
    return f"{artifact.name}.zip"


@pytest.mark.parametrize("seed", slow_but(1, range(2)))
def test_a_killed_download_goes_on_where_it_was(yard: Yard, seed: int) -> None:
    assert kill_and_go_on(yard, [random.Random(seed).randrange(SIZE)]) <= MOST_SENT_AGAIN


@pytest.mark.parametrize("times", slow_but(0, [3, 8]))
def test_a_download_that_is_killed_again_and_again_comes_to_its_end(yard: Yard, times: int) -> None:
    draw = random.Random(99)
    points = [draw.randrange(SIZE // 10) for _ in range(times)]
    assert kill_and_go_on(yard, points) <= MOST_SENT_AGAIN * len(points)


@pytest.mark.slow
def test_a_killed_download_of_a_small_file_goes_on_where_it_was(small_yard: Yard) -> None:
    assert kill_and_go_on(small_yard, [SMALL // 4, SMALL // 4]) <= 2 * MOST_SENT_AGAIN


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 55))
def test_a_killed_download_goes_on_where_it_was_fifty_times(yard: Yard, seed: int) -> None:
    assert kill_and_go_on(yard, [random.Random(seed).randrange(SIZE)]) <= MOST_SENT_AGAIN
