"""The palette: everything that can be done on the screen below, found by its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.screen import Screen
from textual.widgets import Input

from artifact_tui.keymap import KEYS, is_offered
from artifact_tui.screens.command_search import Command, search
from artifact_tui.screens.dialogs.question import Dialog
from artifact_tui.widgets.row_layout import Column
from artifact_tui.widgets.row_table import RowTable
from artifact_tui.widgets.status_bar import key_sign

if TYPE_CHECKING:
    from textual.widget import Widget

COLUMNS = (
    Column[Command]("help", "", 30, cell=lambda command: command.help, flexible=True, essential=True),
    Column[Command]("key", "", 10, cell=lambda command: command.key, justify="right", tone="accent", essential=True),
)


def commands_of(screen: Screen[object]) -> tuple[Command, ...]:
    """Return the active bindings of ``screen``, its own first, without those that can do nothing now."""
    labels = {key.id: key.label for key in KEYS}
    commands: dict[str, Command] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if binding.id and binding.id != "app.palette" and is_offered(active):
            node, label = active.node, labels.get(binding.id, "")
            command = Command(binding.tooltip, key_sign(binding.key), binding.action, node, binding.id, label)
            commands.setdefault(binding.id, command)
    return tuple(commands[name] for name in sorted(commands, key=_rank))


def _rank(name: str) -> int:
    """Return what only this screen has comes before what all lists have, and that before what is everywhere."""
    return {"list": 1, "table": 2, "app": 3}.get(name.partition(".")[0], 0)


class Palette(Dialog[Command]):
    """Words narrow the list, Enter runs what is under the cursor."""

    def __init__(self, commands: tuple[Command, ...]) -> None:
        super().__init__("Commands")
        self._commands = commands

    def compose_box(self) -> list[Widget]:
        """Return the line to type in, and the list."""
        table = RowTable[Command](
            COLUMNS,
            key=lambda command: command.help,
            placeholder="No matching command",
            show_header=False,
        )
        return [Input(placeholder="Search", compact=True), table]

    def on_mount(self) -> None:
        """Show all; the keyboard stays in the line."""
        self.query_one(Input).cursor_blink = False
        self.query_one(RowTable).show(self._commands)

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        found = search(self._commands, event.value)
        self.query_one(RowTable).show(found, cursor=found[0].help if found else None)

    @on(Input.Submitted)
    @on(RowTable.RowSelected)
    def _chosen(self) -> None:
        self.dismiss(self.query_one(RowTable).current)

    def action_cursor_down(self) -> None:
        """Move down in the list while words are typed."""
        self.query_one(RowTable).action_cursor_down()

    def action_cursor_up(self) -> None:
        """Move up in the list while words are typed."""
        self.query_one(RowTable).action_cursor_up()
