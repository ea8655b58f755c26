"""How many downloads run at once: large ones, small ones, and those that are being unpacked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from artifact_tui.clock import Clock
from artifact_tui.domain.models import Artifact
from artifact_tui.transfers.downloads.connection_growth import PARALLEL_FROM
from artifact_tui.transfers.downloads.job import DownloadJob
from artifact_tui.transfers.downloads.worker_pool import WorkerPool
from artifact_tui.transfers.models import DownloadOrder, Kind, Transfer
from artifact_tui.transfers.notifier import ChangeNotifier
from tests.timeouts import TIMEOUT
from tests.transfers.fake_store import OCTO

SMALL, LARGE = PARALLEL_FROM - 1, PARALLEL_FROM
Fill = Callable[[int, list[int]], list[DownloadJob]]


def job_of(size: int) -> DownloadJob:
    artifact = Artifact(id=1, name="wheel", size_in_bytes=size)
    order = DownloadOrder(repository=OCTO, artifact=artifact, directory=Path("nowhere"))
    shown = Transfer(id=1, kind=Kind.DOWNLOAD, repository=OCTO, artifact=artifact)
    return DownloadJob(shown, order, ChangeNotifier(lambda: None, lambda error: None), Clock())


def wait(gate: threading.Event) -> None:
    assert gate.wait(TIMEOUT)


@pytest.fixture
def fill() -> Iterator[Fill]:
    """Give jobs of these sizes to a pool of a width; none ends before the test."""
    gate = threading.Event()
    pools = []

    def start(width: int, sizes: list[int]) -> list[DownloadJob]:
        pools.append(pool := WorkerPool("test", width, lambda job: wait(gate)))
        jobs = [job_of(size) for size in sizes]
        pool.add(jobs)
        return jobs

    yield start
    gate.set()
    assert all(pool.join(TIMEOUT) for pool in pools)


@pytest.mark.parametrize(
    ("width", "sizes", "expected"),
    [
        (4, [LARGE] * 6, 4),
        (4, [SMALL] * 14, 12),
        (4, [LARGE, LARGE, LARGE, SMALL, SMALL, SMALL, SMALL], 6),
        (4, [SMALL, LARGE, LARGE, LARGE, LARGE, SMALL], 4),
        (1, [SMALL] * 3, 1),
    ],
)
def test_three_small_downloads_run_in_the_place_of_a_large_one(
    fill: Fill, width: int, sizes: list[int], expected: int
) -> None:
    assert sum(job.started for job in fill(width, sizes)) == expected


def test_the_next_one_downloads_while_one_is_unpacked_but_not_while_two_are(fill: Fill) -> None:
    first, second, third = fill(1, [LARGE] * 3)
    assert (first.started, second.started) == (True, False)
    first.give_way()
    assert (second.started, third.started) == (True, False)
    second.give_way()
    assert not third.started
