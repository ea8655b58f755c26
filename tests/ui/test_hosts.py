"""Going from one host of the settings to another."""

from __future__ import annotations

from pathlib import Path

from artifact_tui.config.paths import MemoryFile
from artifact_tui.config.settings import Settings
from tests.ui.each_key import each_key_of
from tests.ui.program import RECORDER, Program, open_with_keys, says, until

HOSTS = Settings(hosts=("github.com", "ghe.acme.example"), delete_interval=0.0)


@each_key_of("app.hosts")
async def test_another_host(key: str) -> None:
    """The one we are at is not offered; the program leaves this one for it."""
    program = Program(RECORDER, settings=HOSTS)
    async with program.running(key) as pilot:
        await says(pilot, "Switch to another host", "ghe.acme.example")
        await pilot.press("enter")
        await until(pilot, lambda: program.app._exit)
        assert (program.app.return_value, program.app.next_host) == (0, "ghe.acme.example")


async def test_with_a_download_under_way_it_asks_first(tmp_path: Path) -> None:
    """And after staying, quitting quits."""
    program = Program(RECORDER, settings=HOSTS, directory=tmp_path / "dl", journal=tmp_path / "transfers.sqlite")
    program.server.fault("GET blob:*", stall_at=1000, times=99)
    async with program.running("3", "d", "enter", "H") as pilot:
        await pilot.press("enter")
        await says(pilot, "1 unfinished download")
        await pilot.press("escape")
        await open_with_keys(pilot, "q")
        await says(pilot, "1 unfinished download")
        await pilot.press("tab", "enter")
        await until(pilot, lambda: program.app._exit)
        assert program.app.next_host == ""


async def test_with_one_host_there_is_nothing_to_choose() -> None:
    program = Program(RECORDER)
    async with program.running("H") as pilot:
        await open_with_keys(pilot, "colon", *"another host")
        await says(pilot, "No matching command")


async def test_accounts_on_one_host_are_told_apart() -> None:
    """The one that is in use is not offered; the others are, by their names."""
    settings = Settings(hosts=("github.com", "home@github.com", "work@github.com"))
    program = Program(RECORDER, settings=settings, account="work")
    async with program.running("H") as pilot:
        await says(pilot, "Switch to another host", "github.com", "home@github.com")
        assert "work@github.com" not in program.text
        await pilot.press("down", "enter")
        await until(pilot, lambda: program.app._exit)
        assert program.app.next_host == "home@github.com"


async def test_repositories_used_last_are_those_of_the_account() -> None:
    """What one account can see, the other may not even know of."""
    memory = MemoryFile(None)
    async with Program(memory=memory, account="work").running() as pilot:
        await open_with_keys(pilot, "enter")
        await until(pilot, lambda: memory.value.recent)
    assert list(memory.value.recent) == ["work@github.com"]
