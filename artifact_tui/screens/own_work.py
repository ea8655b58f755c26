"""Work that ends with the screen it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.await_remove import AwaitRemove
    from textual.widget import Widget as Base
else:
    Base = object  # a second base that is a widget would hide the screen's own rules from the style sheet


class EndsItsWork(Base):
    """A screen whose workers end before its widgets do.

    Textual cancels them when the screen itself goes, which is after its widgets have gone: an answer that comes in
    between would be shown by widgets that are no more.
    """

    @property
    def is_left(self) -> bool:
        """Whether there is nothing to show anything on any more, or soon."""
        return self._pruning or self._closing or not self.is_attached

    def remove(self) -> AwaitRemove:
        """As Textual's; the work under way ends first."""
        self.workers.cancel_node(self)
        return super().remove()
