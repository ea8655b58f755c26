"""What keys do with the repositories of an owner: mark them, and delete their artifacts after a review."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from textual import on, work

from artifact_tui.domain.list_extent import Ending, Extent
from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.domain.provider import Provider, ProviderError
from artifact_tui.screens.artifact_loader import READ_ONLY
from artifact_tui.screens.storage.owner_loader import OwnerLoader
from artifact_tui.screens.storage.owner_rows import OwnerRow
from artifact_tui.storage.scan import ALL_ROWS
from artifact_tui.text import count
from artifact_tui.transfers.deletions.models import DeletePlan
from artifact_tui.transfers.models import Kind
from artifact_tui.widgets.row_table import RowTable


class OwnerActions(OwnerLoader):
    """The part of an owner's Storage screen that marks repositories; a mark stands for all artifacts of one."""

    @property
    def holds_work(self) -> bool:
        """Whether anything is marked."""
        return bool(self.list.marks)

    def show_marks(self) -> None:
        """Show the marks in the table, in the title and in the pane."""
        self.table.marks = frozenset(row.key for row in self.list.shown if row.number in self.list.marks)
        self.show_title()
        self.show_details()

    def show_title(self) -> None:
        """Show how much was read, or marked."""
        raise NotImplementedError

    def action_mark(self) -> None:
        """Mark the artifacts of a repository and move on."""
        row: OwnerRow | None = self.current_or_say()
        if row is None:
            return
        if not row.has_artifacts:
            self.app.notify("This row has no artifacts to mark.", markup=False, timeout=4)
            return
        self.list.marks ^= {row.number}
        self.show_marks()
        self.table.action_cursor_down()

    @on(RowTable.MarkClicked)
    def _mark_clicked(self, event: RowTable.MarkClicked) -> None:
        if event.item.has_artifacts:
            self.list.marks ^= {event.item.number}
            self.show_marks()

    def action_mark_all(self) -> None:
        """Mark all shown repositories."""
        self.list.marks |= {row.number for row in self.list.shown if row.has_artifacts}
        self.show_marks()

    def action_delete(self) -> None:
        """Review a plan for all artifacts of the marked repositories, or of the one under the cursor."""
        if self.is_refused("delete"):
            return
        current: OwnerRow | None = None if self.list.marks else self.current_or_say()
        chosen = self.list.marked if self.list.marks else [row for row in (current,) if row is not None]
        names = [row.repository.name for row in chosen if row.has_artifacts and row.repository is not None]
        if names:
            number = count(len(names), "repository", "repositories")
            self.app.notify(f"Reading the artifacts of {number} again…", markup=False, timeout=3)
            self._review(names)
        elif self.list.marks:
            self.app.notify(
                "The marked repositories have no artifacts. Esc removes the marks.", markup=False, timeout=5
            )
        elif current is not None:
            self.app.notify("This row has no artifacts to delete.", markup=False, timeout=4)

    @work(exclusive=True, group="ask")
    async def _review(self, names: Sequence[RepositoryName]) -> None:
        """Read the artifacts again, because a scan lacks what protection depends on, and review them."""
        from artifact_tui.screens.deletion.review import ReviewScreen

        try:
            provider = await self.session.provider()
            read = await asyncio.gather(*(self._plan(provider, name) for name in names))
        except ProviderError as error:
            self.app.notify(str(error), severity="error", markup=False, timeout=10)
            return
        plan, extent = DeletePlan.across(each for each, _ in read), Extent.joined(each for _, each in read)
        if self.app.screen is not self:
            return
        if plan.items:
            self.app.push_screen(ReviewScreen(self.session, plan, (), len(plan.items), part=extent.part()))
        else:
            self.app.notify("No artifacts to delete.", markup=False, timeout=4)

    async def _plan(self, provider: Provider, name: RepositoryName) -> tuple[DeletePlan, Extent]:
        """Return the artifacts of a repository that are not being deleted yet, and how much of its list was read."""
        found, extent = list[Artifact](), Extent()
        async for page in provider.artifacts(name, most=ALL_ROWS):
            found += page.items
            skipped = extent.skipped + page.skipped
            extent = Extent(len(found), page.total, page.is_minimum, skipped, Ending.END)
        going = self.session.under_way(Kind.DELETE, name)
        return DeletePlan.of(name, (artifact for artifact in found if artifact.id not in going)), extent

    def step_back(self) -> bool:
        """Stop the scan first, then remove the marks."""
        if super().step_back():
            return True
        had_any = bool(self.list.marks)
        self.list.marks.clear()
        self.show_marks()
        return had_any

    def why_not(self, action: str) -> str:
        """Return why an action is unavailable, such as deleting in read-only mode."""
        return READ_ONLY if action == "delete" and self.session.settings.read_only else super().why_not(action)
