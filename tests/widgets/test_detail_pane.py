"""How the fields of a row are laid out."""

from __future__ import annotations

import pytest

from artifact_tui.widgets.detail_pane import LABEL_WIDTH, label_cell


@pytest.mark.parametrize("label", ["", "Name", "x" * (LABEL_WIDTH - 1), "x" * LABEL_WIDTH, "x" * (LABEL_WIDTH + 5)])
def test_a_gap_stands_between_each_label_and_its_value(label: str) -> None:
    assert label_cell(label).endswith(" ")
    assert len(label_cell(label)) >= LABEL_WIDTH
