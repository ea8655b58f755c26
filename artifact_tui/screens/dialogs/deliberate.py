"""The base of dialogs that change something on the server: only a deliberate key press confirms."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from textual import on
from textual.events import Key, Paste
from textual.timer import Timer
from textual.widgets import Button

from artifact_tui.screens.dialogs.keypress_guard import LULL, KeypressGuard
from artifact_tui.screens.dialogs.question import Dialog, Result
from artifact_tui.terminal.terminal_app import TerminalApp
from artifact_tui.widgets.status_bar import key_sign


class DeliberateDialog(Dialog[Result]):
    """Ignores keys at first and keys in a burst (:mod:`.screens.dialogs.keypress_guard`); Esc always closes.

    The focus is on Cancel (``#cancel``), so Enter cancels. ``key`` is the letter that confirms; any other key within a
    moment takes it back. ``button`` confirms too, by a click, or by Enter if it can have the focus.
    """

    def __init__(self, title: str, key: str, button: Button, clock: Callable[[], float] = monotonic) -> None:
        super().__init__(title)
        self.key = key_sign(key)
        self.button = button
        self._clock = clock
        self._keypress_guard = KeypressGuard(float("inf"))
        self._pending: Timer | None = None

    def result(self) -> Result:
        """Return the answer of a confirmed dialog."""
        raise NotImplementedError

    def why_not_yet(self) -> str:
        """Return what has to be typed before the key confirms; empty for nothing."""
        return ""

    def type_key(self, event: Key, *, counts: bool, in_burst: bool) -> None:
        """Handle a key that is typed into the dialog; :class:`KeypressGuard` explains the flags."""

    def on_mount(self) -> None:
        """Focus Cancel, and ignore keys until the dialog could be read."""
        self.query_one("#cancel", Button).focus()
        self.call_after_refresh(self._listen)

    def _listen(self) -> None:
        self._keypress_guard = KeypressGuard(self._clock())

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
        self.type_key(event, counts=counts, in_burst=self._keypress_guard.in_burst)
        is_enter = event.key == "enter" and self.focused is self.button
        if not counts and event.key != "escape":
            event.stop()
        elif not calm and (is_enter or self.key in {event.key, event.character}):
            event.stop()
            self.say(f"Too soon after another key: press {key_sign('enter') if is_enter else self.key} again.")
        elif is_enter:
            event.stop()
            self.action_confirm()

    def on_paste(self, event: Paste) -> None:
        """Ignore pasted text."""
        self._take_back()
        event.stop()

    def action_submit(self) -> None:
        """Cancel, whatever has the focus."""
        self.query_one("#cancel", Button).press()

    def action_confirm(self) -> None:
        """Confirm, unless another key follows at once."""
        if self.button.disabled:
            self.say(self.why_not_yet())
        elif self.can_see(self.button):
            self.say("…")
            self._pending = self.set_timer(LULL, self._confirm)

    def _confirm(self) -> None:
        """Confirm once no typed key waits to be handled."""
        app = self.app
        if isinstance(app, TerminalApp) and not app.type_ahead.is_idle:
            self._pending = self.set_timer(LULL, self._confirm)
        else:
            self._pending = None
            self.dismiss(self.result())

    def _take_back(self) -> None:
        if self._pending is not None:
            self._pending.stop()
            self._pending = None
            self.say(f"Another key came with it: press {self.key} again.")

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        if event.button is not self.button:
            self._take_back()
            self.dismiss(None)
        elif self._keypress_guard.is_calm(event.time):
            self.action_confirm()
