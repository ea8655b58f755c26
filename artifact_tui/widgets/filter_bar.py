"""The filter line: an input, and below it suggestions, or an error under the invalid term."""

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
    """Suggestions for the text from ``start`` to ``end``; a remedy is shown with the error that it corrects."""

    start: int
    end: int
    texts: tuple[str, ...] = ()
    is_remedy: bool = False


class FilterBar(Vertical):
    """A bar that is shown while it has focus or a filter; typing filters at once, Enter returns to the list."""

    BINDINGS = bindings("filter")

    problem: reactive[tuple[str, int]] = reactive(("", 0))
    """The error and its character position; an empty error if the filter is valid."""
    offer: reactive[Offer | None] = reactive[Offer | None](None)
    """Suggestions, shown instead of an error until Enter; None in lists without suggestions."""

    @dataclass
    class Changed(Message):
        """The text has changed."""

        text: str

    @dataclass
    class Submitted(Message):
        """Enter was pressed."""

        text: str

    def __init__(self, placeholder: str) -> None:
        super().__init__()
        self._placeholder = placeholder
        self._is_refused = False

    def compose(self) -> ComposeResult:
        """Yield the prompt, the input and the line below."""
        yield Static(PROMPT, id="filter-prompt", markup=False)
        line = Input(placeholder=self._placeholder, compact=True, select_on_focus=False, id="filter-input")
        line.cursor_blink = False
        yield line
        yield Static(id="filter-problem", markup=False)

    @property
    def text(self) -> str:
        """The text of the input."""
        return self.query_one(Input).value

    @text.setter
    def text(self, value: str) -> None:
        self.query_one(Input).value = value

    @property
    def active(self) -> bool:
        """Whether the input has focus."""
        return self.query_one(Input).has_focus

    def open(self) -> None:
        """Show the bar and focus the input."""
        self.add_class("-open")
        self.screen.set_focus(self.query_one(Input))

    def close(self) -> None:
        """Clear the filter and hide the bar."""
        self.text = ""
        self.remove_class("-open")

    def watch_problem(self) -> None:
        """Show the error."""
        self._update()

    def watch_offer(self, offer: Offer | None) -> None:
        """Show the suggestions; the line stays without any, so that the list does not move."""
        self.set_class(offer is not None, "-offering")
        self._update()

    def on_resize(self) -> None:
        """Fit the line below into the new width, which is 0 before the bar is shown."""
        self._update(is_refused=self._is_refused)

    def _update(self, *, is_refused: bool = False) -> None:
        """Show the error, or suggestions instead of it while the user is typing the term."""
        if not self.is_mounted:
            return
        self._is_refused = is_refused
        message, offer = self.problem[0], self.offer or Offer(0, 0)
        is_wrong = bool(message) and (is_refused or offer.is_remedy or not offer.texts)
        self.set_class(is_wrong, "-wrong")
        text = self._pointed(" (Tab)" if offer.is_remedy else "") if is_wrong else self._offered(offer.texts)
        self.query_one("#filter-problem", Static).update(text)

    def _pointed(self, more: str) -> str:
        message, column = self.problem
        if len(message + more) + 4 <= self.size.width:
            message += more
        indent = max(0, min(column + len(PROMPT), self.size.width - len(message) - 4))
        return f"{' ' * indent}↑ {message}"

    def _offered(self, texts: tuple[str, ...]) -> str:
        line = TAKE + printable(texts[0]) if texts else ""
        for text in texts[1:]:
            if len(line) + len(text) + 3 > self.size.width - 2:
                break
            line += f" · {text}"
        return line

    def action_take(self) -> None:
        """Insert the first suggestion; without one, the key keeps its usual action."""
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
        event.stop()
        if self.problem[0]:
            self._update(is_refused=True)
            return
        if not event.value:
            self.remove_class("-open")
        self.post_message(self.Submitted(event.value))
