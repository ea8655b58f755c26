"""Errors of transfers, and how a transfer ends after an exception in its thread.

Exceptions for control flow, which no user sees, do not derive from UserError:

- Stopped, here: raised by DownloadJob and DeleteJob when their thread reports something after they were stopped, and
  by Fetcher and Finalizer; caught by Download, JobRunner and DeleteWorker.
- RetryLater, retry: raised by Retrier for a wait set by the server that is too long; caught by JobRunner.
- Changed, downloads.parallel_fetch: raised by ParallelFetch when the server has other bytes; caught by Fetcher.
- Corrupt, downloads.parallel_fetch: raised by ParallelFetch and Fetcher; caught by Fetcher, the second time as
  CorruptTwice.
- _MakesWay, downloads.parallel_fetch: raised and caught there, by a connection that another download needs.
- PartBusy, downloads.part_file: raised by PartFile when another program has it open; caught by Download and JobRunner.
- UnpackCancelled, archive.unpack: raised by unpacking and checking a zip; caught by Fetcher and Finalizer.
"""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import NamedTuple

from artifact_tui import __version__
from artifact_tui.errors import UserError
from artifact_tui.text import size

_SENTENCES = {
    errno.EFBIG: ("The file is larger than the file system or a limit of this account allows.", ""),
    errno.EACCES: ("Permission denied: {place}.", "Choose another directory."),
    errno.EPERM: ("Permission denied: {place}.", "Choose another directory."),
    errno.EROFS: ("{place} is on a file system that is read-only.", "Choose another directory."),
    errno.ENAMETOOLONG: ("A name is too long for the file system of {place}.", "Choose another directory."),
    errno.ENOENT: ("{place} no longer exists.", "Create it again or choose another directory, then retry."),
    errno.ENOTDIR: ("{place} is not a directory.", "Choose another directory."),
    errno.EEXIST: ("{place} is not a directory.", "Choose another directory."),
    errno.EIO: ("The disk reports an error at {place}.", "Check the disk or choose another directory."),
    errno.EMFILE: ("Too many files are open.", "Wait for other transfers, then retry."),
    errno.ENFILE: ("Too many files are open on this machine.", "Wait, then retry."),
}
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


class NotCreated(FileNotFoundError):
    """A directory that cannot be created although the one above it exists, as in ``/proc``."""


def make_directory(path: Path) -> None:
    """Create a directory and those above it; raise OSError, :class:`NotCreated` among others."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileNotFoundError as error:
        raise NotCreated(error.errno, error.strerror, error.filename) from None


class TransferError(UserError):
    """A transfer cannot finish."""


def disk_trouble(error: OSError, place: Path) -> TransferError:
    """Return the sentence for an error of the operating system; ``place`` is the directory the user chose."""
    if error.errno in _FULL:
        return DiskTrouble(f"Disk full: {place}{_free(place)}.", "Free some space, then retry.")
    if isinstance(error, NotCreated):
        return DiskTrouble(f"The directory {error.filename} cannot be created.", "Choose another directory.")
    if error.errno == errno.ENOENT and place.is_dir():  # such as /proc
        return DiskTrouble(f"A file in {place} is missing or cannot be created.", "Choose another directory or retry.")
    said = os.strerror(error.errno) if error.errno else "no reason given"
    plain = (f"Writing in {{place}} failed: {said}.", "Choose another directory or retry.")
    sentence, next_step = _SENTENCES.get(error.errno or 0, plain)
    return DiskTrouble(sentence.format(place=place), next_step)


def _free(place: Path) -> str:
    try:
        return f": {size(shutil.disk_usage(place).free)} is free"
    except OSError:
        return ""


class DiskTrouble(TransferError):
    """The machine cannot store the download: no space, no permission, or a failing disk."""


class TargetExists(TransferError):
    """The name exists, and the order says to fail or to skip then."""


class DownloadedElsewhere(TransferError):
    """Another download of the same artifact into the same directory is running."""


class Stopped(Exception):
    """It was cancelled, stopped or paused; its thread cleans up and reports nothing."""


class JournalError(UserError):
    """The journal, or the log of deletions, cannot be used."""


class Failure(NamedTuple):
    """One sentence, the next step, whether the cause is a bug in this program, and the error if it is not."""

    problem: str
    next_step: str
    is_bug: bool = False
    error: UserError | None = None


def failure_of(error: Exception, place: Path | None) -> Failure:
    """Return the sentences for an exception; ``place`` is the directory a download writes to."""
    if isinstance(error, OSError) and place is not None:
        error = disk_trouble(error, place)
    if isinstance(error, UserError):
        return Failure(
            error.sentence, error.next_step or ("Then retry." if isinstance(error, JournalError) else ""), error=error
        )
    report = f"Please report it with the log that --log-file FILE writes (artifact-tui {__version__})."
    return Failure("Internal error. This transfer was stopped.", report, is_bug=True)
