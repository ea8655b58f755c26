"""What is told of a download while it is under way."""

from __future__ import annotations

from pathlib import Path

from artifact_tui.clock import Clock
from artifact_tui.domain.models import Artifact
from artifact_tui.transfers.downloads.job import DownloadJob
from artifact_tui.transfers.models import DownloadOrder, Kind, State, Transfer
from artifact_tui.transfers.notifier import ChangeNotifier
from tests.transfers.shelf import OCTO


def test_progress_goes_back_only_when_it_starts_over() -> None:
    """Of two connections that land bytes at once, the one with less in sight may be the last to say so."""
    artifact = Artifact(id=1, name="big", size_in_bytes=100)
    order = DownloadOrder(repository=OCTO, artifact=artifact, directory=Path("nowhere"))
    shown = Transfer(id=1, kind=Kind.DOWNLOAD, repository=OCTO, artifact=artifact)
    job = DownloadJob(shown, order, ChangeNotifier(lambda: None, lambda error: None), Clock())
    job.set_state(State.DOWNLOADING, total=100)
    seen = []
    for received in (10, 40, 30, 40, 60):
        job.add_progress(received)
        seen.append(job.snapshot().received)
    assert seen == [10, 40, 40, 40, 60]
    job.set_state(State.CONNECTING, received=0, problem="It starts over.")
    job.add_progress(5)
    assert job.snapshot().received == 5
