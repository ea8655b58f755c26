"""Unfinished downloads and deletions of ended programs, with numbers that stay the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.failures import LineError
from artifact_tui.cli.line.forms import Record, Shape, TableColumn
from artifact_tui.cli.line.state_files import ELSEWHERE, journal_of
from artifact_tui.domain.models import RepositoryName
from artifact_tui.text import count, size
from artifact_tui.transfers.deletions.models import UnfinishedDeletion, in_short
from artifact_tui.transfers.downloads.journal_record import unfinished_of
from artifact_tui.transfers.errors import JournalError
from artifact_tui.transfers.journals import Journals
from artifact_tui.transfers.models import Unfinished


class UnfinishedEntry(NamedTuple):
    """One unfinished download or deletion.

    Both have their own counts in the journal, so downloads have odd numbers here, and deletions even ones.
    """

    download: Unfinished | None = None
    deletion: UnfinishedDeletion | None = None

    @property
    def number(self) -> int:
        """The number on the command line."""
        if self.download is not None:
            return 2 * self.download.id - 1
        return 2 * self.deletion.number if self.deletion else 0

    @property
    def kind(self) -> str:
        """What it is, in a word."""
        return "download" if self.download else "deletion"

    @property
    def repositories(self) -> tuple[RepositoryName, ...]:
        """The repositories of the artifacts, those with most bytes first."""
        if self.download is not None:
            return (self.download.order.repository,)
        return self.deletion.repositories if self.deletion else ()

    @property
    def name(self) -> str:
        """The name of the artifact, or how much is left of a deletion."""
        if self.download is not None:
            return self.download.order.artifact.name
        return f"{self.artifacts_left:,} of {count(self.deletion.planned, 'artifact')}" if self.deletion else ""

    @property
    def artifacts_left(self) -> int:
        """The number of artifacts that are left to download or delete."""
        return len(self.deletion.remaining) if self.deletion else 1


Entries = tuple[UnfinishedEntry, ...]


def read_unfinished(context: LineContext) -> Entries:
    """Return the entries of this host by their numbers, and note unreadable rows; sends nothing. Raises LineError."""
    entries, unreadable = left_in_journal(context)
    if unreadable:
        context.messages.note(unreadable)
    only = context.repository if context.options.repo else None
    return tuple(entry for entry in entries if only is None or only in entry.repositories)


def left_in_journal(context: LineContext) -> tuple[Entries, str]:
    """Return the entries of this host by their numbers, and a sentence about unreadable rows; raise LineError."""
    path, host = journal_of(context), context.backend.host
    if path is None or not path.exists():
        return (), ""
    with journal_errors():
        journals = Journals(path)
        try:
            downloads = [UnfinishedEntry(download=unfinished_of(row)) for row in journals.downloads.unfinished(host)]
            deletions = [UnfinishedEntry(deletion=left) for left in journals.deletions.unfinished(host)]
            unreadable = journals.unreadable(host)
        finally:
            journals.close()
    return tuple(sorted((*downloads, *deletions), key=lambda entry: entry.number)), unreadable


@contextmanager
def journal_errors() -> Iterator[None]:
    """Turn JournalError into LineError."""
    try:
        yield
    except JournalError as trouble:
        raise LineError("disk", str(trouble), ELSEWHERE) from None


def unfinished_document(context: LineContext) -> Record:
    """Return the document of JSON, without its rows."""
    return {"host": context.backend.host, "unfinished": [], "notes": context.messages.notes}


def entry_record(entry: UnfinishedEntry) -> Record:
    """Return the record of an entry; what became of it is added when it is known."""
    download, repositories = entry.download, [str(repository) for repository in entry.repositories]
    return {
        "number": entry.number,
        "kind": entry.kind,
        "repository": repositories[0] if len(repositories) == 1 else None,
        "name": download.order.artifact.name if download else None,
        "received": download.received if download else entry.deletion and entry.deletion.done,
        "total": download.length if download else entry.deletion and entry.deletion.planned,
        "artifacts_left": entry.artifacts_left,
        "directory": str(download.order.directory) if download else None,
        "id": download.order.artifact.id if download else None,
        "result": None,
        "path": None,
        "problem": None,
        "repositories": repositories,
    }


def entry_shape() -> Shape[UnfinishedEntry]:
    """Return how the list is written."""
    columns = (
        TableColumn[UnfinishedEntry]("NUMBER", lambda entry: str(entry.number), True),
        TableColumn[UnfinishedEntry]("KIND", lambda entry: entry.kind),
        TableColumn[UnfinishedEntry]("REPOSITORY", lambda entry: in_short(entry.repositories)),
        TableColumn[UnfinishedEntry]("NAME", lambda entry: entry.name),
        TableColumn[UnfinishedEntry](
            "RECEIVED", lambda entry: size(entry.download.received) if entry.download else "—", True
        ),
        TableColumn[UnfinishedEntry](
            "TOTAL", lambda entry: size(entry.download.length) if entry.download else "—", True
        ),
    )
    return Shape("unfinished", entry_record, columns)
