"""Unfinished work of an earlier start: a line in the status bar, and a question at a key press."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from textual.app import App

from artifact_tui.screens.dialogs.question import QuestionDialog
from artifact_tui.screens.session import Session
from artifact_tui.text import count, printable, size
from artifact_tui.transfers.models import Unfinished

if TYPE_CHECKING:
    from artifact_tui.screens.engine_events import FollowingApp

ANSWERS = {"resume": "Resume", "later": "Later", "discard": "Discard"}


async def find_unfinished(app: FollowingApp, session: Session) -> None:
    """Read the journal, and show unfinished work in the status bar.

    What reads it is loaded in a thread, beside the first list.
    """
    await asyncio.to_thread(import_module, "artifact_tui.transfers.engine")
    with saying_trouble(app):
        session.unfinished = await asyncio.to_thread(session.engine.unfinished)
        if not session.settings.read_only:
            session.unfinished_deletions = await asyncio.to_thread(session.engine.unfinished_deletions)
        if unreadable := await asyncio.to_thread(session.engine.unreadable):
            app.notify(printable(unreadable), severity="warning", markup=False, timeout=10)
    app.show_unfinished()


def unfinished_line(session: Session) -> tuple[str, str]:
    """Return the line about unfinished work with its key, in full and in short for narrow terminals."""
    downloads, deletions = session.unfinished, session.unfinished_deletions
    parts = []
    if downloads:
        parts.append(f"{count(len(downloads), 'unfinished download')}, {size(_left(downloads))} left")
    if deletions:
        artifacts = sum(len(one.remaining) for one in deletions)
        parts.append(f"{count(len(deletions), 'unfinished deletion')}, {count(artifacts, 'artifact')} left")
    if not parts:
        return "", ""
    key = session.key_of("app.unfinished")
    return f"{', '.join(parts)} · {key}", f"{len(downloads) + len(deletions):,} unfinished · {key}"


def ask_unfinished(app: FollowingApp, session: Session) -> None:
    """Ask whether to resume, discard or postpone unfinished work: downloads first, then each deletion."""
    if session.unfinished:
        app.push_screen(unfinished_question(session.unfinished), partial(_answered, app, session))
    else:
        _ask_about_deletions(app, session)


def unfinished_question(unfinished: tuple[Unfinished, ...]) -> QuestionDialog:
    """Return the question; the focus is on Resume, which loses nothing."""
    names = [one.order.artifact.name for one in unfinished]
    text = f"{sentence(unfinished)} Resuming downloads only what is missing; discarding removes the part files."
    return QuestionDialog("Resume earlier downloads?", text, ANSWERS, names)


def sentence(unfinished: tuple[Unfinished, ...]) -> str:
    """Return how many downloads are unfinished, and how many bytes are on disk."""
    received = sum(one.received for one in unfinished)
    downloads = count(len(unfinished), "unfinished download")
    return f"{downloads}: {size(received)} of {size(received + _left(unfinished))} on disk."


def _left(unfinished: tuple[Unfinished, ...]) -> int:
    """The bytes that are missing, by the listed size where the download host has not told the length."""
    totals = [one.total if one.total is not None else one.order.artifact.size_in_bytes for one in unfinished]
    return sum(max(0, total - one.received) for total, one in zip(totals, unfinished, strict=True))


def _answered(app: FollowingApp, session: Session, answer: str | None) -> None:
    if answer in {"resume", "discard"}:
        _settle(app, session, answer)
    _ask_about_deletions(app, session)


def _ask_about_deletions(app: FollowingApp, session: Session) -> None:
    from artifact_tui.screens.deletion.unfinished_deletion import ask_unfinished_deletion

    if session.unfinished_deletions:
        ask_unfinished_deletion(app, session)


def _settle(app: FollowingApp, session: Session, answer: str) -> None:
    session.unfinished = ()
    with saying_trouble(app):
        if answer == "discard":
            session.engine.forget()
        else:
            resumed = len(session.engine.go_on())
            key = session.key_of("app.transfers")
            app.notify(f"{count(resumed, 'download')} resumed. {key} shows them.", markup=False, timeout=4)
    app.show_unfinished()


@contextmanager
def saying_trouble(app: App[int]) -> Iterator[None]:
    """A journal that cannot be read costs the offer and nothing else."""
    from artifact_tui.transfers.disk.database import JournalTrouble

    try:
        yield
    except JournalTrouble as trouble:
        app.notify(printable(str(trouble)), severity="warning", markup=False, timeout=10)
