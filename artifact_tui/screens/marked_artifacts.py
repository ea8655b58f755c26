"""Marks of artifacts, in a list of artifacts and in one of groups: by keys, by a policy, and the doubt about them."""

from __future__ import annotations

from textual import work
from textual.events import Key

from artifact_tui.domain.models import Artifact, RepositoryName, WorkflowRun
from artifact_tui.screens.artifact_loader import ArtifactLoader
from artifact_tui.screens.mark_doubt import EMPTIED, NO_MATCH, MarkDoubt, no_match
from artifact_tui.screens.session import Session
from artifact_tui.screens.sorted_list import SortedList
from artifact_tui.storage.quota_words import expired_words


class MarkedArtifacts(SortedList, ArtifactLoader):
    """A list whose rows stand for artifacts that can be marked."""

    older_than = ""
    """The value that the policy for old artifacts starts with, and its row; empty for the usual one."""

    def __init__(
        self, session: Session, repository: RepositoryName, place: str, run: WorkflowRun | None = None
    ) -> None:
        super().__init__(session, repository, place, run)
        self._doubt = MarkDoubt()

    @property
    def shown_artifacts(self) -> tuple[Artifact, ...]:
        """The artifacts of the shown rows."""
        raise NotImplementedError

    @property
    def holds_work(self) -> bool:
        """Whether anything is marked."""
        return len(self.list.marks) > 0

    def on_key(self, event: Key) -> None:
        """Remember the row under the cursor."""
        self._doubt.remember(self.table.current_key)

    def show_marks(self) -> None:
        """Show the marks in the table, and their sum in the title."""
        if self.list.marks.was_emptied:
            self.list.marks.was_emptied = False
            self._doubt.begin(EMPTIED)
        self.mark_rows()
        self.show_title()

    def mark_rows(self) -> None:
        """Show the marks in the table."""
        raise NotImplementedError

    def show_title(self) -> None:
        """Show in the title how much is marked or shown."""
        raise NotImplementedError

    def marks_changed(self) -> None:
        """Show changed marks."""
        self._doubt.end()
        self.show_marks()

    def is_in_doubt(self) -> bool:
        """Return whether the user may expect marks where there are none, after a notification."""
        if reason := self._doubt.reason(self.table.current_key, has_marks=self.holds_work):
            self.app.notify(f"{reason} Space marks the row under the cursor.", markup=False, timeout=6)
        return bool(reason)

    @work(group="policies")
    async def action_policies(self) -> None:
        """Mark artifacts of the shown rows by a policy."""
        from artifact_tui.screens.dialogs.policy import PolicyDialog

        shown = self.shown_artifacts
        if not shown:
            self.say_why_empty()
            return
        dialog = PolicyDialog(
            shown,
            self.session.clock(),
            filtered=len(shown) < len(self.list),
            expired=expired_words(self.session.backend.kind),
            read_only=self.session.settings.read_only,
            part=self.extent.part(),
            older=self.older_than,
        )
        named = await self.app.push_screen_wait(dialog)
        if named is None:
            return
        self.list.marks.add(artifact for artifact in self.shown_artifacts if artifact.id in named)
        self.marks_changed()
        if not named:
            self._doubt.begin(NO_MATCH)
            self.app.notify(no_match(len(self.list.marks)), severity="warning", markup=False, timeout=8)
