"""What a screen gives up when another one covers or replaces it."""

from __future__ import annotations

from typing import Any

from textual.screen import Screen


def suspend(screen: Screen[Any]) -> None:
    """Hide the toasts of a suspended screen, and cancel its workers if it is being removed, not merely covered.

    The screen above shows the toasts too. Textual cancels workers last, after the screen's widgets are gone: a worker
    that resumes in between would miss them.
    """
    screen.query("ToastRack").set(display=False)
    if not screen.display:  # false from the start of its removal
        screen.workers.cancel_node(screen)
