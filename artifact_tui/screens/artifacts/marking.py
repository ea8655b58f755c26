"""Marking artifacts: one by one, all, the others, a range, or by a policy."""

from __future__ import annotations

from functools import partial

from textual import on
from textual.events import Key

from artifact_tui.domain.list_extent import Extent
from artifact_tui.domain.models import Artifact
from artifact_tui.screens.artifacts.list_model import ArtifactList
from artifact_tui.screens.list_loader import Listing
from artifact_tui.screens.server_list import ServerList
from artifact_tui.screens.session import Session
from artifact_tui.text import count
from artifact_tui.widgets.row_table import RowTable


class MarkingScreen(ServerList):
    """A list of artifacts with marks; what is done with the chosen ones is said by the screen itself."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.list = ArtifactList()
        self.listing = Listing[Artifact]()
        self._doubt = ""
        """Why nothing is marked, where the person may believe that something is."""
        self._doubt_row: int | None = None
        """The id under the cursor when the next key was pressed: on another row the person means that one."""

    def on_key(self, event: Key) -> None:
        """Remember the row under the cursor."""
        if self._doubt and self._doubt_row is None and self.table.current is not None:
            self._doubt_row = self.table.current.id

    def show_marks(self) -> None:
        """In the table, and added up in the title."""
        if self.list.marks.was_emptied:
            self.list.marks.was_emptied = False
            self._doubt, self._doubt_row = "Nothing is marked any more.", None
        self.table.marks = self.list.marks.ids
        self.show_title()

    def show_title(self) -> None:
        """Show in the title how many artifacts are marked or shown, and of how many."""
        progress = self.listing.extent if self.loading_rows and self.saved_at is None else None
        self.title_bar.summary = self.dated(self.list.summary(progress, self.is_stopped, self.retry_words))

    @property
    def extent(self) -> Extent:
        """The extent of the artifact list."""
        return self.list.extent

    def marks_changed(self) -> None:
        """Show changed marks; a filter with ``marked`` shows other rows too."""
        self._doubt = ""
        if self.list.query.by_marks:
            self.update_rows()
        else:
            self.show_marks()

    def action_mark(self) -> None:
        """Mark and move on."""
        artifact = self.table.current
        if artifact is not None:
            self.list.marks.toggle(artifact)
            self.marks_changed()
            if self.table.current is artifact:
                self.table.action_cursor_down()

    def action_next_mark(self) -> None:
        """Go to the next marked artifact that is shown; after the last one, to the first."""
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
        """Mark all that are shown."""
        self.list.marks.add(self.table.items)
        self.marks_changed()

    def action_invert(self) -> None:
        """Mark the others instead."""
        self.list.marks.invert(self.table.items)
        self.marks_changed()

    def action_policies(self) -> None:
        """Mark by a policy, among what is shown."""
        from artifact_tui.screens.artifacts.policy_dialog import PolicyDialog

        shown = self.list.shown
        if not shown:
            self.app.notify("No artifacts to mark: the list is empty.", markup=False, timeout=4)
        else:
            is_filtered, read_only = len(shown) < len(self.list), self.session.settings.read_only
            part = self.extent.part()
            dialog = PolicyDialog(shown, self.session.clock(), filtered=is_filtered, read_only=read_only, part=part)
            self.app.push_screen(dialog, partial(self._policy_chosen, shown))

    def _policy_chosen(self, shown: tuple[Artifact, ...], named: frozenset[int] | None) -> None:
        if named is None:
            return
        self.list.marks.add(artifact for artifact in shown if artifact.id in named)
        self.marks_changed()
        if not named:
            marks = count(len(self.list.marks), "earlier mark stays", "earlier marks stay")
            self._doubt, self._doubt_row = "No artifact matches this policy: nothing was marked.", None
            said = f"{self._doubt} {marks}." if len(self.list.marks) else self._doubt
            self.app.notify(said, severity="warning", markup=False, timeout=8)

    def action_range(self) -> None:
        """Start or end a range."""
        artifact = self.table.current
        if artifact is not None:
            self.list.marks.extend(self.table.items, artifact)
            self.marks_changed()

    def peel(self) -> bool:
        """A walk under way first, then the marks."""
        if super().peel():
            return True
        if self.list.marks.clear():
            self.marks_changed()
            return True
        return False

    def chosen(self) -> tuple[Artifact, ...]:
        """The marked artifacts, else the one under the cursor; captured now."""
        current = self.table.current
        return self.list.marks.artifacts or (() if current is None else (current,))

    def is_in_doubt(self) -> bool:
        """Return whether you may expect marks where there are none, after saying so."""
        current = self.table.current
        has_moved = current is None or self._doubt_row not in {None, current.id}
        if len(self.list.marks) or not self._doubt or has_moved:
            self._doubt = ""
            return False
        self.app.notify(f"{self._doubt} Space marks the row under the cursor.", markup=False, timeout=6)
        return True
