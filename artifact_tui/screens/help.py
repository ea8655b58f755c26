"""The help screen: every key in groups, with the user's own keys, and the filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Resize
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, Static

from artifact_tui.keymap import KEYS, bindings
from artifact_tui.screens.command_search import SYNONYMS
from artifact_tui.screens.dialogs.question import Dialog
from artifact_tui.widgets.scroll_pane import ScrollPane
from artifact_tui.widgets.status_bar import key_sign

GROUPS = {
    "table": "Moving",
    "text": "Long texts, such as this help",
    "list": "Lists",
    "filter": "Filter line",
    "incomplete": "Incomplete lists",
    "artifacts": "Artifacts",
    "storage": "Storage of a repository",
    "caches": "Caches",
    "owner": "Storage of an owner",
    "review": "Review before deleting",
    "confirm": "Delete confirmation",
    "deletion": "Deletion in progress",
    "retention": "Retention of new artifacts",
    "runs": "Workflow runs",
    "contents": "Contents of an artifact",
    "find": "Found files",
    "compare": "Comparison of two artifacts",
    "preview": "File preview",
    "transfers": "Transfers",
    "dialog": "Dialogs",
    "menu": "Menus, such as copy and sort",
    "choice": "Choices in dialogs",
    "tick": "Checkboxes in dialogs",
    "help": "This help",
    "app": "Everywhere",
}
HIDDEN = {"list.down", "list.up", "dialog.down", "dialog.up"}
FILTERS = (
    ("wheel !debug", "name contains wheel but not debug"),
    ("wheel-*", "whole name matches the pattern"),
    ("size>10M", "also < <= >= =, with k M G T or Ki Mi Gi Ti"),
    ("age>30d", "created longer ago; min h d w mo y"),
    ("expires<7d", "expires within this time"),
    ("name: branch: run:", "field contains the word; run: also #412, an ID"),
    ("name= branch= run=", "field is exactly this value"),
    ("expired", "no longer downloadable"),
    ("marked", "marked artifacts; !marked for the others"),
)
RUN_FILTERS = (
    ("release main ok", "workflow, branch and status by bare words"),
    ("workflow:ci.yml", "a file or an ID"),
    ("branch: event: status:", "exactly this value"),
    ("@octocat", "the actor"),
    ("age>30d", "created longer ago; age<6h is newer"),
    ("#412", "a loaded run: Enter opens it"),
    ("dc100dc", "the commit of a loaded run, or 40 digits of any"),
)


Rows = list[tuple[str, str]]
Sections = dict[str, Rows]
KEYS_WIDTH, KEYS_LEAST = 22, 10  # the widest and the narrowest key column of a section, in cells


def groups_of(screen: Screen[object]) -> tuple[str, ...]:
    """Return the key groups of ``screen``: its own, then those of lists, then those that work everywhere."""
    found = {(active.binding.id or "").partition(".")[0] for active in screen.active_bindings.values()}
    last = ("incomplete", "list", "table", "text", "app")
    own = [name for name in GROUPS if name in found and name not in last]
    return (*own, *(name for name in last if name in found))


class HelpScreen(Dialog[None]):
    """One page to scroll and search, keys of the screen below first; two columns on wide terminals."""

    BINDINGS = bindings("help")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (64, "-normal"), (140, "-wide")]

    def __init__(self, own_keys: Mapping[str, str], first: Sequence[str] = ()) -> None:
        super().__init__("Keys and filters")
        self._own_keys = own_keys
        self._order = (*first, *(name for name in GROUPS if name not in first))
        self._box.border_subtitle = "/ search · Esc closes"

    def compose_box(self) -> list[Widget]:
        """Return the search line, hidden at first, and two columns; the second may be empty."""
        columns = Horizontal(Static(id="left"), Static(id="right"), id="columns")
        return [Input(placeholder="Search", id="search", compact=True), ScrollPane(columns)]

    def on_mount(self) -> None:
        """Focus the text, so that the arrow keys scroll it."""
        self.query_one(Input).cursor_blink = False
        self.query_one(ScrollPane).focus()

    @on(Resize)
    @on(Input.Changed)
    def _fill(self) -> None:
        sections = self._found(self.query_one(Input).value)
        is_wide = self.size.width >= self.HORIZONTAL_BREAKPOINTS[-1][0]
        left, right = _halves(sections) if is_wide else (sections, {})
        self.query_one("#left", Static).update(_text(left) if sections else Content("No matching key or filter"))
        self.query_one("#right", Static).update(_text(right))
        self.query_one(ScrollPane).scroll_home(animate=False)

    def _found(self, text: str) -> Sections:
        words = text.casefold().split()
        found: Sections = {}
        for title, rows in self._sections().items():
            has_title = all(word in title.casefold() for word in words)
            lines = [row for row in rows if has_title or all(word in _searched(row) for word in words)]
            if lines:
                found[title] = lines
        return found

    def _sections(self) -> Sections:
        shown = [key for key in KEYS if key.id not in HIDDEN]
        sections = {
            GROUPS[group]: [(self._keys(key.id, key.keys), key.help) for key in shown if key.id.startswith(f"{group}.")]
            for group in self._order
        }
        sections["Filter of artifacts ( / )"] = list(FILTERS)
        sections["Filter of workflow runs ( / , then Enter)"] = list(RUN_FILTERS)
        return sections

    def _keys(self, name: str, default: str) -> str:
        return " ".join(key_sign(key.strip()) for key in self._own_keys.get(name, default).split(","))

    def action_search(self) -> None:
        """Open the search line."""
        self.query_one(Input).add_class("-open")
        self.query_one(Input).focus()

    def action_submit(self) -> None:
        """Close the help, as Esc does."""
        self.action_close()

    @on(Input.Submitted)
    def _searched(self) -> None:
        self.query_one(ScrollPane).focus()

    def action_close(self) -> None:
        """Close the search, or the help if the search is closed."""
        line = self.query_one(Input)
        if line.has_class("-open"):
            line.value = ""
            line.remove_class("-open")
            self.query_one(ScrollPane).focus()
        else:
            super().action_close()


def _searched(row: tuple[str, str]) -> str:
    return " ".join((*row, *(SYNONYMS.get(key.id, "") for key in KEYS if key.help == row[1]))).casefold()


def _halves(sections: Sections) -> tuple[Sections, Sections]:
    left: Sections = {}
    right: Sections = {}
    half, seen = sum(len(rows) + 2 for rows in sections.values()) / 2, 0.0
    for title, rows in sections.items():
        (left if seen < half else right)[title] = rows
        seen += len(rows) + 2
    return left, right


def _text(sections: Sections) -> Content:
    lines: list[Content] = []
    for title, rows in sections.items():
        width = min(KEYS_WIDTH, max(KEYS_LEAST, *(len(keys) for keys, _ in rows)))
        lines.append(Content.styled(title, "bold"))
        lines.extend(Content.assemble((f"  {keys:<{width}}  ", "$text-accent"), text) for keys, text in rows)
        lines.append(Content(""))
    return Content("\n").join(lines)
