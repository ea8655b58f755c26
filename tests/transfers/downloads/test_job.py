"""What is told of a download while it is under way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from artifact_tui.clock import Clock
from artifact_tui.domain.models import Artifact
from artifact_tui.transfers.downloads.connection_limit import ConnectionLimiter
from artifact_tui.transfers.downloads.job import DownloadJob
from artifact_tui.transfers.errors import Stopped
from artifact_tui.transfers.models import DownloadOrder, Kind, State, Transfer
from artifact_tui.transfers.notifier import ChangeNotifier
from tests.timeouts import TIMEOUT
from tests.transfers.fake_store import OCTO


@pytest.fixture
def job() -> DownloadJob:
    artifact = Artifact(id=1, name="big", size_in_bytes=100)
    order = DownloadOrder(repository=OCTO, artifact=artifact, directory=Path("nowhere"))
    shown = Transfer(id=1, kind=Kind.DOWNLOAD, repository=OCTO, artifact=artifact)
    return DownloadJob(shown, order, ChangeNotifier(lambda: None, lambda error: None), Clock())


def test_progress_goes_back_only_when_it_starts_over(job: DownloadJob) -> None:
    """Of two connections that land bytes at once, the one with less in sight may be the last to say so."""
    job.set_state(State.DOWNLOADING, total=100)
    seen = []
    for received in (10, 40, 30, 40, 60):
        job.add_progress(received)
        seen.append(job.snapshot().received)
    assert seen == [10, 40, 40, 40, 60]
    job.set_state(State.CONNECTING, received=0, problem="It starts over.")
    job.add_progress(5)
    assert job.snapshot().received == 5


def for_the_thread_before(job: DownloadJob) -> None:
    job.wait_for_predecessor()


def for_a_connection(job: DownloadJob) -> None:
    ConnectionLimiter(0).take_first(job)


@pytest.mark.parametrize("wait", [for_the_thread_before, for_a_connection])
@pytest.mark.parametrize("stop", [DownloadJob.cancel, DownloadJob.pause])
def test_stopping_ends_what_its_thread_waits_for(
    job: DownloadJob, wait: Callable[[DownloadJob], None], stop: Callable[[DownloadJob], bool]
) -> None:
    """What it waits for never comes: the thread of the job before hangs, no connection is ever closed."""
    job.started = True
    successor = job.successor(1)
    ended = threading.Event()

    def run() -> None:
        try:
            wait(successor)
        except Stopped:
            ended.set()

    threading.Thread(target=run, daemon=True).start()
    assert stop(successor)
    assert ended.wait(TIMEOUT)


def test_a_successor_begins_when_the_thread_before_has_ended(job: DownloadJob) -> None:
    job.started = True
    successor = job.successor(1)
    thread = threading.Thread(target=successor.wait_for_predecessor, daemon=True)
    thread.start()
    job.thread_ended()
    thread.join(TIMEOUT)
    assert not thread.is_alive()
