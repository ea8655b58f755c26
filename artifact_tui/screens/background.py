"""The workers of a screen when it is removed."""

from __future__ import annotations

from typing import Any

from textual.screen import Screen


def end_work(screen: Screen[Any]) -> None:
    """Cancel the workers of a suspended screen that is being removed, not merely covered by another one.

    Textual cancels them last, after the screen's widgets are gone: a worker that resumes in between would miss them.
    """
    if not screen.display:  # false from the start of its removal
        screen.workers.cancel_node(screen)
