"""From a proven part file to what was ordered: unpacked or as it is, under its final name."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path, PurePath
from typing import NamedTuple

from artifact_tui.archive.errors import ArchiveOverLimit, ArchiveRefused
from artifact_tui.archive.unpack import UnpackCancelled, UnpackedTree, unpack_tree
from artifact_tui.domain.models import Digest
from artifact_tui.transfers.disk.atomic_rename import NotSettled, numbered, publish, replace_target
from artifact_tui.transfers.disk.safe_names import file_name, raw_file_name
from artifact_tui.transfers.downloads.context import DownloadContext
from artifact_tui.transfers.downloads.job import DownloadJob
from artifact_tui.transfers.downloads.journal_record import SCRATCH, JournalRow
from artifact_tui.transfers.errors import JournalError, Stopped, disk_trouble
from artifact_tui.transfers.models import DownloadOrder, OnExisting, State
from artifact_tui.transfers.receipts.receipt import Proof, make_receipt
from artifact_tui.transfers.receipts.store import clear_half_written, newest_receipt, write_receipt
from artifact_tui.transfers.receipts.verify import is_unchanged, not_overwritten, why_not_replaced

ZIP = ".zip"
_OLD = "old"
_TREE = "tree"
_STEP = 1024 * 1024


class Names(NamedTuple):
    """What an order would be called: the unpacked directory, and the archive without its ending."""

    directory: str
    stem: str

    @classmethod
    def of(cls, order: DownloadOrder) -> Names:
        """Both made from the artifact's name."""
        name = raw_file_name(order.label, order.artifact) if order.inside else file_name(order.artifact)
        return cls(name, name[: -len(ZIP)] if name.lower().endswith(ZIP) else name)


class Placed(NamedTuple):
    """Where the download is now, and sentences about what differs from the order (or empty)."""

    path: Path
    problem: str = ""
    over_limit: bool = False


