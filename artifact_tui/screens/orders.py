"""From a wish to the engine: the dialog that asks where to download, and what is ordered when the user agrees.

It acts on artifacts captured when the key was pressed, whatever the list does meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec.structs import replace
from textual.app import App

from artifact_tui.model import Artifact, RepositoryName
from artifact_tui.screens.dialogs import QuestionDialog
from artifact_tui.screens.order_dialogs import ASK, DownloadChoice, DownloadDialog, artifact_table
from artifact_tui.screens.session import Session
from artifact_tui.text import count, printable
from artifact_tui.transfers.transfer import DownloadOrder, OnExisting

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
    usual = DownloadChoice(session.download_directory(), session.unpacks(), session.settings.on_existing)
    app.push_screen(DownloadDialog(table, len(artifacts) - len(there), usual, wish, asks=asks), chosen)


def _chosen(
    app: App[int], session: Session, repository: RepositoryName, artifacts: Artifacts, choice: DownloadChoice | None
) -> None:
    if choice is None:
        return
    orders = orders_of(session, repository, artifacts, choice)
    if choice.on_existing == ASK:
        _ask_existing(app, session, orders)
    else:
        _download(app, session, orders)


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


def _ask_existing(app: App[int], session: Session, orders: Orders) -> None:
    """Ask what shall become of what is there already, if anything is."""
    from artifact_tui.transfers.target import existing_targets

    there = existing_targets(orders)
    if not there:
        _download(app, session, orders)
        return
    title = f"{len(there):,} of {count(len(orders), 'download')} {'is' if len(there) == 1 else 'are'} there already"
    text = f"In {printable(str(orders[0].directory), 200)} there is already:"
    dialog = QuestionDialog(title, text, ANSWERS, [path.name for path in there])
    app.push_screen(dialog, partial(_existing_settled, app, session, orders))


def attempt_of(session: Session, repository: RepositoryName, artifact: Artifact) -> int | None:
    """The run attempt that made it, where that is known for sure."""
    run = session.runs_of(repository).get(artifact.run_id or 0)
    certainty, attempt = artifact.attempt(run) if run else ("", None)
    return attempt if certainty == "exactly" else None


def _existing_settled(app: App[int], session: Session, orders: Orders, answer: str | None) -> None:
    if answer is not None:
        on_existing = OnExisting[answer.upper()]
        _download(app, session, tuple(replace(order, on_existing=on_existing) for order in orders))


def _download(app: App[int], session: Session, orders: Orders) -> None:
    from artifact_tui.transfers.target import spare_each_other

    session.engine.download(spare_each_other(orders))
    directory, unpack = orders[0].directory, orders[0].unpack
    session.directory = None
    problem = session.memory.change(lambda memory: replace(memory, directory=str(directory), unpack=unpack))
    _say(app, f"{count(len(orders), 'download')} into {printable(str(directory), 60)}; w shows how far.")
    if problem:
        app.notify(problem, severity="warning", markup=False)


def _say(app: App[int], sentence: str) -> None:
    app.notify(sentence, markup=False, timeout=4)
