"""Errors of transfers: of the disk, of the journal, and how a transfer ends when something was raised in its thread."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import NamedTuple

from artifact_tui import __version__
from artifact_tui.domain.provider import ProviderError
from artifact_tui.text import size

_SENTENCES = {
    errno.EFBIG: ("The file is larger than the file system or a limit of this account allows.", ""),
    errno.EACCES: ("There is no permission to write in {place}.", "Choose another directory."),
    errno.EPERM: ("There is no permission to write in {place}.", "Choose another directory."),
    errno.EROFS: ("{place} is on a file system that is read-only.", "Choose another directory."),
    errno.ENAMETOOLONG: ("A name is too long for the file system of {place}.", "Choose another directory."),
    errno.ENOENT: ("{place} is not there any more.", "Make it again or choose another directory, then retry."),
    errno.ENOTDIR: ("{place} is not a directory.", "Choose another directory."),
    errno.EEXIST: ("{place} is not a directory.", "Choose another directory."),
    errno.EIO: ("The disk reports an error at {place}.", "Check the disk or choose another directory."),
    errno.EMFILE: ("Too many files are open.", "Wait for other transfers, then retry."),
    errno.ENFILE: ("Too many files are open on this machine.", "Wait, then retry."),
}
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


class TransferError(Exception):
    """A transfer cannot be finished; one sentence for the user, and what to do next."""

    def __init__(self, sentence: str, next_step: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.next_step = next_step


def disk_trouble(error: OSError, place: Path) -> TransferError:
    """Put an error of the operating system into words; ``place`` is the directory the user chose."""
    if error.errno in _FULL:
        return TransferError(f"There is no room left in {place}{_free(place)}.", "Make room, then retry.")
    said = os.strerror(error.errno) if error.errno else "no reason given"
    plain = (f"Writing in {{place}} failed: {said}.", "Choose another directory or retry.")
    sentence, next_step = _SENTENCES.get(error.errno or 0, plain)
    return TransferError(sentence.format(place=place), next_step)


def _free(place: Path) -> str:
    try:
        return f": {size(shutil.disk_usage(place).free)} are free"
    except OSError:
        return ""


class Stopped(Exception):
    """It was cancelled, stopped or paused; the thread that works on it cleans up and says no more."""


class JournalError(Exception):
    """The journal cannot be used; one or two sentences for the user."""


class Failure(NamedTuple):
    """One sentence, the next step, and whether the cause is a mistake of the program itself."""

    problem: str
    next_step: str
    is_bug: bool = False


def failure_of(error: Exception, place: Path | None) -> Failure:
    """Put what was raised into words; ``place`` is the directory a download writes to."""
    if isinstance(error, ProviderError | TransferError):
        return Failure(error.sentence, error.next_step)
    if isinstance(error, OSError) and place is not None:
        trouble = disk_trouble(error, place)
        return Failure(trouble.sentence, trouble.next_step)
    if isinstance(error, JournalError):
        return Failure(str(error), "Then retry.")
    report = f"Please report it with the log that --log-file FILE writes (artifact-tui {__version__})."
    return Failure("Internal error. This transfer was stopped.", report, is_bug=True)
