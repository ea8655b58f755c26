"""The filter line: one input, and below it the problem of a word, right under that word, or suggestions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from textual import on
from textual.actions import SkipAction
from textual.containers import Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input, Static

from artifact_tui.keymap import bindings
from artifact_tui.text import printable

if TYPE_CHECKING:
    from textual.app import ComposeResult

PROMPT = "/ "
TAKE = "Tab "


class Offer(NamedTuple):
    """Suggestions for the text from ``start`` to ``end``; Tab writes the first.

    A remedy is what a wrong word was meant to be; the problem is shown with it.
    """

    start: int
    end: int
    texts: tuple[str, ...] = ()
    is_remedy: bool = False


class FilterBar(Vertical):
    """Shown while it is used or holds a filter; typing filters at once, Enter goes back to the list."""

    BINDINGS = bindings("filter")

    problem: reactive[tuple[str, int]] = reactive(("", 0))
    """What is wrong, and at which character; an empty text means nothing is."""
    offer: reactive[Offer | None] = reactive[Offer | None](None)
    """What can be written; None in lists that offer nothing. It stands in place of a problem until Enter."""

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
        self._is_refused = False

    def compose(self) -> ComposeResult:
        """Return the prompt is part of the line, so that a wrong word can be pointed at."""
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

    def watch_problem(self) -> None:
        """Say what is wrong under the word that is."""
        self._tell()

    def watch_offer(self, offer: Offer | None) -> None:
        """Show the suggestions; an empty line keeps its place, so that the list does not move."""
        self.set_class(offer is not None, "-offering")
        self._tell()

    def on_resize(self) -> None:
        """Fit the suggestions or the problem into the new width, which is 0 before the line is shown."""
        self._tell(is_refused=self._is_refused)

    def _tell(self, *, is_refused: bool = False) -> None:
        """Show the problem, or what is offered in its place while the word is still typed."""
        if not self.is_mounted:
            return
        self._is_refused = is_refused
        message, offer = self.problem[0], self.offer or Offer(0, 0)
        is_wrong = bool(message) and (is_refused or offer.is_remedy or not offer.texts)
        self.set_class(is_wrong, "-wrong")
        told = self._pointed(" (Tab)" if offer.is_remedy else "") if is_wrong else self._offered(offer.texts)
        self.query_one("#filter-problem", Static).update(told)

    def _pointed(self, more: str) -> str:
        """Return the problem under its word, as far right as there is room for it."""
        message, column = self.problem
        if len(message + more) + 4 <= self.size.width:
            message += more
        room = max(0, min(column + len(PROMPT), self.size.width - len(message) - 4))
        return f"{' ' * room}↑ {message}"

    def _offered(self, texts: tuple[str, ...]) -> str:
        """As many as there is room for; the first one always."""
        told = TAKE + printable(texts[0]) if texts else ""
        for text in texts[1:]:
            if len(told) + len(text) + 3 > self.size.width - 2:
                break
            told += f" · {text}"
        return told

    def action_take(self) -> None:
        """Write the first suggestion; without one, the key acts as it does elsewhere."""
        offer = self.offer
        if offer is None or not offer.texts or not self.active:
            raise SkipAction
        line = self.query_one(Input)
        line.value = f"{line.value[: offer.start]}{offer.texts[0]} {line.value[offer.end :].lstrip()}"
        line.cursor_position = len(line.value)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        """Enter; a line with a wrong word is not taken."""
        event.stop()
        if self.problem[0]:
            self._tell(is_refused=True)
            return
        if not event.value:
            self.remove_class("-open")
        self.post_message(self.Submitted(event.value))
