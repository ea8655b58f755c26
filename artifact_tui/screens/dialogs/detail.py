"""The details of a row over its list."""

from __future__ import annotations

from textual.widget import Widget

from artifact_tui.screens.dialogs.question import Dialog
from artifact_tui.widgets.detail_pane import DetailPane, Field


class DetailDialog(Dialog[None]):
    """The details, for terminals without space for a pane."""

    def __init__(self, fields: tuple[Field, ...], title: str = "Details") -> None:
        super().__init__(title)
        self._fields = fields

    def compose_box(self) -> list[Widget]:
        """Return the pane that larger terminals show beside the table."""
        return [DetailPane()]

    def on_mount(self) -> None:
        """Fill the pane."""
        self.query_one(DetailPane).show(self._fields, None)
