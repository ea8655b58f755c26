"""One of several in a line, to be seen at a glance: ``(•) keep both  ( ) skip  ( ) overwrite``."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from artifact_tui.widgets.keys import bindings

_GAP = "  "


class Choice(Widget, can_focus=True):
    """The chosen one is ``value``; the arrow keys change it at once."""

    BINDINGS = bindings("choice")
    DEFAULT_CSS = "Choice { height: 1; text-wrap: nowrap; }"

    value: reactive[str] = reactive("")

    def __init__(self, choices: tuple[str, ...], value: str, *, id: str | None = None) -> None:  # noqa: A002  # Textual's own name for it
        super().__init__(id=id)
        self._choices = choices
        self.set_reactive(Choice.value, value)

    def render(self) -> Content:
        """Signs that read in any font and without colours; the focus is on the chosen one."""
        chosen = "bold $text-accent" if self.has_focus else "$text-accent"
        parts = (
            Content.styled(f"(•) {choice}", chosen) if choice == self.value else Content(f"( ) {choice}")
            for choice in self._choices
        )
        return Content(_GAP).join(parts)

    def action_next(self) -> None:
        """The next one, or the first."""
        self._step(1)

    def action_previous(self) -> None:
        """The one before, or the last."""
        self._step(-1)

    def _step(self, steps: int) -> None:
        self.value = self._choices[(self._choices.index(self.value) + steps) % len(self._choices)]

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked."""
        end = 0
        for choice in self._choices:
            start, end = end, end + len(f"( ) {choice}{_GAP}")
            if start <= event.x < end:
                self.value = choice
