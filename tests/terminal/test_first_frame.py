"""The frame of an earlier start is there before the program, and nothing typed meanwhile is lost or shown."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from artifact_tui.cli.first_frame import OLDEST, FirstFrame
from artifact_tui.config.paths import Paths
from artifact_tui.demo import flavors
from artifact_tui.demo.accounts import DEMO_TOKEN, READ_ONLY_TOKEN
from artifact_tui.terminal.lean_app import CLEAR
from tests.cli.test_main import RECORDER
from tests.double.loopback import Loopback
from tests.double.server import FakeGitHub
from tests.pty_program import PROGRAM, Terminal, environment, not_measured
from tests.terminal.test_signals import assert_left

AGE = "old, loading..."
STUCK = """
import sys, threading
class Stuck:
    def find_spec(self, name, *_):
        if name == "argparse":
            {does}
sys.meta_path.insert(0, Stuck())
from artifact_tui.cli.main import main
sys.exit(main(["a/b"]))
"""
"""A program that comes no further than its first frame."""
WAITS = "threading.Event().wait()"
CHILD = """
import os, sys
before = set(sys.modules)
from artifact_tui.cli.first_frame import FirstFrame
frame = FirstFrame(sys.argv[2:], os.environ)
if sys.argv[1] == "store":
    frame.store("the frame", (80, 24), lambda key: "me")
else:
    frame.show()
    loaded = set(sys.modules) - before
    shown = frame.is_shown
    frame.give_back()
    print("shown" if shown else "nothing", "and loaded", *sorted(loaded), "end")
