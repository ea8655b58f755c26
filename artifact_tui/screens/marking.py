"""Marking artifacts: one by one, all, the others, a range, or by a policy."""

from __future__ import annotations

from functools import partial

from artifact_tui.model import Artifact
from artifact_tui.screens.artifact_list import ArtifactList
from artifact_tui.screens.list_screen import ListScreen
from artifact_tui.screens.session import Session


class MarkingScreen(ListScreen):
    """A list of artifacts with marks; what is done with the chosen ones is said by the screen itself."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.list = ArtifactList()

    def show_marks(self) -> None:
        """In the table, and added up in the title."""
        self.table.marks = self.list.marks.ids
        is_loading = self.loading_rows and self.saved_at is None
        self.title_bar.summary = self.dated(self.list.summary(is_loading, self.is_stopped))

    def action_mark(self) -> None:
        """Mark and move on."""
        artifact = self.table.current
        if artifact is not None:
            self.list.marks.toggle(artifact)
            self.show_marks()
            self.table.action_cursor_down()

    def action_mark_all(self) -> None:
        """Mark all that are shown."""
        self.list.marks.add(self.table.items)
        self.show_marks()

    def action_invert(self) -> None:
        """Mark the others instead."""
        self.list.marks.invert(self.table.items)
        self.show_marks()

    def action_policies(self) -> None:
        """Mark by a policy, among what is shown."""
        from artifact_tui.screens.policies import PolicyDialog

        shown = self.list.shown
        if shown:
            is_filtered, read_only = len(shown) < len(self.list), self.session.settings.read_only
            dialog = PolicyDialog(shown, self.session.clock(), filtered=is_filtered, read_only=read_only)
            self.app.push_screen(dialog, partial(self._policy_chosen, shown))

    def _policy_chosen(self, shown: tuple[Artifact, ...], named: frozenset[int] | None) -> None:
        if named is not None:
            self.list.marks.add(artifact for artifact in shown if artifact.id in named)
            self.show_marks()

    def action_range(self) -> None:
        """Start or end a range."""
        artifact = self.table.current
        if artifact is not None:
            self.list.marks.extend(self.table.items, artifact)
            self.show_marks()

    def peel(self) -> bool:
        """A walk under way first, then the marks."""
        if super().peel():
            return True
        if self.list.marks.clear():
            self.show_marks()
            return True
        return False

    def chosen(self) -> tuple[Artifact, ...]:
        """The marked artifacts, else the one under the cursor; captured now."""
        current = self.table.current
        return self.list.marks.artifacts or (() if current is None else (current,))
