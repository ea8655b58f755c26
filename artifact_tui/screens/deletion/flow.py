"""From a confirmed plan to the engine, and to the screen that shows what becomes of it."""

from __future__ import annotations

from functools import partial

from textual.app import App

from artifact_tui.screens.deletion.progress import DeletionScreen
from artifact_tui.screens.dialogs.directory import DownloadChoice
from artifact_tui.screens.download.dialog import CONFIRM_ROWS, artifact_table
from artifact_tui.screens.download.flow import orders_of
from artifact_tui.screens.session import Session
from artifact_tui.text import count
from artifact_tui.transfers.deletions.models import ConfirmedPlan, DeletePlan, Deletion, Outcome
from artifact_tui.transfers.models import Transfer


def begin_deletion(session: Session, confirmed: ConfirmedPlan, first: DownloadChoice | None = None) -> Deletion:
    """Order it, after a download of all that can still be downloaded where that was chosen."""
    if first is None:
        return deletion_of(session, session.engine.delete(confirmed))
    plan = confirmed.plan
    there = tuple(artifact for artifact in plan.artifacts if not artifact.expired)
    orders = orders_of(session, plan.repository, there, first)
    return deletion_of(session, session.engine.download_first(orders, confirmed))


def deletion_of(session: Session, ids: tuple[int, ...]) -> Deletion:
    """The deletion that has these transfers."""
    return next(one for one in session.deletions() if one.ids == ids)


def ask_again(app: App[int], session: Session, transfers: tuple[Transfer, ...]) -> None:
    """Whether to try again what of a deletion has failed or was not tried; the same question as ever."""
    from artifact_tui.screens.deletion.confirm import ConfirmDialog

    wanted = tuple(one for one in transfers if one.outcome in {Outcome.FAILED, Outcome.NOT_TRIED})
    if not wanted:
        app.notify("Only what failed or was not tried can be tried again.", markup=False, timeout=4)
        return
    plan = DeletePlan(wanted[0].repository, tuple(one.artifact for one in wanted))
    table = artifact_table(plan.artifacts, session.runs_of(plan.repository), session.clock(), CONFIRM_ROWS)
    dialog = ConfirmDialog(plan, table, warnings_now(session, plan), session.key_of("confirm.delete"))
    app.push_screen(dialog, partial(_try_again, session, wanted))


def warnings_now(session: Session, plan: DeletePlan, *, downloads_first: bool = False) -> tuple[str, ...]:
    """What a person is told who is asked about a plan without another review, a sentence for each thing that is so."""
    if downloads_first:
        return ("Only what was downloaded and verified is deleted.",)
    downloading = session.being_downloaded(plan.repository)
    numbers = {
        "being downloaded here.": sum(artifact.id in downloading for artifact in plan.artifacts),
        "made by code of a fork.": sum(artifact.from_fork for artifact in plan.artifacts),
    }
    return tuple(f"{count(number, 'is', 'are')} {what}" for what, number in numbers.items() if number)


def _try_again(session: Session, wanted: tuple[Transfer, ...], confirmed: bool | None) -> None:
    if confirmed:
        for one in wanted:
            session.engine.retry(one.id)


def show_last_deletion(app: App[int], session: Session) -> None:
    """Its screen, over the place we are at."""
    deletions = session.deletions()
    if deletions and not isinstance(app.screen, DeletionScreen):
        app.push_screen(DeletionScreen(session, deletions[-1]))
