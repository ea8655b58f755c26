"""A list of artifacts with all that is known of the one under the cursor."""

from __future__ import annotations

import asyncio

from textual import on, work
from textual.getters import query_one

from artifact_tui.domain.models import Artifact, RepositoryName, WorkflowRun
from artifact_tui.domain.provider import ProviderError
from artifact_tui.screens.artifact_details import artifact_fields
from artifact_tui.screens.artifacts.marking import MarkingScreen
from artifact_tui.screens.session import Session
from artifact_tui.text import printable
from artifact_tui.widgets.detail_pane import DetailPane, Field
from artifact_tui.widgets.row_table import RowTable

AT_REST = 0.1
"""Seconds for which the cursor must stay on a row for its details to be shown: a held key does not send them all."""


class DetailedScreen(MarkingScreen):
    """Details beside or below the list, or over it where there is no room for both."""

    pane = query_one(DetailPane)

    def __init__(self, session: Session, repository: RepositoryName) -> None:
        super().__init__(session)
        self.repository = repository

    def run_of(self, artifact: Artifact) -> WorkflowRun | None:
        """The workflow run of an artifact, as far as it is known."""
        return self.session.runs_of(self.repository).get(artifact.run_id or 0)

    @on(RowTable.RowHighlighted)
    @work(exclusive=True, group="details")
    async def _details_at_rest(self) -> None:
        await asyncio.sleep(AT_REST)
        self.show_details()

    def show_details(self) -> None:
        """Of the artifact under the cursor, as it is known now."""
        if self.is_mounted:
            artifact = self.table.current
            self.pane.show(self._fields(), artifact.id if artifact else None)

    def _fields(self) -> tuple[Field, ...]:
        artifact = self.table.current
        if artifact is None:
            return ()
        run = self.run_of(artifact)
        return artifact_fields(artifact, self.repository, run, self.session.web_url, self.session.clock())

    def action_details(self) -> None:
        """Fold the pane, or, where it has no room, show the details over the list; the artifact is asked for anew."""
        from artifact_tui.screens.dialogs.question import DetailDialog

        artifact = self.table.current
        if artifact is None:
            return
        if self.has_class("-tall") or self.has_class("-high"):
            self.toggle_class("-folded")
        else:
            self.app.push_screen(DetailDialog(self._fields()))
        self._refresh_one(artifact)

    @work(exclusive=True, group="one")
    async def _refresh_one(self, artifact: Artifact) -> None:
        try:
            provider = await self.session.provider()
            fresh = await provider.artifact(self.repository, artifact.id)
        except ProviderError as error:
            self.app.notify(f"{printable(artifact.name, 60)}: {error}", severity="warning", markup=False)
            return
        self.list.update(fresh)
        self.update_rows()
