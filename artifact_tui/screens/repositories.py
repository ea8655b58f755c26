"""The Repositories screen: recent ones, those the account can access, and any other by name or search."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace
from textual import work
from textual.message import Message
from textual.widget import Widget

from artifact_tui.cache.list_cache import Saved
from artifact_tui.domain.list_extent import Extent
from artifact_tui.domain.models import Page, Place, Repository, RepositoryName
from artifact_tui.domain.provider import Provider, ProviderError
from artifact_tui.screens.list_loader import Listing
from artifact_tui.screens.list_screen import STOPPED
from artifact_tui.screens.server_list import ServerList, extent_of
from artifact_tui.screens.session import Session
from artifact_tui.text import age, count, printable
from artifact_tui.widgets.row_layout import Column
from artifact_tui.widgets.row_table import RowTable


class RepositoryChoice(NamedTuple):
    """A row: a repository name, its data if the server sent any, and the time that ages count from."""

    name: RepositoryName
    repository: Repository | None
    recent: bool
    now: datetime

    @property
    def kind(self) -> str:
        """A label, empty for an ordinary public repository."""
        known = self.repository
        if self.recent or known is None:
            return "recent" if self.recent else ""
        return "archived" if known.archived else "fork" if known.fork else "private" if known.private else ""


def _pushed(row: RepositoryChoice) -> str:
    return age(row.repository.pushed_at, row.now) if row.repository else ""


def _description(row: RepositoryChoice) -> str:
    description = row.repository.description if row.repository else ""
    return printable(description) if description else ""


COLUMNS = (
    Column[RepositoryChoice](
        "name", "Repository", 36, cell=lambda row: printable(str(row.name)), keeps_end=True, essential=True
    ),
    Column[RepositoryChoice]("kind", "", 9, cell=lambda row: row.kind, tone="muted", priority=1),
    Column("pushed", "Pushed", 7, cell=_pushed, justify="right", tone="muted"),
    Column("description", "Description", 16, cell=_description, tone="muted", flexible=True, priority=2),
)


class RepositoriesScreen(ServerList):
    """The first screen outside a clone."""

    FILTER_HINT = "owner/name, owner/, or part of a name"
    SAVED = Repository
    NOUNS = "repositories"
    saved_name = "repositories"

    @dataclass
    class Open(Message):
        """A request to open the workflow runs of a repository."""

        name: RepositoryName

    def __init__(self, session: Session) -> None:
        super().__init__(session, session.backend.label, "Repositories")
        self._reachable: dict[RepositoryName, Repository] = {}
        self._found: dict[RepositoryName, Repository] = {}
        self._search_listing = Listing[Repository]()
        self._asked = self._searched = ""
        self._text = ""
        self._left_out = 0
        self._is_anonymous = False

    def compose_body(self) -> Iterable[Widget]:
        """Yield the table."""
        yield RowTable[RepositoryChoice](COLUMNS, key=lambda choice: choice.name)

    async def fetch(self, provider: Provider) -> None:
        """Load all repositories of the account; without a token, the list is empty."""
        try:
            async for page in self.listing.pages(provider.repositories, self.session.clock()):
                self._reachable |= {repository.name: repository for repository in page.items}
                self._extent = self._extent_of_both()
                self._left_out = provider.connection.hidden_organizations
                self.update_rows()
        except ProviderError:
            if self.listing.rows:
                self._keep_both()
            raise
        self._reachable = {repository.name: repository for repository in self.listing.rows.values()}
        self._extent, self.saved_at = self.listing.extent, None
        self._is_anonymous = not provider.connection.token_source
        self.save(self._reachable.values(), self._extent)

    def _keep_both(self) -> None:
        """Show what a load that broke off has read, together with an earlier list, which stays in the cache."""
        self._extent = self._extent_of_both()
        if len(self.listing.rows) >= len(self._reachable):  # no row is only in an earlier list
            self.saved_at = None
            self.save(self._reachable.values(), self._extent)

    def _extent_of_both(self) -> Extent:
        """Return the extent of an earlier list and what has been read since, which are shown together."""
        known, newer = self._extent, self.listing.extent
        return replace(known.outdated_by(newer) if known.loaded else newer, loaded=len(self._reachable))

    def show_saved(self, saved: Saved[Repository]) -> None:
        """Show the cached list in its order until the first page arrives."""
        self._reachable = {repository.name: repository for repository in saved.items}
        self._extent = extent_of(saved)

    @property
    def repository(self) -> RepositoryName | None:
        """The repository under the cursor."""
        return None if self.table.current is None else self.table.current.name

    @property
    def extent(self) -> Extent:
        """The extent of the repository list, or of an incomplete search."""
        found = self._search_listing.extent
        return found if found.is_incomplete else self._extent

    def action_refresh(self) -> None:
        """Refresh the list, and an incomplete search too."""
        if self._search_listing.extent.is_incomplete:
            self._search(self._asked)
        super().action_refresh()

    def update_rows(self, *, filtered: bool = False) -> None:
        """Show recently used repositories first, then the most recently pushed."""
        words = self._text.casefold().split()
        rows = [choice for choice in self._choices() if all(word in str(choice.name).casefold() for word in words)]
        self.table.placeholder = self._placeholder()
        self.table.show(rows, filtered=filtered)
        self.show_title()

    def show_title(self) -> None:
        """Show in the title how many repositories there are, and how many are missing."""
        shown = len(self.table.items)
        if self.loading_rows and self.saved_at is None:
            self.title_bar.summary = "loading…"
        else:
            is_stopped = self.is_stopped and not shown
            self.title_bar.summary = "stopped" if is_stopped else self.dated(self._summary(shown))

    def _summary(self, shown: int) -> str:
        found = self._search_listing.extent
        is_stopped = self.is_stopped and not self.extent.is_whole
        parts = []
        if self._left_out:
            parts.append(f"{count(self._left_out, 'organization needs', 'organizations need')} single sign-on")
        if self.extent.is_incomplete:
            parts.append(self.extent.title(self.retry_words))
        elif is_stopped:
            parts.append(f"stopped at {self.extent.share()}")
        elif self._searched and self._searched == self._text and (found.missing or found.is_minimum):
            parts.append(f"first {found.share()} found; add words to narrow the search")
        if self.loading_rows and not shown and self._text:
            parts.append("no match so far")
        elif self._text or not (self.extent.is_incomplete or is_stopped):
            parts.append(count(shown, "repository", "repositories"))
        return " · ".join(parts)

    def _choices(self) -> Iterable[RepositoryChoice]:
        known, now = self._reachable | self._found, self.session.clock()
        names = self.session.memory.value.recent.get(self.session.backend.label, [])
        recent = [name for name in map(RepositoryName.parse, names) if name]
        for name in recent:
            yield RepositoryChoice(name, known.get(name), True, now)
        for name in (one for one in known if one not in recent):
            yield RepositoryChoice(name, known[name], False, now)

    def _placeholder(self) -> str:
        if self._text and self.loading_rows and self._searched != self._text:
            loaded = f"No match in the {len(self._reachable):,} loaded so far. Still loading…"
            return f"{loaded}\n\n{self._enter()} now"
        if self._text and self._searched == self._text and not RepositoryName.parse(self._text):
            if self._search_listing.extent.is_minimum:
                return f"{self.session.backend.host} ended the search early\n\nAdd words, or write owner/name"
            return f"No repository on {self.session.backend.host} matches '{printable(self._text, 60)}'"
        if self._text:
            part = f"No match {self.extent.part()}\n" if self.extent.is_incomplete else ""
            if not part and self._enter().startswith("Enter searches"):
                part = f"No match for '{printable(self._text, 60)}' among yours\n"
            return f"{part}{self._enter()}"
        if self.loading_rows:
            return "Loading your repositories…"
        if self.is_stopped:
            return STOPPED
        if self.problem:
            return self.problem
        if self._is_anonymous:
            return "Sign in to list your repositories\n\nS signs in, / opens any repository by owner/name"
        return "No repositories to list\n\n/ opens any repository by owner/name, or searches for one"

    def _enter(self) -> str:
        words = self._text.strip()
        if RepositoryName.parse(words):
            return f"Enter opens {words}"
        if words.endswith("/"):
            return f"Enter lists the repositories of {printable(words.rstrip('/'), 60)}"
        return f"Enter searches {self.session.backend.host}"

    def filter_rows(self, text: str) -> None:
        """Filter as you type."""
        self._text = text
        self.update_rows(filtered=True)

    def submit_filter(self, text: str) -> None:
        """Open the only match or a plain owner/name; search on the server if the list has no match."""
        name = RepositoryName.parse(text)
        if len(self.table.items) == 1:
            self.open_item(self.table.items[0])
        elif self.table.items or not text.strip():
            return
        elif name is not None:
            self.post_message(self.Open(name))
        else:
            self._search(text)

    @work(exclusive=True, group="search")
    async def _search(self, text: str) -> None:
        """Load all repositories of an owner (``owner/``), or the first page of the server's matches."""
        self.table.placeholder = f"Searching {self.session.backend.host} for '{printable(text, 60)}'…"
        words = text.strip()
        owner = words.rstrip("/") if words.endswith("/") and RepositoryName.parse(f"{words}x") else ""
        if text != self._asked:
            self._asked, self._search_listing = text, Listing()
        try:
            provider = await self.session.provider()

            def ask(*, start: Place | None) -> AsyncIterator[Page[Repository]]:
                return provider.repositories(owner, start=start) if owner else provider.search(text)

            async for page in self._search_listing.pages(ask, self.session.clock()):
                self._found.update((repository.name, repository) for repository in page.items)
                if not owner:
                    break
        except ProviderError as error:
            self.show_problem(error)
            return
        self._searched = text
        self.update_rows()

    def open_item(self, item: RepositoryChoice) -> None:
        """Open the workflow runs."""
        self.post_message(self.Open(item.name))
