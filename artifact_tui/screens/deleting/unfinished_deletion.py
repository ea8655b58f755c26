"""A confirmed plan that an earlier start of the program did not carry out to its end: go on, or forget it."""

from __future__ import annotations

from functools import partial

from textual.app import App

from artifact_tui.screens.dialogs import QuestionDialog
from artifact_tui.screens.order_dialogs import CONFIRM_ROWS, artifact_table
from artifact_tui.screens.session import Session
from artifact_tui.text import count, size
from artifact_tui.transfers.database import JournalTrouble
from artifact_tui.transfers.deleting.deletes import DeletePlan, UnfinishedDeletion

ANSWERS = {"later": "Later", "go_on": "Go on…", "forget": "Forget it"}


def deletion_sentence(left: UnfinishedDeletion) -> str:
    """``A deletion was not finished: 37 of 120 artifacts of octocat/hello are deleted.``"""
    done = f"{left.done:,} of {count(left.planned, 'artifact')} of {left.repository} are deleted"
    return f"A deletion was not finished: {done}."


def ask_unfinished_deletion(app: App[int], session: Session) -> None:
    """About the first that is left; later leaves them all."""
    left = session.unfinished_deletions[0]
    rest = DeletePlan(left.repository, left.remaining)
    when = f"You confirmed it on {left.confirmed_at.astimezone():%Y-%m-%d at %H:%M}."
    what = f"the other {len(rest.artifacts):,}, {size(rest.bytes)}"
    text = f"{deletion_sentence(left)} {when} Going on deletes {what}, after one more question, and nothing else."
    dialog = QuestionDialog("Go on with an earlier deletion?", text, ANSWERS, [one.name for one in rest.artifacts])
    app.push_screen(dialog, partial(_answered, app, session, left))


def _answered(app: App[int], session: Session, left: UnfinishedDeletion, answer: str | None) -> None:
    if answer == "go_on":
        from artifact_tui.screens.deleting.confirm import ConfirmDialog
        from artifact_tui.screens.deleting.confirmed import warnings_now

        rest = DeletePlan(left.repository, left.remaining)
        table = artifact_table(rest.artifacts, session.runs_of(left.repository), session.clock(), CONFIRM_ROWS)
        warnings = warnings_now(session, rest, downloads_first=left.downloads_first)
        dialog = ConfirmDialog(rest, table, warnings, session.key_of("confirm.delete"))
        app.push_screen(dialog, partial(_confirmed, app, session, left))
    elif answer == "forget":
        _take(session, left)
        try:
            session.engine.forget_deletion(left.number)
        except JournalTrouble as trouble:
            app.notify(str(trouble), severity="warning", markup=False, timeout=10)
        else:
            app.notify("Forgotten: nothing more of it is deleted.", markup=False, timeout=4)


def _confirmed(app: App[int], session: Session, left: UnfinishedDeletion, confirmed: bool | None) -> None:
    if not confirmed:
        return
    from artifact_tui.screens.deleting.confirmed import deletion_of
    from artifact_tui.screens.deleting.deletion import DeletionScreen

    _take(session, left)
    try:
        ids = session.engine.go_on_deleting(left.number)
    except JournalTrouble as trouble:
        app.notify(str(trouble), severity="warning", markup=False, timeout=10)
        return
    if ids:
        app.push_screen(DeletionScreen(session, deletion_of(session, ids), from_earlier=True))
    else:
        app.notify("Another program goes on with it already.", markup=False, timeout=6)


def _take(session: Session, left: UnfinishedDeletion) -> None:
    session.unfinished_deletions = tuple(one for one in session.unfinished_deletions if one is not left)
