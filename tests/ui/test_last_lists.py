"""The last list is there at once, says how old it is, and gives way to the server's without moving the cursor."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from artifact_tui.demo import flavors
from artifact_tui.demo.accounts import DEMO_TOKEN, OUTSIDER_TOKEN
from artifact_tui.demo.fixed_clock import demo_clock
from artifact_tui.screens.server_list import ServerList
from artifact_tui.transfers.models import Outcome
from tests.double.loopback import Loopback
from tests.double.server import FakeGitHub
from tests.pty_program import PROGRAM, Terminal, environment
from tests.ui.deleting import answer, ask
from tests.ui.program import KESTREL, RECORDER, SMALL, Keyboard, Program, loaded, open_with_keys, says, until

KINDS = {
    "repositories": ("", (), "GET /user/repos", "fernwood-labs/kestrel-studio"),
    "runs": (KESTREL, (), "GET */actions/runs", "#2041"),
    "artifacts": (KESTREL, ("3",), "GET */actions/artifacts", "nightly-kestrel-2026-11-20"),
}


def later() -> datetime:
    """At the second start."""
    return demo_clock() + timedelta(hours=2, minutes=10)


def second(start: str, lists: Path, token: str | None = DEMO_TOKEN) -> Program:
    return Program(start, lists=lists, clock=later, token=token)


async def visit(start: str, lists: Path, *keys: str) -> None:
    """A start that leaves a list behind."""
    program = Program(start, lists=lists)
    async with program.running(*keys) as pilot:
        await until(pilot, lambda: len([*lists.glob("*.list")]) >= len(keys) + 1)
        await loaded(pilot)


@pytest.mark.parametrize("kind", KINDS)
async def test_the_last_list_is_there_before_the_server_answers(kind: str, tmp_path: Path) -> None:
    start, keys, asked, there = KINDS[kind]
    await visit(start, tmp_path, *keys)
    program = second(start, tmp_path)
    fault = program.server.fault(asked, held=True)
    async with program.app.run_test(size=SMALL):
        pilot = Keyboard(program.app)
        await pilot.press(*keys)
        await says(pilot, "2 h old, refreshing…", there)
        await pilot.press("j", "j")
        current = program.screen.table.current
        assert program.screen.table.cursor_row == 2
        assert fault.times == 0
        fault.held = False
        await until(pilot, lambda: not program.screen.loading_rows)
        assert "ago" not in program.summary
        assert program.screen.table.current == current


async def test_the_whole_list_is_there_and_one_request_proves_that_it_is_still_right(tmp_path: Path) -> None:
    await visit(KESTREL, tmp_path, "3")
    program = second(KESTREL, tmp_path)
    async with program.running("3") as pilot:
        await until(pilot, lambda: program.summary.startswith("706 artifacts"))
        asked = [request for request in program.server.requests if request.path.endswith("/actions/artifacts")]
        assert [request.query.get("page") for request in asked] == [None]
        program.server.requests.clear()
        await open_with_keys(pilot, "r")
        assert program.summary.startswith("706 artifacts")
        assert [request.path.rpartition("/")[2] for request in program.server.requests] == ["artifacts"]


@pytest.mark.parametrize("token", [None, OUTSIDER_TOKEN])
async def test_the_list_of_another_account_is_not_shown(token: str | None, tmp_path: Path) -> None:
    await visit("", tmp_path)
    program = second("", tmp_path, token)
    async with program.running():
        assert isinstance(program.screen, ServerList)
        assert program.screen.saved_at is None
        assert "2 h old" not in program.text
        assert "fernwood-labs/infrastructure" not in program.text


async def test_without_an_answer_it_says_that_it_is_old(tmp_path: Path) -> None:
    await visit(KESTREL, tmp_path)
    program = second(KESTREL, tmp_path)
    program.server.fault("GET */actions/runs", status=502, times=9)
    async with program.running() as pilot:
        await says(pilot, "2 h old, r refreshes", "#2041")
        program.server.faults.clear()
        await pilot.press("r")
        await until(pilot, lambda: "ago" not in program.summary)


async def test_what_is_gone_meanwhile_is_not_deleted_again(tmp_path: Path) -> None:
    """The plan is of the old list; each is looked at before it goes."""
    await visit(RECORDER, tmp_path, "3")
    program = second(RECORDER, tmp_path)
    program.server.fault("GET */actions/artifacts", status=502, times=99)
    async with program.running("3") as pilot:
        await says(pilot, "2 h old, r refreshes")
        artifact = program.screen.table.current
        assert artifact is not None
        program.server.fault(f"GET */actions/artifacts/{artifact.id}", status=404, times=99)
        await ask(pilot, program)
        await answer(pilot, program, "E")
        await until(pilot, lambda: [one.outcome for one in program.app.transfers] == [Outcome.ALREADY_GONE])
    assert program.sent("DELETE") == []


def test_from_one_start_to_the_next(tmp_path: Path) -> None:
    """As a person starts it; at the second time the server is not there."""
    environ = environment(tmp_path, GH_ENTERPRISE_TOKEN=DEMO_TOKEN, XDG_CACHE_HOME=str(tmp_path / "cache"))
    with Loopback(FakeGitHub(flavors.GHES_3_19)) as loopback:
        command = (*PROGRAM, "--api-url", loopback.api, RECORDER)
        with Terminal(command, environ, tmp_path) as terminal:
            terminal.until_shown("#47", "mira-holm")
            lists = tmp_path / "cache" / "artifact-tui" / "lists"
            terminal.until(lambda: [*lists.glob("*.list")], "a list on disk")
            terminal.type("q")
            assert terminal.exit_code() == 0
    with Terminal(command, environ, tmp_path) as terminal:
        terminal.until_shown("#47", "old, r refreshes")
        terminal.type("q")
        assert terminal.exit_code() == 0
    assert all(DEMO_TOKEN.encode() not in path.read_bytes() for path in lists.iterdir())


async def test_a_run_of_the_command_line_shows_its_last_list_with_its_name(tmp_path: Path) -> None:
    """While neither the run nor its artifacts have been answered."""
    run = 27674836804
    program = Program(KESTREL, run=run, lists=tmp_path)
    async with program.running() as pilot:
        await says(pilot, "Release #", "8 artifacts")
        await until(pilot, lambda: [*tmp_path.glob("*.list")])
        await loaded(pilot)
    program = Program(KESTREL, run=run, lists=tmp_path, clock=later)
    faults = [program.server.fault(f"GET */actions/runs/{run}{rest}", held=True) for rest in ("", "/artifacts")]
    async with program.app.run_test(size=SMALL):
        pilot = Keyboard(program.app)
        await says(pilot, "2 h old, refreshing…", "Release #", "wheel-cp311")
        for fault in faults:
            fault.held = False
        await until(pilot, lambda: not program.screen.loading_rows)
