"""What keys do with the groups of the Storage screen: mark, sort, copy and delete."""

from __future__ import annotations

from textual import on, work
from textual.events import Key

from artifact_tui.domain.models import Artifact
from artifact_tui.screens.artifact_loader import READ_ONLY, ArtifactLoader
from artifact_tui.screens.dialogs.question import SortDialog
from artifact_tui.screens.mark_doubt import EMPTIED, NO_MATCH, MarkDoubt, no_match
from artifact_tui.screens.storage.list_model import StorageList
from artifact_tui.screens.storage.row_texts import MOST_COPIED, rows_as_json, rows_as_text
from artifact_tui.screens.storage.rows import COLUMNS, SORTS, RowKind, StorageRow
from artifact_tui.storage.quota_words import expired_words
from artifact_tui.widgets.row_table import RowTable

NEED_ROWS = frozenset({"mark", "mark_all", "invert", "range", "delete", "policies", "sort", "copy", "group"})
"""Actions that need rows."""


class GroupActions(ArtifactLoader):
    """The part of the Storage screen that acts on rows; marks are those of the artifacts in them."""

    list: StorageList
    doubt: MarkDoubt
    older_than = ""  # the value that the policy for old artifacts starts with, and its row; empty for the usual one

    @property
    def lists_expired(self) -> bool:
        """Whether the server lists expired artifacts: GitHub's own hosts do not, since September 2026."""
        return not self.session.backend.kind.is_cloud or self.list.total.expired_count > 0

    @property
    def holds_work(self) -> bool:
        """Whether anything is marked."""
        return len(self.list.marks) > 0

    def on_key(self, event: Key) -> None:
        """Remember the row under the cursor."""
        current = self.table.current
        self.doubt.remember(None if current is None else current.key)

    def show_marks(self) -> None:
        """Show the marks in the table, and their sum in the title."""
        if self.list.marks.was_emptied:
            self.list.marks.was_emptied = False
            self.doubt.begin(EMPTIED)
        whole, self.table.part_marks = self.list.marked_rows()
        self.table.marks = whole
        self.show_title()

    def marks_changed(self) -> None:
        """Show changed marks."""
        self.doubt.end()
        self.show_marks()

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

    @work(group="policies")
    async def action_policies(self) -> None:
        """Mark artifacts of the shown groups by a policy."""
        from artifact_tui.screens.artifacts.policy_dialog import PolicyDialog

        if self.is_refused("policies"):
            return
        shown = tuple(artifact for row in self.list.shown for artifact in row.group.artifacts)
        expired, read_only = expired_words(self.session.backend.kind), self.session.settings.read_only
        is_filtered, part = len(shown) < len(self.list), self.extent.part()
        now = self.session.clock()
        dialog = PolicyDialog(
            shown, now, filtered=is_filtered, expired=expired, read_only=read_only, part=part, older=self.older_than
        )
        named = await self.app.push_screen_wait(dialog)
        if named is None:
            return
        self.list.marks.add(artifact for artifact in self.list.newest if artifact.id in named)
        self.marks_changed()
        if not named:
            self.doubt.begin(NO_MATCH)
            self.app.notify(no_match(len(self.list.marks)), severity="warning", markup=False, timeout=8)

    def chosen(self) -> tuple[Artifact, ...]:
        """Return the marked artifacts, else those of the group under the cursor."""
        if len(self.list.marks):
            return self.list.marks.artifacts
        row = self.current_group()
        return () if row is None else tuple(row.group.artifacts)

    def action_delete(self) -> None:
        """Freeze a plan of the chosen artifacts and review it."""
        if self.is_refused("delete"):
            return
        current = self.table.current
        if reason := self.doubt.reason(None if current is None else current.key, has_marks=self.holds_work):
            self.app.notify(f"{reason} Space marks the row under the cursor.", markup=False, timeout=6)
            return
        self.review(self.chosen(), self.list.hidden_marks)

    def action_sort_by(self, column: str) -> None:
        """Sort by a column; press again to reverse."""
        if (sort := SORTS.get(column)) is not None:
            self.list.sort_by(sort)
            self.update_rows(sorted_anew=True)

    @on(RowTable.HeaderSelected)
    def _header_clicked(self, event: RowTable.HeaderSelected) -> None:
        self.action_sort_by(str(event.column_key.value))

    @work(group="sort")
    async def action_sort(self) -> None:
        """Ask which column to sort by."""
        columns = COLUMNS if self.lists_expired else COLUMNS[:-1]
        if column := await self.app.push_screen_wait(SortDialog(columns, self.table.sorted_by)):
            self.action_sort_by(column)

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
