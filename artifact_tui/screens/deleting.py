"""From a confirmed plan to the engine, and to the screen that shows what becomes of it."""

from __future__ import annotations

from textual.app import App

from artifact_tui.screens.deletion import DeletionScreen
from artifact_tui.screens.order_dialogs import DownloadChoice
from artifact_tui.screens.orders import orders_of
from artifact_tui.screens.session import Session
from artifact_tui.transfers.deletes import ConfirmedPlan, Deletion


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


def show_last_deletion(app: App[int], session: Session) -> None:
    """Its screen, over the place we are at."""
    deletions = session.deletions()
    if deletions and not isinstance(app.screen, DeletionScreen):
        app.push_screen(DeletionScreen(session, deletions[-1]))
