"""The doubt whether the user believes that something is marked when nothing is."""

from __future__ import annotations

from collections.abc import Hashable

from artifact_tui.text import count

EMPTIED = "The marked artifacts are no longer in the list."
NO_MATCH = "No artifact matches this policy."


def no_match(marked: int) -> str:
    """Return that a policy matched nothing, and how many artifacts stay marked."""
    marks = count(marked, "earlier mark stays", "earlier marks stay")
    return f"{NO_MATCH} {marks}." if marked else NO_MATCH


class MarkDoubt:
    """Why nothing is marked, when the user may believe that something is.

    Until the user moves to another row or marks one, a deletion must not take the row under the cursor instead.
    """

    def __init__(self) -> None:
        self._reason = ""
        self._row: Hashable | None = None
        """The row under the cursor at the next key press; on another row, the user means that one."""

    def begin(self, reason: str) -> None:
        """Doubt from now on, for this reason."""
        self._reason, self._row = reason, None

    def end(self) -> None:
        """Doubt no longer."""
        self._reason = ""

    def remember(self, row: Hashable | None) -> None:
        """Remember the row under the cursor at a key press."""
        if self._reason and self._row is None:
            self._row = row

    def reason(self, row: Hashable | None, *, has_marks: bool) -> str:
        """Return the reason to doubt, or an empty string; ``row`` is the one under the cursor."""
        has_moved = row is None or self._row not in {None, row}
        if has_marks or has_moved:
            self.end()
        return self._reason
