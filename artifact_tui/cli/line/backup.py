"""The downloads of ``delete --backup``: only what they verify by its digest is deleted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.download_orders import find_verified, sort_out
from artifact_tui.cli.line.failures import LineError, LineFailure
from artifact_tui.cli.line.get_rows import row_of_transfer
from artifact_tui.domain.models import Artifact, Digest
from artifact_tui.text import count
from artifact_tui.transfers.deletions.models import ConfirmedPlan, DeletePlan
from artifact_tui.transfers.engine import Engine
from artifact_tui.transfers.models import DownloadOrder, State


class BackupDownloads:
    """Downloads a confirmed plan as it is on the server, into a directory for each run, or verifies what is present.

    A download that would wait for a rate limit longer than ``--rate-wait`` ends. Its part file is kept.
    """

    def __init__(self, context: LineContext, engine: Engine) -> None:
        self._context = context
        self._engine = engine
        self._may_wait: float = context.rate_wait_left.total_seconds()
        self._directory = Path(os.path.abspath(context.options.backup))  # noqa: PTH100  # links are not resolved
        self._orders: dict[int, DownloadOrder] = {}
        self._told: set[int] = set()

    async def begin(self, confirmed: ConfirmedPlan, grace: float) -> None:
        """Start the downloads of what is not present and, after them, the deletion; raise LineError."""
        plan, directory = confirmed.plan, self._directory
        self._refuse_expired(plan)
        orders = [self._order(artifact, directory) for artifact in plan.artifacts]
        present = await self._present(orders)
        self._orders = {order.artifact.id: order for order in orders if order.artifact.id not in present}
        if present:
            have = count(len(present), "artifact is", "artifacts are")
            self._context.messages.note(f"{have} in {directory} and verified.")
        if self._orders:
            what = count(len(self._orders), "artifact")
            self._context.messages.note(f"Downloading {what} into {directory} first.")
        self._engine.download_first(self._orders.values(), confirmed, grace=grace, proven=present)

    def _refuse_expired(self, plan: DeletePlan) -> None:
        if expired := sum(artifact.at(self._context.now).expired for artifact in plan.artifacts):
            have = count(expired, "artifact of the plan has", "artifacts of the plan have")
            step = "Add --live, or delete them without --backup."
            sentence = f"{have} expired and cannot be downloaded. Nothing was deleted."
            raise LineError("refused_by_plan", sentence, step)

    async def _present(self, orders: list[DownloadOrder]) -> frozenset[int]:
        """Return the IDs of artifacts whose files, read now, have the digest that the server reports."""
        _, candidates = sort_out(self._context, orders)
        present = set()
        for order, kept in candidates:
            digest = Digest.parse(order.digest)
            whole = tuple(each for each in kept if digest and [file.sha256 for file in each[1].files] == [digest.hex])
            if await find_verified(whole):
                present.add(order.artifact.id)
        return frozenset(present)

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
