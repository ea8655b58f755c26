"""The command palette: a search over the commands of the screen below."""

from __future__ import annotations

from textual import on
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from artifact_tui.keymap import KEYS, is_offered
from artifact_tui.screens.command_search import Command, search
from artifact_tui.screens.dialogs.question import TableDialog
from artifact_tui.widgets.row_layout import Column
from artifact_tui.widgets.row_table import RowTable
from artifact_tui.widgets.status_bar import key_sign

COLUMNS = (
    Column[Command]("help", "", 30, cell=lambda command: command.help, flexible=True, essential=True),
    Column[Command]("key", "", 10, cell=lambda command: command.key, justify="right", tone="accent", essential=True),
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
        table = RowTable[Command](
            COLUMNS, key=lambda command: command.help, placeholder="No matching command", show_header=False
        )
        return [Input(placeholder="Search", compact=True), table]

    def on_mount(self) -> None:
        """Show all commands; the focus stays in the input."""
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
