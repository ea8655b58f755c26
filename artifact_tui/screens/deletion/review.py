"""The review of a deletion: groups, protection and notes before anything is confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on, work
from textual.containers import Container
from textual.getters import query_one
from textual.widget import Widget

from artifact_tui.domain.artifact_filter import Query
from artifact_tui.domain.models import Artifact, WorkflowRun
from artifact_tui.domain.protection import Reason, protections
from artifact_tui.domain.provider import Provider, ProviderError
from artifact_tui.keymap import bindings
from artifact_tui.screens.artifact_details import artifact_fields
from artifact_tui.screens.deletion.dry_run import DryRunDialog
from artifact_tui.screens.deletion.flow import DeletionFlow
from artifact_tui.screens.deletion.lookups import ProtectionLookups
from artifact_tui.screens.deletion.progress import DeletionScreen
from artifact_tui.screens.deletion.review_model import ReviewList, ReviewRow
from artifact_tui.screens.deletion.review_rows import COLUMNS, PlanRow, notes, title, warnings_of
from artifact_tui.screens.dialogs.detail import DetailDialog
from artifact_tui.screens.dialogs.directory import DownloadChoice
from artifact_tui.screens.download.flow import DownloadFlow
from artifact_tui.screens.filter_input import FILTER_HINT, read_filter
from artifact_tui.screens.list_screen import ListScreen
from artifact_tui.screens.session import Session
from artifact_tui.storage.quota_words import DeletionFacts, facts_before
from artifact_tui.text import count, printable
from artifact_tui.transfers.deletions.models import DeletePlan, in_short
from artifact_tui.transfers.models import Kind, Transfer
from artifact_tui.widgets.detail_pane import DetailPane
from artifact_tui.widgets.row_table import RowTable


class ReviewScreen(ListScreen):
    """The review of a frozen plan; only keeping and unprotecting rows change what would be deleted.

    ``hidden`` are the IDs that the list's filter hides. ``total`` is the number of all artifacts, 0 if unknown: to
    delete all of them, the count must be typed. ``part`` says how many were loaded when the plan was made, if not all.
    """

    BINDINGS = bindings("review")
    FILTER_HINT = FILTER_HINT
    ESC_STOPS = False
    KEY_PLACES: ClassVar = {"filter": 0.5}  # in the key line, after the keys that change the plan

    pane = query_one(DetailPane)

    def __init__(
        self, session: Session, plan: DeletePlan, hidden: Iterable[int], total: int, *, part: str = ""
    ) -> None:
        super().__init__(session, in_short(plan.repositories), "Review")
        self._plan = plan
        self._list = ReviewList(plan, hidden)
        self._query = Query()
        self._total = total
        self._part = part
        self._lookups = ProtectionLookups(plan, session.clock)
        self._problem = ""
        self._download_first: DownloadChoice | None = None

    @property
    def planned(self) -> tuple[Artifact, ...]:
        """All artifacts of the original plan."""
        return self._plan.artifacts

    @property
    def plan(self) -> DeletePlan:
        """The plan as it is now."""
        return self._list.plan()

    def compose_body(self) -> Iterable[Widget]:
        """Yield the groups, and the notes below them."""
        table = RowTable[ReviewRow](COLUMNS, key=lambda row: row.key, row=self._row)
        pane = DetailPane()
        pane.border_title = "Before you delete"
        yield Container(table, pane, id="review-body")

    @property
    def _is_known(self) -> bool:
        """Whether the protection of any repository is known."""
        return bool(self._lookups.states)

    def _runs(self) -> dict[int, WorkflowRun]:
        runs_of = self.session.runs_of
        return {number: run for each in self._lookups.artifacts for number, run in runs_of(each).items()}

    def _row(self, row: ReviewRow) -> PlanRow:
        return PlanRow(row, self._list, self.session.runs_of(row.repository), self.session.clock())

    async def fetch(self, provider: Provider) -> None:
        """Look up what protection depends on; nothing of a repository is deleted until then."""
        self._problem = ""
        async for repository in self._lookups.learn(provider):
            self.session.public[repository] = self._lookups.states[repository].is_public
            self.update_rows()
        self._protect()
        self._list.arrange()

    def action_refresh(self) -> None:
        """Look up again what protection depends on."""
        self._lookups.forget()
        super().action_refresh()

    def show_problem(self, error: ProviderError) -> None:
        """Show the error below the table, because the plan can be shown without protection."""
        self._problem = str(error)
        self.update_rows()

    def watch_transfers(self, transfers: tuple[Transfer, ...]) -> None:
        """Show new snapshots: a download may have begun or ended, which changes protection."""
        super().watch_transfers(transfers)
        self.update_rows()

    def update_rows(self, *, filtered: bool = False) -> None:
        """Show the groups, what would be deleted, and the notes."""
        self._protect()
        self._list.shown = self._filtered()
        rows = self._list.rows()
        self.table.marks = {row.key for row in rows if any(self._list.goes(one) for one in row.artifacts)}
        self.table.placeholder = f"No match among {len(self._list):,}\n\nEsc clears the filter"
        self.table.show(rows, filtered=filtered)
        self.title_bar.summary = title(self._list) if self._is_known else self._unknown()
        waiting = ("Protection", self._waiting() if self._is_known else self._unknown())
        known = notes(self._list, self._first(), self._facts(), self._part) if self._is_known else ()
        self.pane.show((waiting, *known) if self._list.unchecked or not self._is_known else known, None)
        self.pane.set_class(bool(self.pane.fields), "-shown")

    def _first(self) -> str:
        """Return the directory of the downloads before the deletion, empty without."""
        if self._download_first is None:
            return ""
        directory = str(self._download_first.directory.absolute())
        return f"{directory}/OWNER/REPO" if len(self._lookups.artifacts) > 1 else directory

    def _facts(self) -> DeletionFacts:
        kind, public = self.session.backend.kind, self.session.public
        facts = [facts_before(each.owner, kind, is_public=public.get(each)) for each in self._lookups.artifacts]
        return facts[0]._replace(quota="; ".join(dict.fromkeys(one.quota for one in facts)))

    def _filtered(self) -> frozenset[int] | None:
        """Return the IDs that the filter shows; ``marked`` means what would be deleted."""
        if not self._query.tests:
            return None
        going = frozenset(artifact.id for artifact in self._list.going)
        now = self.session.clock()
        return frozenset(one.id for one in self._query.apply(self.planned, now, self._runs(), going))

    def _unknown(self) -> str:
        if self._problem:
            retry = "r retries; d" if self.retry_at is None else "D"
            return f"Lookup failed: {self._problem} {retry}elete stays disabled until then."
        return "checking protection…"

    def _waiting(self) -> str:
        """Return which repositories are kept because their protection is unknown."""
        problems = [f"{printable(str(each))}: {problem}" for each, problem in self._lookups.problems.items()]
        left = len(self._lookups.missing) - len(problems)
        rest = [f"{count(left, 'repository is', 'repositories are')} kept: {self._unknown()}"] if left else []
        return " ".join([*rest, *problems])

    def _protect(self) -> None:
        pinned, found = self.session.settings.pinned, dict[int, tuple[Reason, ...]]()
        for repository, state in self._lookups.states.items():
            downloading = self.session.under_way(Kind.DOWNLOAD, repository)
            found |= protections(self._lookups.artifacts[repository], state, pinned=pinned, downloading=downloading)
        if self._is_known:  # if not, nothing can be deleted
            self._list.protections = found
            self._list.unchecked = frozenset(self._lookups.missing)

    def open_item(self, item: ReviewRow) -> None:
        """Fold or unfold a group; show the details of an artifact."""
        if item.is_group:
            self._list.fold(item)
            self.update_rows()
            return
        artifact = item.artifacts[0]
        run = self.session.runs_of(item.repository).get(artifact.run_id or 0)
        now, backend = self.session.clock(), self.session.backend
        urls = {"web_url": backend.web_url, "api_url": backend.api_url}
        self.app.push_screen(DetailDialog(artifact_fields(artifact, item.repository, run, now, **urls)))

    def action_take_out(self) -> None:
        """Exclude a row from the plan, or include it."""
        row = self.table.current
        if row is None or not self._turn(row):
            return
        if self.table.current is not None and self.table.current.key == row.key:
            self.table.action_cursor_down()

    def _turn(self, row: ReviewRow) -> bool:
        is_free = row.repository not in self._list.unchecked and self._list.take_out(row)
        if is_free:
            self.update_rows()
        elif row.repository in self._list.unchecked:
            self._say(self._unchecked(row))
        else:
            self._say(f"{printable(row.name, 40)} is protected; u unprotects it.")
        return is_free

    @on(RowTable.MarkClicked)
    def _mark_clicked(self, event: RowTable.MarkClicked) -> None:
        self._turn(event.item)

    def action_unprotect(self) -> None:
        """Unprotect a row, or protect it again."""
        row = self.table.current
        if row is not None and row.repository in self._list.unchecked:
            self._say(self._unchecked(row))
        elif row is not None and self._list.unprotect(row):
            self.update_rows()
        else:
            self._say("This row is not protected.")

    def _unchecked(self, row: ReviewRow) -> str:
        """Return why nothing of the repository of a row is deleted."""
        problem = self._lookups.problems.get(row.repository)
        if problem is None:
            return f"{printable(str(row.repository))} is kept: protection is still being checked."
        return f"{printable(str(row.repository))} is kept: lookup failed. {printable(problem, 400)} r retries."

    def action_dry_run(self) -> None:
        """Show the requests that would be sent."""
        if self._ready():
            limit = self.connection.rate_limit if self.connection else None
            self.app.push_screen(DryRunDialog(self.plan, self.session, limit))

    @work(group="download-first")
    async def action_download_first(self) -> None:
        """Ask where to download first; pressed again, do not download first."""
        if self._download_first is not None:
            self._download_first = None
        elif self._ready():
            flow = DownloadFlow(self.app, self.session)
            repository, going = next(iter(self._lookups.artifacts)), self._list.going
            self._download_first = await flow.choose(repository, going, "Download first", asks=False)
        self.update_rows()

    @work(group="delete")
    async def action_delete(self) -> None:
        """Confirm the current plan; the deletion's screen replaces the review."""
        self.update_rows()  # a download may have just begun
        if not self._ready():
            return
        plan, first = self.plan, self._download_first
        warnings = warnings_of(self._list, first is not None, self._part)
        flow = DeletionFlow(self.app, self.session)
        if await flow.confirm(plan, warnings, is_all=1 < self._total <= len(plan.artifacts)):
            deletion = flow.begin(plan.confirm(len(plan.artifacts)), first)
            self.app.switch_screen(DeletionScreen(self.session, deletion))

    def _ready(self) -> bool:
        if self._lookups.forget_stale():
            self._protect()
            self.load()
        if not self._is_known:
            self._say("Protection is still being checked." if not self._problem else "r checks protection again.")
        elif not self._list.going:
            self._say("Nothing to delete: everything is protected or kept.")
        return self._is_known and bool(self._list.going)

    def _say(self, sentence: str) -> None:
        self.app.notify(sentence, markup=False, timeout=4)

    def filter_rows(self, text: str) -> None:
        """Filter the rows as the artifact list does; the plan does not change."""
        self._query, self.filter_bar.problem = read_filter(self._query, text)
        self.update_rows(filtered=True)

    @on(RowTable.RowHighlighted)
    def _row_highlighted(self) -> None:
        self.refresh_bindings()
