"""A choice between options in a line: ``(•) keep both  ( ) skip  ( ) overwrite``."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from artifact_tui.keymap import bindings

_GAP = "  "


class Choice(Widget, can_focus=True):
    """A set of options with one ``value``, which the arrow keys change at once."""

    BINDINGS = bindings("choice")
    DEFAULT_CSS = "Choice { height: auto; text-wrap: nowrap; }"

    value: reactive[str] = reactive("")

    def __init__(self, choices: tuple[str, ...], value: str, *, id: str | None = None) -> None:  # noqa: A002  # Textual's own name for it
        super().__init__(id=id)
        self._choices = choices
        self.set_reactive(Choice.value, value)

    def render(self) -> Content:
        """Draw the options with signs that need no colors; the focus is on the value."""
        lines = ([self._option(choice) for choice in line] for line in self._lines(self.size.width))
        return Content("\n").join(Content(_GAP).join(line) for line in lines)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the number of lines for a width in cells."""
        return len(self._lines(width))

    def _lines(self, width: int) -> list[list[str]]:
        lines: list[list[str]] = [[]]
        for choice in self._choices:
            if lines[-1] and sum(len(_sign(one) + _GAP) for one in lines[-1]) + len(_sign(choice)) > width:
                lines.append([])
            lines[-1].append(choice)
        return lines

    def _option(self, choice: str) -> Content:
        if choice != self.value:
            return Content(_sign(choice))
        return Content.styled(_sign(choice, "•"), "bold $text-accent" if self.has_focus else "$text-accent")

    def action_next(self) -> None:
        """Choose the next option, or the first after the last."""
        self._step(1)

    def action_previous(self) -> None:
        """Choose the previous option, or the last before the first."""
        self._step(-1)

    def _step(self, steps: int) -> None:
        self.value = self._choices[(self._choices.index(self.value) + steps) % len(self._choices)]

    def on_click(self, event: events.Click) -> None:
        """Choose the clicked option."""
        lines, end = self._lines(self.size.width), 0
        for choice in lines[event.y] if event.y < len(lines) else ():
            start, end = end, end + len(_sign(choice) + _GAP)
            if start <= event.x < end:
                self.value = choice


def _sign(choice: str, sign: str = " ") -> str:
    return f"({sign}) {choice}"
