"""Unfinished work of earlier sessions, and kept downloads: a line in the status bar, and questions on a key."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from artifact_tui.screens.dialogs.question import QuestionDialog
from artifact_tui.screens.engine_events import EngineApp
from artifact_tui.screens.session import Session
from artifact_tui.text import count, printable, size
from artifact_tui.transfers.deletions.models import UnfinishedDeletion, in_short
from artifact_tui.transfers.models import Unfinished

ANSWERS = {"resume": "Resume", "later": "Later", "discard": "Discard"}
DELETION_ANSWERS = {"later": "Later", "resume": "Resume…", "discard": "Discard"}


class ResumeFlow:
    """Finds unfinished downloads and deletions, and resumes or discards them."""

    def __init__(self, app: EngineApp, session: Session) -> None:
        self._app = app
        self._session = session

    async def find(self) -> None:
        """Read the journal, and show unfinished work in the status bar; a thread imports the engine."""
        await asyncio.to_thread(import_module, "artifact_tui.transfers.engine")
        session = self._session
        with self._journal_errors_shown():
            session.unfinished = await asyncio.to_thread(session.engine.downloads.unfinished)
            if not session.settings.read_only:
                session.unfinished_deletions = await asyncio.to_thread(session.engine.deletions.unfinished)
            if unreadable := await asyncio.to_thread(session.engine.unreadable):
                self._app.notify(printable(unreadable), severity="warning", markup=False, timeout=10)
        self._show()

    async def find_kept(self) -> None:
        """Read the journal again after a cancelled download was kept, or is no longer."""
        with self._journal_errors_shown():
            self._session.unfinished = await asyncio.to_thread(self._session.engine.downloads.unfinished)
        self._show()

    async def ask(self) -> None:
        """Ask about downloads, then about the oldest deletion; await it in a worker."""
        if self._session.unfinished:
            answer = await self._app.push_screen_wait(unfinished_question(self._session.unfinished))
            if answer in {"resume", "discard"}:
                self._settle_downloads(answer)
        if self._session.unfinished_deletions:
            await self._ask_about(self._session.unfinished_deletions[0])

    def _settle_downloads(self, answer: str) -> None:
        session = self._session
        session.unfinished = ()
        with self._journal_errors_shown():
            if answer == "discard":
                session.engine.downloads.discard_unfinished()
            else:
                resumed = len(session.engine.downloads.resume_unfinished())
                key = session.key_of("app.transfers")
                self._app.notify(f"{count(resumed, 'download')} resumed. {key} shows them.", markup=False, timeout=4)
        self._show()

    async def _ask_about(self, left: UnfinishedDeletion) -> None:
        answer = await self._app.push_screen_wait(deletion_question(left))
        with self._journal_errors_shown():
            if answer == "resume":
                from artifact_tui.screens.deletion.flow import DeletionFlow

                if await DeletionFlow(self._app, self._session).resume(left):
                    self._take(left)
            elif answer == "discard":
                self._take(left)
                self._session.engine.deletions.discard_unfinished(left.number)
                self._app.notify("Deletion discarded. Nothing more will be deleted.", markup=False, timeout=4)

    def _take(self, left: UnfinishedDeletion) -> None:
        session = self._session
        session.unfinished_deletions = tuple(one for one in session.unfinished_deletions if one is not left)
        self._show()

    def _show(self) -> None:
        self._app.unfinished = unfinished_line(self._session)
        self._app.refresh_bindings()

    @contextmanager
    def _journal_errors_shown(self) -> Iterator[None]:
        from artifact_tui.transfers.errors import JournalError

        try:
            yield
        except JournalError as trouble:
            self._app.notify(printable(str(trouble)), severity="warning", markup=False, timeout=10)


def unfinished_line(session: Session) -> tuple[str, str]:
    """Return the line about unfinished work with its key, in full and in short for narrow terminals."""
    downloads, deletions = session.unfinished, session.unfinished_deletions
    parts = []
    if downloads:
        parts.append(
            f"{count(len(downloads), 'unfinished download')}, {size(sum(one.missing for one in downloads))} left"
        )
    if deletions:
        artifacts = sum(len(one.remaining) for one in deletions)
        parts.append(f"{count(len(deletions), 'unfinished deletion')}, {count(artifacts, 'artifact')} left")
    if not parts:
        return "", ""
    key = session.key_of("app.unfinished")
    return f"{', '.join(parts)} · {key}", f"{len(downloads) + len(deletions):,} unfinished · {key}"


def unfinished_question(unfinished: tuple[Unfinished, ...]) -> QuestionDialog:
    """Return the question about downloads; the focus is on Resume, which loses nothing."""
    names = [one.order.artifact.name for one in unfinished]
    received = sum(one.received for one in unfinished)
    bytes_there = f"{size(received)} of {size(received + sum(one.missing for one in unfinished))} on disk"
    there = f"{count(len(unfinished), 'unfinished download')}: {bytes_there}."
    text = f"{there} Resuming downloads only what is missing; discarding removes the part files."
    return QuestionDialog("Resume earlier downloads?", text, ANSWERS, names)


def deletion_question(left: UnfinishedDeletion) -> QuestionDialog:
    """Return the question about a deletion; the focus is on Later, which deletes nothing."""
    rest = left.rest
    done = f"{left.done:,} of {count(left.planned, 'artifact')} of {in_short(left.repositories)} are deleted"
    when = f"You confirmed it on {left.confirmed_at.astimezone():%Y-%m-%d at %H:%M}."
    rest_of_it = f"the other {len(rest.artifacts):,} ({size(rest.bytes)})"
    text = f"Unfinished deletion: {done}. {when} Resuming asks once more, then deletes only {rest_of_it}."
    return QuestionDialog("Resume an earlier deletion?", text, DELETION_ANSWERS, [one.name for one in rest.artifacts])
