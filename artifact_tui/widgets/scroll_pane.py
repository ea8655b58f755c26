"""Text that is longer than its place, scrolled by the same keys as lists."""

from __future__ import annotations

from textual.containers import VerticalScroll

from artifact_tui.keymap import bindings


class ScrollPane(VerticalScroll, inherit_bindings=False):
    """Stock's container with the keys of the one list."""

    BINDINGS = bindings("text")

    def action_half_page_down(self) -> None:
        """As in lists."""
        self.scroll_relative(y=self.size.height // 2, animate=False)

    def action_half_page_up(self) -> None:
        """As in lists."""
        self.scroll_relative(y=-(self.size.height // 2), animate=False)
