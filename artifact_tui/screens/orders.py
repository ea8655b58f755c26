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
from artifact_tui.screens.dialogs import DeleteDialog, DownloadChoice, DownloadDialog
from artifact_tui.screens.session import Session
from artifact_tui.text import count, printable
from artifact_tui.transfers.transfer import DeletePlan, DownloadOrder

Artifacts = tuple[Artifact, ...]


def ask_download(app: App[int], session: Session, repository: RepositoryName, artifacts: Artifacts) -> None:
    """Ask where to, then download."""
    dialog = DownloadDialog(artifacts, session.download_directory(), session.unpacks())
    app.push_screen(dialog, partial(_download, app, session, repository, artifacts))


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
    _say(app, f"{count(len(artifacts), 'download')} into {printable(str(directory), 60)}. w shows them.")
    if problem:
        app.notify(problem, severity="warning", markup=False)


def ask_delete(app: App[int], session: Session, plan: DeletePlan, hidden: int, done: Callable[[], None]) -> None:
    """Ask once more, then delete; ``hidden`` of the planned artifacts are not on the screen."""
    app.push_screen(DeleteDialog(plan, hidden), partial(_delete, app, session, plan, done))


def _delete(
    app: App[int], session: Session, plan: DeletePlan, done: Callable[[], None], confirmed: bool | None
) -> None:
    if not confirmed:
        return
    session.engine.delete(plan.confirm(len(plan.artifacts)))
    done()
    _say(app, f"Deleting {count(len(plan.artifacts), 'artifact')}. w shows how far it is.")


def _say(app: App[int], sentence: str) -> None:
    app.notify(sentence, markup=False, timeout=4)
