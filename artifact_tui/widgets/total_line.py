"""All downloads under way together in one line: bar, percent, bytes, rate, time left."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from artifact_tui.text import clock_time, size
from artifact_tui.transfers.models import Totals
from artifact_tui.widgets.status_bar import bar, percent_of

_GAP = "  "
_BAR_WIDTHS = (10, 40)


class TotalLine(Widget):
    """The sum of active and queued downloads; empty without any."""

    totals: reactive[Totals] = reactive(Totals())

    def render(self) -> Content:
        """``Total  ━━━━━━━╸──────  45 %  1.2 GB of 4.4 GB  12.3 MB/s  4:20 left``."""
        totals = self.totals
        if not totals.received and not totals.total:
            return Content("")
        numbers = _GAP.join(_numbers(totals))
        room = self.size.width - cell_len(f"Total{_GAP}{_GAP}{numbers}")
        least, most = _BAR_WIDTHS
        drawn = bar(totals.received / totals.total if totals.total else None, min(room, most)) if room >= least else ""
        parts = ("Total", "$text-muted"), (drawn, "$text-accent"), (numbers, "")
        return Content(_GAP).join(Content.styled(*part) for part in parts if part[0])


def _numbers(totals: Totals) -> list[str]:
    """Percent and rate keep their width, so that what stands behind them does not jump."""
    if totals.total is None:
        parts = [f"{size(totals.received)} so far"]
    else:
        parts = [f"{percent_of(totals):>3} %", f"{size(totals.received)} of {size(totals.total)}"]
    if totals.rate:
        parts.append(f"{size(int(totals.rate))}/s")
    if totals.seconds_left is not None:
        parts.append(f"{clock_time(totals.seconds_left)} left")
    return parts
