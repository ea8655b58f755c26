"""Unpacks a stranger's zip: all of it into a new directory, or none of it."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from artifact_tui.archive.content import check_kind, contents
from artifact_tui.archive.directory import ReadAt, read_directory, reader
from artifact_tui.archive.plan import Plan, PlannedFile, check_spans, make_plan
from artifact_tui.archive.refusal import ArchiveRefused, Limits
from artifact_tui.text import size

Progress = Callable[[int, int], None]
"""Told ``(bytes done, bytes in all)`` after each chunk, which is at most 1 MiB."""

_DEFAULT_LIMITS = Limits()
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_NAME_TROUBLE = {
    errno.ENAMETOOLONG,
    errno.EILSEQ,
    errno.EINVAL,
    errno.EEXIST,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.ELOOP,
}


class UnpackCancelled(Exception):
    """Stopped on request; nothing is left on disk."""


def unpack(
    archive: Path,
    destination: Path,
    limits: Limits = _DEFAULT_LIMITS,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Progress = lambda done, total: None,
) -> list[Path]:
    """Unpack into ``destination``, which must not exist and appears by one rename when all is written and synced.

    Gives the paths of the files. Raises :class:`ArchiveRefused`, :class:`UnpackCancelled`, FileExistsError when
    there is a destination, and OSError for the disk's own troubles.
    """
    with archive.open("rb") as file:
        read = reader(file)
        plan = make_plan(read, os.fstat(file.fileno()).st_size, limits)
        _check_room(plan, destination.parent)
        work = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=destination.parent))
        try:
            tree = work / "tree"
            _make_directories(plan, tree)
            _write_files(plan, tree, read, _stopping(plan, cancelled, progress))
            _sync(plan, tree)
            _appear(tree, destination)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return [destination.joinpath(*planned.path) for planned in plan.files]


def check_contents(
    archive: Path,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Progress = lambda done, total: None,
    limits: Limits = _DEFAULT_LIMITS,
) -> None:
    """Read every entry and compare length and CRC, writing nothing; raises as :func:`unpack` does.

    Names do not matter here: a zip that is kept as a zip may hold any.
    """
    with archive.open("rb") as file:
        read = reader(file)
        directory = read_directory(read, os.fstat(file.fileno()).st_size, limits)
        for entry in directory.entries:
            check_kind(entry)
        starts = check_spans(read, directory)
        done, total = 0, sum(entry.size for entry in directory.entries)
        for entry in directory.entries:
            for chunk in contents(read, entry, starts[entry.offset]):
                if cancelled():
                    raise UnpackCancelled
                done += len(chunk)
                progress(done, total)


def _check_room(plan: Plan, parent: Path) -> None:
    free = shutil.disk_usage(parent).free
    if plan.bytes > free:
        raise ArchiveRefused(f"unpacks to {size(plan.bytes)}, and {size(free)} are free")


def _stopping(plan: Plan, cancelled: Callable[[], bool], progress: Progress) -> Callable[[int], None]:
    done = 0

    def wrote(length: int) -> None:
        nonlocal done
        done += length
        progress(done, plan.bytes)
        if cancelled():
            raise UnpackCancelled

    return wrote


def _make_directories(plan: Plan, tree: Path) -> None:
    tree.mkdir()
    for path in plan.directories:
        with _refusing_names("/".join(path)):
            tree.joinpath(*path).mkdir()


def _write_files(plan: Plan, tree: Path, read: ReadAt, wrote: Callable[[int], None]) -> None:
    for planned in plan.files:
        with open(_create(planned, tree), "wb", buffering=0) as out:
            for chunk in contents(read, planned.entry, planned.start):
                rest = memoryview(chunk)
                while rest:
                    rest = rest[out.write(rest) :]
                wrote(len(chunk))


def _create(planned: PlannedFile, tree: Path) -> int:
    with _refusing_names(planned.entry.name):
        return os.open(tree.joinpath(*planned.path), _NEW_FILE, 0o755 if planned.executable else 0o644)


@contextmanager
def _refusing_names(entry: str) -> Iterator[None]:
    """What the file system says of a name is about the archive; all else it says is about the disk."""
    try:
        yield
    except UnicodeError:
        raise ArchiveRefused("has a name that this system cannot write", entry) from None
    except OSError as error:
        if error.errno not in _NAME_TROUBLE:
            raise
        raise ArchiveRefused("has a name that this file system does not accept", entry) from None


def _sync(plan: Plan, tree: Path) -> None:
    """After all are written, so that the disk has begun long before it is waited for."""
    for planned in plan.files:
        sync(tree.joinpath(*planned.path))
    for path in plan.directories:
        sync(tree.joinpath(*path))
    sync(tree)


def sync(path: Path) -> None:
    """Wait until a file or a directory's list of names is on the disk; directories cannot be synced on Windows."""
    if os.name == "nt" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _appear(tree: Path, destination: Path) -> None:
    """A rename replaces an empty directory silently, so what is there is looked for first."""
    if os.path.lexists(destination):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(destination))
    tree.rename(destination)
    sync(destination.parent)
