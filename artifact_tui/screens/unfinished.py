"""What an earlier start of the program did not finish: offered once the first list is on its way."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module

from textual.app import App

from artifact_tui.screens.dialogs import QuestionDialog
from artifact_tui.screens.list_screen import ListScreen
from artifact_tui.screens.session import Session
from artifact_tui.text import count, size
from artifact_tui.transfers.transfer import Unfinished

ANSWERS = {"go_on": "Go on", "later": "Later", "forget": "Forget them"}


async def offer_unfinished(app: App[int], session: Session) -> None:
    """Look into the journal, and ask; whoever types already is only told.

    What reads it is loaded in a thread, beside the first list.
    """
    await asyncio.to_thread(import_module, "artifact_tui.transfers.engine")
    with saying_trouble(app):
        session.unfinished = await asyncio.to_thread(session.engine.unfinished)
        if not session.settings.read_only:
            session.unfinished_deletions = await asyncio.to_thread(session.engine.unfinished_deletions)
    if not (session.unfinished or session.unfinished_deletions):
        return
    screen = app.screen
    if isinstance(screen, ListScreen) and not screen.filter_bar.has_class("-open"):
        ask_unfinished(app, session)
        return
    from artifact_tui.screens.deleting.unfinished_deletion import deletion_sentence

    said = [sentence(session.unfinished)] if session.unfinished else []
    said.extend(map(deletion_sentence, session.unfinished_deletions))
    app.notify(f"{' '.join(said)} w, then U shows them.", markup=False, timeout=10)


def ask_unfinished(app: App[int], session: Session) -> None:
    """Go on with them, forget them, or leave them for later: the downloads first, then each deletion."""
    if session.unfinished:
        app.push_screen(unfinished_question(session.unfinished), partial(_answered, app, session))
    else:
        _ask_about_deletions(app, session)


def unfinished_question(unfinished: tuple[Unfinished, ...]) -> QuestionDialog:
    """The keyboard is on going on, which loses nothing."""
    names = [one.order.artifact.name for one in unfinished]
    text = f"{sentence(unfinished)} Only what is missing is fetched."
    return QuestionDialog("Go on with earlier downloads?", text, ANSWERS, names)


def sentence(unfinished: tuple[Unfinished, ...]) -> str:
    """How many there are, and how much of them."""
    received = sum(one.received for one in unfinished)
    totals = [one.total if one.total is not None else one.order.artifact.size_in_bytes for one in unfinished]
    downloads = count(len(unfinished), "download was", "downloads were")
    return f"{downloads} not finished: {size(received)} of {size(sum(totals))} are on the disk."


def _answered(app: App[int], session: Session, answer: str | None) -> None:
    if answer in {"go_on", "forget"}:
        _settle(app, session, answer)
    _ask_about_deletions(app, session)


def _ask_about_deletions(app: App[int], session: Session) -> None:
    from artifact_tui.screens.deleting.unfinished_deletion import ask_unfinished_deletion

    if session.unfinished_deletions:
        ask_unfinished_deletion(app, session)


def _settle(app: App[int], session: Session, answer: str) -> None:
    session.unfinished = ()
    with saying_trouble(app):
        if answer == "forget":
            session.engine.forget()
        else:
            going = len(session.engine.go_on())
            app.notify(f"{count(going, 'download')} under way again; w shows how far.", markup=False, timeout=4)


@contextmanager
def saying_trouble(app: App[int]) -> Iterator[None]:
    """A journal that cannot be read costs the offer and nothing else."""
    from artifact_tui.transfers.database import JournalTrouble

    try:
        yield
    except JournalTrouble as trouble:
        app.notify(str(trouble), severity="warning", markup=False, timeout=10)
