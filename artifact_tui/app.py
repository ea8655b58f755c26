"""ArtifactApp: owns the session, goes from place to place, and carries out wishes that lead out of a screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual import work
from textual.screen import ModalScreen

from artifact_tui.cache.list_cache import LastLists
from artifact_tui.config.settings import MemoryFile, Settings
from artifact_tui.domain.backend import Backend
from artifact_tui.domain.models import RepositoryName, WorkflowRun
from artifact_tui.domain.provider import Provider, ProviderError
from artifact_tui.keymap import bindings
from artifact_tui.screens.account import AccountApp
from artifact_tui.screens.engine_events import ALREADY_HERE, EngineEventsApp, RetryDeletes
from artifact_tui.screens.list_screen import ListScreen
from artifact_tui.screens.session import Session, SharedProvider, SharedStorage
from artifact_tui.text import printable
from artifact_tui.themes import DARK, LIGHT

if TYPE_CHECKING:
    from textual.screen import Screen

    from artifact_tui.clock import Clock
    from artifact_tui.screens.command_search import Command
    from artifact_tui.screens.repositories import RepositoriesScreen
    from artifact_tui.screens.runs import RunsScreen
    from artifact_tui.transfers.engine import Engine
from artifact_tui.domain.backend import Start

REPOSITORIES = "repositories"


def _runs_of(repository: RepositoryName) -> str:
    return f"{repository} runs"


class ArtifactApp(EngineEventsApp, AccountApp):
    """The terminal program; all choices of what it talks to were made by the command line."""

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
        """Start with ``notes``, sentences about what was ignored at the start; each is shown once.

        Transfers tell and spend the time of ``engine_clock``, without it the system's.
        """
        super().__init__(lean=settings.lean_output)
        self._journal = journal
        self._engine_clock = engine_clock
        self._start = start
        self._notes = notes
        self._repository = start.repository
        self._listed: set[RepositoryName] = set()
        first = _runs_of(start.repository) if start.repository else REPOSITORIES
        self._modes_of_places = {first: self.DEFAULT_MODE}
        self.session = Session(
            SharedProvider(backend.provider, self.connection_changed),
            SharedStorage(backend.storage),
            partial(self._open_engine, backend, settings),
            clock,
            settings,
            memory,
            backend.host,
            backend.web_url,
            backend.api_url,
            directory,
            remote,
            backend.sign_in,
            LastLists(lists, backend.api_url, backend.mark) if lists else None,
            backend.label or backend.host,
            backend.is_cloud,
        )
        self.add_mode(self.DEFAULT_MODE, self._first_screen)
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        wanted = memory.value.theme or settings.theme
        self.theme = wanted if wanted in self.available_themes else DARK.name
        self.stylesheet.set_variables(self.get_css_variables())  # before anything is parsed with others

    def _first_screen(self) -> Screen[None]:
        repository = self._start.repository
        return self._runs_screen(repository) if repository else self._repositories_screen()

    def _repositories_screen(self) -> Screen[None]:
        from artifact_tui.screens.repositories import RepositoriesScreen

        return RepositoriesScreen(self.session)

    def _runs_screen(self, repository: RepositoryName) -> Screen[None]:
        from artifact_tui.screens.runs import RunsScreen

        return RunsScreen(self.session, repository)

    def _artifacts_screen(self, repository: RepositoryName, run: WorkflowRun | None = None) -> Screen[None]:
        from artifact_tui.screens.artifacts.screen import ArtifactsScreen

        return ArtifactsScreen(self.session, repository, run)

    def on_mount(self) -> None:
        """Load the libraries that reach the server behind the first frame."""
        self.set_keymap(self.session.settings.keys)
        self.call_after_refresh(self.session.provider.begin)
        self.call_after_refresh(self._greet)
        self.call_after_refresh(self._tell_notes)
        if self._journal is not None and self._journal.exists():
            self.call_after_refresh(self._look_for_unfinished)
        self.follow()

    def _open_engine(self, backend: Backend, settings: Settings) -> Engine:
        from artifact_tui.clock import Clock
        from artifact_tui.transfers.from_settings import open_engine

        engine, problem = open_engine(
            backend,
            settings,
            self._journal,
            changed=self.engine_changed,
            crashed=self.engine_crashed,
            clock=self._engine_clock or Clock(),
        )
        if problem:
            self.notify(problem, severity="warning", markup=False, timeout=10)
        return engine

    @work(exclusive=True, group="greet")
    async def _greet(self) -> None:
        """Who we are; and the workflow run of the command line, if there was one."""
        try:
            provider = await self.session.provider()
            self.warn_of_token_file()
            await self._open_start(provider)
        except ProviderError as error:
            self.notify(str(error), severity="error", markup=False, timeout=10)
        await self.ask_account()

    def _tell_notes(self) -> None:
        for note in self._notes:
            self.notify(printable(note, 400), severity="warning", markup=False, timeout=20)

    async def _open_start(self, provider: Provider) -> None:
        repository, run_id = self._start
        if repository is not None and run_id is not None:
            self._show_run(repository, await provider.run(repository, run_id))
            self._remember(repository)

    def _show(self, place: str, make: Callable[[], Screen[None]]) -> None:
        """Go to a place, a mode of its own: a screen that was there before comes back as it was left.

        From what was opened there it leads to the place itself. What is shown over any place stays with none.
        """
        while isinstance(self.screen, ModalScreen) or getattr(self.screen, "IS_OVER_ALL", False):
            self.pop_screen()
        if self._modes_of_places.get(place) == self.current_mode:
            while len(self.screen_stack) > 1:
                self.pop_screen()
            return
        if place not in self._modes_of_places:
            self._modes_of_places[place] = place
            self.add_mode(place, make)
        self.switch_mode(self._modes_of_places[place])

    def _show_run(self, repository: RepositoryName, run: WorkflowRun) -> None:
        self.session.runs_of(repository)[run.id] = run
        self._show(f"{repository} {run.id}", partial(self._artifacts_screen, repository, run))

    def action_repositories(self) -> None:
        """The repositories."""
        self._show(REPOSITORIES, self._repositories_screen)

    def action_runs(self) -> None:
        """The workflow runs of the repository that was last used."""
        repository = self._repository
        if not self.is_refused("runs") and repository is not None:
            self._show(_runs_of(repository), partial(self._runs_screen, repository))

    def action_artifacts(self) -> None:
        """All artifacts of the repository that was last used."""
        repository = self._repository
        if not self.is_refused("artifacts") and repository is not None:
            self._show(f"{repository} all", partial(self._artifacts_screen, repository))

    def why_not(self, action: str) -> str:
        """Runs and artifacts need a repository first."""
        if action in {"runs", "artifacts"} and self._repository is None:
            return "No repository is open. Choose one and press Enter."
        if action in {"runs", "artifacts"} and self._is_at(action):
            return ALREADY_HERE
        if action == "transfers" and self.is_running and getattr(self.screen, "PLACE", "") == action:
            return ALREADY_HERE
        return super().why_not(action)

    def _is_at(self, action: str) -> bool:
        """Whether its place is on the screen already, so that its key would do nothing."""
        place = _runs_of(self._repository) if action == "runs" and self._repository else f"{self._repository} all"
        is_mode = self.is_running and self._modes_of_places.get(place) == self.current_mode
        return is_mode and len(self.screen_stack) == 1

    def action_transfers(self) -> None:
        """Downloads and deletes, over the place we are at."""
        from artifact_tui.screens.transfers.screen import TransfersScreen

        if not isinstance(self.screen, TransfersScreen):
            self.push_screen(TransfersScreen(self.session))

    def action_deletion(self) -> None:
        """The last deletion, over the place we are at."""
        if not self.is_refused("deletion"):
            from artifact_tui.screens.deletion.flow import DeletionFlow

            DeletionFlow(self, self.session).show_last()

    def on_retry_deletes(self, event: RetryDeletes) -> None:
        """Ask whether to retry deletes."""
        from artifact_tui.screens.deletion.flow import DeletionFlow

        self.run_worker(DeletionFlow(self, self.session).retry(event.transfers), group="deletion")

    def action_stop_deletions(self) -> None:
        """Send nothing more of any deletion."""
        self.is_refused("stop_deletions")
        for deletion in self.session.deletions():
            self.session.engine.stop_deletion(deletion.number)

    def action_history(self) -> None:
        """Show the history of downloads and deletions over the current screen."""
        from artifact_tui.screens.history import HistoryScreen

        if not isinstance(self.screen, HistoryScreen):
            self.push_screen(HistoryScreen(self.session))

    def _look_for_unfinished(self) -> None:
        """Read unfinished work of earlier starts while the first list loads, and show it in the status bar."""
        from artifact_tui.screens.resume import ResumeFlow

        self.run_worker(ResumeFlow(self, self.session).find(), group="unfinished")

    def action_unfinished(self) -> None:
        """Ask whether to resume or discard unfinished work."""
        if not self.is_refused("unfinished"):
            from artifact_tui.screens.resume import ResumeFlow

            self.run_worker(ResumeFlow(self, self.session).ask(), group="resume", exclusive=True)

    def action_help(self) -> None:
        """Every key."""
        from artifact_tui.screens.help import HelpScreen, groups_of

        self.push_screen(HelpScreen(self.session.settings.keys, groups_of(self.screen)))

    def action_palette(self) -> None:
        """Everything that can be done here."""
        from artifact_tui.screens.palette import Palette, commands_of

        self.push_screen(Palette(commands_of(self.screen)), self._run_command)

    async def _run_command(self, command: Command | None) -> None:
        if command is not None:
            await self.run_action(command.action, command.node)

    def action_next_theme(self) -> None:
        """Dark or light, remembered."""
        self.theme = LIGHT.name if self.theme == DARK.name else DARK.name
        self.session.memory.change(lambda memory: replace(memory, theme=self.theme))

    async def on_list_screen_up(self, event: ListScreen.Up) -> None:
        """From artifacts to runs, from runs to repositories, from anything above back to them."""
        if len(self.screen_stack) > 1:
            for _ in range(min(event.steps, len(self.screen_stack) - 1)):
                self.pop_screen()
        elif isinstance(self.screen, ListScreen) and self.screen.ABOVE:
            await self.run_action(self.screen.ABOVE)
        else:
            self.notify("This is the top. q quits.", markup=False)

    def on_repositories_screen_open(self, event: RepositoriesScreen.Open) -> None:
        """Open the runs of the repository; one that the server has listed before becomes the last used."""
        self._repository = event.name
        if event.name in self._listed:
            self._remember(event.name)
        self.action_runs()

    def on_runs_screen_listed(self, event: RunsScreen.Listed) -> None:
        """Remember the repository as used: the server has listed its runs, so it exists."""
        self._remember(event.repository)

    def _remember(self, repository: RepositoryName) -> None:
        self._listed.add(repository)
        problem = self.session.memory.change(lambda memory: memory.with_recent(self.session.label, str(repository)))
        if problem:
            self.notify(problem, severity="warning", markup=False)

    def on_runs_screen_open(self, event: RunsScreen.Open) -> None:
        """The artifacts of a workflow run."""
        self._show_run(event.repository, event.run)

    async def on_unmount(self) -> None:
        """Close the connections."""
        self.session.storage.close()
        await self.session.provider.close()
