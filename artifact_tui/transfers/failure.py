"""How a transfer ends when something was raised in its thread."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from artifact_tui.domain.provider import ProviderError
from artifact_tui.transfers.disk.database import JournalTrouble
from artifact_tui.transfers.errors import TransferTrouble, disk_trouble


class Failure(NamedTuple):
    """One sentence, the next step, and whether the cause is a mistake of the program itself."""

    problem: str
    next_step: str
    is_bug: bool = False


def failure_of(error: Exception, place: Path | None) -> Failure:
    """Put what was raised into words; ``place`` is the directory a download writes to."""
    if isinstance(error, ProviderError | TransferTrouble):
        return Failure(error.sentence, error.next_step)
    if isinstance(error, OSError) and place is not None:
        trouble = disk_trouble(error, place)
        return Failure(trouble.sentence, trouble.next_step)
    if isinstance(error, JournalTrouble):
        return Failure(str(error), "Then retry.")
    return Failure("The program made a mistake here, and stopped this transfer.", "Please report it.", is_bug=True)
