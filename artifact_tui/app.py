"""ArtifactApp: owns the session, routes between places, and handles global keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual import work

from artifact_tui.cache.list_cache import LastLists
from artifact_tui.config.paths import MemoryFile
from artifact_tui.config.settings import Settings
from artifact_tui.domain.backend import Backend, Start
from artifact_tui.domain.models import Connection, RepositoryName, Server
from artifact_tui.domain.provider import NotFound, Provider, ProviderError
from artifact_tui.keymap import bindings
from artifact_tui.screens.account import AccountFlow
from artifact_tui.screens.engine_events import ALREADY_HERE, EngineApp, EngineEvents, RetryDeletes
from artifact_tui.screens.list_screen import ListScreen
from artifact_tui.screens.places import Places
from artifact_tui.screens.session import Session, SharedProvider, SharedStorage
from artifact_tui.screens.start_frame import StartFrame
from artifact_tui.terminal.memory import give_back
from artifact_tui.text import printable
from artifact_tui.themes import DARK, LIGHT

if TYPE_CHECKING:
    from textual.screen import Screen

    from artifact_tui.clock import Clock
    from artifact_tui.screens.repositories import RepositoriesScreen
    from artifact_tui.screens.runs import RunsScreen
    from artifact_tui.screens.storage.owner_screen import OwnerStorageScreen
    from artifact_tui.screens.storage.screen import StorageScreen
    from artifact_tui.transfers.models import Transfer


class ArtifactApp(EngineApp):
    """The full-screen program; the command line chooses its server and account."""

    CSS_PATH = "app.tcss"
    TITLE = "artifact-tui"
    BINDINGS = bindings("app")
    DEFAULT_MODE = "start"
    ENABLE_COMMAND_PALETTE = False

    def __init__(
        self,
        backend: Backend,
        start: Start,
        *,
        clock: Callable[[], datetime],
        settings: Settings,
        memory: MemoryFile,
        directory: Path | None = None,
        journal: Path | None = None,
        remote: bool = True,
        lists: Path | None = None,
        notes: Sequence[str] = (),
        engine_clock: Clock | None = None,
    ) -> None:
        """Show each of ``notes`` once after the start; ``engine_clock`` is the clock of transfers."""
        super().__init__(lean=settings.lean_output, cursor=settings.cursor)
        self._journal = journal
        self._start = start
        self._notes = notes
        self._listed: set[RepositoryName] = set()
        self.session = Session(
            backend=backend,
            provider=SharedProvider(backend.provider, self._connection_changed),
            storage=SharedStorage(backend.storage),
            open_engine=lambda: self._events.open_engine(journal, engine_clock),
            clock=clock,
            settings=settings,
            memory=memory,
            directory=directory,
            journal=journal,
            remote=remote,
            lists=LastLists(lists, backend.api_url, backend.mark, written=give_back) if lists else None,
        )
        self._account = AccountFlow(self, self.session)
        self._events = EngineEvents(self, self.session)
        self._places = Places(self, self.session, start)
        self._start_frame = StartFrame(self, self.session)
        self.add_mode(self.DEFAULT_MODE, self._places.first_screen)
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        wanted = memory.value.theme or settings.theme
        self.theme = wanted if wanted in self.available_themes else DARK.name
        self.stylesheet.set_variables(self.get_css_variables())  # before any style is parsed

    def on_mount(self) -> None:
        """Load the HTTP libraries after the first frame."""
        self.set_keymap(self.session.settings.keys)
        if self.holds_frames:
            self.run_worker(self._start_frame.check(), group="first-frame")
        self.call_after_refresh(self.session.provider.begin)
        self.call_after_refresh(self._greet)
        self.call_after_refresh(self._tell_notes)
        if self._journal is not None and self._journal.exists():
            self.call_after_refresh(self._look_for_unfinished)
        self.set_interval(1.0, self._events.count_down)

    @work(exclusive=True, group="greet")
    async def _greet(self) -> None:
        try:
            provider = await self.session.provider()
            self._account.warn_of_token_file()
            self._load_run(provider)
        except ProviderError as error:
            self.notify(str(error), severity="error", markup=False, timeout=10)
        await self._account.ask()

    def _tell_notes(self) -> None:
        for note in self._notes:
            self.notify(printable(note, 400), severity="warning", markup=False, timeout=20)

    @work(group="start")
    async def _load_run(self, provider: Provider) -> None:
        """Load the workflow run that the program starts with, while its artifacts load."""
        repository, run_id = self._start
        if repository is None or run_id is None:
            return
        try:
            self._places.set_first_run(await provider.run(repository, run_id))
            self._remember(repository)
        except ProviderError as error:
            if isinstance(error, NotFound):
                self._places.leave_first_run()
            self.notify(str(error), severity="error", markup=False, timeout=10)

    def action_leave(self) -> None:
        """Quit; while transfers are active, ask first."""
        self._account.leave()

    def action_hosts(self) -> None:
        """Switch to another host or account from ``config.toml``."""
        if not self.is_refused("hosts"):
            self.run_worker(self._account.choose_host(), group="hosts")

    def action_sign_in(self) -> None:
        """Sign in with another token."""
        if not self.is_refused("sign_in"):
            self._account.sign_in()

    def action_repositories(self) -> None:
        """Go to the repositories."""
        self._places.show_repositories()

    def action_runs(self) -> None:
        """Go to the workflow runs of the last used repository."""
        if not self.is_refused("runs"):
            self._places.show_runs()

    def action_artifacts(self) -> None:
        """Go to all artifacts of the last used repository."""
        if not self.is_refused("artifacts"):
            self._places.show_artifacts()

    def action_storage(self) -> None:
        """Show the storage of the repository on the screen, or of the last used one; from a list, of its owner."""
        if not self.is_refused("storage"):
            self._places.show_any_storage()

    def action_leave_storage(self) -> None:
        """Go back to where the storage was opened."""
        self._places.leave_storage()

    def on_storage_screen_open(self, event: StorageScreen.Open) -> None:
        """List the artifacts of a group over the Storage screen."""
        from artifact_tui.screens.artifacts.screen import ArtifactsScreen

        self.push_screen(ArtifactsScreen(self.session, event.repository, filled=event.filter))

    def on_storage_screen_open_owner(self, event: StorageScreen.OpenOwner) -> None:
        """Go to the storage of the owner of a repository."""
        self._places.show_owner(event.repository)

    def on_owner_storage_screen_open(self, event: OwnerStorageScreen.Open) -> None:
        """Show the storage of a repository of the owner."""
        self._places.show_storage(event.repository)

    @property
    def next_host(self) -> str:
        """The host to switch to after this one, or empty."""
        return self._account.next_host

    @property
    def goes_on(self) -> bool:
        """Whether the program continues at another host."""
        return bool(self.next_host)

    def _connection_changed(self, connection: Connection) -> None:
        self.connection = connection
        self._remember_release(connection.server)

    def _remember_release(self, server: Server) -> None:
        session = self.session
        session.memory.keep_release(session.backend.api_url, server, session.clock())

    def watch_connection(self, before: Connection | None, now: Connection | None) -> None:
        """Show server news that the user should act on."""
        self._account.show_news(before, now)
        self._start_frame.store_soon()

    def is_worth_showing(self, screen: Screen[object]) -> bool:
        """Return False for a list that shows neither rows nor the reason for having none."""
        return not isinstance(screen, ListScreen) or screen.is_settled

    def on_list_came(self) -> None:
        """Request the account again if that failed at the start, and store the frame for the next start."""
        self._account.ask_again()
        self.call_after_refresh(self.release_frames)
        self._start_frame.store_soon()

    def watch_transfers(self, before: tuple[Transfer, ...], now: tuple[Transfer, ...]) -> None:
        """Offer what a cancel kept, and no longer what is resumed."""
        if {one.id for one in before if one.kept} != {one.id for one in now if one.kept}:
            from artifact_tui.screens.resume import ResumeFlow

            self.run_worker(ResumeFlow(self, self.session).find_kept(), group="unfinished", exclusive=True)

    def watch_deletions(self) -> None:
        """Refresh the deletion keys, unless the program is ending."""
        if self.screen_stack:
            self.refresh_bindings()

    def why_not(self, action: str) -> str:
        """Return why an action of the app is unavailable, or an empty string."""
        if action == "transfers" and self.is_running and getattr(self.screen, "PLACE", "") == action:
            return ALREADY_HERE
        return self._places.why_not(action) or self._account.why_not(action) or self._events.why_not(action)

    def action_transfers(self) -> None:
        """Show downloads and deletions over the current screen."""
        from artifact_tui.screens.transfers.screen import TransfersScreen

        if not isinstance(self.screen, TransfersScreen):
            self.push_screen(TransfersScreen(self.session))

    def action_deletion(self) -> None:
        """Show the last deletion over the current screen."""
        if not self.is_refused("deletion"):
            from artifact_tui.screens.deletion.progress import DeletionScreen

            self.push_screen(DeletionScreen(self.session, self.session.deletions()[-1]))

    def on_retry_deletes(self, event: RetryDeletes) -> None:
        """Ask whether to retry deletes."""
        from artifact_tui.screens.deletion.flow import DeletionFlow

        self.run_worker(DeletionFlow(self, self.session).retry(event.transfers), group="deletion")

    def action_stop_deletions(self) -> None:
        """Stop all deletions; no further requests are sent."""
        self.is_refused("stop_deletions")
        for deletion in self.session.deletions():
            self.session.engine.deletions.stop(deletion.number)

    def action_history(self) -> None:
        """Show the history of downloads and deletions over the current screen."""
        from artifact_tui.screens.history import HistoryScreen

        if not isinstance(self.screen, HistoryScreen):
            self.push_screen(HistoryScreen(self.session))

    def _look_for_unfinished(self) -> None:
        from artifact_tui.screens.resume import ResumeFlow

        self.run_worker(ResumeFlow(self, self.session).find(), group="unfinished")

    def action_unfinished(self) -> None:
        """Ask whether to resume or discard unfinished work."""
        if not self.is_refused("unfinished"):
            from artifact_tui.screens.resume import ResumeFlow

            self.run_worker(ResumeFlow(self, self.session).ask(), group="resume", exclusive=True)

    def action_help(self) -> None:
        """Show every key."""
        from artifact_tui.screens.help import HelpScreen, groups_of

        self.push_screen(HelpScreen(self.session.settings.keys, groups_of(self.screen)))

    @work(group="palette")
    async def action_palette(self) -> None:
        """Show the available commands, and run the chosen one."""
        from artifact_tui.screens.palette import Palette, commands_of

        command = await self.push_screen_wait(Palette(commands_of(self.screen)))
        if command is not None:
            await self.run_action(command.action, command.node)

    def action_next_theme(self) -> None:
        """Switch between dark and light, and remember the choice."""
        self.theme = LIGHT.name if self.theme == DARK.name else DARK.name
        self.session.memory.change(lambda memory: replace(memory, theme=self.theme))

    async def on_list_screen_up(self, event: ListScreen.Up) -> None:
        """Close screens over the place, or go from artifacts to runs and from runs to repositories."""
        if len(self.screen_stack) > 1:
            for _ in range(min(event.steps, len(self.screen_stack) - 1)):
                self.pop_screen()
        elif isinstance(self.screen, ListScreen) and self.screen.ABOVE:
            await self.run_action(self.screen.ABOVE)
        else:
            self.notify("Already at the top level. q quits.", markup=False)

    def on_repositories_screen_open(self, event: RepositoriesScreen.Open) -> None:
        """Open the runs of a repository, and remember it if the server has listed it before."""
        self._places.repository = event.name
        if event.name in self._listed:
            self._remember(event.name)
        self.action_runs()

    def on_runs_screen_listed(self, event: RunsScreen.Listed) -> None:
        """Remember the repository: the server listed its runs, so it exists."""
        self._remember(event.repository)
        self._start_frame.store_soon()

    def _remember(self, repository: RepositoryName) -> None:
        self._listed.add(repository)
        label = self.session.backend.label
        if problem := self.session.memory.change(lambda memory: memory.with_recent(label, str(repository))):
            self.notify(problem, severity="warning", markup=False)

    def on_runs_screen_open(self, event: RunsScreen.Open) -> None:
        """Show the artifacts of a workflow run."""
        self._places.show_run(event.repository, event.run)

    async def on_unmount(self) -> None:
        """Close the connections."""
        self.session.storage.close()
        await self.session.provider.close()
