"""The total of the current downloads in one line: bar, percent, bytes, rate, time left."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from artifact_tui.text import size
from artifact_tui.transfers.models import Totals
from artifact_tui.widgets.status_bar import bar, pace, percent_of

_GAP = "  "
_BAR_WIDTHS = (10, 40)


class TotalLine(Widget):
    """The total of the downloads that were ordered together; empty if none is pending."""

    totals: reactive[Totals] = reactive(Totals())

    def render(self) -> Content:
        """Return ``Total  ━━━━━━━╸──────  45 %  1.2 GB of 4.4 GB  12.3 MB/s  4:20 left``."""
        totals = self.totals
        if not totals.received and not totals.total:
            return Content("")
        numbers = _GAP.join(_numbers(totals))
        space = self.size.width - cell_len(f"Total{_GAP}{_GAP}{numbers}")
        least, most = _BAR_WIDTHS
        drawn = (
            bar(totals.received / totals.total if totals.total else None, min(space, most)) if space >= least else ""
        )
        parts = ("Total", "$text-muted"), (drawn, "$text-accent"), (numbers, "")
        return Content(_GAP).join(Content.styled(*part) for part in parts if part[0])


def _numbers(totals: Totals) -> list[str]:
    if totals.total is None:
        return [f"{size(totals.received)} so far", *pace(totals)]
    percent = f"{percent_of(totals):>3} %"  # of constant width, so that the text after it does not jump
    return [percent, f"{size(totals.received)} of {size(totals.total)}", *pace(totals)]
