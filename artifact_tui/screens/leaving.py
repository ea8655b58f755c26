"""The question before quitting with active transfers."""

from __future__ import annotations

from collections.abc import Sequence

from artifact_tui.screens.transfers.questions import TransfersQuestion, bytes_there
from artifact_tui.text import count
from artifact_tui.transfers.models import Kind, Transfer


def quit_question(under_way: Sequence[Transfer]) -> TransfersQuestion:
    """Return the question whether to quit; the focus is on staying, and what loses bytes is last."""
    answers = {"stay": "Stay", "keep": "Keep for later", "remove": "Discard part files"}
    if all(one.kind is Kind.DELETE for one in under_way):
        answers = {"stay": "Stay", "keep": "Quit"}
    return TransfersQuestion("Quit?", under_way, _sentences, answers)


def _sentences(transfers: Sequence[Transfer]) -> tuple[str, list[str]]:
    downloads = [one for one in transfers if one.kind is Kind.DOWNLOAD and not one.finished]
    deletes = sum(one.kind is Kind.DELETE and not one.finished for one in transfers)
    parts = []
    if downloads:
        unfinished = count(len(downloads), "unfinished download")
        parts.append(f"{unfinished} ({bytes_there(downloads)} on disk). Keep the part files to resume next time.")
    if deletes:
        artifacts = count(deletes, "artifact is", "artifacts are")
        parts.append(f"{artifacts} still to be deleted; the next start offers to resume.")
    return " ".join(parts) or "All transfers have ended.", [one.artifact.name for one in downloads]
