"""The base of every dialog, and its two plain kinds: a choice from a list, and a question with buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any, TypeVar

from textual import on
from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Static
from textual.widgets.option_list import Option

from artifact_tui.keymap import bindings
from artifact_tui.screens.suspend import suspend
from artifact_tui.terminal.lean_app import set_breakpoints
from artifact_tui.terminal.terminal_app import TerminalApp
from artifact_tui.text import printable
from artifact_tui.widgets.menu import Menu
from artifact_tui.widgets.row_layout import Column
from artifact_tui.widgets.row_table import RowTable

Result = TypeVar("Result")
NAMES_SHOWN = 8


class Dialog(ModalScreen[Result | None]):
    """A box in the middle that Esc closes; ``keys_from`` is when it accepts keys, in seconds of the event clock."""

    BINDINGS = bindings("dialog")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (64, "-normal")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (10, "-short"), (20, "-tall")]

    def __init__(self, title: str) -> None:
        super().__init__()
        self.keys_from = float("-inf")
        self._is_ready = False
        self._box = Vertical(classes="dialog")
        self._box.border_subtitle = "Tab · Enter · Esc closes"
        self._box.border_title = Content(printable(title, 100))

    async def pushed_unasked(self, app: App[Any]) -> Result | None:
        """Show a dialog that no key opened and return its answer; await it in a worker.

        Keys typed before go to the screen below; the dialog ignores keys typed before it was drawn.
        """
        if isinstance(app, TerminalApp):
            await app.type_ahead.idle()
        self.keys_from = float("inf")
        return await app.push_screen_wait(self)

    def on_mount(self) -> None:
        """Accept keys from the next frame on, the first one that shows the box."""
        self._is_ready = True

    def frame_begins(self) -> None:
        """Accept keys from the first frame on."""
        if self._is_ready and self.keys_from == float("inf"):
            self.keys_from = monotonic()

    def on_screen_suspend(self) -> None:
        """Hide the toasts, and cancel the workers of a closed dialog."""
        suspend(self)

    def compose(self) -> ComposeResult:
        """Yield the box around the content."""
        set_breakpoints(self)
        with self._box:
            yield from self.compose_box()

    def compose_box(self) -> list[Widget]:
        """Return the content of the box."""
        raise NotImplementedError

    def action_close(self) -> None:
        """Close without an answer."""
        self.dismiss(None)

    def action_submit(self) -> None:
        """Press the first button, whatever has the focus; close a dialog without buttons."""
        buttons = self.query(Button)
        if buttons:
            buttons.first().press()
        else:
            self.action_close()

    def say(self, sentence: str) -> None:
        """Show a sentence in the line for problems."""
        self.query_one("#problem", Static).update(Content(sentence))

    def can_see(self, button: Button) -> bool:
        """Return whether a button is fully visible; notify the user if not, because nobody chooses an unseen button."""
        seen = self.region.contains_region(button.region) and self._box.region.contains_region(button.region)
        if not seen:
            self.app.notify("The terminal is too small to show that button.", severity="warning", markup=False)
        return seen


class TableDialog(Dialog[Result]):
    """A dialog with a table that the arrow keys move in while you type."""

    def action_cursor_down(self) -> None:
        """Move down in the table."""
        self.query_one(RowTable).action_cursor_down()

    def action_cursor_up(self) -> None:
        """Move up in the table."""
        self.query_one(RowTable).action_cursor_up()


def button_row(labels: Mapping[str, str]) -> Horizontal:
    """Return the buttons of a dialog; ``labels`` are by ID."""
    return Horizontal(*(Button(label, id=name, compact=True) for name, label in labels.items()), classes="buttons")


class ChoiceDialog(Dialog[str]):
    """A menu; the answer is the chosen key."""

    def __init__(self, title: str, choices: Mapping[str, tuple[str, str]]) -> None:
        super().__init__(title)
        self._choices = choices

    def compose_box(self) -> list[Widget]:
        """Return the menu, with a note for each choice."""
        wide = max(len(label) for label, _ in self._choices.values())
        options = []
        for key, (label, more) in self._choices.items():
            note = (printable(more, 200) if more else "", "$text-muted")
            options.append(Option(Content.assemble(f"{label:<{wide}}  ", note), id=key))
        return [Menu(*options, markup=False, compact=True)]

    @on(Menu.OptionSelected)
    def _selected(self, event: Menu.OptionSelected) -> None:
        self.choose(event.option_id or "")

    def choose(self, key: str) -> None:
        """Close with this choice; separate, because Textual calls the handlers of all base classes too."""
        self.dismiss(key)


class SortDialog(ChoiceDialog):
    """The columns to sort by; a sign shows the current order."""

    def __init__(self, columns: Sequence[Column[Any]], sorted_by: tuple[str, bool] | None = None) -> None:
        now, descending = sorted_by or ("", False)
        sign = "▼" if descending else "▲"
        choices = {one.id: (one.sort.label, sign if one.id == now else "") for one in columns if one.sort}
        super().__init__("Sort by", choices)


class QuestionDialog(Dialog[str]):
    """A question with a few buttons; the focus is on the first."""

    def __init__(self, title: str, text: str, answers: Mapping[str, str], names: Sequence[str] = ()) -> None:
        super().__init__(title)
        self._text = Static(classes="text")
        self._names = Static(classes="names")
        self._answers = answers
        self.show(text, names)

    def show(self, text: str, names: Sequence[str]) -> None:
        """Show this text, and the names it is about; the focus stays."""
        shown = [printable(name, 60) for name in names[:NAMES_SHOWN]]
        if len(names) > len(shown):
            shown.append(f"and {len(names) - len(shown):,} more")
        self._text.update(Content(text))
        self._names.update(Content("\n".join(shown)))
        self._names.display = bool(shown)

    def compose_box(self) -> list[Widget]:
        """Return the text, the names, and the buttons."""
        return [self._text, self._names, button_row(self._answers)]

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        if self.can_see(event.button):
            self.dismiss(event.button.id)
