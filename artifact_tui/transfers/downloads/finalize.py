"""From a verified part file to the final name: unpacked, or as it is."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from artifact_tui.archive.errors import ArchiveOverLimit, ArchiveRefused
from artifact_tui.archive.unpack import UnpackCancelled, UnpackedTree, unpack_in_place
from artifact_tui.domain.models import Digest
from artifact_tui.fsync import sync
from artifact_tui.transfers.disk.atomic_rename import NotSettled, numbered, publish, replace_target
from artifact_tui.transfers.disk.safe_names import file_name, raw_file_name, split_name
from artifact_tui.transfers.downloads.context import DownloadContext
from artifact_tui.transfers.downloads.job import DownloadJob
from artifact_tui.transfers.downloads.journal_record import SCRATCH, JournalRow
from artifact_tui.transfers.errors import JournalError, Stopped, TargetExists, disk_trouble
from artifact_tui.transfers.models import DownloadOrder, OnExisting, State
from artifact_tui.transfers.receipts.receipt import Proof, make_receipt
from artifact_tui.transfers.receipts.store import clear_half_written, newest_receipt, write_receipt
from artifact_tui.transfers.receipts.verify import is_unchanged, not_overwritten, why_not_replaced

ZIP = ".zip"
_OLD = "old"
_TREE = "tree"


class Names(NamedTuple):
    """The names for an order: the unpacked directory, and the archive without its suffix."""

    directory: str
    stem: str

    @classmethod
    def of(cls, order: DownloadOrder) -> Names:
        """Make both from the artifact's name."""
        name = raw_file_name(order.label, order.artifact) if order.inside else file_name(order.artifact)
        return cls(name, name[: -len(ZIP)] if name.lower().endswith(ZIP) else name)


class Placed(NamedTuple):
    """The path of the download, and sentences about what differs from the order (or empty)."""

    path: Path
    problem: str = ""
    over_limit: bool = False


class Finalizer:
    """Verified bytes are never discarded: an archive that cannot be unpacked is kept."""

    def __init__(self, order: DownloadOrder, job: DownloadJob, context: DownloadContext) -> None:
        self._order = order
        self._job = job
        self._context = context
        self._names = Names.of(order)
        self._limits = context.limits.any_size() if order.any_size else context.limits

    def run(self, part: Path, raw_name: str, proof: Proof) -> Placed:
        """Give the download its final name; raise OSError or Stopped, which leave the part file."""
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
        """Unpack into a scratch directory, which the journal knows, and rename; raise ArchiveRefused as well."""
        self._job.set_state(State.UNPACKING)
        with self._unpacked(archive) as (scratch, tree):
            source = scratch.joinpath(_TREE, *filter(None, self._order.inside.split("/")))
            stem, ending = split_name(source, self._names.directory)
            return self._with_receipt(self._publish(source, stem, ending, scratch / _OLD), proof, tree)

    def finish(self, target: Path, part: Path | None) -> Placed:
        """Return what an ended program had renamed; if its receipt is missing, unpack again to write it."""
        placed = Placed(target)
        clear_half_written(target)
        earlier = newest_receipt(target)
        if earlier is not None and is_unchanged(earlier[1], target, self._job.raise_if_stopped):
            return placed
        if not target.is_dir():
            return self._with_receipt(placed, proof_of(target, self._order), None)
        if part is None:
            return placed
        with suppress(ArchiveRefused), self._unpacked(part) as (_, tree):  # a power loss may have damaged it
            return self._with_receipt(placed, proof_of(part, self._order), tree)
        return placed

    @contextmanager
    def _unpacked(self, archive: Path) -> Iterator[tuple[Path, UnpackedTree]]:
        """Unpack into a new scratch directory, which is removed at the end."""
        scratch = self._make_scratch(archive)
        try:
            yield scratch, unpack_in_place(archive, scratch / _TREE, self._limits, lambda: self._job.stopped)
        except UnpackCancelled:
            raise Stopped from None
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _keep(self, part: Path, stem: str, ending: str, problem: str, proof: Proof) -> Placed:
        sync(part)
        placed = self._publish(part, stem, ending, part.with_name(f"{part.name}.{_OLD}"))
        kept = f"Kept as {placed.path.name}." if problem and not placed.problem else ""
        said = " ".join(filter(None, (problem, placed.problem, kept)))
        return self._with_receipt(placed._replace(problem=said), proof, None)

    def _with_receipt(self, placed: Placed, proof: Proof, tree: UnpackedTree | None) -> Placed:
        order, engine = self._order, self._context.engine
        try:
            receipt = make_receipt(order, engine.host, proof, placed.path, engine.clock.now(), tree)
            write_receipt(receipt, placed.path.parent, overwrite=order.on_existing is OnExisting.OVERWRITE)
        except NotSettled:  # the receipt exists
            return placed
        except OSError as error:  # without a receipt the files are only harder to check later
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
        raise_if_taken(self._order, target.name)
        with self._job.committed():
            placed = publish(source, directory, stem, ending, intend)
        return Placed(placed, not_overwritten(why, placed) if why else "")

    def _note(self, **values: object) -> None:
        with suppress(JournalError):  # the next program then cannot finish this download
            self._context.journal.change(self._job.record, **values)


def raise_if_taken(order: DownloadOrder, name: str) -> None:
    """Raise :class:`TargetExists` if the name exists and the order says to fail or to skip then."""
    if order.on_existing in (OnExisting.FAIL, OnExisting.SKIP) and os.path.lexists(order.directory / name):
        raise TargetExists(f"{name} already exists.")


def proof_of(archive: Path, order: DownloadOrder) -> Proof:
    """Return the size and SHA-256 of a file received earlier; raise OSError."""
    with archive.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        length = file.tell()
    digest = Digest.parse(order.digest)
    return Proof(length, sha256, verified=digest is not None and digest.hex == sha256)


def was_placed(target: Path | None, inode: int) -> bool:
    """Return whether a program that ended during the final rename had done it."""
    return target is not None and os.path.lexists(target) and target.lstat().st_ino == inode


def clear_scratch(record: JournalRow) -> None:
    """Remove the scratch directory of an ended program; a file it was replacing gets its name back."""
    if record.scratch is None:
        return
    old = record.scratch / _OLD
    if record.target is not None and os.path.lexists(old) and not os.path.lexists(record.target):
        old.rename(record.target)
    shutil.rmtree(record.scratch, ignore_errors=True)