"""


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback(FakeGitHub(flavors.GHES_3_10)) as loopback:
        yield loopback


def frames(home: Path) -> list[Path]:
    return [*(home / ".cache" / "artifact-tui" / "lists").glob("*.frame")]


def started(home: Path, *arguments: str, code: str = "", **more: str) -> Terminal:
    command = (sys.executable, "-c", code) if code else PROGRAM
    return Terminal((*command, *arguments), environment(home, **more), home)


def leave_frame(home: Path, *arguments: str, shown: str, **more: str) -> bytes:
    """A start that stores its first frame."""
    with started(home, *arguments, **more) as terminal:
        terminal.until_shown(shown)
        terminal.until(lambda: frames(home), "a frame is stored")
        terminal.type("q")
        assert terminal.exit_code() == 0
    [frame] = frames(home)
    assert frame.stat().st_mode & 0o777 == 0o600
    return frame.read_bytes()


def test_keys_typed_at_the_first_frame_reach_the_program(tmp_path: Path, server: Loopback) -> None:
    """Enter too, which a terminal would make the end of a line, and none of them is shown by the terminal."""
    arguments, token = ("--api-url", server.api), {"GH_ENTERPRISE_TOKEN": DEMO_TOKEN}
    frame = leave_frame(tmp_path, *arguments, shown="kestrel-docs", **token)
    with started(tmp_path, *arguments, **token) as terminal:
        terminal.until_shown(AGE, "fernwood-labs/kestrel", "mira-holm")
        assert frame.split(b"\n", 2)[2] in terminal.output
        shown = len(terminal.output)
        terminal.type(":help\r")
        terminal.until_shown("Keys and filters")
        assert b":help" not in terminal.output[shown:]
        terminal.type("\x1b")
        terminal.until(lambda: "Keys and filters" not in terminal.text, "help is closed")
        terminal.until_shown("fernwood-labs/kestrel")
        assert terminal.output.count(b"\x1b[?1049h") == 1
        terminal.type("q")
        assert terminal.exit_code() == 0
        assert_left(terminal)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT], ids=lambda n: n.name)
def test_a_signal_at_the_first_frame_restores_the_terminal(number: signal.Signals, tmp_path: Path) -> None:
    store(tmp_path, "a/b")
    with started(tmp_path, code=STUCK.format(does=WAITS)) as terminal:
        terminal.until_shown("the frame")
        if number is signal.SIGINT:
            terminal.type("\x03")
        else:
            terminal.process.send_signal(number)
        assert terminal.exit_code() == -number
        assert_given_back(terminal)


def test_an_error_is_printed_on_the_restored_screen(tmp_path: Path) -> None:
    store(tmp_path, "a/b")
    fails = "from artifact_tui.errors import UsageError; raise UsageError('It fails.')"
    with started(tmp_path, code=STUCK.format(does=fails)) as terminal:
        assert terminal.exit_code() == 2
        assert b"the frame" in terminal.output
        assert terminal.output.rindex(b"It fails.") > terminal.output.rindex(b"\x1b[?1049l")
        assert_given_back(terminal)


def test_another_token_than_that_of_the_frame_clears_the_screen_first(tmp_path: Path, server: Loopback) -> None:
    """The frame says nothing of a keyring or of gh, which only the program asks."""
    arguments, token = (RECORDER, "--api-url", server.api), {"GH_ENTERPRISE_TOKEN": DEMO_TOKEN}
    assert DEMO_TOKEN.encode() not in leave_frame(tmp_path, *arguments, shown="30 runs", **token)
    store(tmp_path, *arguments, **token)
    with started(tmp_path, *arguments, **token) as terminal:
        terminal.until_shown("the frame")
        terminal.until_shown("30 runs")
        assert CLEAR.encode() in terminal.output
    with started(tmp_path, "show", *arguments, GH_ENTERPRISE_TOKEN=READ_ONLY_TOKEN, code=CHILD) as terminal:
        terminal.until_shown("nothing and loaded")


def test_a_list_that_keys_have_changed_is_not_stored(tmp_path: Path, server: Loopback) -> None:
    """The next start has no filter, and its cursor is on the first row."""
    with started(tmp_path, RECORDER, "--api-url", server.api, GH_ENTERPRISE_TOKEN=DEMO_TOKEN) as terminal:
        terminal.until(lambda: frames(tmp_path), "a frame is stored")
        for keys in ("/branch:arrow-strings\r", "r", "r", "r"):
            asked = len(server.server.requests)
            terminal.type(keys)
            terminal.until(lambda before=asked: len(server.server.requests) > before, "the list is requested")  # type: ignore[misc]
            terminal.until_shown("branch:arrow-strings")
        terminal.type("q")
        assert terminal.exit_code() == 0
    [frame] = frames(tmp_path)
    assert b"branch:arrow-strings" not in frame.read_bytes()


def assert_given_back(terminal: Terminal) -> None:
    """Screen, cursor, line wrap and line settings are those from before."""
    for mode in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?7h"):
        assert terminal.output.rindex(mode) > terminal.output.rindex(b"the frame")
    assert terminal.is_restored


def store(home: Path, *arguments: str, **more: str) -> None:
    with started(home, "store", *arguments, code=CHILD, **more) as terminal:
        assert terminal.exit_code() == 0


def touched(name: str) -> Callable[[Path], dict[str, str]]:
    """A file in the home that is written after the frame was stored."""

    def write(home: Path) -> dict[str, str]:
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{"theme": "artifact-light"}')
        return {}

    return write


@pytest.mark.parametrize(
    "changed",
    [
        lambda home: {"TERM": "xterm"},
        lambda home: {"COLORTERM": "truecolor"},
        lambda home: {"GH_TOKEN": "another"},
        lambda home: {"GH_REPO": "a/b"},
        lambda home: {"GIT_DIR": str(home)},
        touched(".config/gh/hosts.yml"),
        touched(".config/artifact-tui/config.toml"),
        touched(".local/state/artifact-tui/tokens"),
        touched(".local/state/artifact-tui/state.json"),
        touched(".git/config"),
    ],
    ids=["TERM", "COLORTERM", "GH_TOKEN", "GH_REPO", "GIT_DIR", "hosts.yml", "config.toml", "tokens", "theme", "clone"],
)
def test_a_frame_is_shown_only_where_nothing_has_changed(
    changed: Callable[[Path], dict[str, str]], tmp_path: Path
) -> None:
    store(tmp_path)
    with started(tmp_path, "show", code=CHILD, **changed(tmp_path)) as terminal:
        terminal.until_shown("nothing and loaded")


@not_measured
def test_the_first_frame_loads_only_the_standard_library_and_little_of_it(tmp_path: Path) -> None:
    store(tmp_path)
    with started(tmp_path, "show", code=CHILD) as terminal:
        terminal.until(lambda: terminal.output.endswith(b"end\r\n"), "all is told")
        said = terminal.output.rpartition(b"shown and loaded ")[2].decode().split()[:-1]
    own = {"artifact_tui", "artifact_tui.cli", "artifact_tui.cli.first_frame"}
    assert set(said) - own <= {"__future__", "_signal", "termios", "time", "_blake2"}


@pytest.mark.parametrize("later", [3600, -OLDEST])
def test_a_frame_from_the_future_or_of_long_ago_is_not_shown(later: int, tmp_path: Path) -> None:
    store(tmp_path)
    [frame] = frames(tmp_path)
    mark, at, rest = frame.read_bytes().split(b"\n", 2)
    frame.write_bytes(b"\n".join([mark, str(int(at) + later).encode(), rest]))
    with started(tmp_path, "show", code=CHILD) as terminal:
        terminal.until_shown("nothing and loaded")


def test_a_frame_that_others_can_read_or_that_is_damaged_is_not_shown(tmp_path: Path) -> None:
    store(tmp_path)
    [frame] = frames(tmp_path)
    frame.chmod(0o644)
    with started(tmp_path, "show", code=CHILD) as terminal:
        terminal.until_shown("nothing and loaded")
    frame.chmod(0o600)
    frame.write_bytes(b"me\nnow\n")
    with started(tmp_path, "show", code=CHILD) as terminal:
        terminal.until_shown("nothing and loaded")


def test_frames_lie_beside_the_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    paths = Paths.of_user()
    assert paths is not None
    paths.lists.mkdir(parents=True)
    (paths.lists / "some.frame").write_text("")
    (paths.lists / "some.list").write_text("")
    FirstFrame([], os.environ).forget_all()
    assert [path.name for path in paths.lists.iterdir()] == ["some.list"]
