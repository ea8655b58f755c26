"""Questions, choices and short answers over the screen they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from textual import on
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Checkbox, Input, OptionList, Static
from textual.widgets.option_list import Option

from artifact_tui.model import Artifact
from artifact_tui.text import count, printable, size
from artifact_tui.transfers.transfer import DeletePlan
from artifact_tui.widgets.detail_pane import DetailPane, Field
from artifact_tui.widgets.keys import bindings

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.widget import Widget

Result = TypeVar("Result")
NAMES_SHOWN = 8


class Dialog(ModalScreen[Result | None]):
    """A box in the middle; Esc closes it without doing anything."""

    BINDINGS = bindings("dialog")
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]

    def __init__(self, title: str) -> None:
        super().__init__()
        self._box = Vertical(classes="dialog")
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
        self.app.notify(printable(value, 400), title=f"{key} copied", markup=False)
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


class Tick(Checkbox):
    """A check box that reads as one in any font and without colours, by which alone the stock one differs: ``[x]``."""

    BUTTON_LEFT = "["
    BUTTON_RIGHT = "]"

    def render(self) -> Content:
        """The sign follows the value."""
        self.BUTTON_INNER = "x" if self.value else " "
        return super().render()


class DownloadChoice(NamedTuple):
    """Where downloads go, and whether zips are extracted there."""

    directory: Path
    unpack: bool


class DownloadDialog(Dialog[DownloadChoice]):
    """Asks for the directory; Enter starts."""

    def __init__(self, artifacts: tuple[Artifact, ...], directory: Path, unpack: bool) -> None:
        total = sum(artifact.size_in_bytes for artifact in artifacts)
        super().__init__(f"Download {count(len(artifacts), 'artifact')} · {size(total)}")
        self._artifacts = artifacts
        self._directory = directory
        self._unpack = unpack

    def compose_box(self) -> list[Widget]:
        """Names, directory, and what becomes of zips."""
        return [
            name_list(self._artifacts),
            Static("Into the directory", classes="label", markup=False),
            Input(str(self._directory), id="directory", compact=True),
            Static("", id="problem", markup=False),
            Tick("extract zips, each into a folder of its own", self._unpack, id="unpack", compact=True),
            Horizontal(
                Button("Download", id="download", compact=True),
                Button("Cancel", id="cancel", compact=True),
                classes="buttons",
            ),
        ]

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self._finish()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "download":
            self._finish()
        else:
            self.dismiss(None)

    def _finish(self) -> None:
        text = self.query_one("#directory", Input).value.strip()
        problem = directory_problem(text)
        if problem:
            self.query_one("#problem", Static).update(Content(problem))
            return
        self.dismiss(DownloadChoice(Path(text).expanduser(), self.query_one("#unpack", Tick).value))


def directory_problem(text: str) -> str:
    """Why downloads cannot go there, as far as can be told before; empty when they can."""
    if not text:
        return "Name a directory; it is made if it is not there"
    if "\0" in text:
        return "A directory's name cannot hold a NUL character"
    path = Path(text).expanduser()
    try:
        first = next(place for place in (path, *path.absolute().parents) if place.exists())
    except OSError:
        return "That name is too long for a directory"
    return "" if first.is_dir() else f"{printable(str(first), 60)} is a file and no directory"


class DeleteDialog(Dialog[bool]):
    """The last look before deleting; the keyboard is on Cancel."""

    def __init__(self, plan: DeletePlan, hidden: int) -> None:
        super().__init__(f"Delete {count(len(plan.artifacts), 'artifact')}?")
        self._plan = plan
        self._hidden = hidden

    def compose_box(self) -> list[Widget]:
        """What would go, and that it cannot come back."""
        artifacts = self._plan.artifacts
        total = sum(artifact.size_in_bytes for artifact in artifacts)
        hidden = f"{count(self._hidden, 'of them is', 'of them are')} hidden by the filter. " if self._hidden else ""
        return [
            Static(Content(f"From {self._plan.repository}, {size(total)}:"), classes="label"),
            name_list(artifacts),
            Static(Content(f"{hidden}Nobody can bring back what is deleted."), classes="warning"),
            Horizontal(
                Button("Cancel", id="cancel", compact=True),
                Button(f"Delete {count(len(artifacts), 'artifact')}", id="delete", compact=True),
                classes="buttons",
            ),
        ]

    def on_mount(self) -> None:
        """Enter at once does nothing."""
        self.query_one("#cancel", Button).focus()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "delete")


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


def name_list(artifacts: tuple[Artifact, ...]) -> VerticalScroll:
    """The biggest artifacts by name and size, and how many there are besides."""
    biggest = sorted(artifacts, key=lambda artifact: artifact.size_in_bytes, reverse=True)
    lines = [
        Content.assemble((f"{size(artifact.size_in_bytes):>8}", "$text-muted"), f"  {printable(artifact.name, 60)}")
        for artifact in biggest[:NAMES_SHOWN]
    ]
    others = biggest[NAMES_SHOWN:]
    if others:
        rest = f"{size(sum(one.size_in_bytes for one in others)):>8}  in {count(len(others), 'more', 'more')}"
        lines.append(Content.styled(rest, "$text-muted"))
    return VerticalScroll(Static(Content("\n").join(lines)), classes="names", can_focus=False)
