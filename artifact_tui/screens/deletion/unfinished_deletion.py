"""The question whether to resume or discard a confirmed deletion that an earlier start did not finish."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from artifact_tui.screens.dialogs.question import QuestionDialog
from artifact_tui.screens.download.dialog import CONFIRM_ROWS, artifact_table
from artifact_tui.screens.session import Session
from artifact_tui.text import count, printable, size
from artifact_tui.transfers.deletions.models import DeletePlan, UnfinishedDeletion
from artifact_tui.transfers.disk.database import JournalTrouble

if TYPE_CHECKING:
    from artifact_tui.screens.engine_events import FollowingApp

ANSWERS = {"later": "Later", "resume": "Resume…", "discard": "Discard"}


def deletion_sentence(left: UnfinishedDeletion) -> str:
    """Return the progress: ``Unfinished deletion: 37 of 120 artifacts of octocat/hello are deleted.``"""
    done = f"{left.done:,} of {count(left.planned, 'artifact')} of {left.repository} are deleted"
    return f"Unfinished deletion: {done}."


def ask_unfinished_deletion(app: FollowingApp, session: Session) -> None:
    """About the first that is left; later leaves them all."""
    left = session.unfinished_deletions[0]
    rest = DeletePlan(left.repository, left.remaining)
    when = f"You confirmed it on {left.confirmed_at.astimezone():%Y-%m-%d at %H:%M}."
    rest_of_it = f"the other {len(rest.artifacts):,} ({size(rest.bytes)})"
    text = f"{deletion_sentence(left)} {when} Resuming asks once more, then deletes only {rest_of_it}."
    dialog = QuestionDialog("Resume an earlier deletion?", text, ANSWERS, [one.name for one in rest.artifacts])
    app.push_screen(dialog, partial(_answered, app, session, left))


def _answered(app: FollowingApp, session: Session, left: UnfinishedDeletion, answer: str | None) -> None:
    if answer == "resume":
        from artifact_tui.screens.deletion.confirm import ConfirmDialog
        from artifact_tui.screens.deletion.flow import warnings_now

        rest = DeletePlan(left.repository, left.remaining)
        table = artifact_table(rest.artifacts, session.runs_of(left.repository), session.clock(), CONFIRM_ROWS)
        warnings = warnings_now(session, rest, downloads_first=left.downloads_first)
        dialog = ConfirmDialog(rest, table, warnings, session.key_of("confirm.delete"))
        app.push_screen(dialog, partial(_confirmed, app, session, left))
    elif answer == "discard":
        _take(app, session, left)
        try:
            session.engine.forget_deletion(left.number)
        except JournalTrouble as trouble:
            app.notify(printable(str(trouble)), severity="warning", markup=False, timeout=10)
        else:
            app.notify("Deletion discarded. Nothing more will be deleted.", markup=False, timeout=4)


def _confirmed(app: FollowingApp, session: Session, left: UnfinishedDeletion, confirmed: bool | None) -> None:
    if not confirmed:
        return
    from artifact_tui.screens.deletion.flow import deletion_of
    from artifact_tui.screens.deletion.progress import DeletionScreen

    _take(app, session, left)
    try:
        ids = session.engine.go_on_deleting(left.number)
    except JournalTrouble as trouble:
        app.notify(printable(str(trouble)), severity="warning", markup=False, timeout=10)
        return
    if ids:
        app.push_screen(DeletionScreen(session, deletion_of(session, ids), from_earlier=True))
    else:
        app.notify("Another artifact-tui is running this deletion.", markup=False, timeout=6)


def _take(app: FollowingApp, session: Session, left: UnfinishedDeletion) -> None:
    session.unfinished_deletions = tuple(one for one in session.unfinished_deletions if one is not left)
    app.show_unfinished()
