"""The confirmation before a deletion: only a deliberate key press confirms."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Key, Paste
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Button, Static

from artifact_tui.domain.models import Artifact
from artifact_tui.keymap import bindings
from artifact_tui.screens.deletion.keypress_guard import LULL, CountEntry, KeypressGuard
from artifact_tui.screens.dialogs.question import Dialog
from artifact_tui.terminal.terminal_app import TerminalApp
from artifact_tui.text import count, size
from artifact_tui.transfers.deletions.models import DeletePlan
from artifact_tui.widgets.row_table import RowTable
from artifact_tui.widgets.status_bar import key_sign

MOST_ITEMS, MOST_BYTES = 10, 10**9  # the most that a key confirms without typing the count


def needs_count(plan: DeletePlan) -> bool:
    """Return whether the plan is too big to confirm without typing the count."""
    every_byte = sum(artifact.size_in_bytes for artifact in plan.artifacts)
    return len(plan.artifacts) > MOST_ITEMS or every_byte > MOST_BYTES


class ConfirmDialog(Dialog[bool]):
    """Ignores keys at first and keys in a burst (:mod:`.screens.deletion.keypress_guard`); Esc always closes.

    The focus is on Cancel, so Enter cancels; the Delete button takes no focus. ``key`` is the letter that confirms; any
    other key within a moment takes it back. With ``is_all``, the count must be typed, however small it is.
    """

    BINDINGS = bindings("confirm")

    def __init__(
        self,
        plan: DeletePlan,
        table: RowTable[Artifact],
        warnings: tuple[str, ...],
        key: str,
        *,
        is_all: bool = False,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._number = len(plan.artifacts)
        super().__init__(f"Delete {count(self._number, 'artifact')}?")
        self._plan = plan
        self._table = table
        every = ("This is every artifact in the list.",) if is_all else ()
        self._warnings = (*every, *warnings, "Deleted artifacts cannot be recovered.")
        self._key = key_sign(key)
        wanted = str(self._number) if is_all or needs_count(plan) else ""
        self._count = CountEntry(wanted)
        self._clock = clock
        self._keypress_guard = KeypressGuard(float("inf"))
        self._pending: Timer | None = None
        answer = f"{self._key}  Delete {count(self._number, 'artifact')}"
        self._delete = Button(answer, id="delete", compact=True, disabled=bool(wanted))
        self._delete.can_focus = False
        self._box.border_subtitle = f"Esc or Enter cancels · {self._key} deletes"

    def compose_box(self) -> list[Widget]:
        """Return the artifacts, the warnings and the buttons."""
        return [
            Static(Content(f"From {self._plan.repository}, {self._total()}:"), classes="label"),
            self._table,
            Static(Content(" ".join(self._warnings)), classes="warning"),
            Static(self._count_line(), id="count", classes="-asked" if self._count.wanted else ""),
            Static("", id="problem", markup=False),
            Horizontal(Button("Cancel", id="cancel", compact=True), self._delete, classes="buttons"),
        ]

    def _total(self) -> str:
        expired = sum(artifact.expired for artifact in self._plan.artifacts)
        if expired == self._number:
            return "all expired"
        return size(self._plan.bytes) + (f" ({expired:,} expired not counted)" if expired else "")

    def on_mount(self) -> None:
        """Focus Cancel, and ignore keys until the dialog could be read."""
        self.query_one("#cancel", Button).focus()
        self.call_after_refresh(self._listen)

    def _listen(self) -> None:
        self._keypress_guard = KeypressGuard(self._clock())

    @property
    def planned(self) -> int:
        """The number of artifacts in the question."""
        return self._number

    @property
    def is_listening(self) -> bool:
        """Whether the key that confirms would count now."""
        return self._keypress_guard.is_calm(self._clock())

    @property
    def is_confirming(self) -> bool:
        """Whether the key was pressed and another key would still take it back."""
        return self._pending is not None

    def on_key(self, event: Key) -> None:
        """Stop keys that were not meant for this question, before any binding."""
        self._take_back()
        calm = self._keypress_guard.is_calm(event.time)
        counts = self._keypress_guard.hear(event.time)
        if self._count.wanted:
            self._type(event, counts)
        if not counts and event.key != "escape":
            event.stop()
        elif self._key in {event.key, event.character} and not calm:
            event.stop()
            self.say(f"Too soon after another key: press {self._key} again.")

    def on_paste(self, event: Paste) -> None:
        """Ignore pasted text."""
        self._take_back()
        event.stop()

    def _type(self, event: Key, counts: bool) -> None:
        before, key = self._count.typed, event.character or event.key
        if event.key == "backspace":
            key = event.key
        if not self._count.press(key, counts=counts, in_burst=self._keypress_guard.in_burst):
            self.say(f"Typed too fast: type the count {self._count.wanted} digit by digit.")
        elif self._count.typed != before:
            self.say("")
        self._delete.disabled = self._count.typed != self._count.wanted
        self.query_one("#count", Static).update(self._count_line())

    def _count_line(self) -> Content:
        typed = (f" {self._count.typed}▁ ", "$text-accent on $panel")
        return Content.assemble("Type the count to unlock: ", (self._count.wanted, "bold"), "  ", typed)

    def action_confirm(self) -> None:
        """Confirm, unless another key follows at once."""
        if self._delete.disabled:
            self.say(f"Type {self._count.wanted} first.")
        elif self.can_see(self._delete):
            self.say("…")
            self._pending = self.set_timer(LULL, self._confirm)

    def _confirm(self) -> None:
        """Confirm once no typed key waits to be handled."""
        app = self.app
        if isinstance(app, TerminalApp) and not app.type_ahead.is_idle:
            self._pending = self.set_timer(LULL, self._confirm)
        else:
            self._pending = None
            self.dismiss(True)

    def _take_back(self) -> None:
        if self._pending is not None:
            self._pending.stop()
            self._pending = None
            self.say(f"Another key came with it: press {self._key} again.")

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        if event.button.id != "delete":
            self._take_back()
            self.dismiss(False)
        elif self._keypress_guard.is_calm(event.time):
            self.action_confirm()
