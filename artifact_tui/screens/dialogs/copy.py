"""Dialogs that copy text to the clipboard, and the copied text for the terminal's own selection."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.cells import chop_cells
from textual import on
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Static

from artifact_tui.keymap import bindings
from artifact_tui.redaction import redact
from artifact_tui.screens.dialogs.question import ChoiceDialog, Dialog, button_row
from artifact_tui.terminal.terminal_app import TerminalApp
from artifact_tui.text import printable

LONGEST = 100_000  # the most characters shown; no value to copy is longer
HINT = "Select it with the mouse, as in any terminal. Esc goes back."


class CopyDialog(ChoiceDialog):
    """Values to copy; the chosen one goes to the clipboard and is shown until closed."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = {label: value for label, value in values.items() if value}
        super().__init__("Copy", {label: (label, value) for label, value in self._values.items()})

    def choose(self, key: str) -> None:
        """Copy the value, and show it."""
        self.dismiss(None)
        copy(self.app, key, self._values[key])


def copy(app: App[Any], label: str, text: str) -> None:
    """Copy to the terminal's clipboard, and show the text for selection in case the terminal refuses it."""
    app.copy_to_clipboard(text)
    app.push_screen(CopiedScreen(label, text))


class AddressDialog(Dialog[None]):
    """The address of a page, to copy, or to open where there is a browser."""

    NAME = "Address"
    OPENS = "Open in the browser"

    def __init__(self, address: str, remote: bool) -> None:
        super().__init__(self.NAME)
        self._address = address
        self._remote = remote

    def compose_box(self) -> list[Widget]:
        """Return the address and the buttons."""
        opens = {} if self._remote else {"open": self.OPENS}
        address = Static(Content(printable(self._address, 2000)), classes="value")
        return [address, button_row({"copy": "Copy", **opens, "close": "Close"})]

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(None)
        if event.button.id == "copy":
            copy(self.app, self.NAME, self._address)
        elif event.button.id == "open":
            self.open_address(self._address)

    def open_address(self, address: str) -> None:
        """Open the page in the browser of this machine."""
        self.app.open_url(address)


class PathDialog(AddressDialog):
    """The path of downloaded files, to copy, or to open where there is a desktop."""

    NAME = "Files"
    OPENS = "Open directory"

    def open_address(self, address: str) -> None:
        """Open directory in the file manager of this machine."""
        from artifact_tui.terminal.file_manager import show_folder

        problem = show_folder(Path(address))
        if problem:
            self.app.notify(problem, severity="warning", markup=False)


class PlainText(Widget):
    """Text that fills every line up to the last column."""

    DEFAULT_CSS = "PlainText { width: 1fr; height: auto; background: $background; color: $foreground; }"

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the number of lines."""
        return max(1, len(chop_cells(self._text, max(1, width))))

    def render(self) -> Content:
        """Return the lines."""
        return Content("\n".join(chop_cells(self._text, max(1, self.size.width))))


class CopiedScreen(ModalScreen[None]):
    """The copied text until it is closed; meanwhile the terminal gets the mouse."""

    BINDINGS = bindings("dialog")
    DEFAULT_CSS = """
    CopiedScreen { background: $background; layout: vertical; }
    CopiedScreen Static { height: auto; color: $text-muted; }
    CopiedScreen VerticalScroll { height: 1fr; margin: 1 0; scrollbar-size: 0 0; }
    CopiedScreen.-tiny VerticalScroll { margin: 0; }
    """
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (8, "-short")]

    def __init__(self, label: str, text: str) -> None:
        super().__init__()
        self._label = label
        self._text = text

    def compose(self) -> ComposeResult:
        """Yield the label, the text alone on its lines, and the hint."""
        yield Static(f"{self._label}: sent to the terminal's clipboard", markup=False)
        with VerticalScroll():
            yield PlainText(printable(redact(self._text), LONGEST))
        yield Static(HINT, markup=False)

    def on_mount(self) -> None:
        """Leave the mouse to the terminal."""
        self._leave_mouse(True)

    def on_unmount(self) -> None:
        """Take the mouse back."""
        self._leave_mouse(False)

    def on_resize(self) -> None:
        """Let the terminal treat the lines as one while all of them are visible."""
        self.call_after_refresh(self._join_lines)

    def _join_lines(self) -> None:
        region = self.query_one(PlainText).region
        seen = self.query_one(VerticalScroll).region
        if isinstance(self.app, TerminalApp) and self.app.screen is self:
            self.app.join_lines(range(region.y, region.bottom) if seen.contains_region(region) else None)

    def _leave_mouse(self, to_the_terminal: bool) -> None:
        if isinstance(self.app, TerminalApp):
            self.app.leave_mouse(to_the_terminal)
            self.app.join_lines(None)

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)

    def action_cursor_down(self) -> None:
        """Scroll down."""
        self.query_one(VerticalScroll).scroll_down(animate=False)

    def action_cursor_up(self) -> None:
        """Scroll up."""
        self.query_one(VerticalScroll).scroll_up(animate=False)
