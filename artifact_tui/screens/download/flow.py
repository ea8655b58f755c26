"""From a wish to the engine: the dialog that asks where to download, and what is ordered when the user agrees.

It acts on artifacts captured when the key was pressed, whatever the list does meanwhile.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from msgspec.structs import replace
from textual.app import App

from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.screens.dialogs.directory import ASK, DownloadChoice
from artifact_tui.screens.dialogs.question import QuestionDialog
from artifact_tui.screens.download.dialog import DownloadDialog, artifact_table
from artifact_tui.screens.session import Session
from artifact_tui.text import count, printable
from artifact_tui.transfers.models import DownloadOrder, OnExisting

Artifacts = tuple[Artifact, ...]
Orders = tuple[DownloadOrder, ...]
ANSWERS = {"keep_both": "Keep both", "skip": "Skip those", "overwrite": "Overwrite"}
"""What may become of what is there already, by the names of :class:`OnExisting`."""


def ask_download(app: App[int], session: Session, repository: RepositoryName, artifacts: Artifacts) -> None:
    """Ask where to, then download; the bytes of expired artifacts are gone, so those are left out."""
    there = tuple(artifact for artifact in artifacts if not artifact.expired)
    choose_download(app, session, repository, artifacts, partial(_chosen, app, session, repository, there))


def choose_download(
    app: App[int],
    session: Session,
    repository: RepositoryName,
    artifacts: Artifacts,
    chosen: Callable[[DownloadChoice | None], None],
    wish: str = "Download",
    *,
    asks: bool = True,
) -> None:
    """Ask where to, and hand the answer to ``chosen``; nothing is ordered. For ``asks`` see :class:`DownloadDialog`."""
    there = tuple(artifact for artifact in artifacts if not artifact.expired)
    if not there:
        app.notify("Expired: the bytes are gone and cannot be downloaded.", severity="warning", markup=False)
        return
    table = artifact_table(there, session.runs_of(repository), session.clock())
    usual = DownloadChoice(session.download_directory(repository), session.unpacks(), session.settings.on_existing)
    app.push_screen(DownloadDialog(table, len(artifacts) - len(there), usual, wish, asks=asks), chosen)


def _chosen(
    app: App[int], session: Session, repository: RepositoryName, artifacts: Artifacts, choice: DownloadChoice | None
) -> None:
    if choice is None:
        return
    orders = orders_of(session, repository, artifacts, choice)
    settle_existing(app, orders, choice.on_existing, partial(_download, app, session))


def orders_of(session: Session, repository: RepositoryName, artifacts: Artifacts, choice: DownloadChoice) -> Orders:
    """An order for each artifact; what is still to be asked is both kept."""
    asks = choice.on_existing == ASK
    return tuple(
        DownloadOrder(
            repository=repository,
            artifact=artifact,
            directory=choice.directory.absolute(),
            unpack=choice.unpack,
            on_existing=OnExisting.KEEP_BOTH if asks else OnExisting(choice.on_existing),
            attempt=attempt_of(session, repository, artifact),
        )
        for artifact in artifacts
    )


def settle_existing(app: App[int], orders: Orders, on_existing: str, then: Callable[[Orders], None]) -> None:
    """Hand the orders on; with :data:`ASK` only after asking what becomes of what is there already, if anything is."""
    from artifact_tui.transfers.downloads.conflicts import existing_targets

    def settled(answer: OnExisting) -> None:
        then(tuple(replace(order, on_existing=answer) for order in orders))

    there = existing_targets(orders) if on_existing == ASK else ()
    if not ask_existing(app, orders[0].directory, there, len(orders), settled):
        then(orders)


def ask_existing(
    app: App[int], directory: Path, targets: Sequence[Path], orders: int, then: Callable[[OnExisting], None]
) -> bool:
    """Ask what becomes of those ``targets`` of so many orders that are there already; False when none is."""
    there = [path for path in targets if os.path.lexists(path)]
    if not there:
        return False
    title = f"{len(there):,} of {count(orders, 'download')} {'is' if len(there) == 1 else 'are'} there already"
    text = f"In {printable(str(directory), 200)} there is already:"

    def settled(answer: str | None) -> None:
        if answer is not None:
            then(OnExisting[answer.upper()])

    app.push_screen(QuestionDialog(title, text, ANSWERS, [path.name for path in there]), settled)
    return True


def attempt_of(session: Session, repository: RepositoryName, artifact: Artifact) -> int | None:
    """The run attempt that made it, where that is known for sure."""
    run = session.runs_of(repository).get(artifact.run_id or 0)
    certainty, attempt = artifact.attempt(run) if run else ("", None)
    return attempt if certainty == "exactly" else None


def _download(app: App[int], session: Session, orders: Orders) -> None:
    from artifact_tui.transfers.downloads.conflicts import spare_each_other

    session.engine.downloads.add(spare_each_other(orders))
    first = orders[0]
    directory = first.directory
    problem = session.remember_directory(first.repository, directory, unpack=first.unpack)
    _say(app, f"{count(len(orders), 'download')} into {printable(str(directory), 60)}; w shows how far.")
    if problem:
        app.notify(problem, severity="warning", markup=False)


def _say(app: App[int], sentence: str) -> None:
    app.notify(sentence, markup=False, timeout=4)
