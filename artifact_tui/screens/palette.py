"""The command palette: a search over the commands of the screen below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual import on
from textual.events import Resize
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from artifact_tui.keymap import KEYS, is_offered
from artifact_tui.screens.command_search import Command, search
from artifact_tui.screens.dialogs.question import TableDialog
from artifact_tui.widgets.row_layout import GAP, Column, fold_text
from artifact_tui.widgets.row_lines import GUTTER, MARGIN
from artifact_tui.widgets.row_table import RowTable
from artifact_tui.widgets.status_bar import key_sign

WIDTH, KEY_WIDTH = 76, 10
AROUND = 6 + GUTTER + GAP + KEY_WIDTH + MARGIN + 1
"""Cells of the box beside the text of a command: its frame, the signs, the key and a scrollbar."""


class Line(NamedTuple):
    """A line of a command; in narrow terminals, long ones take several."""

    command: Command
    number: int
    text: str


COLUMNS = (
    Column[Line]("help", "", 30, cell=lambda line: line.text, flexible=True, essential=True),
    Column[Line](
        "key",
        "",
        KEY_WIDTH,
        cell=lambda line: "" if line.number else line.command.key,
        justify="right",
        tone="accent",
        essential=True,
    ),
)


def commands_of(screen: Screen[object]) -> tuple[Command, ...]:
    """Return the available bindings of ``screen``, its own first."""
    labels = {key.id: key.label for key in KEYS}
    commands: dict[str, Command] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if binding.id and binding.id != "app.palette" and is_offered(active):
            node, label = active.node, labels.get(binding.id, "")
            command = Command(binding.tooltip, key_sign(binding.key), binding.action, node, binding.id, label)
            commands.setdefault(binding.id, command)
    ranks = {"list": 1, "table": 2, "app": 3}
    return tuple(commands[name] for name in sorted(commands, key=lambda name: ranks.get(name.partition(".")[0], 0)))


class Palette(TableDialog[Command]):
    """Typing narrows the list; Enter runs the command under the cursor."""

    def __init__(self, commands: tuple[Command, ...]) -> None:
        super().__init__("Commands")
        self._commands = commands

    def compose_box(self) -> list[Widget]:
        """Return the input and the list."""
        table = RowTable[Line](COLUMNS, key=_place, placeholder="No matching command", show_header=False)
        return [Input(placeholder="Search", compact=True), table]

    def on_mount(self) -> None:
        """Show all commands; the focus stays in the input."""
        self.query_one(Input).cursor_blink = False
        self._fill()

    @on(Resize)
    def _fill(self) -> None:
        words = self.query_one(Input).value
        self.query_one(RowTable).show(self._lines(search(self._commands, words)))

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        lines = self._lines(search(self._commands, event.value))
        self.query_one(RowTable).show(lines, cursor=_place(lines[0]) if lines else None)

    def _lines(self, commands: Sequence[Command]) -> list[Line]:
        width = min(WIDTH, self.app.size.width * 96 // 100) - AROUND
        return [
            Line(command, number, text)
            for command in commands
            for number, text in enumerate(fold_text(command.help, max(4, width)))
        ]

    def action_cursor_down(self) -> None:
        """Move to the next command."""
        super().action_cursor_down()
        table = self.query_one(RowTable)
        while table.current is not None and table.current.number and table.cursor_row < table.row_count - 1:
            super().action_cursor_down()

    def action_cursor_up(self) -> None:
        """Move to the first line of the command above."""
        super().action_cursor_up()
        table = self.query_one(RowTable)
        while table.current is not None and table.current.number:
            super().action_cursor_up()

    @on(Input.Submitted)
    @on(RowTable.RowSelected)
    def _chosen(self) -> None:
        line = self.query_one(RowTable).current
        self.dismiss(line.command if line is not None else None)


def _place(line: Line) -> tuple[str, int]:
    return line.command.help, line.number