class Finalizer:
    """Proven bytes are never thrown away: what cannot be unpacked is kept as it came, under a name of its own."""

    def __init__(self, order: DownloadOrder, job: DownloadJob, context: DownloadContext) -> None:
        self._order = order
        self._job = job
        self._context = context
        self._names = Names.of(order)
        self._limits = context.limits.any_size() if order.any_size else context.limits

    def run(self, part: Path, raw_name: str, proof: Proof) -> Placed:
        """Place the download; raise OSError or Stopped, which leave the part file."""
        problem, over_limit = self._job.snapshot().problem, False
        if raw_name:
            name = Path(raw_file_name(raw_name, self._order.artifact))
            return self._keep(part, name.stem, name.suffix, problem, proof)
        if self._order.unpack:
            try:
                return self.unpack(part, proof)
            except ArchiveRefused as refusal:
                problem, over_limit = f"Not unpacked: {refusal}.", isinstance(refusal, ArchiveOverLimit)
            except NotSettled:
                raise
            except OSError as error:
                problem = f"Not unpacked: {disk_trouble(error, self._order.directory).sentence}"
        return self._keep(part, self._names.stem, ZIP, problem, proof)._replace(over_limit=over_limit)

    def unpack(self, archive: Path, proof: Proof) -> Placed:
        """In a directory of its own, which the journal knows, then by one rename under the final name.

        Raises ArchiveRefused as well.
        """
        self._job.set_state(State.UNPACKING)
        scratch = self._make_scratch(archive)
        try:
            tree = unpack_tree(archive, scratch / _TREE, self._limits, lambda: self._job.stopped)
            source = scratch.joinpath(_TREE, *filter(None, self._order.inside.split("/")))
            name = PurePath(self._names.directory)
            is_file = source.is_file()
            stem, ending = (name.stem, name.suffix) if is_file else (name.name, "")
            return self._with_receipt(self._publish(source, stem, ending, scratch / _OLD), proof, tree)
        except UnpackCancelled:
            raise Stopped from None
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def finish(self, target: Path, part: Path | None) -> Placed:
        """Return what a dead program had placed; if its receipt is missing, unpack aside to write it."""
        placed = Placed(target)
        clear_half_written(target)
        earlier = newest_receipt(target)
        if earlier is not None and is_unchanged(earlier[1], target, self._job.raise_if_stopped):
            return placed
        if not target.is_dir():
            return self._with_receipt(placed, proof_of(target, self._order), None)
        if part is None:
            return placed
        scratch = self._make_scratch(part)
        try:
            tree = unpack_tree(part, scratch / _TREE, self._limits, lambda: self._job.stopped)
            return self._with_receipt(placed, proof_of(part, self._order), tree)
        except UnpackCancelled:
            raise Stopped from None
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _keep(self, part: Path, stem: str, ending: str, problem: str, proof: Proof) -> Placed:
        placed = self._publish(part, stem, ending, part.with_name(f"{part.name}.{_OLD}"))
        kept = f"Kept as {placed.path.name}." if problem and not placed.problem else ""
        said = " ".join(filter(None, (problem, placed.problem, kept)))
        return self._with_receipt(placed._replace(problem=said), proof, None)

    def _with_receipt(self, placed: Placed, proof: Proof, tree: UnpackedTree | None) -> Placed:
        """Return the files are there and right; without a receipt they are only harder to check later."""
        order = self._order
        try:
            receipt = make_receipt(
                order, self._context.engine.host, proof, placed.path, self._context.engine.clock.now(), tree
            )
            write_receipt(receipt, placed.path.parent, overwrite=order.on_existing is OnExisting.OVERWRITE)
        except NotSettled:  # it is there
            return placed
        except OSError as error:
            trouble = disk_trouble(error, order.directory).sentence
            return placed._replace(problem=f"{placed.problem} No receipt: {trouble}".lstrip())
        return placed

    def _make_scratch(self, archive: Path) -> Path:
        for name in numbered(archive.name, SCRATCH):
            scratch = self._order.directory / name
            if os.path.lexists(scratch):
                continue
            self._note(scratch=scratch)
            try:
                scratch.mkdir(mode=0o700)
            except FileExistsError:
                continue
            return scratch
        raise AssertionError("the numbers ended")

    def _publish(self, source: Path, stem: str, ending: str, aside: Path) -> Placed:
        """Give it its final name; what is replaced waits at ``aside`` meanwhile."""
        directory = self._order.directory
        inode = source.lstat().st_ino

        def intend(target: Path) -> None:
            self._note(target=target, inode=inode)

        target, why = directory / (stem + ending), ""
        if self._order.on_existing is OnExisting.OVERWRITE and os.path.lexists(target):
            why = why_not_replaced(source, target, self._job.raise_if_stopped)
            if not why:
                with self._job.committed():
                    replace_target(source, target, aside, intend)
                return Placed(target)
        with self._job.committed():
            placed = publish(source, directory, stem, ending, intend)
        return Placed(placed, not_overwritten(why, placed) if why else "")

    def _note(self, **values: object) -> None:
        """For the next program, should this one die here; without the journal there is nothing it could do."""
        try:
            self._context.journal.change(self._job.record, **values)
        except JournalError:
            return


def proof_of(archive: Path, order: DownloadOrder) -> Proof:
    """Read a file that was received earlier; raises OSError."""
    sha256 = hashlib.sha256()
    length = 0
    with archive.open("rb") as file:
        while chunk := file.read(_STEP):
            sha256.update(chunk)
            length += len(chunk)
    digest = Digest.parse(order.digest)
    return Proof(length, sha256.hexdigest(), verified=digest is not None and digest.hex == sha256.hexdigest())


def was_placed(target: Path | None, inode: int) -> bool:
    """Whether a program that died while it placed something had done it already."""
    if target is None or not os.path.lexists(target):
        return False
    return target.lstat().st_ino == inode


def clear_scratch(record: JournalRow) -> None:
    """Remove what an earlier program had half unpacked; what it was about to overwrite gets its name back."""
    if record.scratch is None:
        return
    old = record.scratch / _OLD
    if record.target is not None and os.path.lexists(old) and not os.path.lexists(record.target):
        old.rename(record.target)
    shutil.rmtree(record.scratch, ignore_errors=True)
