"""Questions, choices and short answers over the screen they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from textual import on
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, OptionList, Static
from textual.widgets.option_list import Option

from artifact_tui.text import printable
from artifact_tui.widgets.detail_pane import DetailPane, Field
from artifact_tui.widgets.keys import bindings

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.widget import Widget

Result = TypeVar("Result")


class Dialog(ModalScreen[Result | None]):
    """A box in the middle; Esc closes it without doing anything."""

    BINDINGS = bindings("dialog")
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (10, "-short"), (20, "-tall")]

    def __init__(self, title: str) -> None:
        super().__init__()
        self._box = Vertical(classes="dialog")
        self._box.border_subtitle = "tab · enter · esc closes"
        self._box.border_title = Content(printable(title, 100))

    def compose(self) -> ComposeResult:
        """The box around what the dialog says."""
        with self._box:
            yield from self.compose_box()

    def compose_box(self) -> list[Widget]:
        """What stands in the box."""
        raise NotImplementedError

    def action_close(self) -> None:
        """Close, with nothing chosen."""
        self.dismiss(None)


class ChoiceDialog(Dialog[str]):
    """One of several; the answer is the chosen key."""

    def __init__(self, title: str, choices: Mapping[str, tuple[str, str]]) -> None:
        super().__init__(title)
        self._choices = choices

    def compose_box(self) -> list[Widget]:
        """A list of the choices, each with a word more."""
        wide = max(len(label) for label, _ in self._choices.values())
        options = [
            Option(
                Content.assemble(f"{label:<{wide}}  ", (printable(more, 200) if more else "", "$text-muted")), id=key
            )
            for key, (label, more) in self._choices.items()
        ]
        return [OptionList(*options, markup=False, compact=True)]

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.choose(event.option_id or "")

    def choose(self, key: str) -> None:
        """Close with this choice; a method of its own, since Textual calls the handlers of all classes above too."""
        self.dismiss(key)


class CopyDialog(ChoiceDialog):
    """Values to copy; the chosen one goes to the terminal's clipboard and is shown, exactly."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = {label: value for label, value in values.items() if value}
        super().__init__("Copy", {label: (label, value) for label, value in self._values.items()})

    def choose(self, key: str) -> None:
        """Copy it, and say what was copied."""
        value = self._values[key]
        self.app.copy_to_clipboard(value)
        self.app.notify(printable(value, 400), title=f"{key}: sent to the clipboard of the terminal", markup=False)
        self.dismiss(None)


class AddressDialog(Dialog[None]):
    """An address of a page, to select, and to open where there is a browser."""

    def __init__(self, address: str, remote: bool) -> None:
        super().__init__("Address")
        self._address = address
        self._remote = remote

    def compose_box(self) -> list[Widget]:
        """The address on a line of its own."""
        copy = Button("Copy", id="copy", compact=True)
        buttons = [copy] if self._remote else [copy, Button("Open in the browser", id="open", compact=True)]
        return [
            Static(Content(printable(self._address, 2000)), classes="value"),
            Horizontal(*buttons, Button("Close", id="close", compact=True), classes="buttons"),
        ]

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "copy":
            self.app.copy_to_clipboard(self._address)
        elif event.button.id == "open":
            self.app.open_url(self._address)
        self.dismiss(None)


class DetailDialog(Dialog[None]):
    """The details, where the terminal has no room for a pane."""

    def __init__(self, fields: tuple[Field, ...]) -> None:
        super().__init__("Details")
        self._fields = fields

    def compose_box(self) -> list[Widget]:
        """The same pane that stands beside the table in a larger terminal."""
        return [DetailPane()]

    def on_mount(self) -> None:
        """Fill it."""
        self.query_one(DetailPane).fields = self._fields


class QuestionDialog(Dialog[bool]):
    """Yes or no; the keyboard is on no."""

    def __init__(self, title: str, text: str, yes: str, no: str) -> None:
        super().__init__(title)
        self._text = text
        self._yes = yes
        self._no = no

    def compose_box(self) -> list[Widget]:
        """The question and its two answers."""
        return [
            Static(Content(self._text), classes="label"),
            Horizontal(
                Button(self._no, id="no", compact=True),
                Button(self._yes, id="yes", compact=True),
                classes="buttons",
            ),
        ]

    def on_mount(self) -> None:
        """Enter at once leaves everything as it is."""
        self.query_one("#no", Button).focus()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")
