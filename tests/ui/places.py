"""Every screen and dialog that a key opens: how to get there, open it, and close it again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

from textual.pilot import Pilot
from textual.screen import Screen

from artifact_tui.config.settings import Settings
from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.demo.login import CLIENT_ID
from artifact_tui.keymap import key_name
from artifact_tui.screens.artifacts.screen import ArtifactsScreen
from artifact_tui.screens.contents.compare import CompareScreen
from artifact_tui.screens.contents.find import FindScreen
from artifact_tui.screens.contents.preview import PreviewScreen
from artifact_tui.screens.contents.save import SaveDialog
from artifact_tui.screens.contents.screen import ContentsScreen
from artifact_tui.screens.deletion.confirm import ConfirmDialog
from artifact_tui.screens.deletion.dry_run import DryRunDialog
from artifact_tui.screens.deletion.progress import DeletionScreen
from artifact_tui.screens.deletion.review import ReviewScreen
from artifact_tui.screens.dialogs.copy import AddressDialog, CopiedScreen, CopyDialog, PathDialog
from artifact_tui.screens.dialogs.detail import DetailDialog
from artifact_tui.screens.dialogs.policy import PolicyDialog
from artifact_tui.screens.dialogs.question import ChoiceDialog, QuestionDialog, SortDialog
from artifact_tui.screens.download.dialog import DownloadDialog
from artifact_tui.screens.help import HelpScreen
from artifact_tui.screens.history import HistoryScreen
from artifact_tui.screens.palette import Palette
from artifact_tui.screens.repositories import RepositoriesScreen
from artifact_tui.screens.runs import RunsScreen
from artifact_tui.screens.sign_in import CodeDialog, KeepDialog, TokenDialog
from artifact_tui.screens.storage.cache_list import CachesScreen
from artifact_tui.screens.storage.owner_screen import OwnerStorageScreen
from artifact_tui.screens.storage.retention_dialog import RetentionDialog
from artifact_tui.screens.storage.screen import StorageScreen
from artifact_tui.screens.transfers.questions import TransfersQuestion
from artifact_tui.screens.transfers.screen import TransfersScreen
from tests.double import faults
from tests.ui.program import KESTREL, RECORDER, SMALL, Keyboard, Program, arrived, is_drawn, says, until
from tests.ui.signing import signing_program
from tests.ui.test_hosts import HOSTS
from tests.ui.test_incomplete_lists import ARTIFACTS
from tests.ui.test_leaving import leave_unfinished

STATE = "state/transfers.sqlite"
AT_ONCE: dict[str, Any] = {"delete_interval": 0.0, "delete_grace": 0.0}
WORK = {"signing-in", "sign-in", "deleting", "protection"}
"""Groups of workers that a closed dialog may leave for a moment."""


async def plain(directory: Path) -> Program:
    return Program(RECORDER, directory=directory / "dl", settings=Settings(**AT_ONCE))


async def stalled(directory: Path) -> Program:
    """Downloads stop after 1,000 bytes."""
    program = await plain(directory)
    program.server.fault("GET blob:*", stall_at=1000, times=9999)
    return program


async def refused(directory: Path) -> Program:
    """Nothing may be deleted."""
    program = await plain(directory)
    program.server.fault("DELETE *", status=404, body="{}", times=9999)
    return program


async def small_limit(directory: Path) -> Program:
    return Program(RECORDER, directory=directory / "dl", settings=Settings(unpack_limit=1_000))


async def asking(directory: Path) -> Program:
    return Program(RECORDER, directory=directory / "dl", settings=Settings(on_existing="ask"))


async def with_hosts(directory: Path) -> Program:
    return Program(RECORDER, settings=HOSTS)


async def without_token(directory: Path) -> Program:
    return signing_program(directory)


async def waiting_for_code(directory: Path) -> Program:
    program = signing_program(directory, client_id=CLIENT_ID)
    program.server.login.pending = 10**9
    return program


async def incomplete(directory: Path) -> Program:
    program = Program(KESTREL)
    program.server.fault(ARTIFACTS, page=5, times=9999, **faults.UNICORN)
    return program


async def unfinished_downloads(directory: Path) -> Program:
    await leave_unfinished(directory)
    return Program(RECORDER, directory=directory / "dl", journal=directory / STATE)


async def unfinished_deletion(directory: Path) -> Program:
    (directory / "state").mkdir()
    slow = Settings(delete_interval=0.0, delete_grace=3600.0)
    first = Program(RECORDER, journal=directory / STATE, settings=slow)
    async with first.running("3") as pilot:
        await walk(pilot, "D D E", "Starts in")
    return Program(RECORDER, journal=directory / STATE)


class Place(NamedTuple):
    """``way`` are keys and, after them, a sentence to wait for, in turn; then ``opening`` opens it."""

    way: tuple[str, ...]
    opening: str
    closing: str
    opens: type[Screen[Any]]
    program: Callable[[Path], Awaitable[Program]] = plain
    size: tuple[int, int] = SMALL


def at(way: str, opening: str, opens: type[Screen[Any]], closing: str = "escape") -> Place:
    """A place of a program that was only just started."""
    return Place((way,), opening, closing, opens)


DOWNLOADED = ("3 d enter w", "✓ verified")
DELETED = ("3 D D E", "1 deleted + 0 already gone")
NOT_DELETED = ("3 D D E", "can see the artifact but not delete it")
PLACES: dict[str, Place] = {
    "help": at("3", "question_mark", HelpScreen),
    "commands": at("3", "colon", Palette),
    "transfers": at("3", "w", TransfersScreen),
    "history": at("3", "L", HistoryScreen),
    "history, details": Place((*DOWNLOADED, "escape L"), "enter", "escape", DetailDialog, unfinished_downloads),
    "repositories": at("3", "1", RepositoriesScreen, "3"),
    "runs": at("3", "2", RunsScreen, "3"),
    "run": at("2", "enter", ArtifactsScreen),
    "run, address": at("2", "O", AddressDialog),
    "run, copy": at("2", "y", CopyDialog),
    "theme": at("3", "T T", ArtifactsScreen, ""),
    "review": at("3 space", "D", ReviewScreen),
    "review, details": at("3 D", "enter", DetailDialog),
    "confirmation": at("3 D", "D", ConfirmDialog),
    "dry run": at("3 D", "n", DryRunDialog),
    "download first": at("3 D", "d", DownloadDialog),
    "deletion": Place((*DELETED, "escape"), "W", "escape", DeletionScreen),
    "deletion, again": Place(NOT_DELETED, "R", "escape", ConfirmDialog, refused),
    "transfers, again": Place((*NOT_DELETED, "escape w"), "R", "escape", ConfirmDialog, refused),
    "policies": at("3", "K", PolicyDialog),
    "download": at("3", "d", DownloadDialog),
    "download twice": Place((*DOWNLOADED, "escape"), "d enter", "escape", QuestionDialog, asking),
    "copy": at("3", "y", CopyDialog),
    "copied": at("3", "y enter", CopiedScreen),
    "address": at("3", "O", AddressDialog),
    "order": at("3", "o", SortDialog),
    "details": Place(("3",), "i", "escape", DetailDialog, plain, (80, 18)),
    "why incomplete": Place(("3", "400 of 706"), "exclamation_mark", "escape", DetailDialog, incomplete),
    "storage": at("3", "4", StorageScreen, "3"),
    "storage, retention": at("4", "R", RetentionDialog),
    "storage, owner": at("3 4", "A", OwnerStorageScreen),
    "storage, caches": at("4", "c", CachesScreen),
    "contents": at("3", "p", ContentsScreen),
    "contents, order": at("3 p", "o", SortDialog),
    "contents, save": at("3 p", "d", SaveDialog),
    "file": at("3 p", "p", PreviewScreen),
    "file, save": at("3 p p", "d", SaveDialog),
    "find": at("3 slash cover enter", "f", FindScreen, "escape escape"),
    "find, file": at("3 slash cover enter f . enter", "p", PreviewScreen),
    "find, save": at("3 slash cover enter f . enter", "d", SaveDialog),
    "compare": at("3 space down space", "equals_sign", CompareScreen),
    "compare, file": at("3 space down space equals_sign", "p", PreviewScreen),
    "compare, save": at("3 space down space equals_sign", "d", SaveDialog),
    "files": Place(DOWNLOADED, "enter", "escape", PathDialog),
    "cancel": Place(("3 d enter w", "1,000 of"), "x", "escape", TransfersQuestion, stalled),
    "cancel all": Place(("3 d enter w", "1,000 of"), "X", "escape", TransfersQuestion, stalled),
    "quit": Place(("3 d enter w", "1,000 of", "escape"), "q", "escape", TransfersQuestion, stalled),
    "unpack anyway": Place(
        ("3 j d enter w", "more than the limit of 1.0 kB"), "u", "escape", QuestionDialog, small_limit
    ),
    "unfinished downloads": Place(("3", "1 unfinished download"), "U", "escape", QuestionDialog, unfinished_downloads),
    "unfinished deletion": Place(("3", "1 unfinished deletion"), "U", "escape", QuestionDialog, unfinished_deletion),
    "unfinished deletion, confirmation": Place(
        ("3", "1 unfinished deletion"), "U tab enter", "escape", ConfirmDialog, unfinished_deletion
    ),
    "hosts": Place(("3",), "H", "escape", ChoiceDialog, with_hosts),
    "sign in": Place((), "S", "escape", TokenDialog, without_token),
    "sign in, code": Place((), "S tab tab enter", "escape", CodeDialog, waiting_for_code),
    "sign in, keep": Place((), f"S {DEMO_TOKEN} enter", "escape", KeepDialog, without_token),
}


async def walk(pilot: Pilot[int], *way: str) -> None:
    """Press keys and wait for a sentence, in turn."""
    for number, step in enumerate(way):
        if number % 2:
            await says(pilot, step)
        else:
            await press(pilot, step)


async def press(pilot: Pilot[int], keys: str) -> None:
    """Press each key when what is shown answers it, and let it lead where it leads; words are typed."""
    for word in keys.split():
        await until(pilot, lambda: getattr(pilot.app.screen, "is_listening", True))
        await Keyboard(pilot.app).press(*([word] if key_name(word) else word))
        await arrived(pilot)


async def open_and_close(pilot: Pilot[int], program: Program, place: Place) -> None:
    """Open a place once, let it read what it reads, and close it."""
    app = program.app
    before = app.screen
    await press(pilot, place.opening)
    await until(pilot, lambda: type(app.screen) is place.opens and is_drawn(app))
    await arrived(pilot)
    await until(pilot, lambda: not getattr(app.screen, "loading_rows", False))
    await press(pilot, place.closing)
    await until(pilot, lambda: app.screen is before)
    await until(pilot, lambda: not [worker for worker in app.workers if worker.group in WORK])
    await arrived(pilot)
