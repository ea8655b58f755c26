"""A Textual app with the manners that Textual leaves to us: keys in order, a last guard, quiet endings."""

from __future__ import annotations

from rich.text import Text
from textual.app import App
from textual.events import Event, Key
from textual.notifications import SeverityLevel

from artifact_tui.redaction import redact
from artifact_tui.terminal.crash import crash_report
from artifact_tui.terminal.guard import PrintableFilter
from artifact_tui.terminal.type_ahead import TypeAhead

INTERRUPT_WINDOW = 2.0
INTERRUPTED = 130
"""The exit code of a program that was ended by ctrl+c, as shells have it."""


class TerminalApp(App[int]):
    """What has to do with the terminal and nothing with artifacts."""

    def __init__(self) -> None:
        super().__init__()
        self.type_ahead = TypeAhead(self, super().on_event)
        self._interrupted = False
        self._filters.append(PrintableFilter())

    async def on_event(self, event: Event) -> None:
        """Keys wait for each other; all else goes its usual way."""
        if isinstance(event, Key) and not event.is_forwarded:
            self.type_ahead.add(event)
        else:
            await super().on_event(event)

    def clear_selection(self) -> None:
        """Clear the selected text; Textual's own takes a screen for granted.

        Python 3.12 and later start tasks eagerly: there the first screen's input asks for this before it is shown.
        """
        if self.screen_stack:
            super().clear_selection()

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """As Textual's, without secrets."""
        super().notify(redact(message), title=redact(title), severity=severity, timeout=timeout, markup=markup)

    def copy_to_clipboard(self, text: str) -> None:
        """As Textual's, without secrets: what is copied is pasted into chats and tickets."""
        super().copy_to_clipboard(redact(text))

    def action_interrupt(self) -> None:
        """The first time it says how to quit, the second time it does."""
        if self._interrupted:
            self.exit(INTERRUPTED)
            return
        self._interrupted = True
        self.set_timer(INTERRUPT_WINDOW, self._forget_interrupt)
        self.notify("ctrl+c again quits at once", markup=False, timeout=INTERRUPT_WINDOW)

    def _forget_interrupt(self) -> None:
        self._interrupted = False

    def _fatal_error(self) -> None:
        """Textual's own prints the values of local variables, which may hold a token."""
        self.bell()
        error = self._exception or RuntimeError("unknown")
        self._exit_renderables.append(Text(crash_report(error)))
        self._close_messages_no_wait()
