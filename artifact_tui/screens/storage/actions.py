"""What keys do with the groups of the Storage screen: mark, sort, copy and delete."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual import on

from artifact_tui.domain.models import Artifact
from artifact_tui.screens.artifact_loader import READ_ONLY
from artifact_tui.screens.marked_artifacts import MarkedArtifacts
from artifact_tui.screens.storage.list_model import StorageList
from artifact_tui.screens.storage.row_texts import MOST_COPIED, rows_as_json, rows_as_text
from artifact_tui.screens.storage.rows import COLUMNS, SORTS, RowKind, StorageRow
from artifact_tui.widgets.row_layout import Column
from artifact_tui.widgets.row_table import RowTable

NEED_ROWS = frozenset({"mark", "mark_all", "invert", "range", "delete", "policies", "sort", "copy", "group"})
"""Actions that need rows."""


class GroupActions(MarkedArtifacts):
    """The part of the Storage screen that acts on rows; marks are those of the artifacts in them."""

    list: StorageList

    @property
    def lists_expired(self) -> bool:
        """Whether the server lists expired artifacts: GitHub's own hosts do not, since September 2026."""
        return not self.session.backend.kind.is_cloud or self.list.total.expired_count > 0

    @property
    def shown_artifacts(self) -> tuple[Artifact, ...]:
        """The artifacts of the shown groups."""
        return tuple(artifact for row in self.list.shown for artifact in row.group.artifacts)

    def mark_rows(self) -> None:
        """Show which groups are marked, as a whole or in part."""
        whole, self.table.part_marks = self.list.marked_rows()
        self.table.marks = whole

    def current_group(self) -> StorageRow | None:
        """Return the group under the cursor, or None after a notification that says why there is none."""
        row: StorageRow | None = self.current_or_say()
        if row is not None and row.kind is not RowKind.GROUP:
            self.app.notify("This row is a sum. Move to a group, or mark all with a.", markup=False, timeout=5)
            return None
        return row

    def action_mark(self) -> None:
        """Mark the artifacts of a group and move on."""
        if (row := self.current_group()) is not None:
            self.list.toggle((row,))
            self.marks_changed()
            self.table.action_cursor_down()

    @on(RowTable.MarkClicked)
    def _mark_clicked(self, event: RowTable.MarkClicked) -> None:
        self.list.toggle((event.item,))
        self.marks_changed()

    def action_mark_all(self) -> None:
        """Mark all shown groups."""
        self.list.mark(self.list.shown)
        self.marks_changed()

    def action_invert(self) -> None:
        """Invert the marks of the shown groups."""
        self.list.toggle(self.list.shown)
        self.marks_changed()

    def action_range(self) -> None:
        """Start or end a range of groups."""
        if self.table.current is not None:
            self.list.extend(self.table.current)
            self.marks_changed()

    def chosen(self) -> tuple[Artifact, ...]:
        """Return the marked artifacts, else those of the group under the cursor."""
        if len(self.list.marks):
            return self.list.marks.artifacts
        row = self.current_group()
        return () if row is None else tuple(row.group.artifacts)

    def action_delete(self) -> None:
        """Freeze a plan of the chosen artifacts and review it."""
        if self.is_refused("delete") or self.is_in_doubt():
            return
        self.review(self.chosen(), self.list.hidden_marks)

    @property
    def sort_columns(self) -> Sequence[Column[Any]]:
        """The columns of what the server lists."""
        return COLUMNS if self.lists_expired else COLUMNS[:-1]

    def action_sort_by(self, column: str) -> None:
        """Sort by a column; press again to reverse."""
        if (sort := SORTS.get(column)) is not None:
            self.list.sort_by(sort)
            self.update_rows(sorted_anew=True)

    def update_rows(self, *, filtered: bool = False, sorted_anew: bool = False) -> None:
        """Show the rows; with ``sorted_anew``, a cursor on the first row stays there."""
        raise NotImplementedError

    def action_copy(self) -> None:
        """Show the rows to copy, as text and as JSON."""
        from artifact_tui.screens.dialogs.copy import CopyDialog

        current = self.current_or_say()
        if current is None:
            return
        groups, whole = self.list.shown, self.list.total.live_bytes
        copied = (*groups[:MOST_COPIED], *(row for row in self.list.rows if row.kind is not RowKind.GROUP))
        rows = "Rows" if len(groups) <= MOST_COPIED else f"First {MOST_COPIED} rows"
        values = {
            "Name": current.label,
            f"{rows} as text": rows_as_text(copied, whole),
            f"{rows} as JSON": rows_as_json(copied, whole, lists_expired=self.lists_expired),
        }
        self.app.push_screen(CopyDialog(values))

    def why_not(self, action: str) -> str:
        """Return why an action is unavailable, such as deleting in read-only mode."""
        if action.partition("(")[0] in NEED_ROWS and self.is_mounted and not self.table.items:
            return "" if self.holds_work else "The list is empty."
        return READ_ONLY if action == "delete" and self.session.settings.read_only else super().why_not(action)
