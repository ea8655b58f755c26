"""How the fields of a row are laid out."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.selection import Selection
from textual.widgets import Input

from artifact_tui.widgets.detail_pane import LABEL_WIDTH, DetailPane, Field, FieldLines, label_cell


@pytest.mark.parametrize("label", ["", "Name", "x" * (LABEL_WIDTH - 1), "x" * LABEL_WIDTH, "x" * (LABEL_WIDTH + 5)])
def test_a_gap_stands_between_each_label_and_its_value(label: str) -> None:
    assert label_cell(label).endswith(" ")
    assert len(label_cell(label)) >= LABEL_WIDTH


class Shown(App[None]):
    CSS = "DetailPane { display: block; height: 6; }"

    def compose(self) -> ComposeResult:
        yield Input()
        yield DetailPane()


def fields(count: int, word: str = "value") -> tuple[Field, ...]:
    return tuple((f"Label {number}", f"{word} {number}") for number in range(count))


async def shown(count: int, word: str, pilot: Pilot[None]) -> FieldLines:
    """The lines after a row with so many fields has got the cursor."""
    pane = pilot.app.query_one(DetailPane)
    pane.show(fields(count, word), word)
    await pilot.pause()
    return pane.query_one(FieldLines)


def text_of(lines: FieldLines) -> list[str]:
    return [lines.render_line(y).text.rstrip() for y in range(lines.size.height)]


async def test_a_long_text_keeps_its_height_until_the_user_scrolls() -> None:
    """A shorter one has blank lines below it, out of sight, and none once the pane has the focus."""
    async with Shown().run_test(size=(40, 12)) as pilot:
        assert (await shown(20, "first", pilot)).size.height == 20
        lines = await shown(18, "second", pilot)
        assert text_of(lines)[16:] == ["Label 16    second 16", "Label 17    second 17", "", ""]
        pilot.app.query_one(DetailPane).focus()
        await pilot.pause()
        assert lines.size.height == 18
        assert (await shown(15, "third", pilot)).size.height == 15
        assert (await shown(25, "fourth", pilot)).size.height == 25


async def test_a_short_text_is_as_high_as_its_lines() -> None:
    """Nothing to scroll to."""
    async with Shown().run_test(size=(40, 12)) as pilot:
        await shown(20, "first", pilot)
        lines = await shown(2, "second", pilot)
        assert lines.size.height == 2
        assert text_of(lines) == ["Label 0     second 0", "Label 1     second 1"]


async def test_selected_text_is_that_of_the_lines() -> None:
    """As it is marked and copied with the mouse."""
    async with Shown().run_test(size=(40, 12)) as pilot:
        lines = await shown(3, "word", pilot)
        plain = list(lines.render_line(1))
        pilot.app.screen.selections = {lines: Selection(Offset(12, 1), Offset(16, 1))}
        await pilot.pause()
        assert pilot.app.screen.get_selected_text() == "word"
        marked = list(lines.render_line(1))
        assert [segment.text for segment in marked][:2] == ["Label 1     ", "word"]
        assert marked[1].style != plain[1].style
