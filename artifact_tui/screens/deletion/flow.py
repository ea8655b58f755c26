"""From a confirmed plan to the engine, and to the screen with its progress."""

from __future__ import annotations

import re

from textual.app import App

from artifact_tui.domain.models import RepositoryName
from artifact_tui.screens.deletion.confirm import ConfirmDialog
from artifact_tui.screens.deletion.progress import DeletionScreen
from artifact_tui.screens.dialogs.directory import DownloadChoice
from artifact_tui.screens.download.dialog import CONFIRM_ROWS, artifact_table
from artifact_tui.screens.download.flow import DownloadFlow
from artifact_tui.screens.session import Session
from artifact_tui.text import count
from artifact_tui.transfers.deletions.models import (
    ConfirmedPlan,
    DeletePlan,
    Deletion,
    PlanItem,
    UnfinishedDeletion,
    short_names,
)
from artifact_tui.transfers.models import Kind, Outcome, Transfer

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


class DeletionFlow:
    """Asks about plans outside the review, and hands confirmed plans to the engine."""

    def __init__(self, app: App[int], session: Session) -> None:
        self._app = app
        self._session = session

    def begin(self, confirmed: ConfirmedPlan, first: DownloadChoice | None = None) -> Deletion:
        """Order a deletion; with ``first``, download everything that has not expired before."""
        engine = self._session.engine
        if first is None:
            return self._deletion_of(engine.deletions.add(confirmed))
        flow, plan = DownloadFlow(self._app, self._session), confirmed.plan
        is_across = len(plan.repositories) > 1
        there = [item for item in plan.items if not item.artifact.expired]
        orders = [flow.order_of(*item, _below(first, item.repository) if is_across else first) for item in there]
        return self._deletion_of(engine.download_first(orders, confirmed))

    async def resume(self, left: UnfinishedDeletion) -> bool:
        """Resume the rest of an earlier plan after a question; return False if declined. Raises JournalError."""
        rest = left.rest
        if not await self.confirm(rest, self._warnings(rest, downloads_first=left.downloads_first)):
            return False
        ids = self._session.engine.deletions.resume_unfinished(left.number)
        if ids:
            self._app.push_screen(DeletionScreen(self._session, self._deletion_of(ids), from_earlier=True))
        else:
            self._app.notify("Another artifact-tui is running this deletion.", markup=False, timeout=6)
        return True

    async def retry(self, transfers: tuple[Transfer, ...]) -> None:
        """Ask whether to retry deletes that failed or were not tried; await it in a worker."""
        wanted = tuple(one for one in transfers if one.outcome in {Outcome.FAILED, Outcome.NOT_TRIED})
        if not wanted:
            self._app.notify("Only artifacts that failed or were not tried can be retried.", markup=False, timeout=4)
            return
        plan = DeletePlan(tuple(PlanItem(one.repository, one.artifact) for one in wanted))
        if await self.confirm(plan, self._warnings(plan)):
            for one in wanted:
                self._session.engine.retry(one.id)

    async def confirm(self, plan: DeletePlan, warnings: tuple[str, ...], *, is_all: bool = False) -> bool:
        """Ask whether to delete exactly this plan, with ``is_all`` every artifact; await it in a worker."""
        session = self._session
        runs = {number: run for each in plan.repositories for number, run in session.runs_of(each).items()}
        names = short_names(plan.repositories)
        places = {item.artifact.id: names[item.repository] for item in plan.items} if len(names) > 1 else None
        table = artifact_table(plan.artifacts, runs, session.clock(), CONFIRM_ROWS, places)
        dialog = ConfirmDialog(plan, table, warnings, session.key_of("confirm.delete"), is_all=is_all)
        confirmed = await self._app.push_screen_wait(dialog)
        return bool(confirmed)

    def _warnings(self, plan: DeletePlan, *, downloads_first: bool = False) -> tuple[str, ...]:
        if downloads_first:
            return ("Only what was downloaded and verified is deleted.",)
        under_way = self._session.under_way
        downloading = {number for each in plan.repositories for number in under_way(Kind.DOWNLOAD, each)}
        numbers = {
            "being downloaded here.": sum(artifact.id in downloading for artifact in plan.artifacts),
            "from a fork.": sum(artifact.from_fork for artifact in plan.artifacts),
        }
        return tuple(f"{count(number, 'is', 'are')} {what}" for what, number in numbers.items() if number)

    def _deletion_of(self, ids: tuple[int, ...]) -> Deletion:
        return next(one for one in self._session.deletions() if one.ids == ids)


def _below(choice: DownloadChoice, repository: RepositoryName) -> DownloadChoice:
    """Return the choice with the directory ``owner/name`` below its own."""
    return choice._replace(directory=choice.directory / _folder(repository.owner) / _folder(repository.name))


def _folder(name: str) -> str:
    """Return the name of an owner or repository as a path component."""
    safe = _UNSAFE.sub("_", name)
    return safe if safe.strip(".") else f"_{safe}"
