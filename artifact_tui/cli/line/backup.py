"""The downloads of ``delete --backup``: only what they verify by its digest is deleted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.failures import LineFailure
from artifact_tui.cli.line.get_rows import row_of_transfer
from artifact_tui.domain.models import Artifact
from artifact_tui.text import count
from artifact_tui.transfers.deletions.models import ConfirmedPlan
from artifact_tui.transfers.engine import Engine
from artifact_tui.transfers.models import DownloadOrder, State


class BackupDownloads:
    """Downloads a confirmed plan as it is on the server, into a directory for each run; expired artifacts are left.

    A download that would wait for a rate limit longer than ``--rate-wait`` ends. Its part file is kept.
    """

    def __init__(self, context: LineContext, engine: Engine) -> None:
        self._context = context
        self._engine = engine
        self._may_wait: float = context.rate_wait_left.total_seconds()
        self._orders: dict[int, DownloadOrder] = {}
        self._told: set[int] = set()

    def begin(self, confirmed: ConfirmedPlan, grace: float) -> None:
        """Start the downloads and, after them, the deletion."""
        plan, directory = confirmed.plan, Path(os.path.abspath(self._context.options.backup))  # noqa: PTH100
        live = [artifact for artifact in plan.artifacts if not artifact.at(self._context.now).expired]
        self._orders = {artifact.id: self._order(artifact, directory) for artifact in live}
        self._context.messages.note(f"Downloading {count(len(live), 'artifact')} into {directory} first.")
        self._engine.download_first(self._orders.values(), confirmed, grace=grace)

    def failures(self) -> Iterator[LineFailure]:
        """Yield each failed download once."""
        for transfer in self._engine.downloads.transfers():
            seconds = transfer.seconds_left or 0.0 if transfer.state is State.PARKED else 0.0
            is_late = seconds > self._may_wait
            if transfer.id in self._told or not (is_late or transfer.state is State.FAILED):
                continue
            self._told.add(transfer.id)
            if is_late:
                self._engine.downloads.cancel(transfer.id, keep=True)
            until = self._context.clock() + timedelta(seconds=seconds) if is_late else None
            row = row_of_transfer(self._orders[transfer.artifact.id], transfer, until)
            if row.failure is not None:
                yield row.failure

    def _order(self, artifact: Artifact, directory: Path) -> DownloadOrder:
        place = directory / str(artifact.run_id or "unknown-run")
        return DownloadOrder(repository=self._context.repository, artifact=artifact, directory=place, unpack=False)
