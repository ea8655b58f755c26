"""The filter line: one input, and below it what is wrong with a word, right under that word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.containers import Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input, Static

if TYPE_CHECKING:
    from textual.app import ComposeResult

PROMPT = "/ "


class FilterBar(Vertical):
    """Shown while it is used or holds a filter; typing filters at once, Enter goes back to the list."""

    problem: reactive[tuple[str, int]] = reactive(("", 0))
    """What is wrong, and at which character; an empty text means nothing is."""

    @dataclass
    class Changed(Message):
        """The text has become another."""

        text: str

    @dataclass
    class Submitted(Message):
        """Enter was pressed in the line."""

        text: str

    def __init__(self, placeholder: str, *, id: str | None = None) -> None:  # noqa: A002  # Textual's own name
        super().__init__(id=id)
        self._placeholder = placeholder

    def compose(self) -> ComposeResult:
        """The prompt is part of the line, so that a wrong word can be pointed at."""
        yield Static(PROMPT, id="filter-prompt", markup=False)
        line = Input(placeholder=self._placeholder, compact=True, select_on_focus=False, id="filter-input")
        line.cursor_blink = False
        yield line
        yield Static(id="filter-problem", markup=False)

    @property
    def text(self) -> str:
        """What stands in the line."""
        return self.query_one(Input).value

    @text.setter
    def text(self, value: str) -> None:
        self.query_one(Input).value = value

    @property
    def active(self) -> bool:
        """Whether the line has the keyboard."""
        return self.query_one(Input).has_focus

    def open(self) -> None:
        """Show the line and give it the keyboard."""
        self.add_class("-open")
        self.screen.set_focus(self.query_one(Input))

    def close(self) -> None:
        """Empty the line and put it away."""
        self.text = ""
        self.remove_class("-open")

    def watch_problem(self, problem: tuple[str, int]) -> None:
        """Say what is wrong under the word that is."""
        message, column = problem
        self.set_class(bool(message), "-wrong")
        if self.is_mounted:
            room = max(0, min(column + len(PROMPT), self.size.width - len(message) - 3))
            self.query_one("#filter-problem", Static).update(f"{' ' * room}↑ {message}" if message else "")

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        """Enter; a line with a wrong word is not taken."""
        event.stop()
        if self.problem[0]:
            return
        if not event.value:
            self.remove_class("-open")
        self.post_message(self.Submitted(event.value))
