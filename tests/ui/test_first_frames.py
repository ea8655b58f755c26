"""The first frame of a dialog, which a slow terminal shows for a while."""

from __future__ import annotations

import pytest

from artifact_tui.screens.dialogs.detail import DetailDialog
from tests.ui.program import RECORDER, Program, open_with_keys, text_of


class Watched(DetailDialog):
    """A dialog that keeps its first frame."""

    program: Program
    first_frame = ""

    def frame_begins(self) -> None:
        super().frame_begins()
        self.first_frame = self.first_frame or text_of(self.program.app)


VALUE = "more than eight cells"


@pytest.mark.parametrize("size", [(80, 24), (50, 15), (40, 9)], ids=["80x24", "50x15", "40x9"])
async def test_the_details_are_at_their_place_in_the_first_frame(size: tuple[int, int]) -> None:
    program = Program(RECORDER)
    async with program.running("3", size=size) as pilot:
        dialog = Watched((("Name", VALUE), ("State", "available")))
        dialog.program = program
        await program.app.push_screen(dialog)
        await open_with_keys(pilot)
        assert dialog.first_frame == program.text
        assert f"Name        {VALUE}" in dialog.first_frame
