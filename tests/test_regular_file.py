"""Files of the program's own that are something else: nothing waits for them, and what matters is named."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from artifact_tui.cache.list_cache import LastLists
from artifact_tui.config.paths import Memory, MemoryFile
from artifact_tui.config.settings import SettingsError, read_settings
from artifact_tui.github.hosts import read_host
from artifact_tui.github.tokens.token_file import TokenFile
from artifact_tui.transfers.disk.database import Database
from artifact_tui.transfers.disk.instance_lock import InstanceLock
from artifact_tui.transfers.errors import JournalError
from tests.pty_program import PROGRAM, Terminal, environment
from tests.slow_cases import slow_but
from tests.transfers.received import NOW

GITHUB = read_host("github.com")
ODD: dict[str, Callable[[Path], None]] = {
    "a FIFO": lambda path: os.mkfifo(path, 0o600),
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "a directory": lambda path: path.mkdir(),
}
EACH = pytest.mark.parametrize("make", ODD.values(), ids=ODD)


@pytest.mark.parametrize("make", slow_but(1, [ODD["a FIFO"], ODD["a device"]]), ids=["a FIFO", "a device"])
def test_the_program_starts_whatever_its_files_are(make: Callable[[Path], None], tmp_path: Path) -> None:
    state = tmp_path / ".local" / "state" / "artifact-tui"
    state.mkdir(parents=True, mode=0o700)
    for name in ("state.json", "tokens", "transfers.sqlite", "deletions.jsonl"):
        make(state / name)
    with Terminal((*PROGRAM, "--api-url", "http://127.0.0.1:9"), environment(tmp_path), tmp_path) as terminal:
        terminal.until_shown("S signs in")
        terminal.type("q")
        assert terminal.exit_code() == 0


@EACH
def test_settings_that_are_not_a_file_are_named(make: Callable[[Path], None], tmp_path: Path) -> None:
    make(tmp_path / "config.toml")
    with pytest.raises(
        SettingsError, match=r"config.toml: cannot be read \((it is not a regular file|Is a directory)\)"
    ):
        read_settings(tmp_path / "config.toml")


@EACH
def test_a_memory_that_is_not_a_file_is_empty(make: Callable[[Path], None], tmp_path: Path) -> None:
    make(tmp_path / "state.json")
    assert MemoryFile(tmp_path / "state.json").value == Memory()


@EACH
def test_a_journal_that_is_not_a_file_is_named(make: Callable[[Path], None], tmp_path: Path) -> None:
    make(tmp_path / "transfers.sqlite")
    with pytest.raises(JournalError, match=r"transfers.sqlite cannot be used \((it is not a regular|Is a dir)"):
        Database(tmp_path / "transfers.sqlite", InstanceLock(None))


@EACH
def test_a_list_whose_key_is_not_a_file_is_not_read(make: Callable[[Path], None], tmp_path: Path) -> None:
    make(tmp_path / "key")
    assert LastLists(tmp_path, "https://api.github.com", lambda key: "mark").read("runs", int, NOW) is None


@pytest.mark.parametrize("line", [b"\x00\xff\x89PNG", b"ghp_alone", b"one two three", b"github.com \xe9\xe8"])
def test_a_line_of_the_token_file_that_is_garbage_is_named_and_kept(line: bytes, tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    path.write_bytes(b"other.example ghp_other\n" + line + b"\n")
    path.chmod(0o600)
    file = TokenFile(path)
    assert file.problem() == f"{path}: line 2 is not HOST TOKEN and is ignored. Correct or delete it."
    assert file.get(read_host("other.example")) == "ghp_other"
    file.set(GITHUB, "ghp_own")
    assert (file.get(GITHUB), stat.S_IMODE(path.stat().st_mode)) == ("ghp_own", 0o600)
    assert line in path.read_bytes()


def test_a_garbage_token_file_is_named_by_auth_status_and_doctor(tmp_path: Path) -> None:
    path = tmp_path / ".local" / "state" / "artifact-tui" / "tokens"
    path.parent.mkdir(parents=True)
    path.write_bytes(bytes(range(256)))
    path.chmod(0o600)
    for command in (["auth", "status"], ["doctor"]):
        done = subprocess.run(
            [*PROGRAM, *command], env=environment(tmp_path), stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        assert f"{path}: line 1 is not HOST TOKEN and is ignored. Correct or delete it." in done.stdout
