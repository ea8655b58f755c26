"""Names that the server sends with lone surrogates, and directories that are not UTF-8, as a person meets them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from msgspec.structs import replace

from artifact_tui.config.paths import MemoryFile
from artifact_tui.config.settings import Settings
from artifact_tui.demo.messages import DemoAnswer
from artifact_tui.transfers.models import State
from tests.slow_cases import slow_but
from tests.ui.deleting import delete
from tests.ui.program import RECORDER, Program, artifacts_in, open_with_keys, says, until

NOT_UTF_8 = os.fsdecode(b"d\xe9p\xf4t")
PLACEHOLDER, ESCAPED = b"lone-XXXXX", b"lone-\\ud800"


def program_in(tmp_path: Path) -> Program:
    """All artifacts of the repository have one name, with a surrogate in it that JSON has escaped."""
    state = tmp_path / NOT_UTF_8 / "state"
    program = Program(
        RECORDER,
        directory=tmp_path / NOT_UTF_8 / "dl",
        journal=state / "transfers.sqlite",
        memory=MemoryFile(state / "state.json"),
        lists=tmp_path / NOT_UTF_8 / "lists",
        settings=Settings(delete_interval=0.0, delete_grace=0.0),
    )
    store, plain = program.server.store, program.server.handle
    for number, artifact in store.artifacts.items():
        store.artifacts[number] = replace(artifact, name=PLACEHOLDER.decode())

    def handle(method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> DemoAnswer:
        answer = plain(method, url, headers, body)
        answer.body = answer.body.replace(PLACEHOLDER, ESCAPED)
        return answer

    program.server.handle = handle  # type: ignore[method-assign]  # the server's own words, which it cannot encode
    return program


async def test_it_is_downloaded_and_the_place_is_remembered(tmp_path: Path) -> None:
    program = program_in(tmp_path)
    async with program.running("3", "d", "enter") as pilot:
        await until(pilot, lambda: [one.state for one in program.app.transfers] == [State.DONE])
        assert program.app.transfers[0].artifact.name == "lone-\ud800"
        await open_with_keys(pilot, "w")
        await until(pilot, lambda: program.screen.table.row_count)
        await open_with_keys(pilot, "enter")
        await says(pilot, "lone-\\ud800", "d\\udce9p\\udcf4t")
    assert len(artifacts_in(tmp_path / NOT_UTF_8 / "dl")) == 1
    again = MemoryFile(tmp_path / NOT_UTF_8 / "state" / "state.json").value
    assert again.directory == str(tmp_path / NOT_UTF_8 / "dl")


@pytest.mark.parametrize("downs", slow_but(2, range(5)))
async def test_every_text_about_it_can_be_copied(tmp_path: Path, downs: int) -> None:
    """Whatever is chosen to be copied, the program goes on."""
    program = program_in(tmp_path)
    async with program.running("3", "y", *["down"] * downs, "enter") as pilot:
        await until(pilot, lambda: program.app.clipboard)
        assert program.app.clipboard.encode()


async def test_a_directory_that_no_file_system_can_have_is_pointed_at(tmp_path: Path) -> None:
    program = program_in(tmp_path)
    program.app.session.directory = Path("/x\ud800")
    async with program.running("3", "d", "enter") as pilot:
        await says(pilot, "A directory name must be valid Unicode")
        assert program.app.session.transfers() == ()


async def test_a_confirmed_plan_is_carried_out(tmp_path: Path) -> None:
    program = program_in(tmp_path)
    async with program.running("3") as pilot:
        await open_with_keys(pilot, "j")
        await delete(pilot, program)
        await until(pilot, lambda: [one.state for one in program.app.transfers] == [State.DONE])
    assert len(program.sent("DELETE")) == 1
    log = tmp_path / NOT_UTF_8 / "state" / "deletions.jsonl"
    assert ESCAPED in log.read_bytes()
