"""The end of a screen's own work when the screen is taken away."""

from __future__ import annotations

from typing import Any

from textual.screen import Screen


def end_work(screen: Screen[Any]) -> None:
    """Cancel its workers, unless it is only covered by another screen.

    A screen's widgets go before the screen does, and Textual cancels the workers last: one that resumes in between
    finds nothing of what it wants to show. To be called when a screen is suspended, which it is told of before that.
    """
    if not screen.display:  # so it is from the moment on in which it is removed
        screen.workers.cancel_node(screen)
