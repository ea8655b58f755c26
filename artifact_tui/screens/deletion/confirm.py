"""The confirmation before a deletion: only a deliberate key press confirms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from time import monotonic

from textual.containers import Horizontal
from textual.content import Content
from textual.events import Key
from textual.widget import Widget
from textual.widgets import Button, Static

from artifact_tui.domain.models import Artifact
from artifact_tui.keymap import bindings
from artifact_tui.screens.dialogs.deliberate import DeliberateDialog
from artifact_tui.screens.dialogs.keypress_guard import CountEntry
from artifact_tui.text import count, printable, size
from artifact_tui.transfers.deletions.models import DeletePlan, in_short, short_names
from artifact_tui.widgets.row_table import RowTable
from artifact_tui.widgets.status_bar import key_sign

MOST_ITEMS, MOST_BYTES = 10, 10**9  # the most that a key confirms without typing the count
MOST_NAMED = 2  # repositories, those with most bytes


def needs_count(plan: DeletePlan) -> bool:
    """Return whether the plan is too big to confirm without typing the count."""
    every_byte = sum(artifact.size_in_bytes for artifact in plan.artifacts)
    return len(plan.artifacts) > MOST_ITEMS or every_byte > MOST_BYTES


class ConfirmDialog(DeliberateDialog[bool]):
    """Asks whether to delete a plan; the Delete button takes no focus.

    With ``is_all``, the count must be typed, however small it is.
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
        wanted = str(self._number) if is_all or needs_count(plan) else ""
        answer = f"{key_sign(key)}  Delete {count(self._number, 'artifact')}"
        button = Button(answer, id="delete", compact=True, disabled=bool(wanted))
        button.can_focus = False
        super().__init__(f"Delete {count(self._number, 'artifact')}?", key, button, clock)
        self._plan = plan
        self._table = table
        every = ("This is every artifact in the list.",) if is_all else ()
        self._warnings = (*every, *warnings, "Deleted artifacts cannot be recovered.")
        self._count = CountEntry(wanted)
        self._box.border_subtitle = f"Esc or Enter cancels · {self.key} deletes"

    def compose_box(self) -> list[Widget]:
        """Return the artifacts, the warnings and the buttons."""
        return [
            Static(Content(f"{self._origin()}{self._total()}:"), classes="label"),
            self._table,
            Static(Content(" ".join(self._warnings)), classes="warning"),
            Static(self._count_line(), id="count", classes="-asked" if self._count.wanted else ""),
            Static("", id="problem", markup=False),
            Horizontal(Button("Cancel", id="cancel", compact=True), self.button, classes="buttons"),
        ]

    def _origin(self) -> str:
        repositories = self._plan.repositories
        if len(repositories) == 1:
            return f"From {repositories[0]}, "
        counted, names = Counter(item.repository for item in self._plan.items), short_names(repositories)
        shown = [f"{printable(names[each])} {counted[each]:,}" for each in repositories[:MOST_NAMED]]
        more = ["…"] if len(repositories) > MOST_NAMED else []
        return f"From {in_short(repositories)}: {', '.join([*shown, *more])} · "

    def _total(self) -> str:
        expired = sum(artifact.expired for artifact in self._plan.artifacts)
        if expired == self._number:
            return "all expired"
        return size(self._plan.bytes) + (f" ({expired:,} expired not counted)" if expired else "")

    @property
    def planned(self) -> int:
        """The number of artifacts in the question."""
        return self._number

    def result(self) -> bool:
        """Return True: the plan is confirmed."""
        return True

    def why_not_yet(self) -> str:
        """Return that the count must be typed."""
        return f"Type {self._count.wanted} first."

    def type_key(self, event: Key, *, counts: bool, in_burst: bool) -> None:
        """Type the count, if it is asked for."""
        if not self._count.wanted:
            return
        before, key = self._count.typed, event.character or event.key
        if event.key == "backspace":
            key = event.key
        if not self._count.press(key, counts=counts, in_burst=in_burst):
            self.say(f"Typed too fast: type the count {self._count.wanted} digit by digit.")
        elif self._count.typed != before:
            self.say("")
        self.button.disabled = self._count.typed != self._count.wanted
        self.query_one("#count", Static).update(self._count_line())

    def _count_line(self) -> Content:
        typed = (f" {self._count.typed}▁ ", "$text-accent on $panel")
        return Content.assemble("Type the count to unlock: ", (self._count.wanted, "bold"), "  ", typed)
