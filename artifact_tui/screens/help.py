"""Every key of the program, in groups, with the user's own keys where they were changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from artifact_tui.screens.dialogs import Dialog
from artifact_tui.widgets.keys import of_group
from artifact_tui.widgets.scroll_pane import ScrollPane
from artifact_tui.widgets.status_bar import key_sign

if TYPE_CHECKING:
    from textual.widget import Widget

GROUPS = {
    "table": "Moving",
    "text": "Long texts, as this one",
    "list": "Lists",
    "incomplete": "Incomplete lists",
    "artifacts": "Artifacts",
    "review": "Review before deleting",
    "confirm": "The question whether to delete",
    "deletion": "A deletion under way",
    "runs": "Workflow runs",
    "contents": "Contents of an artifact",
    "find": "Files found by name",
    "compare": "Two artifacts compared",
    "preview": "One file of an artifact",
    "transfers": "Transfers",
    "dialog": "Dialogs",
    "menu": "Menus, as those of copying and sorting",
    "choice": "Choices in dialogs",
    "tick": "Checkboxes in dialogs",
    "app": "Everywhere",
}
HIDDEN = {"list.down", "list.up", "dialog.down", "dialog.up"}
FILTERS = (
    ("wheel !debug", "the name holds wheel and not debug"),
    ("wheel-*", "the whole name fits a pattern"),
    ("size>10M", "also < <= >= =, with k M G T or Ki Mi Gi Ti"),
    ("age>30d", "made longer ago than that; min h d w mo y"),
    ("expires<7d", "expires within that time"),
    ("name: branch: run:", "the field holds the word; run: also #412, an id"),
    ("name= branch= run=", "the field is exactly that"),
    ("expired", "the bytes are gone"),
    ("marked", "what is marked; !marked is the rest"),
)
RUN_FILTERS = (
    ("release main ok", "workflow, branch and status by bare words"),
    ("workflow:ci.yml", "a file or an id"),
    ("branch: event: status:", "exactly that value"),
    ("@octocat", "the actor"),
)


class HelpScreen(Dialog[None]):
    """One long page to scroll."""

    def __init__(self, own_keys: Mapping[str, str]) -> None:
        super().__init__("Keys and filters")
        self._own_keys = own_keys

    def compose_box(self) -> list[Widget]:
        """All of it is one text."""
        parts: list[Content] = []
        for group, title in GROUPS.items():
            rows = [(self._keys(key.id, key.keys), key.help) for key in of_group(group) if key.id not in HIDDEN]
            parts.extend(_section(title, rows))
        parts.extend(_section("Filter of artifacts ( / )", FILTERS))
        parts.extend(_section("Filter of workflow runs ( / , then Enter)", RUN_FILTERS))
        return [ScrollPane(Static(Content("\n").join(parts)))]

    def on_mount(self) -> None:
        """The arrow keys scroll at once."""
        self.query_one(ScrollPane).focus()

    def _keys(self, name: str, default: str) -> str:
        return " ".join(key_sign(key.strip()) for key in self._own_keys.get(name, default).split(","))


def _section(title: str, rows: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> list[Content]:
    lines = [Content.styled(title, "bold")]
    lines.extend(Content.assemble((f"  {keys:<22} ", "$text-accent"), text) for keys, text in rows)
    return [*lines, Content("")]
