"""Policies that mark artifacts: expired, old, big, or not the newest. They only mark."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import NamedTuple

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from artifact_tui.domain.artifact_filter import read_bytes, read_span
from artifact_tui.domain.models import Artifact, stored_bytes
from artifact_tui.domain.policies import BiggerThan, Expired, KeepNewest, OlderThan, Policy
from artifact_tui.screens.dialogs.question import TableDialog
from artifact_tui.text import size
from artifact_tui.widgets.row_layout import Cell, Column
from artifact_tui.widgets.row_table import RowTable

Artifacts = tuple[Artifact, ...]


class PolicyChoice(NamedTuple):
    """A kind of policy; ``wants`` describes a valid value, and is empty for the one without a value."""

    id: str
    words: str
    value: str
    read: Callable[[str], Policy | None]
    wants: str = ""


class PolicyRow(NamedTuple):
    """A policy in words, how many artifacts it matches, and their bytes; None while its value is invalid."""

    words: str
    named: int | None = None
    bytes: int = 0


def _count(row: PolicyRow) -> str | Cell:
    if row.named is None:
        return "?"
    return f"{row.named:,}" if row.named else Cell("none", "muted")


def _label(row: PolicyRow) -> str | Cell:
    return row.words if row.named is not None else Cell(row.words, "error")


COLUMNS = (
    Column("label", "", 44, cell=_label, flexible=True, essential=True),
    Column("count", "Marks", 7, cell=_count, justify="right", essential=True),
    Column[PolicyRow](
        "size", "Size", 8, cell=lambda row: "" if row.named is None else size(row.bytes), justify="right", tone="muted"
    ),
)


def _older(text: str) -> Policy | None:
    age = read_span(text)
    return None if age is None else OlderThan(age)


def _bigger(text: str) -> Policy | None:
    limit = read_bytes(text)
    return None if limit is None else BiggerThan(limit)


def _newest(text: str, *, by_branch: bool) -> Policy | None:
    wanted = text.strip()
    is_number = wanted.isascii() and wanted.isdecimal() and len(wanted) < 10
    return KeepNewest(int(wanted), by_branch) if is_number else None


CHOICES = (
    PolicyChoice("expired", "Expired", "", lambda _: Expired()),
    PolicyChoice("older", "Older than {}", "30d", _older, "a time, such as 30d, 6w or 3mo"),
    PolicyChoice("bigger", "Larger than {}", "100M", _bigger, "a size, such as 500k, 100M or 2G"),
    PolicyChoice("name", "All but the newest {} of each name", "3", partial(_newest, by_branch=False), "a number"),
    PolicyChoice(
        "branch", "All but the newest {} of each name and branch", "3", partial(_newest, by_branch=True), "a number"
    ),
)


class PolicyDialog(TableDialog[frozenset[int]]):
    """Policies for ``artifacts`` as they were when it opened.

    ``expired`` is what is known about expired artifacts; ``part`` says how many were loaded, if not all. With
    ``older``, the policy for old artifacts is chosen, with this value.
    """

    def __init__(
        self,
        artifacts: Artifacts,
        now: datetime,
        *,
        filtered: bool,
        expired: str,
        read_only: bool = False,
        part: str = "",
        older: str = "",
    ) -> None:
        super().__init__("Mark by a policy")
        self._artifacts = {artifact.id: artifact for artifact in artifacts}
        self._now = now
        self._filtered = filtered
        self._expired = expired
        self._part = part
        review = "Nothing is deleted: D reviews marked artifacts."
        self._ending = "Read-only mode: nothing is deleted." if read_only else review
        self._values = {choice.id: choice.value for choice in CHOICES} | ({"older": older} if older else {})
        self._first = "older" if older else CHOICES[0].id
        self._box.border_subtitle = "↑ ↓ choose · type a value · Enter marks · Esc closes"

    def compose_box(self) -> list[Widget]:
        """Return the policies with their matches, the value of the chosen one, and notes."""
        table = RowTable[PolicyChoice](COLUMNS, key=lambda choice: choice.id, row=self._row)
        table.show(CHOICES)
        shown = "artifacts that the filter shows" if self._filtered else "listed artifacts"
        looked_at = f"of the {len(self._artifacts):,} {shown}"
        if self._part:
            looked_at = f"{looked_at}, {self._part}" if self._filtered else self._part
        text = f"Marks out {looked_at}. {self._ending}"
        return [
            table,
            Static("", id="wants", classes="label", markup=False),
            Input(id="value", compact=True),
            Static("", id="problem", markup=False),
            Static(Content(text), classes="label"),
        ]

    def on_mount(self) -> None:
        """Focus the value; the arrow keys move in the list."""
        table = self.query_one(RowTable)
        table.styles.height = len(CHOICES) + 1
        table.can_focus = False
        table.move_cursor(row=[choice.id for choice in CHOICES].index(self._first))
        value = self.query_one("#value", Input)
        value.cursor_blink = False
        value.focus()

    @property
    def _choice(self) -> PolicyChoice:
        return CHOICES[self.query_one(RowTable).cursor_row]

    def _named(self, choice: PolicyChoice) -> frozenset[int] | None:
        policy = choice.read(self._values[choice.id])
        return None if policy is None else policy.choose(self._artifacts.values(), self._now)

    def _row(self, choice: PolicyChoice) -> PolicyRow:
        named = self._named(choice)
        words = choice.words.format(self._values[choice.id] or "…")
        if named is None:
            return PolicyRow(words)
        return PolicyRow(words, len(named), stored_bytes(self._artifacts[number] for number in named))

    @on(RowTable.RowHighlighted)
    def _row_highlighted(self) -> None:
        choice = self._choice
        value = self.query_one("#value", Input)
        self.query_one("#wants", Static).update(Content(choice.wants or self._expired))
        value.display = bool(choice.wants)
        if choice.wants:
            value.focus()
        with value.prevent(Input.Changed):
            value.value = self._values[choice.id]
        value.action_select_all()  # typing replaces it
        self._check(choice)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        choice = self._choice
        self._values[choice.id] = event.value
        self.query_one(RowTable).refit()
        self._check(choice)

    def _check(self, choice: PolicyChoice) -> None:
        self.say("" if self._named(choice) is not None else f"This needs {choice.wants}.")

    @on(Input.Submitted)
    def action_submit(self) -> None:
        """Mark by the chosen policy, with or without a value."""
        named = self._named(self._choice)
        if named is not None:
            self.dismiss(named)
