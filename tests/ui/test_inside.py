"""Archives that are opened in other ways than by ranges of the storage, and pictures: wheels, tars, the whole zip."""

from __future__ import annotations

from pathlib import Path

import pytest

from artifact_tui.demo.flavours import enterprise_server
from tests.ui.program import LARGE, SMALL, loaded, open_with_keys, says, text_of
from tests.ui.test_contents import PLAIN, RESULTS, SOURCE, WHEEL, look_inside, press, start_at, typed


async def test_a_server_without_ranges_is_asked_for_the_whole_which_is_then_browsed(tmp_path: Path) -> None:
    program = start_at(RESULTS, enterprise_server("3.10"))
    async with program.app.run_test(size=LARGE) as pilot:
        try:
            await look_inside(pilot, RESULTS)
            await open_with_keys(pilot, "d")
            await says(pilot, "Download the whole artifact")
            await open_with_keys(pilot, "ctrl+u", *str(tmp_path), "enter")
            await says(pilot, "junit.xml")
            await loaded(pilot)
            await press(pilot, typed("junit"), ("enter",))
            await says(pilot, "passed")
        finally:
            program.app.session.stop_transfers(timeout=5)
    assert any(path.suffix == ".zip" for path in tmp_path.iterdir())


async def test_a_wheel_in_an_artifact_is_opened_as_a_folder() -> None:
    program = start_at(WHEEL)
    async with program.app.run_test(size=LARGE) as pilot:
        await look_inside(pilot, WHEEL, ("enter",))
        assert "kestrel/__init__.py" in {node.path for node in program.screen.table.items}
        assert program.screen.trail[-1].endswith(".whl")
        await press(pilot, typed("metadata"), ("j", "j", "p"))
        await says(pilot, "Metadata-Version: 2.4")
        await press(pilot, ("escape", "escape", "escape"))
        assert len(program.screen.trail) == 2


@pytest.mark.parametrize(
    ("colours", "is_drawn"), [("truecolor", True), ("256", True), ("standard", False)], ids=["24 bit", "256", "16"]
)
async def test_a_picture_is_drawn_where_there_are_colours_for_it(
    colours: str, is_drawn: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", {"truecolor": "xterm-256color", "256": "xterm-256color"}.get(colours, "xterm"))
    monkeypatch.setenv("COLORTERM", "truecolor" if colours == "truecolor" else "")
    program = start_at(PLAIN)
    async with program.app.run_test(size=SMALL) as pilot:
        await look_inside(pilot, PLAIN, ("enter",))
        assert ("▀▀▀▀" in text_of(program.app)) == is_drawn
        assert "320 × 180 pixels" in text_of(program.app)


async def test_a_tar_that_is_the_artifact_itself_is_opened_as_a_folder() -> None:
    program = start_at(SOURCE)
    async with program.app.run_test(size=LARGE, notifications=True) as pilot:
        await look_inside(pilot, SOURCE, ("enter",))
        assert [node.path for node in program.screen.table.items] == [
            "kestrel/",
            "kestrel/README.md",
            "kestrel/src.bin",
        ]
        await press(pilot, ("j", "p"))
        await says(pilot, "Markdown", "Kestrel")
        await open_with_keys(pilot, "d")
        await says(pilot, "Download the whole artifact")
