"""From a wish to the engine: the dialog that asks, and what is ordered when the user agrees.

Both act on artifacts captured when the key was pressed, whatever the list does meanwhile. A delete leaves here as a
confirmed plan, which is the only thing the engine takes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec.structs import replace
from textual.app import App

from artifact_tui.model import Artifact, RepositoryName
from artifact_tui.screens.order_dialogs import DeleteDialog, DownloadChoice, DownloadDialog, artifact_table
from artifact_tui.screens.session import Session
from artifact_tui.text import count, printable
from artifact_tui.transfers.deletes import DeletePlan
from artifact_tui.transfers.transfer import DownloadOrder

Artifacts = tuple[Artifact, ...]


def ask_download(app: App[int], session: Session, repository: RepositoryName, artifacts: Artifacts) -> None:
    """Ask where to, then download; the bytes of expired artifacts are gone, so those are left out."""
    there = tuple(artifact for artifact in artifacts if not artifact.expired)
    if not there:
        app.notify("Expired: the bytes are gone and cannot be downloaded.", severity="warning", markup=False)
        return
    table = artifact_table(there, session.runs_of(repository), session.clock())
    expired = len(artifacts) - len(there)
    dialog = DownloadDialog(table, expired, session.download_directory(), session.unpacks())
    app.push_screen(dialog, partial(_download, app, session, repository, there))


def _download(
    app: App[int], session: Session, repository: RepositoryName, artifacts: Artifacts, choice: DownloadChoice | None
) -> None:
    if choice is None:
        return
    directory = choice.directory.absolute()
    session.engine.download(
        DownloadOrder(repository=repository, artifact=artifact, directory=directory, unpack=choice.unpack)
        for artifact in artifacts
    )
    session.directory = None
    problem = session.memory.change(lambda memory: replace(memory, directory=str(directory), unpack=choice.unpack))
    _say(app, f"{count(len(artifacts), 'download')} into {printable(str(directory), 60)}; w shows how far.")
    if problem:
        app.notify(problem, severity="warning", markup=False)


def ask_delete(app: App[int], session: Session, plan: DeletePlan, hidden: int, done: Callable[[], None]) -> None:
    """Ask once more, then delete; ``hidden`` of the planned artifacts are not on the screen."""
    table = artifact_table(plan.artifacts, session.runs_of(plan.repository), session.clock())
    app.push_screen(DeleteDialog(plan, table, hidden), partial(_delete, app, session, plan, done))


def _delete(
    app: App[int], session: Session, plan: DeletePlan, done: Callable[[], None], confirmed: bool | None
) -> None:
    if not confirmed:
        return
    session.engine.delete(plan.confirm(len(plan.artifacts)))
    done()
    _say(app, f"Deleting {count(len(plan.artifacts), 'artifact')}. w shows them, and X there stops them.")


def _say(app: App[int], sentence: str) -> None:
    app.notify(sentence, markup=False, timeout=4)
