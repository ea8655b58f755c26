"""The questions before bytes are discarded or a limit is overridden."""

from __future__ import annotations

from collections.abc import Iterable

from artifact_tui.screens.dialogs.question import QuestionDialog
from artifact_tui.text import count, printable, size
from artifact_tui.transfers.models import Kind, Transfer


def bytes_there(transfers: Iterable[Transfer]) -> str:
    """Return how much of downloads is on disk: ``26.4 MB of 40.0 MB``, without the total if it is unknown."""
    downloads = [one for one in transfers if one.kind is Kind.DOWNLOAD]
    received = sum(one.received for one in downloads)
    totals = [one.total if one.total is not None else one.artifact.size_in_bytes or None for one in downloads]
    known = [total for total in totals if total is not None]
    return f"{size(received)} of {size(sum(known))}" if len(known) == len(totals) else size(received)


def cancel_question(transfers: tuple[Transfer, ...]) -> QuestionDialog | None:
    """Return the question what becomes of the part files; None if there are no bytes to lose."""
    begun = [one for one in transfers if one.kind is Kind.DOWNLOAD and one.received]
    if not begun:
        return None
    name = printable(transfers[0].artifact.name, 50) if len(transfers) == 1 else count(len(transfers), "transfer")
    text = f"{bytes_there(begun)} on disk. Keep the part file to resume later in the same directory."
    names: list[str] = []
    if len(transfers) > 1:
        text = f"{count(len(begun), 'download')}, {bytes_there(begun)} on disk. Keep the part files to resume later."
        names = [one.artifact.name for one in begun]
    if others := len(transfers) - len(begun):
        text = f"{text} {count(others, 'other transfer')} without bytes on disk will be cancelled too."
    answers = {"stay": "Do not cancel", "keep": "Keep for later", "remove": "Discard"}
    return QuestionDialog(f"Cancel {name}?", text, answers, names)


def unpack_question(transfer: Transfer) -> QuestionDialog:
    """Return the question with the engine's sentence, which has the unpacked size and the limit."""
    text = f"{transfer.problem} The limit protects against archives made to fill a disk; all other checks stay."
    title = f"Unpack {printable(transfer.artifact.name, 50)} anyway?"
    return QuestionDialog(title, text, {"stay": "Leave it packed", "unpack": "Unpack"})
