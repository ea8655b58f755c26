"""The dialog that sets the retention of new artifacts: only a deliberate key press confirms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic

from textual.containers import Horizontal
from textual.content import Content
from textual.events import Key
from textual.widget import Widget
from textual.widgets import Button, Static

from artifact_tui.domain.models import HostKind
from artifact_tui.keymap import bindings
from artifact_tui.screens.dialogs.deliberate import DeliberateDialog
from artifact_tui.screens.storage.days_entry import DaysEntry
from artifact_tui.storage.retention import RetentionTarget, changed, clamped, effect, limit, most_days, warning
from artifact_tui.text import count, printable

ROWS_SHOWN = 6


class RetentionDialog(DeliberateDialog[int]):
    """Asks for the days that new artifacts of ``targets`` are kept; the answer is set in those that have another value.

    Digits replace the value, arrow keys change it by one. Tab reaches the Set button, and Enter presses it there.
    """

    BINDINGS = bindings("retention")

    def __init__(
        self,
        targets: Sequence[RetentionTarget],
        kind: HostKind,
        now: datetime,
        key: str,
        *,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__("Retention of new artifacts", key, Button(id="set", compact=True), clock)
        self._targets = tuple(targets)
        self._kind = kind
        self._now = now
        self._entry = DaysEntry(targets[0].retention.days, most_days(targets))
        self._box.border_subtitle = f"enter cancels · {self.key} sets · esc closes"

    @property
    def days(self) -> int | None:
        """The days that the dialog shows; None if they are not allowed."""
        return self._entry.value

    def compose_box(self) -> list[Widget]:
        """Return the repositories, the days, what they change, and the buttons."""
        self._update_button()
        return [
            Static(Content(limit(self._targets))),
            Static(self._rows(), id="targets"),
            Static(self._days_line(), id="days"),
            Static(self._consequences(), id="consequences"),
            Static("", id="problem", markup=False),
            Horizontal(self.button, Button("Cancel", id="cancel", compact=True), classes="buttons"),
        ]

    def result(self) -> int:
        """Return the days to set."""
        assert self.days is not None  # the button is disabled without them
        return self.days

    def why_not_yet(self) -> str:
        """Return why there is nothing to set."""
        if self.days is None:
            return f"Type a number from 1 to {self._entry.most}."
        return f"The retention is {count(self.days, 'day')} already."

    def type_key(self, event: Key, *, counts: bool, in_burst: bool) -> None:
        """Type the days."""
        key = event.key if event.key == "backspace" else event.character or event.key
        before = self._entry.text
        if not self._entry.press(key, counts=counts, in_burst=in_burst):
            self.say("Typed too fast: type the days alone.")
        elif self._entry.text != before:
            self.say("" if self.days else self.why_not_yet())
        if self._entry.text != before:
            self._update()

    def action_change(self, days: int) -> None:
        """Add days, or take some away."""
        self._entry.change(days)
        self.say("")
        self._update()

    def _update(self) -> None:
        self._update_button()
        for name, text in (
            ("targets", self._rows()),
            ("days", self._days_line()),
            ("consequences", self._consequences()),
        ):
            self.query_one(f"#{name}", Static).update(text)

    def _update_button(self) -> None:
        concerned = changed(self._targets, self.days) if self.days is not None else ()
        self.button.disabled = not concerned
        number = len(concerned) or len(self._targets)
        where = count(number, "repository", "repositories")
        self.button.label = f"Set {count(self.days, 'day')} in {where}" if self.days is not None else "Set"
        self.button.refresh(layout=True)

    def _rows(self) -> Content:
        shown = self._targets[:ROWS_SHOWN]
        names = [printable(target.repository.name, 24) for target in shown]
        width = max(map(len, names))
        lines = [f"   {name:<{width}}    {self._row(one)}" for name, one in zip(names, shown, strict=True)]
        more = len(self._targets) - len(shown)
        return Content("\n".join([*lines, *([f"   and {more:,} more"] if more else [])]))

    def _row(self, target: RetentionTarget) -> str:
        before, level = target.retention.days, effect(target, self._now, self.days)
        step = f"{before} d → {self.days} d" if self.days not in (None, before) else f"{before} d"
        return f"{step:<11}    {level}".rstrip()

    def _days_line(self) -> Content:
        return Content.assemble(("Days", "$text-muted"), (f"  {self._entry.text}▁ ", "bold"))

    def _consequences(self) -> Content:
        if self.days is None:
            return Content("")
        is_lowered = any(self.days < target.retention.days for target in self._targets)
        removes = (warning(self._targets, self._kind, self.days), "$text-warning" if is_lowered else "")
        names = clamped(self._targets, self.days)
        return Content.assemble(removes, f"\n{names}" if names else "")
