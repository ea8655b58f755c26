"""Choose a repository: the last used ones, those the account can reach, or any other by name or search."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from textual import work
from textual.message import Message

from artifact_tui.last_lists import Saved
from artifact_tui.model import Repository, RepositoryName
from artifact_tui.provider import Provider, ProviderError
from artifact_tui.screens.list_screen import STOPPED, ListScreen
from artifact_tui.screens.session import Session
from artifact_tui.text import age, count, printable
from artifact_tui.widgets.row_layout import Cell, Column
from artifact_tui.widgets.row_table import RowTable

if TYPE_CHECKING:
    from textual.widget import Widget

COLUMNS = (
    Column("name", "Repository", 36, keeps_end=True, essential=True),
    Column("kind", "", 9, tone="muted", priority=1),
    Column("pushed", "Pushed", 7, justify="right", tone="muted"),
    Column("description", "Description", 16, tone="muted", flexible=True, priority=2),
)


class Choice(NamedTuple):
    """A row: a repository by name, with what the server says of it, if it was asked."""

    name: RepositoryName
    repository: Repository | None
    recent: bool


class RepositoriesScreen(ListScreen):
    """Where the program starts outside a clone."""

    FILTER_HINT = "owner/name, owner/, or words to look for"
    SAVED = Repository
    saved_name = "repositories"

    @dataclass
    class Open(Message):
        """Go to the workflow runs of a repository."""

        name: RepositoryName

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._reachable: dict[RepositoryName, Repository] = {}
        self._found: dict[RepositoryName, Repository] = {}
        self._searched = ""
        self._text = ""
        self._left_out = 0
        self._is_anonymous = False

    @property
    def trail(self) -> tuple[str, ...]:
        """The host is the root of everything."""
        return (self.session.label, "Repositories")

    def compose_body(self) -> Iterable[Widget]:
        """One table."""
        yield RowTable[Choice](COLUMNS, key=lambda choice: choice.name, cells=self._cells)

    def _cells(self, choice: Choice) -> tuple[str | Cell, ...]:
        known = choice.repository
        kind = "recent" if choice.recent else ""
        if known is not None:
            kind = kind or (
                "archived" if known.archived else "fork" if known.fork else "private" if known.private else ""
            )
        return (
            printable(str(choice.name)),
            kind,
            age(known.pushed_at, self.session.clock()) if known else "",
            printable(known.description) if known and known.description else "",
        )

    async def fetch(self, provider: Provider) -> None:
        """All repositories of the account; without a token there are none to ask for."""
        fresh: dict[RepositoryName, Repository] = {}
        async for page in provider.repositories():
            fresh.update((repository.name, repository) for repository in page.items)
            self._reachable |= fresh
            self._left_out = provider.connection.hidden_organisations
            self.update_rows()
        self._reachable, self.saved_at = fresh, None
        self._is_anonymous = not provider.connection.token_source
        self.save(fresh.values())

    def show_saved(self, saved: Saved[Repository]) -> None:
        """The order of the last time, until the pages come."""
        self._reachable = {repository.name: repository for repository in saved.items}

    def update_rows(self, *, filtered: bool = False) -> None:
        """The last used ones on top, then the most recently pushed."""
        words = self._text.casefold().split()
        rows = [choice for choice in self._choices() if all(word in str(choice.name).casefold() for word in words)]
        self.table.placeholder = self._placeholder()
        self.table.show(rows, filtered=filtered)
        if self.loading_rows and self.saved_at is None:
            self.title_bar.summary = "loading…"
        else:
            is_stopped = self.is_stopped and not rows
            self.title_bar.summary = "stopped" if is_stopped else self.dated(self._summary(len(rows)))

    def _summary(self, shown: int) -> str:
        """How many there are, and that single sign-on keeps some back."""
        hidden = self._left_out
        kept_back = f"{count(hidden, 'organisation')} left out, single sign-on · " if hidden else ""
        return f"{kept_back}{count(shown, 'repository', 'repositories')}"

    def _choices(self) -> Iterable[Choice]:
        known = self._reachable | self._found
        recent = [RepositoryName.parse(name) for name in self.session.memory.value.recent.get(self.session.label, [])]
        for name in filter(None, recent):
            yield Choice(name, known.get(name), True)
        yield from (Choice(name, repository, False) for name, repository in known.items() if name not in recent)

    def _placeholder(self) -> str:
        if RepositoryName.parse(self._text):
            return f"Enter opens {self._text.strip()}"
        if self._text.strip().endswith("/") and self._searched != self._text:
            return f"Enter lists the repositories of {printable(self._text.strip().rstrip('/'), 60)}"
        if self._text and self._searched == self._text:
            return f"No repository on {self.session.host} is called “{printable(self._text, 60)}”"
        if self._text:
            return f"None of yours is called “{printable(self._text, 60)}”\nEnter searches {self.session.host}"
        if self.loading_rows:
            return "Loading your repositories…"
        if self.is_stopped:
            return STOPPED
        if self._is_anonymous:
            return "Without a token there is no list of yours\n\nS signs in, / opens any repository by owner/name"
        return "No repositories to list\n\n/ opens any repository by owner/name, or searches for one"

    def filter_rows(self, text: str) -> None:
        """Filter as it is typed."""
        self._text = text
        self.update_rows(filtered=True)

    def submit_filter(self, text: str) -> None:
        """Enter opens the only match or a plain owner/name, and searches on the server when the list has none."""
        name = RepositoryName.parse(text)
        if len(self.table.items) == 1:
            self.open_item(self.table.items[0])
        elif self.table.items or not text.strip():
            return
        elif text.strip().endswith("/") and RepositoryName.parse(f"{text.strip()}x"):
            self._search(text, text.strip().rstrip("/"))
        elif name is not None:
            self.post_message(self.Open(name))
        else:
            self._search(text)

    @work(exclusive=True, group="search")
    async def _search(self, text: str, owner: str = "") -> None:
        """All repositories of ``owner``, or the first page of what the server finds for ``text``."""
        self.table.placeholder = f"Searching {self.session.host} for “{printable(text, 60)}”…"
        try:
            provider = await self.session.provider()
            async for page in provider.repositories(owner) if owner else provider.search(text):
                self._found.update((repository.name, repository) for repository in page.items)
                if not owner:
                    break
        except ProviderError as error:
            self.show_problem(error)
            return
        self._searched = text
        self.update_rows()

    def open_item(self, item: Choice) -> None:
        """Go to its workflow runs."""
        self.post_message(self.Open(item.name))
