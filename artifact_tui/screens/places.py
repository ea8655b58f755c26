"""The places of the program: repositories, workflow runs, and artifacts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textual.app import App
from textual.screen import ModalScreen, Screen

from artifact_tui.domain.backend import Start
from artifact_tui.domain.models import RepositoryName, WorkflowRun
from artifact_tui.screens.engine_events import ALREADY_HERE
from artifact_tui.screens.list_screen import ListScreen
from artifact_tui.screens.session import Session

REPOSITORIES = "repositories"
MOST_PLACES = 20
"""The most places that stay loaded, some megabytes each, not counting those with marks or open screens."""


class Places:
    """The app's places, one mode each; a screen comes back as it was left."""

    def __init__(self, app: App[int], session: Session, start: Start) -> None:
        self._app = app
        self._session = session
        self.repository = start.repository  # the last used repository
        self._run_id = start.run_id
        first = f"{start.repository} {start.run_id or 'runs'}" if start.repository else REPOSITORIES
        self._modes = {first: app.DEFAULT_MODE}  # modes by place, the last used at the end
        self._opened_from: dict[str, str] = {}  # the place from which each place about storage was opened

    def first_screen(self) -> Screen[None]:
        """Return the first screen; of a workflow run from the command line, only the ID is known."""
        if self.repository and self._run_id is not None:
            return self._artifacts_screen(self.repository, WorkflowRun(id=self._run_id))
        return self._runs_screen(self.repository) if self.repository else self._repositories_screen()

    def _repositories_screen(self) -> Screen[None]:
        from artifact_tui.screens.repositories import RepositoriesScreen

        return RepositoriesScreen(self._session)

    def _runs_screen(self, repository: RepositoryName) -> Screen[None]:
        from artifact_tui.screens.runs import RunsScreen

        return RunsScreen(self._session, repository)

    def _artifacts_screen(self, repository: RepositoryName, run: WorkflowRun | None = None) -> Screen[None]:
        from artifact_tui.screens.artifacts.screen import ArtifactsScreen

        return ArtifactsScreen(self._session, repository, run)

    def _storage_screen(self, repository: RepositoryName) -> Screen[None]:
        from artifact_tui.screens.storage.screen import StorageScreen

        return StorageScreen(self._session, repository)

    def _owner_screen(self, repository: RepositoryName) -> Screen[None]:
        from artifact_tui.screens.storage.owner_screen import OwnerStorageScreen

        screen = OwnerStorageScreen(self._session, repository.owner)
        screen.seek(repository)
        return screen

    def set_first_run(self, run: WorkflowRun) -> None:
        """Complete the first screen, if it knows only the ID of its run."""
        from artifact_tui.screens.artifacts.screen import ArtifactsScreen

        screen = self._app.get_screen_stack(self._app.DEFAULT_MODE)[0]
        if isinstance(screen, ArtifactsScreen):
            screen.set_run(run)

    def leave_first_run(self) -> None:
        """Replace the first screen with all runs, because its run could not be loaded, unless a dialog covers it."""
        if self._app.screen_stack == self._app.get_screen_stack(self._app.DEFAULT_MODE)[:1]:
            self.show_runs()

    @property
    def current_repository(self) -> RepositoryName | None:
        """The repository of the screen, or of the row under the cursor."""
        found: RepositoryName | None = getattr(self._app.screen, "repository", None)
        return found

    def show_repositories(self) -> None:
        """Go to the repositories."""
        self._show(REPOSITORIES, self._repositories_screen)

    def show_runs(self) -> None:
        """Go to the workflow runs of the last used repository."""
        if self.repository is not None:
            self._show(f"{self.repository} runs", partial(self._runs_screen, self.repository))

    def show_artifacts(self) -> None:
        """Go to all artifacts of the last used repository."""
        if self.repository is not None:
            self._show(f"{self.repository} artifacts", partial(self._artifacts_screen, self.repository))

    def show_run(self, repository: RepositoryName, run: WorkflowRun) -> None:
        """Go to the artifacts of a workflow run."""
        self._session.runs_of(repository)[run.id] = run
        self._show(f"{repository} {run.id}", partial(self._artifacts_screen, repository, run))

    def show_storage(self, repository: RepositoryName) -> None:
        """Go to the storage of a repository, which becomes the last used one."""
        self.repository = repository
        self._show_below(f"{repository} storage", partial(self._storage_screen, repository))

    def show_owner(self, repository: RepositoryName) -> None:
        """Go to the storage of the owner of a repository, with the cursor on it."""
        from artifact_tui.screens.storage.owner_screen import OwnerStorageScreen

        place = f"{repository.owner} storage"
        mode = self._modes.get(place)
        self._show_below(place, partial(self._owner_screen, repository))
        if mode is not None and isinstance(screen := self._app.get_screen_stack(mode)[0], OwnerStorageScreen):
            screen.seek(repository)

    def show_any_storage(self) -> None:
        """Go to the storage of the current repository or, from a list of repositories, to that of its owner."""
        current = self.current_repository
        if self._current == REPOSITORIES and current is not None:
            self.show_owner(current)
        elif current is None and self._current.endswith(" storage"):
            self._show(self._current, self._repositories_screen)  # closes what is over it
        elif (repository := current or self.repository) is not None:
            self.show_storage(repository)

    def leave_storage(self) -> None:
        """Go back to the place from which the storage was opened."""
        before = self._opened_from.get(self._current, REPOSITORIES)
        self._show(before if before in self._modes else REPOSITORIES, self._repositories_screen)

    @property
    def _current(self) -> str:
        """The place that is shown."""
        return next((place for place, mode in self._modes.items() if mode == self._app.current_mode), REPOSITORIES)

    def _show_below(self, place: str, make: Callable[[], Screen[None]]) -> None:
        """Go to a place, and remember from where; going up to a place does not change where that was opened from."""
        above = here = self._current
        while above in self._opened_from and above != place:
            above = self._opened_from[above]
        if above != place:
            self._opened_from[place] = here
        self._show(place, make)

    def _show(self, place: str, make: Callable[[], Screen[None]]) -> None:
        app = self._app
        while isinstance(app.screen, ModalScreen) or getattr(app.screen, "IS_OVER_ALL", False):
            app.screen.dismiss(None)  # as Esc does: whoever awaits a dialog gets None
        if self._modes.get(place) == app.current_mode:
            while len(app.screen_stack) > 1:
                app.pop_screen()
            return
        if place not in self._modes:
            self._modes[place] = place
            app.add_mode(place, make)
        mode = self._modes[place] = self._modes.pop(place)
        app.switch_mode(mode)
        self._remove_oldest()

    def _remove_oldest(self) -> None:
        for place, mode in [*self._modes.items()][:-MOST_PLACES]:
            screen, *above = self._app.get_screen_stack(mode)
            if not above and not (isinstance(screen, ListScreen) and screen.holds_work):
                del self._modes[place]
                self._app.remove_mode(mode)

    def why_not(self, action: str) -> str:
        """Return why a place is unavailable: runs and artifacts need a repository."""
        if action not in {"runs", "artifacts", "storage"}:
            return ""
        if action == "storage" and self._app.is_running and self._current.endswith(" storage"):
            return ALREADY_HERE if len(self._app.screen_stack) == 1 else ""
        if self.repository is None and not (action == "storage" and self.current_repository):
            return "No repository is open. Choose one and press Enter."
        is_mode = self._app.is_running and self._modes.get(f"{self.repository} {action}") == self._app.current_mode
        return ALREADY_HERE if is_mode and len(self._app.screen_stack) == 1 else ""
