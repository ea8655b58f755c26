"""Unpacking of an untrusted zip: all of it into a new directory, or nothing."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path

from msgspec import Struct

from artifact_tui.archive.entry_reader import check_kind, contents
from artifact_tui.archive.errors import DEFAULT_LIMITS, ArchiveRefused, Limits
from artifact_tui.archive.scratch_dir import workplace
from artifact_tui.archive.unpack_plan import PlannedFile, UnpackPlace, UnpackPlan, check_spans, make_plan
from artifact_tui.archive.zip_directory import read_directory, reader
from artifact_tui.fsync import SYNC_AT_ONCE, sync, sync_tree
from artifact_tui.text import size

BytesOf = Callable[[PlannedFile], Iterable[bytes]]  # yields a file's bytes and may raise
Progress = Callable[[int, int], None]  # called with ``(bytes done, bytes in all)`` at each step of at most 1 MiB

_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
_DIRECTORY_MODE = 0o755
_NAME_TROUBLE = {errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL, errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ELOOP}


class UnpackedFile(Struct, frozen=True, eq=False, gc=False):
    """A file as written; kept small, because there may be 100,000. ``executable`` depends on the file system."""

    place: UnpackPlace
    size: int
    digest: bytes
    executable: bool

    @property
    def path(self) -> str:
        """The path from the destination on, with ``/``."""
        return "/".join(self.place.path)

    @property
    def sha256(self) -> str:
        """The SHA-256 of its bytes in lower-case hex."""
        return self.digest.hex()


class UnpackedTree(Struct, frozen=True):
    """All files in the order of the archive, and all directories below the destination, parents first."""

    files: tuple[UnpackedFile, ...]
    directories: tuple[UnpackPlace, ...]


class UnpackCancelled(Exception):
    """Stopped on request; nothing is left on disk."""


def unpack_tree(
    archive: Path,
    destination: Path,
    limits: Limits = DEFAULT_LIMITS,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Progress = lambda done, total: None,
) -> UnpackedTree:
    """Unpack into ``destination`` as :func:`write_tree` does; raise :class:`ArchiveRefused` as well."""
    with _planned(archive, limits) as (plan, bytes_of):
        return write_tree(plan, destination, bytes_of, cancelled, progress)


def unpack_in_place(archive: Path, tree: Path, limits: Limits, cancelled: Callable[[], bool]) -> UnpackedTree:
    """Unpack into the new directory ``tree`` itself, synced at the end; after an error, it holds what was written."""
    with _planned(archive, limits) as (plan, bytes_of):
        return _fill(plan, tree, bytes_of, _stopping(plan.bytes, cancelled, lambda done, total: None))


@contextmanager
def _planned(archive: Path, limits: Limits) -> Iterator[tuple[UnpackPlan, BytesOf]]:
    with archive.open("rb") as file:
        read = reader(file)
        plan = make_plan(read, os.fstat(file.fileno()).st_size, limits)
        yield plan, lambda one: contents(read, one.entry, one.start)


def write_tree(
    plan: UnpackPlan,
    destination: Path,
    bytes_of: BytesOf,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Progress = lambda done, total: None,
) -> UnpackedTree:
    """Write a plan to ``destination``, which must not exist and appears by one rename after everything is synced.

    ``bytes_of`` yields a file's bytes and may raise. Also raises :class:`ArchiveRefused` for names that the file system
    rejects, :class:`UnpackCancelled`, FileExistsError if the destination exists, and OSError for errors of the disk.
    """
    with workplace(destination.parent) as tree:
        found = _fill(plan, tree, bytes_of, _stopping(plan.bytes, cancelled, progress))
        _appear(tree, destination)
    return found


def _fill(plan: UnpackPlan, tree: Path, bytes_of: BytesOf, step: Callable[[int], None]) -> UnpackedTree:
    if plan.bytes > (free := shutil.disk_usage(tree.parent).free):
        raise ArchiveRefused(f"unpacks to {size(plan.bytes)}, and {size(free)} is free")
    _make_directories(plan, tree)
    files = tuple(_write_file(planned, tree, bytes_of(planned), step) for planned in plan.files)
    _sync(plan, tree, step)
    return UnpackedTree(files, plan.directories)


def check_contents(
    archive: Path,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Progress = lambda done, total: None,
    limits: Limits = DEFAULT_LIMITS,
) -> None:
    """Compare length and CRC-32 of every entry, whatever its name; raise as :func:`unpack_tree` does."""
    with archive.open("rb") as file:
        read = reader(file)
        directory = read_directory(read, os.fstat(file.fileno()).st_size, limits)
        for entry in directory.entries:
            check_kind(entry)
        starts = check_spans(read, directory)
        step = _stopping(sum(entry.size for entry in directory.entries), cancelled, progress)
        for entry in directory.entries:
            step(0)
            for chunk in contents(read, entry, starts[entry.offset]):
                step(len(chunk))


def _stopping(total: int, cancelled: Callable[[], bool], progress: Progress) -> Callable[[int], None]:
    """Return a function to call with the bytes of each step; it raises :class:`UnpackCancelled`."""
    done = 0

    def step(length: int) -> None:
        nonlocal done
        done += length
        progress(done, total)
        if cancelled():
            raise UnpackCancelled

    return step


def _make_directories(plan: UnpackPlan, tree: Path) -> None:
    tree.mkdir(_DIRECTORY_MODE)
    for place in plan.directories:
        with _refusing_names("/".join(place.path)):
            tree.joinpath(*place.path).mkdir(_DIRECTORY_MODE)


def _write_file(planned: PlannedFile, tree: Path, pieces: Iterable[bytes], step: Callable[[int], None]) -> UnpackedFile:
    step(0)
    sha256 = hashlib.sha256()
    with _refusing_names(planned.entry.name):
        mode = 0o755 if planned.executable else 0o644
        file = os.open(tree.joinpath(*planned.place.path), _NEW_FILE, mode)
    with os.fdopen(file, "wb", buffering=0) as out:
        for chunk in pieces:
            rest = memoryview(chunk)
            while rest:
                rest = rest[out.write(rest) :]
            sha256.update(chunk)
            step(len(chunk))
        mode = os.fstat(out.fileno()).st_mode
    return UnpackedFile(planned.place, planned.entry.size, sha256.digest(), bool(mode & 0o111))


@contextmanager
def _refusing_names(entry: str) -> Iterator[None]:
    """Raise errors about names as errors of the archive; leave all others as errors of the disk."""
    try:
        yield
    except UnicodeError:
        raise ArchiveRefused("has a name that this system cannot write", entry) from None
    except OSError as error:
        if error.errno not in _NAME_TROUBLE:
            raise
        raise ArchiveRefused("has a name that this file system does not accept", entry) from None


def _sync(plan: UnpackPlan, tree: Path, step: Callable[[int], None]) -> None:
    places = chain((planned.place for planned in plan.files), plan.directories)
    sync_tree(
        tree,
        (tree.joinpath(*place.path) for place in places),
        at_once=max(len(plan.files), len(plan.directories)) >= SYNC_AT_ONCE,
        step=partial(step, 0),
    )


def _appear(tree: Path, destination: Path) -> None:
    """Rename the directory unless the target exists, because a rename replaces an empty directory."""
    if os.path.lexists(destination):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(destination))
    tree.rename(destination)
    sync(destination.parent)
