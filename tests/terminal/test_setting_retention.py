"""The retention in a real terminal: what no person typed sets nothing, and a person can set it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from artifact_tui.demo import flavors
from tests.double.loopback import Loopback
from tests.double.server import FakeGitHub
from tests.pty_program import Terminal
from tests.terminal.test_deleting import hold, program, split

STORAGE, DIALOG = " › Storage by name", "enter cancels"
pytestmark = pytest.mark.slow


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback(FakeGitHub(flavors.GHES_3_19)) as loopback:
        yield loopback


TYPED_BY_NOBODY: dict[str, Callable[[Terminal], object]] = {
    "sequences that are cut in two": lambda terminal: split(terminal, (b"[A", b"OS", b"[S", b"[1;2S")),
    "a reply cut at its front": lambda terminal: terminal.send(b"11;rgb:5555/SSSS/7777\x07"),
    "the confirming key held": lambda terminal: hold(terminal, "S"),
    "a paste without brackets": lambda terminal: terminal.send(
        (b"R7S the SSS fox jumpS over thE lazy Dog " * 13)[:500]
    ),
    "a paste": lambda terminal: terminal.send(b"\x1b[200~7S\x1b[201~"),
    "a late reply that has letters": lambda terminal: terminal.send(b"\x1b]11;rgb:7777/SSSS/RRRR\x1b\\" * 3),
}


def opened(terminal: Terminal, *, dialog: bool) -> None:
    """The storage, or the dialog with days that could be set."""
    terminal.until_shown("Runs")
    terminal.type("4")
    terminal.until_shown(STORAGE, "90 d for new artifacts")
    if dialog:
        terminal.type("R")
        terminal.until_shown(DIALOG)
        terminal.look(0.5)
        terminal.type("7")
        terminal.until_shown("Set 7 days in 1 repository")
        terminal.look(0.5)


@pytest.mark.parametrize("dialog", [False, True], ids=["storage", "dialog"])
@pytest.mark.parametrize("bother", TYPED_BY_NOBODY.values(), ids=TYPED_BY_NOBODY.keys())
def test_what_nobody_typed_sets_nothing(
    server: Loopback, tmp_path: Path, bother: Callable[[Terminal], object], dialog: bool
) -> None:
    with program(server, tmp_path) as terminal:
        opened(terminal, dialog=dialog)
        bother(terminal)
        terminal.look(1.5)
        assert terminal.process.poll() is None
    assert {one.method for one in server.server.requests} == {"GET"}


def test_a_person_sets_it_and_takes_it_back(server: Loopback, tmp_path: Path) -> None:
    with program(server, tmp_path) as terminal:
        opened(terminal, dialog=True)
        terminal.type("S")
        terminal.until_shown(" 7 d for new artifacts")
        terminal.type("u")
        terminal.until_shown("90 d for new artifacts")
    writes = [one for one in server.server.requests if one.method != "GET"]
    assert [(one.method, one.body) for one in writes] == [("PUT", b'{"days":7}'), ("PUT", b'{"days":90}')]
    assert len((tmp_path / "state" / "artifact-tui" / "settings.jsonl").read_text().splitlines()) == 4
