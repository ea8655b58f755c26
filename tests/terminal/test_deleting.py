"""Deleting in a real terminal: what no person typed deletes nothing, and what was confirmed survives a kill."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from artifact_tui.demo import flavors
from artifact_tui.demo.accounts import DEMO_TOKEN
from tests.double.loopback import Loopback
from tests.double.server import FakeGitHub
from tests.pty_program import PROGRAM, Terminal, environment
from tests.slow_cases import slow_but
from tests.timeouts import TIMEOUT

RECORDER = "fernwood-labs/flight-recorder"
AT_ONCE = "delete-grace = 0\ndelete-interval = 0\n"
LIST, REVIEW, QUESTION = " › All artifacts", " to delete", "Esc or Enter cancels"


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback(FakeGitHub(flavors.GHES_3_19)) as loopback:
        yield loopback


def program(server: Loopback, home: Path, settings: str = AT_ONCE, **more: str) -> Terminal:
    config = home / "config" / "artifact-tui"
    config.mkdir(parents=True, exist_ok=True)
    (config / "config.toml").write_text(settings)
    surroundings = {"XDG_CONFIG_HOME": str(home / "config"), "XDG_STATE_HOME": str(home / "state")}
    surroundings |= {"GH_ENTERPRISE_TOKEN": DEMO_TOKEN, **more}
    return Terminal((*PROGRAM, "--api-url", server.api, RECORDER), environment(home, **surroundings), home)


def deletes(server: Loopback) -> list[int]:
    """The ids that the server was told to delete, in order."""
    return [int(one.path.rpartition("/")[2]) for one in server.server.requests if one.method == "DELETE"]


def lead(terminal: Terminal, *places: str) -> None:
    """From the list to the review and the open question."""
    for place in places:
        terminal.type("D")
        terminal.until_shown(place)


def hold(terminal: Terminal, key: str) -> None:
    """As a keyboard repeats it, thirty times a second."""
    for _ in range(60):
        terminal.type(key)
        time.sleep(1 / 30)


def split(terminal: Terminal, sequences: tuple[bytes, ...]) -> None:
    """An escape, and what belongs to it 200 ms later."""
    for sequence in sequences:
        terminal.send(b"\x1b")
        time.sleep(0.2)
        terminal.send(sequence)
        time.sleep(0.2)


def click_everywhere(terminal: Terminal) -> None:
    for row in range(1, 24):
        terminal.send(b"\x1b[<0;8;%dM\x1b[<0;8;%dm" % (row, row))


TYPED_BY_NOBODY: dict[str, Callable[[Terminal], object]] = {
    "D24 sequences that are cut in two": lambda terminal: split(terminal, (b"[A", b"[3~", b"OE", b"[E")),
    "D23 a reply cut at its front": lambda terminal: terminal.send(b"11;rgb:DDDD/EEEE/dddd\x07"),
    "D21 the opening key held": lambda terminal: hold(terminal, "D"),
    "D22 a paste without brackets": lambda terminal: terminal.send(
        (b"DDE the EEE fox jDmps over thE lazy Dog " * 13)[:500]
    ),
    "D23 a late reply that has letters": lambda terminal: terminal.send(b"\x1b]11;rgb:DDDD/EEEE/dddd\x1b\\" * 3),
    "D25 clicks": click_everywhere,
}


PLACES = {"list": (), "review": (REVIEW,), "question": (REVIEW, QUESTION)}


@pytest.mark.parametrize("bother", slow_but(1, TYPED_BY_NOBODY.values()), ids=TYPED_BY_NOBODY.keys())
def test_what_nobody_typed_deletes_nothing(
    server: Loopback, tmp_path: Path, bother: Callable[[Terminal], object]
) -> None:
    """In the question past the time in which it is deaf, and with no grace that could hide a mistake."""

    def ended_in(place: str) -> bool:
        with program(server, tmp_path / place) as terminal:
            terminal.until_shown("Runs")
            terminal.type("3")
            terminal.until_shown(LIST, "60 artifacts")
            lead(terminal, *PLACES[place])
            terminal.look(0.5)
            bother(terminal)
            terminal.look(0.8)
            return terminal.process.poll() is not None

    with ThreadPoolExecutor() as pool:  # three programs at once: most of the time is spent in waiting
        ended = dict(zip(PLACES, pool.map(ended_in, PLACES), strict=True))
    assert ended == dict.fromkeys(PLACES, False)
    assert {one.method for one in server.server.requests} == {"GET"}


@pytest.mark.parametrize("said", slow_but(1, ["argument", "environment", "settings"]))
def test_d26_read_only_has_no_delete_and_sends_nothing_but_get(server: Loopback, tmp_path: Path, said: str) -> None:
    more = {"ARTIFACT_TUI_READ_ONLY": "1"} if said == "environment" else {}
    settings = AT_ONCE + ("read-only = true\n" if said == "settings" else "")
    with (
        program(server, tmp_path, settings, **more)
        if said != "argument"
        else with_argument(server, tmp_path) as terminal
    ):
        terminal.until_shown("Runs")
        terminal.type("3")
        terminal.until_shown(LIST, "60 artifacts", "read-only")
        assert "Delete" not in terminal.text
        terminal.type("aD")
        terminal.send(b"\x1b[3~")
        terminal.look(0.5)
        terminal.type("E")
        terminal.type("W")
        terminal.type("z")
        terminal.until_shown(LIST, "60 marked")
    assert {one.method for one in server.server.requests} == {"GET"}


def with_argument(server: Loopback, home: Path) -> Terminal:
    command = (*PROGRAM, "--api-url", server.api, "--read-only", RECORDER)
    return Terminal(command, environment(home, GH_ENTERPRISE_TOKEN=DEMO_TOKEN), home)


def confirm(terminal: Terminal) -> None:
    """As a person does, who looks before."""
    terminal.until_shown(QUESTION)

    def is_gone() -> bool:
        terminal.look(1.0)
        terminal.type("E")
        terminal.look(1.0, "Deletion")
        return QUESTION not in terminal.text

    terminal.until(is_gone, "the question is answered")


def test_d4_closing_the_terminal_in_the_question_or_in_grace_deletes_nothing(server: Loopback, tmp_path: Path) -> None:
    """And the next start asks what shall become of what was confirmed."""
    leisurely = "delete-grace = 3000\n"
    with program(server, tmp_path, leisurely) as terminal:
        terminal.until_shown("Runs")
        terminal.type("3")
        terminal.until_shown(LIST, "60 artifacts")
        lead(terminal, REVIEW, QUESTION)
        terminal.hang_up()
        assert terminal.process.wait(TIMEOUT) == 128 + signal.SIGHUP
    with program(server, tmp_path, leisurely) as terminal:
        terminal.until_shown("Runs")
        terminal.type("3")
        terminal.until_shown(LIST, "60 artifacts")
        lead(terminal, REVIEW, QUESTION)
        confirm(terminal)
        terminal.until_shown("Starts in", "nothing has been sent yet")
        terminal.hang_up()
        assert terminal.process.wait(TIMEOUT) == 128 + signal.SIGHUP
    with program(server, tmp_path, leisurely) as terminal:
        terminal.until_shown("1 unfinished deletion, 1 artifact left")
        terminal.type("U")
        terminal.until_shown("Resume an earlier deletion?", "0 of 1 artifact")
    assert deletes(server) == []


def test_d18_killed_in_the_middle_the_next_start_goes_on_with_exactly_the_rest(
    server: Loopback, tmp_path: Path
) -> None:
    there = set(server.server.store.artifacts)
    with program(server, tmp_path, "delete-grace = 0\ndelete-interval = 0.5\n") as terminal:
        terminal.until_shown("Runs")
        terminal.type("3")
        terminal.until_shown(LIST, "60 artifacts")
        terminal.type("       ")
        terminal.until_shown("7 marked")  # one of them is protected
        lead(terminal, REVIEW, QUESTION)
        confirm(terminal)
        terminal.until(lambda: len(deletes(server)) >= 2, "two are deleted")
        terminal.process.kill()
        terminal.process.wait()
    first = deletes(server)
    with program(server, tmp_path) as terminal:
        terminal.until_shown("1 unfinished deletion")
        terminal.type("U")
        terminal.until_shown("Resume an earlier deletion?", "of 6 artifacts")
        terminal.type("\t\r")
        confirm(terminal)
        terminal.until_shown("6 deleted + 0 already gone", "6 planned")
    every = deletes(server)
    assert every[: len(first)] == first
    assert len(every) == len(set(every)) == 6
    assert there - set(server.server.store.artifacts) == set(every)
    log = tmp_path / "state" / "artifact-tui" / "deletions.jsonl"
    assert log.stat().st_mode & 0o777 == 0o600
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [(line["id"], line["result"]) for line in lines] == [(number, "deleted") for number in every]
    assert set(lines[0]) == {"time", "host", "repository", "id", "name", "size", "digest", "result", "problem"}
    assert DEMO_TOKEN not in log.read_text()
