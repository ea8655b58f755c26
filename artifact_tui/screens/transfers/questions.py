"""The questions before bytes are discarded or a limit is overridden."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from artifact_tui.screens.dialogs.question import QuestionDialog
from artifact_tui.text import count, printable, size
from artifact_tui.transfers.models import Kind, Transfer

Words = Callable[[Sequence[Transfer]], tuple[str, list[str]]]
"""Return the text of a question about transfers, and names."""


class TransfersQuestion(QuestionDialog):
    """A question about these transfers, whose text follows their progress."""

    def __init__(self, title: str, asked: Sequence[Transfer], words: Words, answers: Mapping[str, str]) -> None:
        text, names = words(asked)
        super().__init__(title, text, answers, names)
        self._ids = frozenset(one.id for one in asked)
        self._words = words

    def on_mount(self) -> None:
        """Follow the engine's snapshots."""
        self.watch(self.app, "transfers", self._follow, init=False)

    def _follow(self, transfers: tuple[Transfer, ...]) -> None:
        self.show(*self._words([one for one in transfers if one.id in self._ids]))


def bytes_there(transfers: Iterable[Transfer]) -> str:
    """Return how much of downloads is on disk: ``26.4 MB of 40.0 MB``, without the total if it is unknown."""
    downloads = [one for one in transfers if one.kind is Kind.DOWNLOAD]
    received = sum(one.received for one in downloads)
    totals = [one.total if one.total is not None else one.artifact.size_in_bytes or None for one in downloads]
    known = [total for total in totals if total is not None]
    return f"{size(received)} of {size(sum(known))}" if len(known) == len(totals) else size(received)


def cancel_question(unended: Sequence[Transfer]) -> TransfersQuestion | None:
    """Return the question what becomes of the part files; None if there are no bytes to lose."""
    if not _begun(unended):
        return None
    name = printable(unended[0].artifact.name, 50) if len(unended) == 1 else count(len(unended), "transfer")
    answers = {"stay": "Do not cancel", "keep": "Keep for later", "remove": "Discard"}
    return TransfersQuestion(f"Cancel {name}?", unended, _bytes_to_lose, answers)


def _begun(transfers: Sequence[Transfer]) -> list[Transfer]:
    return [one for one in transfers if one.kind is Kind.DOWNLOAD and one.received and not one.finished]


def _bytes_to_lose(transfers: Sequence[Transfer]) -> tuple[str, list[str]]:
    begun, ended = _begun(transfers), sum(one.finished for one in transfers)
    parts, names = [], []
    if begun and len(transfers) == 1:
        parts = [f"{bytes_there(begun)} on disk. Keep the part file to resume with U."]
    elif begun:
        names = [one.artifact.name for one in begun]
        there = f"{count(len(begun), 'download')}, {bytes_there(begun)} on disk."
        parts = [f"{there} Keep the part files to resume with U."]
    if others := len(transfers) - len(begun) - ended:
        parts.append(f"{count(others, 'other transfer')} without bytes on disk will be cancelled too.")
    if ended:
        parts.append(f"{count(ended, 'transfer has', 'transfers have')} ended.")
    return " ".join(parts), names


def unpack_question(transfer: Transfer) -> QuestionDialog:
    """Return the question with the engine's sentence, which has the unpacked size and the limit."""
    text = f"{transfer.problem} The limit protects against archives made to fill a disk; all other checks stay."
    title = f"Unpack {printable(transfer.artifact.name, 50)} anyway?"
    return QuestionDialog(title, text, {"stay": "Leave it packed", "unpack": "Unpack"})
