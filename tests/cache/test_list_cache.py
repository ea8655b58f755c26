"""The last lists on disk: private, found only by who got them, and never in the way."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Event
from threading import enumerate as enumerate_threads

import pytest

from artifact_tui.cache.list_cache import MOST_LISTS, LastLists, Saved
from artifact_tui.domain.models import Artifact
from artifact_tui.github.tokens.credentials import Token
from tests.timeouts import TIMEOUT

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
API = "https://api.github.com"
TOKEN = "ghp_lists0123456789abcdefghijklmnopqrstuv"  # of nobody
NAME = "artifacts of fernwood-labs/kestrel "
SAVED = Saved(NOW, (Artifact(id=7, name="wheel\x1b[2J é 🎉"),), 1)


def marked(token: str) -> Callable[[bytes], str]:
    return lambda key: Token(token).identity(key)


def lists(directory: Path, server: str = API, token: str = TOKEN) -> LastLists:
    return LastLists(directory / "lists", server, marked(token))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    lists(tmp_path).write(NAME, SAVED)
    return tmp_path


def test_what_was_written_is_read(home: Path) -> None:
    assert lists(home).read(NAME, Artifact, NOW + timedelta(hours=2)) == SAVED


def test_of_several_the_last_one_stays_however_slow_the_disk_is(tmp_path: Path) -> None:
    asked, go = Event(), Event()

    def mark(key: bytes) -> str:
        asked.set()
        go.wait(TIMEOUT)
        return "somebody"

    slow = LastLists(tmp_path / "lists", API, mark)
    for number in range(9):
        slow.write_soon(NAME, Saved(NOW, (Artifact(id=number),)))
        assert asked.wait(TIMEOUT)
    go.set()
    for writer in [thread for thread in enumerate_threads() if thread.name == "last-lists"]:
        writer.join(TIMEOUT)
    saved = slow.read(NAME, Artifact, NOW)
    assert saved is not None
    assert [artifact.id for artifact in saved.items] == [8]


@pytest.mark.parametrize(
    ("server", "token", "name"),
    [
        ("https://ghe.example/api/v3", TOKEN, NAME),
        (API, TOKEN.replace("lists", "other"), NAME),
        (API, TOKEN, NAME + "7"),
    ],
    ids=["another server", "another token", "another list"],
)
def test_only_the_very_same_is_shown(home: Path, server: str, token: str, name: str) -> None:
    assert lists(home, server, token).read(name, Artifact, NOW) is None


def test_who_signed_out_sees_nothing_of_who_was_in(home: Path) -> None:
    assert LastLists(home / "lists", API, lambda key: "").read(NAME, Artifact, NOW) is None


def test_it_is_private_and_tells_nothing_by_its_name(home: Path) -> None:
    directory = home / "lists"
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    for path in directory.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert "kestrel" not in path.name
        assert TOKEN.encode() not in path.read_bytes()
        assert Token(TOKEN).identity().encode() not in path.read_bytes()


def test_the_mark_leads_back_to_no_token_without_the_key(tmp_path: Path) -> None:
    """The same token gives other names in another home."""
    names = []
    for home in (tmp_path / "one", tmp_path / "two"):
        lists(home).write(NAME, SAVED)
        names.append([path.name for path in (home / "lists").glob("*.list")])
    assert names[0] != names[1]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_what_others_could_read_or_write_does_not_count(home: Path, mode: int) -> None:
    [path] = (home / "lists").glob("*.list")
    path.chmod(mode)
    assert lists(home).read(NAME, Artifact, NOW) is None


def test_no_link_is_followed(home: Path) -> None:
    [path] = (home / "lists").glob("*.list")
    path.rename(home / "elsewhere")
    path.symlink_to(home / "elsewhere")
    assert lists(home).read(NAME, Artifact, NOW) is None


@pytest.mark.parametrize("damage", [b"", b"\xc1", b"\x93\x01\x02\x03"])
def test_a_damaged_one_counts_as_none(home: Path, damage: bytes) -> None:
    [path] = (home / "lists").glob("*.list")
    path.write_bytes(damage)
    assert lists(home).read(NAME, Artifact, NOW) is None
    (home / "lists" / "key").write_bytes(damage)
    assert lists(home).read(NAME, Artifact, NOW) is None
    lists(home).write(NAME, SAVED)


@pytest.mark.parametrize("moment", [NOW + timedelta(days=31), NOW - timedelta(minutes=1)], ids=["old", "of tomorrow"])
def test_one_of_another_time_counts_as_none(home: Path, moment: datetime) -> None:
    assert lists(home).read(NAME, Artifact, moment) is None


def test_old_lists_are_let_go(tmp_path: Path) -> None:
    kept = lists(tmp_path)
    kept.write(NAME, SAVED)
    unfinished = tmp_path / "lists" / "x.list.1.2.new"
    unfinished.write_bytes(b"")
    os.utime(unfinished, (0, 0))
    for number in range(MOST_LISTS + 3):
        kept.write(f"{number}", SAVED)
    assert len([*(tmp_path / "lists").glob("*.list")]) == MOST_LISTS
    assert not unfinished.exists()


def test_where_nothing_can_be_written_nothing_is_said(tmp_path: Path) -> None:
    """The lists are a comfort."""
    (tmp_path / "lists").write_text("a file where the directory should be")
    lists(tmp_path).write(NAME, SAVED)
    assert lists(tmp_path).read(NAME, Artifact, NOW) is None


def test_lists_that_come_at_once_in_a_new_home_are_all_found(tmp_path: Path) -> None:
    """One may be looked for while the first one is kept."""
    together = 6
    for home in (tmp_path / str(number) for number in range(10)):
        home.mkdir()
        gate = Barrier(together)

        def keep(number: int, home: Path = home, gate: Barrier = gate) -> None:
            gate.wait()
            lists(home).write(f"{number}", SAVED)

        with ThreadPoolExecutor(together) as pool:
            list(pool.map(keep, range(together)))
        assert [lists(home).read(f"{number}", Artifact, NOW) for number in range(together)] == [SAVED] * together
