"""One download: received, proven, then shown under its final name, in this order."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from artifact_tui.archive.refusal import ArchiveRefused, Limits
from artifact_tui.archive.unpack import UnpackCancelled, unpack
from artifact_tui.provider import Storage
from artifact_tui.transfers.file_name import file_name, raw_file_name
from artifact_tui.transfers.job import Cancelled, Job
from artifact_tui.transfers.part import PartFile, numbered, publish
from artifact_tui.transfers.patience import Tries
from artifact_tui.transfers.reception import Reception
from artifact_tui.transfers.transfer import DownloadOrder, OnExisting, State
from artifact_tui.transfers.trouble import disk_trouble

_ZIP = ".zip"


class Download:
    """Runs one order to its end in the calling thread.

    Raises ProviderError, TransferTrouble, OSError or Cancelled, and has then removed all it wrote.
    """

    def __init__(
        self, order: DownloadOrder, job: Job, storage: Storage, new_tries: Callable[[], Tries], limits: Limits
    ) -> None:
        self._order = order
        self._job = job
        self._storage = storage
        self._new_tries = new_tries
        self._limits = limits
        self._name = file_name(order.artifact)
        self._zip_stem = self._name[: -len(_ZIP)] if self._name.lower().endswith(_ZIP) else self._name

    def run(self) -> None:
        """Receive, prove, place."""
        self._job.enter(State.CONNECTING)
        self._order.directory.mkdir(parents=True, exist_ok=True)
        wanted = self._order.directory / (self._name if self._order.unpack else self._zip_stem + _ZIP)
        if self._order.on_existing is OnExisting.SKIP and os.path.lexists(wanted):
            self._job.cancel(problem=f"{wanted.name} is there already.")
            return
        part = PartFile(self._order.directory, self._zip_stem + _ZIP)
        try:
            reception = Reception(self._order, part, self._job, self._storage, self._new_tries, self._limits)
            reception.run()
            part.finish()
            path, problem = self._place(part.path, reception.raw_name)
        finally:
            part.discard()
        self._job.end(State.DONE, path=path, problem=f"{problem} Kept as {path.name}." if problem else "")

    def _place(self, part: Path, raw_name: str) -> tuple[Path, str]:
        """Where it is now, and why that is less than was asked for: proven bytes are never thrown away."""
        problem = self._job.look().problem
        if raw_name:
            name = Path(raw_file_name(raw_name, self._order.artifact))
            return self._publish(part, name.stem, name.suffix), problem
        if self._order.unpack:
            try:
                return self._unpack(part), ""
            except ArchiveRefused as refusal:
                problem = f"Not unpacked: {refusal}."
            except OSError as error:
                problem = f"Not unpacked: {disk_trouble(error, self._order.directory).sentence}"
        return self._publish(part, self._zip_stem, _ZIP), problem

    def _unpack(self, part: Path) -> Path:
        """Under a name taken from the part file's, which nobody else uses, then by one rename under the final one."""
        self._job.enter(State.UNPACKING)
        tree = next(
            place for name in numbered(part.name, ".unpacked") if not os.path.lexists(place := part.with_name(name))
        )
        try:
            unpack(part, tree, self._limits, lambda: self._job.cancelled)
            return self._publish(tree, self._name)
        except UnpackCancelled:
            raise Cancelled from None
        finally:
            shutil.rmtree(tree, ignore_errors=True)

    def _publish(self, source: Path, stem: str, ending: str = "") -> Path:
        with self._job.committed():
            return publish(source, stem, ending)
