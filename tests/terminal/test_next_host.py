"""From one host to the next at the same terminal: no key is lost on the way, whatever the token's sources do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from artifact_tui.demo import flavors
from artifact_tui.demo.accounts import DEMO_TOKEN
from tests.cli.test_accounts import prepare
from tests.cli.test_main import RECORDER, host_of
from tests.double.loopback import Loopback
from tests.double.server import FakeGitHub
from tests.github.silent_bus import silent_bus
from tests.pty_program import PROGRAM, Terminal, environment

OTHER = "octocat"
LEFT = b"\x1b[?1049l"
"""Gives back the screen from before."""


@pytest.fixture
def host() -> Iterator[str]:
    with Loopback(FakeGitHub(flavors.GHES_3_10)) as loopback:
        loopback.server.fault("GET blob:*", stall_at=1000, times=99)
        yield host_of(loopback)


@pytest.fixture
def terminal(tmp_path: Path, host: str) -> Iterator[Terminal]:
    """Whose keyring never answers."""
    prepare(tmp_path, [f"{OTHER}@{host}", host], {})
    with silent_bus(tmp_path, polite=True) as address:
        environ = environment(tmp_path, DBUS_SESSION_BUS_ADDRESS=address)
        with Terminal((*PROGRAM, "--host", host), environ, tmp_path) as terminal:
            yield terminal


def test_keys_typed_ahead_are_for_the_next_host(terminal: Terminal, host: str) -> None:
    terminal.until_shown(f"{host} › Repositories")
    terminal.type("H\r?")
    terminal.until_shown("Keys and filters")
    terminal.type("\x1b")
    terminal.until_shown(f"{OTHER}@{host} › Repositories")
    terminal.type("q")
    assert terminal.exit_code() == 0
    assert terminal.is_restored


def test_keys_typed_between_two_hosts_are_keys(terminal: Terminal, host: str) -> None:
    """Enter too, which a terminal that nobody reads would make a line end of, and show."""
    terminal.until_shown(f"{host} › Repositories")
    terminal.type("H\r")
    terminal.until(lambda: LEFT in terminal.output, "the first host is left")
    terminal.type(":q\r")
    assert terminal.exit_code() == 0
    assert terminal.is_restored


def test_a_host_that_cannot_be_gone_to_gives_the_terminal_back(tmp_path: Path, host: str) -> None:
    prepare(tmp_path, [host], {})
    environ = environment(tmp_path, GH_ENTERPRISE_TOKEN="no token")
    with Terminal((*PROGRAM, "--host", f"{OTHER}@{host}"), environ, tmp_path) as terminal:
        terminal.until_shown(f"{OTHER}@{host} › Repositories")
        terminal.type("H\r")
        assert terminal.exit_code() == 2
        assert b"GH_ENTERPRISE_TOKEN does not hold a valid token" in terminal.output
        assert terminal.is_restored


def test_an_end_while_it_asks_whether_to_leave_for_the_next_host_gives_the_terminal_back(
    tmp_path: Path, host: str
) -> None:
    prepare(tmp_path, [f"{OTHER}@{host}", host], {})
    environ = environment(tmp_path, GH_ENTERPRISE_TOKEN=DEMO_TOKEN)
    with Terminal((*PROGRAM, "--host", host, RECORDER), environ, tmp_path) as terminal:
        terminal.until_shown("30 runs")
        terminal.type("3")
        terminal.until_shown("All artifacts", "cover.out", "available")
        terminal.type("d\r")
        terminal.until_shown("1 transfer")
        terminal.type("H\r")
        terminal.until_shown("unfinished download")
        terminal.type("\x03\x03")
        assert terminal.exit_code() == 130
        assert terminal.is_restored
