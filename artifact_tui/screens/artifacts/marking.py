"""A list of artifacts with marks, an order, and the details of one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from textual import on, work
from textual.getters import query_one

from artifact_tui.domain.models import Artifact, RepositoryName, WorkflowRun
from artifact_tui.domain.provider import ProviderError
from artifact_tui.screens import artifact_columns
from artifact_tui.screens.artifact_details import artifact_fields
from artifact_tui.screens.artifacts.list_model import ArtifactList
from artifact_tui.screens.dialogs.detail import DetailDialog
from artifact_tui.screens.marked_artifacts import MarkedArtifacts
from artifact_tui.screens.session import Session
from artifact_tui.text import count, printable
from artifact_tui.widgets.detail_pane import DetailPane, Field
from artifact_tui.widgets.row_layout import Column
from artifact_tui.widgets.row_table import RowTable

AT_REST = 0.1
"""Seconds that the cursor must stay on a row before its details are shown: a held key does not send them all."""
AT_REST_SLOWLY = 0.4
"""The same on a slow line, where even single key presses are faster than the details."""


class MarkingScreen(MarkedArtifacts):
    """A list of artifacts with marks, an order, and details of the one under the cursor."""

    pane = query_one(DetailPane)

    def __init__(
        self, session: Session, repository: RepositoryName, place: str, run: WorkflowRun | None = None
    ) -> None:
        super().__init__(session, repository, place, run)
        self.list: ArtifactList = ArtifactList()

    @property
    def shown_artifacts(self) -> tuple[Artifact, ...]:
        """The shown artifacts."""
        return tuple(self.list.shown)

    def mark_rows(self) -> None:
        """Show the marks in the table."""
        self.table.marks = self.list.marks.ids

    def show_title(self) -> None:
        """Show in the title how many artifacts are marked or shown, of how many."""
        progress = self.listing.extent if self.loading_rows and self.saved_at is None else None
        self.title_bar.summary = self.dated(self.list.summary(progress, self.is_stopped, self.retry_words))

    def marks_changed(self) -> None:
        """Show changed marks; with a filter for ``marked``, show other rows too."""
        if self.list.query.by_marks:
            self._doubt.end()
            self.update_rows()
        else:
            super().marks_changed()

    def action_mark(self) -> None:
        """Mark and move on."""
        artifact = self.current_or_say()
        if artifact is not None:
            self.list.marks.toggle(artifact)
            self.marks_changed()
            if self.table.current is artifact:
                self.table.action_cursor_down()

    def action_next_mark(self) -> None:
        """Go to the next marked artifact that is shown; from the last one, to the first."""
        marks, rows, here = self.list.marks, self.table.items, self.table.cursor_row
        places = [place for place, artifact in enumerate(rows) if artifact.id in marks.ids]
        if places:
            self.table.move_cursor(row=next((place for place in places if place > here), places[0]))
        else:
            hidden = f"The filter hides {count(len(marks), 'marked artifact')}."
            self.app.notify(hidden if len(marks) else "Nothing is marked.", markup=False, timeout=4)

    @on(RowTable.MarkClicked)
    def _mark_clicked(self, event: RowTable.MarkClicked) -> None:
        self.list.marks.toggle(event.item)
        self.marks_changed()

    def action_mark_all(self) -> None:
        """Mark all shown artifacts."""
        self.list.marks.add(self.table.items)
        self.marks_changed()

    def action_invert(self) -> None:
        """Invert the marks of the shown artifacts."""
        self.list.marks.invert(self.table.items)
        self.marks_changed()

    def action_range(self) -> None:
        """Start or end a range."""
        artifact = self.table.current
        if artifact is not None:
            self.list.marks.extend(self.table.items, artifact)
            self.marks_changed()

    def step_back(self) -> bool:
        """Stop loading first, then remove the marks."""
        if super().step_back():
            return True
        if had_marks := self.list.marks.clear():
            self.marks_changed()
        return had_marks

    def chosen(self) -> tuple[Artifact, ...]:
        """Return the marked artifacts, else the one under the cursor, as they are now."""
        current = self.table.current
        return self.list.marks.artifacts or (() if current is None else (current,))

    @on(RowTable.RowHighlighted)
    @work(exclusive=True, group="details")
    async def _details_at_rest(self) -> None:
        await asyncio.sleep(AT_REST_SLOWLY if self.table.has_sign_cursor else AT_REST)
        self.show_details()

    def show_details(self) -> None:
        """Show the details of the artifact under the cursor."""
        if self.is_mounted:
            artifact = self.table.current
            self.pane.show(self._fields(), artifact.id if artifact else None)

    def _fields(self) -> tuple[Field, ...]:
        artifact = self.table.current
        if artifact is None:
            return ()
        run, now, backend = self.run_of(artifact), self.session.clock(), self.session.backend
        return artifact_fields(artifact, self.repository, run, now, web_url=backend.web_url, api_url=backend.api_url)

    def action_details(self) -> None:
        """Fold the pane, or show the details over the list where there is no pane; refresh the artifact."""
        artifact = self.current_or_say()
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

    def update_rows(self, *, filtered: bool = False, sorted_anew: bool = False) -> None:
        """Show the rows; with ``sorted_anew``, a cursor on the first row stays there."""
        raise NotImplementedError

    @property
    def sort_columns(self) -> Sequence[Column[Any]]:
        """All columns."""
        return artifact_columns.COLUMNS

    def action_sort_by(self, column: str) -> None:
        """Sort by a column; press again to reverse."""
        sort = next((one.sort for one in artifact_columns.COLUMNS if one.id == column), None)
        if sort is not None:
            self.list.query = self.list.query.sorted_by(sort)
            self.update_rows(sorted_anew=True)
