"""The question before quitting with active transfers."""

from __future__ import annotations

from artifact_tui.screens.dialogs.question import QuestionDialog
from artifact_tui.screens.transfers.questions import bytes_there
from artifact_tui.text import count
from artifact_tui.transfers.models import Kind, Transfer


def quit_question(under_way: list[Transfer]) -> QuestionDialog:
    """Return the question whether to quit; the focus is on the answer that loses nothing."""
    downloads = [one for one in under_way if one.kind is Kind.DOWNLOAD]
    answers = {"keep": "Keep for later", "remove": "Discard part files", "stay": "Stay"}
    if not downloads:
        answers = {"stay": "Stay", "keep": "Quit"}
    names = [one.artifact.name for one in downloads]
    return QuestionDialog("Quit?", _sentences(downloads, len(under_way) - len(downloads)), answers, names)


def _sentences(downloads: list[Transfer], deletes: int) -> str:
    parts = []
    if downloads:
        unfinished = count(len(downloads), "unfinished download")
        parts.append(f"{unfinished} ({bytes_there(downloads)} on disk). Keep the part files to resume next time.")
    if deletes:
        artifacts = count(deletes, "artifact is", "artifacts are")
        parts.append(f"{artifacts} still to be deleted; the next start offers to resume.")
    return " ".join(parts)
