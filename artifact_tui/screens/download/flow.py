"""From the download key to the engine, for the artifacts captured when the key was pressed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from threading import Thread

from msgspec.structs import replace
from textual.app import App

from artifact_tui.config.paths import Memory
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
"""Choices for existing files, by the names of :class:`OnExisting`."""


class DownloadFlow:
    """Asks where to download and what becomes of existing files; await its methods in a worker."""

    def __init__(self, app: App[int], session: Session) -> None:
        self.app = app
        self.session = session

    async def run(self, repository: RepositoryName, artifacts: Artifacts) -> None:
        """Ask where to download, then order; expired artifacts are left out."""
        choice = await self.choose(repository, artifacts)
        if choice is None:
            return
        orders = self.orders_of(repository, tuple(one for one in artifacts if not one.expired), choice)
        if orders := await self.settle_existing(orders, choice.on_existing):
            self._download(orders)

    async def choose(
        self, repository: RepositoryName, artifacts: Artifacts, wish: str = "Download", *, asks: bool = True
    ) -> DownloadChoice | None:
        """Ask where to download, without ordering; for ``asks`` see :class:`DownloadDialog`."""
        session = self.session
        there = tuple(artifact for artifact in artifacts if not artifact.expired)
        if not there:
            sentence = "Expired artifacts cannot be downloaded."
            self.app.notify(sentence, severity="warning", markup=False)
            return None
        table = artifact_table(there, session.runs_of(repository), session.clock())
        remembered, directory = session.memory.value.unpack, session.download_directory(repository)
        unpack = session.settings.unpack if remembered is None else remembered
        usual = DownloadChoice(directory, unpack, session.settings.on_existing)
        dialog = DownloadDialog(table, len(artifacts) - len(there), usual, wish, asks=asks)
        self.app.call_after_refresh(_load_engine)
        return await self.app.push_screen_wait(dialog)

    def orders_of(self, repository: RepositoryName, artifacts: Artifacts, choice: DownloadChoice) -> Orders:
        """Return an order for each artifact; :data:`ASK` means keeping both for now."""
        return tuple(self.order_of(repository, artifact, choice) for artifact in artifacts)

    def order_of(self, repository: RepositoryName, artifact: Artifact, choice: DownloadChoice) -> DownloadOrder:
        """Return the order of one artifact, with its run attempt if that is certain."""
        run = self.session.runs_of(repository).get(artifact.run_id or 0)
        certainty, attempt = artifact.attempt(run) if run else ("", None)
        return DownloadOrder(
            repository=repository,
            artifact=artifact,
            directory=choice.directory.absolute(),
            unpack=choice.unpack,
            on_existing=OnExisting.KEEP_BOTH if choice.on_existing == ASK else OnExisting(choice.on_existing),
            attempt=attempt if certainty == "exactly" else None,
        )

    async def settle_existing(self, orders: Orders, on_existing: str) -> Orders:
        """Return the orders with :data:`ASK` replaced by the user's answer; none if cancelled."""
        from artifact_tui.transfers.downloads.conflicts import existing_targets

        if on_existing != ASK:
            return orders
        answer = await self.ask_existing(orders[0].directory, existing_targets(orders), len(orders))
        return tuple(replace(order, on_existing=answer) for order in orders) if answer else ()

    async def ask_existing(self, directory: Path, targets: Sequence[Path], orders: int) -> OnExisting | None:
        """Ask what becomes of existing ``targets`` of ``orders`` downloads; return None if cancelled."""
        there = _existing(targets)
        if not there:
            return OnExisting.KEEP_BOTH
        title = f"{len(there):,} of {count(orders, 'download')} already {'exists' if len(there) == 1 else 'exist'}"
        text = f"Already in {printable(str(directory), 200)}:"
        answer = await self.app.push_screen_wait(QuestionDialog(title, text, ANSWERS, [path.name for path in there]))
        return OnExisting[answer.upper()] if answer else None

    def _download(self, orders: Orders) -> None:
        from artifact_tui.transfers.downloads.conflicts import spare_each_other

        self.session.engine.downloads.add(spare_each_other(orders))
        first = orders[0]
        into = printable(str(first.directory), 60)
        self.app.notify(f"{count(len(orders), 'download')} into {into}; w shows progress.", markup=False, timeout=4)
        self.remember(first.repository, first.directory, unpack=first.unpack)

    def remember(self, repository: RepositoryName, directory: Path, *, unpack: bool | None = None) -> None:
        """Remember a directory for the next download, and warn if that cannot be saved."""
        self.session.directory, label = None, self.session.backend.label

        def change(memory: Memory) -> Memory:
            memory = memory.with_directory(label, str(repository), str(directory))
            return memory if unpack is None else replace(memory, unpack=unpack)

        if problem := self.session.memory.change(change):
            self.app.notify(problem, severity="warning", markup=False)


def _load_engine() -> None:
    """Import the engine in a thread while the user reads the dialog; without it, the first download would wait."""
    Thread(target=import_module, args=["artifact_tui.transfers.engine"], name="engine", daemon=True).start()


def _existing(targets: Sequence[Path]) -> list[Path]:
    return [path for path in targets if os.path.lexists(path)]
