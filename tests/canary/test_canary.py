"""A token that would be noticed anywhere goes through whole runs of the program; afterwards it is nowhere."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from artifact_tui.demo import flavors
from artifact_tui.demo.accounts import DemoAccount
from artifact_tui.demo.data import VIEWER
from tests.double.loopback import Loopback
from tests.double.server import FakeGitHub
from tests.pty_program import PROGRAM, ROOT, Terminal, environment

RECORDER = "fernwood-labs/flight-recorder"
CANARY = "canary+token/of=the&tests"
FORMS = [form.encode() for form in (CANARY, "canary%2Btoken%2Fof%3Dthe%26tests", "canary+token", "canary%2Btoken")]
SPY = Path(__file__).parent / "spy"


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    with Loopback(FakeGitHub(flavors.GHES_3_19, accounts=[DemoAccount(VIEWER, CANARY)])) as loopback:
        yield loopback


def host_of(loopback: Loopback) -> str:
    return loopback.api.partition("://")[2].partition("/")[0]


def watched(home: Path, **more: str) -> dict[str, str]:
    """The environment of a run that is watched from below."""
    spied = {"PYTHONPATH": f"{SPY}:{ROOT}", "SPY_TOLD": str(home / "told"), "SPY_SECRET": CANARY}
    return environment(home, **spied, **more)


def gh_program(home: Path) -> str:
    """A gh that has the canary; its path is what GH_PATH takes."""
    path = home / "gh"
    path.write_text(f"#!{sys.executable}\nimport os\nprint(os.environ['SPY_SECRET'])\n")
    path.chmod(0o700)
    return str(path)


def told(home: Path, *events: str) -> list[str]:
    lines = [json.loads(line) for line in (home / "told").read_text().splitlines()]
    return [" ".join(values) for event, *values in lines if event in events]


def hits(data: bytes) -> list[bytes]:
    return [form for form in FORMS if form in data]


def assert_nowhere(home: Path, loopback: Loopback, terminal: Terminal) -> None:
    """In screens, logs and crash output, children's arguments, files, and what the storage was sent."""
    assert not hits(terminal.output)
    children = told(home, "subprocess.Popen", "os.exec", "os.posix_spawn", "os.system")
    assert not hits("\n".join(children).encode())
    written = {Path(os.fsdecode(path)) for path in told(home, "written")}
    assert written
    mine = {path for path in home.rglob("*") if path.is_file() and path.name != "gh"}
    for path in mine | {path for path in written if path.is_file() and not str(path).startswith("/dev/")}:
        assert not hits(path.read_bytes()), path
    for request in loopback.server.requests:
        headers = "\n".join(f"{name}: {value}" for name, value in request.headers.items() if name != "authorization")
        assert not hits(f"{request.url}\n{headers}".encode())
        assert request.place == "api" or "authorization" not in request.headers
    assert any(request.headers.get("authorization") == f"Bearer {CANARY}" for request in loopback.server.requests)


def test_a_whole_run_leaves_no_trace_of_the_token(tmp_path: Path, loopback: Loopback) -> None:
    """The token comes from gh; lists, contents, a download, a copied command line, a delete, and a log of it all."""
    environ = watched(tmp_path, GH_PATH=gh_program(tmp_path))
    log = tmp_path / "log"
    arguments = (RECORDER, "--host", host_of(loopback), "--log-file", str(log), "--dir", str(tmp_path / "dist"))
    with Terminal((*PROGRAM, *arguments), environ, tmp_path) as terminal:
        terminal.until_shown("30 runs", "mira-holm (gh)")
        terminal.type("3")
        terminal.until_shown("60 artifacts")
        terminal.type("y")
        terminal.until_shown("Copy")
        terminal.type("\x1b[F\r")
        terminal.until_shown("sent to the terminal's clipboard")
        terminal.type("\x1b")
        terminal.until_shown("60 artifacts")
        terminal.type("d\r")
        terminal.until(lambda: list((tmp_path / "dist").glob("*.artifact.json")), "the download is there")
        terminal.type("w")
        terminal.until_shown("1 done")
        terminal.type("q")
        assert terminal.exit_code() == 0
        assert [request for request in loopback.server.requests if request.place == "blob"]
        assert "GET" in log.read_text()
        assert [child for child in told(tmp_path, "subprocess.Popen") if "'auth', 'token'" in child]
        assert_nowhere(tmp_path, loopback, terminal)
    private = [log, *(tmp_path / ".local" / "state" / "artifact-tui").glob("*.*")]
    assert len(private) > 1
    assert {stat.S_IMODE(path.stat().st_mode) for path in private if path.is_file()} == {0o600}


def test_a_crash_shows_what_happened_and_not_the_token(tmp_path: Path, loopback: Loopback) -> None:
    """The interpreter raises an error that quotes the header, as httpx does, while a log is written."""
    environ = watched(tmp_path, GH_ENTERPRISE_TOKEN=CANARY, SPY_CRASH=".part")
    arguments = (RECORDER, "--host", host_of(loopback), "--dir", str(tmp_path / "dist"))
    with Terminal((*PROGRAM, *arguments), environ, tmp_path) as terminal:
        terminal.until_shown("30 runs")
        terminal.type("3")
        terminal.until_shown("60 artifacts")
        terminal.type("d\r")
        assert terminal.exit_code() == 1
        assert b"RuntimeError: Illegal header value b'Bearer ***" in terminal.output
        assert_nowhere(tmp_path, loopback, terminal)


def test_a_token_that_is_pasted_into_the_program_leaves_no_trace(tmp_path: Path, loopback: Loopback) -> None:
    """In one bracketed paste, as terminals send it; kept for this session only."""
    arguments = (RECORDER, "--host", host_of(loopback), "--log-file", str(tmp_path / "log"))
    with Terminal((*PROGRAM, *arguments), watched(tmp_path), tmp_path) as terminal:
        terminal.until_shown("30 runs", "without a token")
        terminal.type("S")
        terminal.until_shown("Sign in to", "it stays hidden")
        terminal.type(f"\x1b[200~{CANARY}\x1b[201~")
        terminal.until_shown("•" * len(CANARY))
        terminal.type("\r")
        terminal.until_shown("Where should the token be stored?")
        terminal.type("\r")
        terminal.until_shown("mira-holm (this session)")
        terminal.type("q")
        assert terminal.exit_code() == 0
        assert_nowhere(tmp_path, loopback, terminal)


def test_signing_in_leaves_it_in_the_file_that_was_agreed_to_and_nowhere_else(
    tmp_path: Path, loopback: Loopback
) -> None:
    command = (*PROGRAM, "auth", "login", "--host", host_of(loopback))
    with Terminal(command, watched(tmp_path), tmp_path) as terminal:
        terminal.until_shown("(hidden):")
        terminal.type(f"{CANARY}\r")
        terminal.until_shown("Store it there?")
        terminal.type("y\r")
        assert terminal.exit_code() == 0
        kept = tmp_path / ".local" / "state" / "artifact-tui" / "tokens"
        assert hits(kept.read_bytes())
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        kept.unlink()
        assert_nowhere(tmp_path, loopback, terminal)
