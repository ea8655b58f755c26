"""The details of a row over its list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from artifact_tui.screens.dialogs.question import Dialog
from artifact_tui.widgets.detail_pane import DetailPane, Field

if TYPE_CHECKING:
    from textual.widget import Widget


class DetailDialog(Dialog[None]):
    """The details, where the terminal has no room for a pane."""

    def __init__(self, fields: tuple[Field, ...], title: str = "Details") -> None:
        super().__init__(title)
        self._fields = fields

    def compose_box(self) -> list[Widget]:
        """Return the same pane that stands beside the table in a larger terminal."""
        return [DetailPane()]

    def on_mount(self) -> None:
        """Fill it."""
        self.query_one(DetailPane).show(self._fields, None)
