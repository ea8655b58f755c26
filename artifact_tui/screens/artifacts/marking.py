"""A list of artifacts with marks, an order, and the details of one."""

from __future__ import annotations

import asyncio

from textual import on, work
from textual.events import Key
from textual.getters import query_one

from artifact_tui.domain.models import Artifact, RepositoryName, WorkflowRun
from artifact_tui.domain.provider import ProviderError
from artifact_tui.screens import artifact_columns
from artifact_tui.screens.artifact_details import artifact_fields
from artifact_tui.screens.artifact_loader import ArtifactLoader
from artifact_tui.screens.artifacts.list_model import ArtifactList
from artifact_tui.screens.dialogs.detail import DetailDialog
from artifact_tui.screens.dialogs.question import SortDialog
from artifact_tui.screens.mark_doubt import EMPTIED, NO_MATCH, MarkDoubt, no_match
from artifact_tui.screens.session import Session
from artifact_tui.storage.quota_words import expired_words
from artifact_tui.text import count, printable
from artifact_tui.widgets.detail_pane import DetailPane, Field
from artifact_tui.widgets.row_table import RowTable

AT_REST = 0.1
"""Seconds that the cursor must stay on a row before its details are shown: a held key does not send them all."""
AT_REST_SLOWLY = 0.4
"""The same on a slow line, where even single key presses are faster than the details."""


class MarkingScreen(ArtifactLoader):
    """A list of artifacts with marks, an order, and details of the one under the cursor."""

    pane = query_one(DetailPane)

    def __init__(
        self, session: Session, repository: RepositoryName, place: str, run: WorkflowRun | None = None
    ) -> None:
        super().__init__(session, repository, place, run)
        self.list: ArtifactList = ArtifactList()
        self._doubt = MarkDoubt()

    def on_key(self, event: Key) -> None:
        """Remember the row under the cursor."""
        current = self.table.current
        self._doubt.remember(None if current is None else current.id)

    @property
    def holds_work(self) -> bool:
        """Whether anything is marked."""
        return len(self.list.marks) > 0

    def show_marks(self) -> None:
        """Show the marks in the table, and their sum in the title."""
        if self.list.marks.was_emptied:
            self.list.marks.was_emptied = False
            self._doubt.begin(EMPTIED)
        self.table.marks = self.list.marks.ids
        self.show_title()

    def show_title(self) -> None:
        """Show in the title how many artifacts are marked or shown, of how many."""
        progress = self.listing.extent if self.loading_rows and self.saved_at is None else None
        self.title_bar.summary = self.dated(self.list.summary(progress, self.is_stopped, self.retry_words))

    def marks_changed(self) -> None:
        """Show changed marks; with a filter for ``marked``, show other rows too."""
        self._doubt.end()
        if self.list.query.by_marks:
            self.update_rows()
        else:
            self.show_marks()

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

    @work(group="policies")
    async def action_policies(self) -> None:
        """Mark shown artifacts by a policy."""
        from artifact_tui.screens.artifacts.policy_dialog import PolicyDialog

        shown = self.list.shown
        if not shown:
            self.current_or_say()
            return
        is_filtered, read_only = len(shown) < len(self.list), self.session.settings.read_only
        part = self.extent.part()
        expired, now = expired_words(self.session.backend.kind), self.session.clock()
        dialog = PolicyDialog(shown, now, filtered=is_filtered, expired=expired, read_only=read_only, part=part)
        named = await self.app.push_screen_wait(dialog)
        if named is None:
            return
        self.list.marks.add(artifact for artifact in self.list.shown if artifact.id in named)
        self.marks_changed()
        if not named:
            self._doubt.begin(NO_MATCH)
            self.app.notify(no_match(len(self.list.marks)), severity="warning", markup=False, timeout=8)

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

    def is_in_doubt(self) -> bool:
        """Return whether the user may expect marks where there are none, after a notification."""
        current = self.table.current
        reason = self._doubt.reason(None if current is None else current.id, has_marks=len(self.list.marks) > 0)
        if reason:
            self.app.notify(f"{reason} Space marks the row under the cursor.", markup=False, timeout=6)
        return bool(reason)

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

    def action_sort_by(self, column: str) -> None:
        """Sort by a column; press again to reverse."""
        sort = next((one.sort for one in artifact_columns.COLUMNS if one.id == column), None)
        if sort is not None:
            self.list.query = self.list.query.sorted_by(sort)
            self.update_rows(sorted_anew=True)

    @on(RowTable.HeaderSelected)
    def _header_clicked(self, event: RowTable.HeaderSelected) -> None:
        self.action_sort_by(str(event.column_key.value))

    @work(group="sort")
    async def action_sort(self) -> None:
        """Ask which column to sort by."""
        dialog = SortDialog(artifact_columns.COLUMNS, self.table.sorted_by)
        if column := await self.app.push_screen_wait(dialog):
            self.action_sort_by(column)
