"""The loading of artifacts, for the screens that show them: pages, the cached list, workflow runs, and deletions."""

from __future__ import annotations

import asyncio
from functools import partial

from textual import work

from artifact_tui.cache.list_cache import Saved
from artifact_tui.domain.list_extent import Extent
from artifact_tui.domain.models import Artifact, RepositoryName, RunFilter, WorkflowRun
from artifact_tui.domain.provider import Provider, ProviderError
from artifact_tui.screens.artifact_listing import ArtifactListing, KeptList
from artifact_tui.screens.loaded_artifacts import LoadedArtifacts
from artifact_tui.screens.server_list import ServerList, extent_of
from artifact_tui.screens.session import Session
from artifact_tui.terminal.memory import LONG, give_back
from artifact_tui.transfers.deletions.models import DeletePlan
from artifact_tui.transfers.models import Kind, Outcome, Transfer

SHOW_EVERY = 0.25  # seconds between two updates of the rows while pages arrive
TIDY_AFTER = 0.4  # seconds without another change of the filter or the list
RUN_PAGES = 10  # the most pages of workflow runs to read for the names of the artifacts' runs
READ_ONLY = "Read-only mode: nothing is deleted. Turn it off on the command line, in config.toml or the environment."


class ArtifactLoader(ServerList):
    """A screen about the artifacts of a repository or of one workflow run; ``list`` holds what is loaded."""

    SAVED = Artifact
    NOUNS = "artifacts"

    list: LoadedArtifacts

    def __init__(
        self, session: Session, repository: RepositoryName, place: str, run: WorkflowRun | None = None
    ) -> None:
        super().__init__(session, str(repository), place)
        self.repository = repository
        self.workflow_run = run
        self.listing: ArtifactListing = self.new_listing()
        self.asked_name = ""
        """The exact name that the server searches for, empty for all artifacts."""
        self._named: set[int] = set()  # the IDs of workflow runs that were requested, found or not
        self._runs_ended = False  # whether the last page of runs was read, or the limit of pages is reached

    def new_listing(self) -> ArtifactListing:
        """Return an empty listing of this server."""
        return ArtifactListing(drops_expired=self.session.backend.kind.is_cloud)

    @property
    def extent(self) -> Extent:
        """How much of the artifact list is loaded."""
        return self.list.extent

    @property
    def wants_runs(self) -> bool:
        """Whether the screen shows names of workflow runs, which take a request for each 100 runs."""
        return True

    def show_added(self) -> None:
        """Show artifacts that the list has gained."""
        raise NotImplementedError

    def show_runs(self) -> None:
        """Show the names of workflow runs that have just been loaded."""
        raise NotImplementedError

    @property
    def is_of_all(self) -> bool:
        """Whether the list is of all artifacts of the repository."""
        return self.workflow_run is None and not self.asked_name

    def show_meanwhile(self) -> None:
        """Show the list that another screen has loaded, or the cached one, until the server answers."""
        kept = self.session.kept_list
        if kept is None or kept.repository != self.repository or not self.is_of_all or len(self.list):
            super().show_meanwhile()
            return
        self.saved_at, (rows, extent, etag) = kept.at, kept.whole
        self.list.replace(rows, extent)
        self.listing.adopt(rows, extent, etag)
        self.list.remove(self._gone(self.session.transfers()))
        self.update_rows()

    async def fetch(self, provider: Provider) -> None:
        """Show pages as they arrive; a reload replaces the list once it is complete or has loaded more."""
        await self.saved_shown()
        self._runs_ended = False
        run_id, now = self.workflow_run.id if self.workflow_run else None, self.session.clock()
        etag = self.listing.etag_to_send(now)
        ask = partial(provider.artifacts, self.repository, run_id, name=self.asked_name, etag=etag)
        gone = self._gone(self.session.transfers())
        clock, shown = asyncio.get_running_loop().time, -SHOW_EVERY
        try:
            async for _ in self.listing.pages(ask, now):
                if clock() - shown >= SHOW_EVERY:
                    self._show_progress(self.listing.rows)
                    shown = clock()
        except ProviderError:
            self._keep_longer(gone)
            raise
        self._take_over(gone)

    def _keep_longer(self, gone: frozenset[int]) -> None:
        """Show what a load that broke off has read, unless an earlier list has more."""
        rows, extent = self.listing.rows, self.listing.extent
        if rows and (len(rows) >= len(self.list) or extent.is_whole):
            self._take_over(gone)
        else:
            self.list.extent = self.list.extent.outdated_by(extent)

    def _show_progress(self, rows: dict[int, Artifact]) -> None:
        if len(self.list) and not self.list.holds(rows):  # an earlier list is shown
            self.list.extent = self.list.extent.outdated_by(self.listing.extent)
            self.show_title()
            return
        if not self.list.holds(rows):
            self.list.replace(rows, self.listing.extent)
        self.list.extent = self.listing.extent
        self.show_added()
        self.name_runs()

    def _take_over(self, gone: frozenset[int]) -> None:
        """Show what is loaded. Deletions since ``gone`` may have moved artifacts into pages already read."""
        self.saved_at = None
        self.list.replace(self.listing.rows, self.listing.extent)
        deleted = self._gone(self.session.transfers())
        self.list.remove(deleted, uncounted=deleted - gone)
        if self.is_of_all and self.listing.whole is not None:
            self.session.kept_list = KeptList(self.repository, self.session.clock(), self.listing.whole)
        self.name_runs()
        self.save_list()
        self.give_back_at_rest()

    @work(exclusive=True, group="memory")
    async def give_back_at_rest(self) -> None:
        """Return memory to the system after a long list was loaded, stored or filtered."""
        if len(self.list) >= LONG:
            await asyncio.sleep(TIDY_AFTER)
            give_back()

    @property
    def saved_name(self) -> str:  # type: ignore[override]  # changes with the filter
        """The cache name of the list: all artifacts of the repository, or the artifacts of one workflow run."""
        run = self.workflow_run
        return "" if self.asked_name else f"artifacts of {self.repository} {run.id if run else ''}"

    def show_saved(self, saved: Saved[Artifact]) -> None:
        """Show a cached list with its workflow runs; runs loaded since are newer."""
        known = self.session.runs_of(self.repository)
        known.update((run.id, run) for run in saved.runs if run.id not in known)
        rows, extent = {artifact.id: artifact for artifact in saved.items}, extent_of(saved)
        self.list.replace(rows, extent)
        self.listing.adopt(rows, extent, saved.etag)
        self._named |= self.list.run_ids if saved.is_named else set()

    def save_list(self) -> None:
        """Cache the list with its workflow runs."""
        known = self.session.runs_of(self.repository)
        ids, etag = self.list.run_ids, self.listing.etag
        runs = (known[number] for number in ids & known.keys())
        self.save(self.list.newest, self.extent, runs, etag, is_named=ids <= known.keys() | self._named)

    def run_of(self, artifact: Artifact) -> WorkflowRun | None:
        """Return the workflow run of an artifact, if known."""
        return self.session.runs_of(self.repository).get(artifact.run_id or 0)

    def name_runs(self) -> None:
        """Load the workflow runs of the artifacts, unless they are known or not wanted."""
        if not self.wants_runs:
            return
        known = self.session.runs_of(self.repository)
        own = {self.workflow_run.id} if self.workflow_run is not None else set()
        if self.workflow_run is not None and self.workflow_run.run_number:  # without it, only the ID is known
            known.setdefault(self.workflow_run.id, self.workflow_run)
        is_asking = any(worker.group == "runs" and not worker.is_finished for worker in self.workers)
        if self._runs_ended:
            self._named |= self.list.run_ids
        elif not (is_asking or self.list.run_ids <= known.keys() | self._named | own):
            self._ask_for_runs(known)

    @work(group="runs")
    async def _ask_for_runs(self, known: dict[int, WorkflowRun]) -> None:
        """Load the workflow runs of the artifacts for their names, numbers and attempts; ignore errors."""
        pages = 0
        try:
            provider = await self.session.provider()
            async for page in provider.runs(self.repository, RunFilter()):
                known.update((run.id, run) for run in page.items)
                self.show_runs()
                pages += 1
                if pages == RUN_PAGES or self.list.run_ids <= known.keys() | self._named:
                    break
        except ProviderError:
            return
        self._runs_ended = not self.list.run_ids <= known.keys() | self._named
        if not self.loading_rows:
            self.name_runs()
            self.save_list()

    def watch_transfers(self, transfers: tuple[Transfer, ...]) -> None:
        """Remove deleted artifacts from the list."""
        super().watch_transfers(transfers)
        if self.list.remove(self._gone(transfers)):
            self.update_rows()

    def _gone(self, transfers: tuple[Transfer, ...]) -> frozenset[int]:
        """Return the IDs of deleted artifacts; pages requested earlier may still list them."""
        ours = (one for one in transfers if one.repository == self.repository)
        return frozenset(one.artifact.id for one in ours if one.outcome in {Outcome.DELETED, Outcome.ALREADY_GONE})

    def review(self, chosen: tuple[Artifact, ...], hidden: frozenset[int]) -> None:
        """Freeze a plan to delete these artifacts, except those that are being deleted already, and review it."""
        from artifact_tui.screens.deletion.review import ReviewScreen

        going = self.session.under_way(Kind.DELETE, self.repository)
        free = tuple(artifact for artifact in chosen if artifact.id not in going)
        if free:
            plan = DeletePlan.of(self.repository, free)
            total = len(self.list) if self.extent.is_whole else 0
            self.app.push_screen(ReviewScreen(self.session, plan, hidden, total, part=self.extent.part()))
        elif chosen:
            self.app.notify("Already being deleted. W shows the progress.", markup=False, timeout=4)
