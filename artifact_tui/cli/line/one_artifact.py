"""The one artifact that ``files`` and ``cat`` read, opened in a thread by byte ranges."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import aclosing
from functools import partial
from typing import TypeVar

from artifact_tui.archive.files import Files
from artifact_tui.archive.inner_paths import FoundFile, InnerPaths
from artifact_tui.archive.nested import open_nested
from artifact_tui.archive.ranges import TAIL, ArchiveUnreadable, ScratchError, WholeOnly
from artifact_tui.archive.remote_zip import RemoteZip
from artifact_tui.archive.zip_directory import Entry
from artifact_tui.cli.line.artifact_selection import ArtifactSelection, SelectedArtifact
from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.failures import LineError
from artifact_tui.cli.line.list import run_note
from artifact_tui.cli.line.run_selection import selects_runs
from artifact_tui.cli.line.wanted import Wanted
from artifact_tui.daemon_thread import in_daemon_thread
from artifact_tui.domain.artifact_filter import is_expired
from artifact_tui.domain.models import Artifact
from artifact_tui.errors import UsageError
from artifact_tui.text import count, printable

Result = TypeVar("Result")
_LIST_LIVE = 'Run "artifact-tui list --live" to see what you can still download.'


class OpenArtifact:
    """An artifact whose list of files has been read; its methods block and may raise ProviderError."""

    def __init__(self, remote: RemoteZip, is_wanted: Callable[[], bool]) -> None:
        self.remote = remote
        self.is_wanted = is_wanted
        self.paths = InnerPaths(remote, self._open_inner)

    @property
    def is_raw(self) -> bool:
        """Whether the artifact is a plain file, not a zip."""
        return self.remote.start is None and bool(self.remote.entries)

    def _open_inner(self, files: Files, entry: Entry) -> Files:
        if files is not self.remote:
            return open_nested(files, entry, is_wanted=self.is_wanted)
        with self.remote.in_order(entry) as in_order:
            return open_nested(in_order, entry, is_wanted=self.is_wanted)


def take_artifact(context: LineContext) -> list[str]:
    """Leave the artifact in ``options.words`` and return the other words; raise UsageError without an artifact."""
    options = context.options
    options.all_matches = False
    number = 0 if options.name or options.pattern else 1
    if len(options.words) < number:
        raise UsageError("No artifact. Name it by its ID or its name.")
    rest: list[str] = options.words[number:]
    options.words = options.words[:number]
    return rest


def check_one_build(wanted: Wanted, *, by_runs: bool) -> None:
    """Raise UsageError if, without a run, the words could mean artifacts of several builds."""
    is_one = wanted.one_name or (wanted.only_ids and len(wanted.ids) == 1)
    if not by_runs and (wanted.is_narrowed or not is_one):
        sentence = "Without a run, only the ID or the exact name of one artifact is accepted."
        raise UsageError(f"{sentence} Select a run with --latest-good or --run.")


async def find_artifact(context: LineContext) -> tuple[SelectedArtifact, ArtifactSelection]:
    """Return the artifact: of several runs, that of the newest which has it; raise LineError if it has expired.

    The selection tells what was left out.
    """
    selection = ArtifactSelection(context, most=None)
    check_one_build(selection.wanted, by_runs=selects_runs(context.options))
    found: list[SelectedArtifact] = []
    async with aclosing(selection.batches()) as batches:
        async for batch in batches:
            found = batch
            break
    if not found:
        raise LineError("not_found", "No artifact matches.", "See artifact-tui list with the same options.")
    if names := {each.artifact.name for each in found[1:]} - {found[0].artifact.name}:
        raise UsageError(f"{count(len(names) + 1, 'artifact')} match. Name one of them.")
    if is_expired(found[0].artifact, context.now):
        raise LineError("expired", f"artifact {found[0].artifact.id} has expired.", _LIST_LIVE)
    if run := found[0].run:
        context.messages.note(run_note(run))
    for sentence in selection.run_choice.skipped if selection.run_choice else ():
        context.messages.note(sentence)
    return found[0], selection


async def read_artifact(context: LineContext, artifact: Artifact, work: Callable[[OpenArtifact], Result]) -> Result:
    """Return what ``work`` returns in a thread; if this is cancelled, the thread is stopped and not waited for."""
    store = await in_daemon_thread(context.backend.storage)
    stopped = threading.Event()

    def whole() -> Result:
        def is_wanted() -> bool:
            return not stopped.is_set()

        remote = RemoteZip.open(archive, artifact.size_in_bytes, is_wanted=is_wanted, tail=TAIL)
        return work(OpenArtifact(remote, is_wanted))

    try:
        archive = await context.ask(lambda: in_daemon_thread(partial(store.open, context.repository, artifact)))
        return await in_daemon_thread(whole)
    except ArchiveUnreadable as error:
        raise _unreadable(error, artifact) from None
    finally:
        stopped.set()
        store.close()


def _unreadable(error: ArchiveUnreadable, artifact: Artifact) -> LineError:
    if isinstance(error, ScratchError):
        return LineError("disk", error.sentence, "Free some space, or set TMPDIR to another directory.")
    kind = "refused" if isinstance(error, WholeOnly) else "damaged"
    return LineError(kind, error.sentence, f"Download it with artifact-tui get {artifact.id}.")


def no_file(opened: OpenArtifact, artifact: Artifact, path: str) -> LineError:
    """Return the error for a path or a glob without a file."""
    name, shown = printable(artifact.name, 80), printable(path, 200)
    if opened.paths.is_folder(path):
        folder = path.rstrip("/")
        return LineError(
            "not_found", f"'{shown}' is a folder.", f"Its files are '{printable(folder, 200)}/**', with --glob in cat."
        )
    return LineError("not_found", f"No file '{shown}' in {name}.", f"See artifact-tui files {artifact.id}.")


def bare_link(file: FoundFile) -> LineError | None:
    """Return the error for a link of a tar, which has no bytes of its own; None for other files."""
    if not file.entry.is_bare_link:
        return None
    target = printable(file.entry.link, 200)
    return LineError("not_found", f"'{printable(file.path, 200)}' is a link to '{target}'.", "Name that file instead.")
