"""The line at the top: the path to the current place, and a summary of the list."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from artifact_tui.text import printable

STEP = " › "


class TitleBar(Widget):
    """The path of places on the left, the summary on the right; the summary has priority on narrow terminals."""

    class Clicked(Message):
        """A place in the title was clicked, ``steps`` above the current one."""

        def __init__(self, steps: int) -> None:
            super().__init__()
            self.steps = steps

    trail: reactive[tuple[str, ...]] = reactive[tuple[str, ...]](())
    summary: reactive[str] = reactive("")

    def __init__(self) -> None:
        super().__init__()
        self._shown: list[str] = []

    def on_click(self, event: events.Click) -> None:
        """Post the clicked place, unless it is the current one."""
        offset = event.get_content_offset(self)
        end = 0
        for steps, place in zip(range(len(self._shown) - 1, 0, -1), self._shown, strict=False):
            start, end = end, end + cell_len(place + STEP)
            if offset is not None and start <= offset.x < end:
                self.post_message(self.Clicked(steps))

    def render(self) -> Content:
        """Return a line of exactly the widget's width."""
        width = max(0, self.size.width)
        summary = set_cell_size(self.summary, min(cell_len(self.summary), width))
        space = width - cell_len(summary)
        places = [printable(place, 80) for place in self.trail]
        before = STEP.join(places[:-1]) + STEP if len(places) > 1 else ""
        here = places[-1] if places else ""
        if cell_len(before + here) + 2 > space:
            before = ""
        cut = set_cell_size(here, max(0, min(cell_len(here), space - cell_len(before) - 1)))
        gap = " " * max(0, space - cell_len(before) - cell_len(cut))
        self._shown = [*places[:-1], cut] if before else [cut]
        return Content.assemble((before, "$text-muted"), (cut, "bold"), gap, (summary, "$text-muted"))
