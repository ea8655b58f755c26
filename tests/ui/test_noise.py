"""Whatever a terminal sends, nothing is deleted and the program lives.

Random bytes, and real replies of terminals in any order, cut in pieces: they come late over slow lines, and all of them
hold letters. Deleting is set to begin at once, so that one mistake would be seen by the server. Three bytes are left
out of the noise, for what they do is right: ``q`` quits, ctrl+c twice quits, ctrl+z suspends.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from artifact_tui.demo import flavors
from artifact_tui.demo.accounts import DEMO_TOKEN
from tests.double.loopback import Loopback
from tests.double.server import FakeGitHub
from tests.pty_program import PROGRAM, Terminal, environment

RECORDER = "fernwood-labs/flight-recorder"
LEFT_OUT = b"q\x03\x1a"
REPLIES = (
    b"\x1b]11;rgb:dddd/eeee/dddd\x1b\\",
    b"\x1b]10;rgb:DDDD/EEEE/DDDD\x07",
    b"\x1b[?62;1;6;9;15;22c",
    b"\x1b[>41;354;0c",
    b"\x1bP>|xterm(354)\x1b\\",
    b"\x1bP>|WezTerm 20240203-110809-5046fc22\x1b\\",
    b"\x1bP1$r0 \x1b\\",
    b"\x1b[?2026;2$y",
    b"\x1b[?2048;1$y",
    b"\x1b[?1u",
    b"\x1b[24;80R",
    b"\x1b[0n",
    b"\x1b[8;24;80t",
    b"\x1b[48;24;80;480;640t",
    b"\x1b[I",
    b"\x1b[O",
    b"\x1b[A",
    b"\x1b[3~",
    b"\x1bOP",
    b"\x1b[<0;70;19M",
    b"\x1b[<0;70;19m",
    b"\x1b[<64;10;10M",
    b"\x1b[200~DDE\x1b[201~",
    b"\x1b[57441u",
)
"""Colors, device attributes, names, modes, the cursor's place, sizes, focus, keys, the mouse, a paste."""
ATTEMPTS = 60
TRIES = 4
"""Of opening the question: something late of the noise before may close it, or a busy machine be slow."""
OPENING = 3.0
"""Seconds until something that was not opened is given up, at first: the next key may end what is still loading."""
MOST = 30.0
CURSOR = "\n▌"
"""Beside a row; there is none where a filter hides all."""
DIALOG = "╭"
QUESTION = "? ──"
"""In the title of the question; what stands below it may be covered by a notification."""
CALM = b"\x1b[201~\x1b\\\x1b"
"""Ends a paste and a string that were never closed, then Esc."""


def noise(dice: random.Random) -> bytes:
    """One burst."""
    if dice.random() < 0.5:
        return bytes(byte for byte in dice.randbytes(dice.randint(1, 160)) if byte not in LEFT_OUT)
    replies = b"".join(dice.sample(REPLIES, dice.randint(1, 8)))
    cut = dice.randint(0, len(replies)) if dice.random() < 0.5 else 0
    return replies[cut:]


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback(FakeGitHub(flavors.GHES_3_19)) as loopback:
        yield loopback


def program(server: Loopback, home: Path) -> Terminal:
    """At the list of artifacts, with a grace of nothing."""
    config = home / "config" / "artifact-tui"
    config.mkdir(parents=True)
    (config / "config.toml").write_text("delete-grace = 0\ndelete-interval = 0\n")
    more = {"XDG_CONFIG_HOME": str(home / "config"), "GH_ENTERPRISE_TOKEN": DEMO_TOKEN}
    return Terminal((*PROGRAM, "--api-url", server.api, RECORDER), environment(home, **more), home)


def come_back(terminal: Terminal) -> None:
    """To the oldest artifact of the list, which nothing protects, wherever the noise has led: it still obeys."""
    for attempt in range(ATTEMPTS):
        patience = min(OPENING * (1 + attempt / 2), MOST)
        place = terminal.text.partition("\n")[0].strip()
        if place.startswith(f"{RECORDER} › All artifacts") and CURSOR in terminal.text and DIALOG not in terminal.text:
            terminal.send(b"G")
            return
        terminal.send(CALM)
        terminal.look(min(0.2 + 0.1 * attempt, 2.0))  # on a busy machine, what follows at once becomes part of Esc
        assert terminal.process.poll() is None, terminal.text
        if not place.startswith(RECORDER):
            terminal.send(b"1/flight-recorder\r")
            terminal.look(patience, "1 repository")
            terminal.send(b"\r")
        terminal.send(b"3rG")  # the noise may have stopped the list before anything came
        terminal.look(patience, " › All artifacts", CURSOR)
    raise AssertionError(f"it does not come back\n{terminal.text}")


def lead_to(terminal: Terminal, place: int) -> bool:
    """To the list, the review or the open question, and past the time in which it is deaf; whether that is open."""
    for attempt in range(TRIES):
        come_back(terminal)
        for title in (" to delete", QUESTION)[:place]:
            terminal.send(b"D")
            terminal.look(OPENING * (1 + 3 * attempt), title)
        if place < 2:
            return False
        if QUESTION in terminal.text:
            terminal.look(0.4)
            if QUESTION in terminal.text:
                return True
    return False


def bombard(server: Loopback, home: Path, bursts: int, seed: int = 0) -> None:
    dice = random.Random(20261120 + seed)
    with program(server, home) as terminal:
        terminal.until_shown("Runs")
        asked = 0
        for number in range(bursts):
            asked += lead_to(terminal, number % 3)
            terminal.send(noise(dice))
            terminal.look(0.1)
            assert terminal.process.poll() is None, terminal.text
        come_back(terminal)
    assert asked >= bursts // 4, "of every three bursts one shall meet the open question"
    requests = server.server.requests
    assert {request.method for request in requests} == {"GET"}


def test_noise_deletes_nothing(server: Loopback, tmp_path: Path) -> None:
    bombard(server, tmp_path, 4)


@pytest.mark.slow
def test_much_noise_deletes_nothing(tmp_path: Path) -> None:
    """500 bursts into four programs, which mostly wait."""

    def one(seed: int) -> None:
        (home := tmp_path / str(seed)).mkdir()
        with Loopback(FakeGitHub(flavors.GHES_3_19)) as loopback:
            bombard(loopback, home, 125, seed)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(4)))
