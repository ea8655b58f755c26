"""In a real tmux: what was copied is one line to it, and when it is killed, nothing is lost or left behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.pty_program import PROGRAM, environment
from tests.slow_cases import slow_but
from tests.terminal.test_copied import KESTREL, is_whole
from tests.timeouts import TIMEOUT


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """A tmux server of this test alone, of 80x24, with the demo in it."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    socket = str(tmp_path / "tmux")

    def run(*words: str) -> str:
        command = ["tmux", "-S", socket, "-f", "/dev/null", *words]
        return subprocess.run(
            command, env=environment(tmp_path), cwd=tmp_path, capture_output=True, text=True, check=False
        ).stdout

    start(run)
    yield run
    run("kill-server")


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + TIMEOUT
    while not true():
        assert time.monotonic() < end, "never true"
        time.sleep(0.05)


def start(tmux: Callable[..., str]) -> None:
    """The demo, in a session that ends with it."""
    tmux("new-session", "-d", "-s", "one", "-x", "80", "-y", "24", " ".join((*PROGRAM, "--demo", KESTREL)))


def press(tmux: Callable[..., str], keys: dict[str, str]) -> None:
    """Each key once what the one before shows is there."""
    for key, shown in keys.items():
        if key:
            tmux("send-keys", key)
        until(lambda shown=shown: shown in tmux("capture-pane", "-p"))  # type: ignore[misc]  # bound at once


def test_tmux_takes_its_lines_for_one(tmux: Callable[..., str]) -> None:
    """As terminals do that select and search by lines as they were written."""
    press(tmux, {"": "mira-holm", "3": "706 artifacts", "y": "curl line", "End": "Id", "Enter": "Esc goes"})
    until(lambda: any(is_whole(line.rstrip()) for line in tmux("capture-pane", "-p", "-J").split("\n")))
    until(lambda: is_whole(tmux("show-buffer")))


@pytest.mark.parametrize("ending", slow_but(1, ["kill-session", "kill-pane", "kill-server"]))
def test_killed_with_tmux_it_leaves_its_journal_and_no_process(
    tmux: Callable[..., str], ending: str, tmp_path: Path
) -> None:
    """A download was under way: the next start offers to go on with what is there."""
    press(tmux, {"": "mira-holm", "3": "706 artifacts", "s": "Size▼", "g": "logs-integration", "d": "into the dir"})
    tmux("send-keys", "Enter")
    until(lambda: [path for path in (tmp_path / "artifacts").rglob("*") if path.is_file() and path.stat().st_size])
    process = int(tmux("display-message", "-p", "#{pane_pid}"))
    tmux(ending)
    until(lambda: not is_alive(process))
    start(tmux)
    until(lambda: "1 unfinished download" in tmux("capture-pane", "-p"))


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
