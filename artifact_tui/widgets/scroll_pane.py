"""A scrolling text with the keys of all lists."""

from __future__ import annotations

from textual.containers import VerticalScroll

from artifact_tui.keymap import bindings


class ScrollPane(VerticalScroll, inherit_bindings=False):
    """Textual's scrolling container with the keys of all lists."""

    BINDINGS = bindings("text")

    def action_half_page_down(self) -> None:
        """Scroll down by half a page."""
        self.scroll_relative(y=self.size.height // 2, animate=False)

    def action_half_page_up(self) -> None:
        """Scroll up by half a page."""
        self.scroll_relative(y=-(self.size.height // 2), animate=False)
