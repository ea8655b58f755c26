"""Signing in: a token or a device code, its permissions, and where to store it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import cast

from textual import on, work
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, Static
from textual.widgets.option_list import Option

from artifact_tui.daemon_thread import in_daemon_thread
from artifact_tui.domain.provider import ProviderError
from artifact_tui.domain.sign_in import DeviceCode, Place, SignIn, SignInError, Trial, right_line, token_advice
from artifact_tui.redaction import redact
from artifact_tui.screens.dialogs.question import Dialog, button_row
from artifact_tui.text import printable
from artifact_tui.widgets.menu import Menu


class TokenDialog(Dialog[Trial | DeviceCode]):
    """Tries a hidden token; the result is the server's answer, or a device code if the user asks for one."""

    def __init__(self, sign_in: SignIn, web_url: str, reason: str) -> None:
        super().__init__(f"Sign in to {sign_in.host}")
        self._sign_in = sign_in
        self._web_url = web_url
        self._reason = reason

    def compose_box(self) -> list[Widget]:
        """Return the reason, how to get a token, and the input."""
        notes = (note for note in self._sign_in.notes if note != self._sign_in.keyring_note)
        why = [printable(line, 300) for line in (self._reason, *notes) if line]
        line = Input(password=True, placeholder="Paste the token; it stays hidden", id="token", compact=True)
        line.cursor_blink = False
        code = {"code": "Use a code instead"} if self._sign_in.has_device_flow else {}
        return [
            *([Static(Content("\n".join(why)), classes="text")] if why else []),
            Static(Content("\n".join(token_advice(self._web_url))), classes="label"),
            line,
            Static("", id="problem", markup=False),
            button_row({"sign-in": "Sign in", **code, "cancel": "Cancel"}),
        ]

    @on(Input.Submitted)
    def _try(self) -> None:
        text = self.query_one(Input).value.strip()
        redact.learn(text)
        self._ask(f"Asking {self._sign_in.host}…", partial(self._sign_in.try_token, text))

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "cancel":
            self.dismiss(None)
        elif event.button.id == "code":
            self._ask(f"Asking {self._sign_in.host} for a code…", self._sign_in.begin_device_flow)
        else:
            self._try()

    @work(exclusive=True, group="sign-in")
    async def _ask(self, saying: str, ask: Callable[[], Awaitable[Trial | DeviceCode]]) -> None:
        self.say(saying)
        try:
            answer = await ask()
        except (ProviderError, SignInError) as error:
            self.say(printable(redact(str(error)), 300))
        else:
            self.dismiss(answer)


class CodeDialog(Dialog[Trial]):
    """Shows a code to enter in a browser on any machine, and waits until it is entered."""

    def __init__(self, sign_in: SignIn, code: DeviceCode, remote: bool) -> None:
        super().__init__(f"Sign in to {sign_in.host}")
        self._sign_in = sign_in
        self._code = code
        self._remote = remote

    def compose_box(self) -> list[Widget]:
        """Return the address, the code and the buttons; a browser button only on the user's machine."""
        opens = {} if self._remote else {"open": "Open in the browser"}
        return [
            Static(Content("Open this address in any browser, on any machine:"), classes="label"),
            Static(Content(printable(self._code.address, 200)), classes="value"),
            Static(Content("and enter this code:"), classes="label"),
            Static(Content(self._code.user_code), classes="value"),
            Static("Waiting for the code to be entered…", id="problem", markup=False),
            button_row({"copy": "Copy the code", **opens, "cancel": "Cancel"}),
        ]

    def on_mount(self) -> None:
        """Copy the code to the clipboard, if the terminal allows it."""
        self.app.copy_to_clipboard(self._code.user_code)
        self._wait()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "copy":
            self.app.copy_to_clipboard(self._code.user_code)
        elif event.button.id == "open":
            self.app.open_url(self._code.address)
        else:
            self.dismiss(None)

    @work(exclusive=True, group="sign-in")
    async def _wait(self) -> None:
        try:
            trial = await self._sign_in.finish_device_flow(self._code)
        except (ProviderError, SignInError) as error:
            self.say(printable(str(error), 300))
        else:
            self.dismiss(trial)


class KeepDialog(Dialog[Place]):
    """Shows the account and its permissions, and asks where to store the token."""

    def __init__(self, sign_in: SignIn, trial: Trial, keyring_problem: str = "") -> None:
        super().__init__(f"Signed in to {sign_in.host} as {trial.account.login}")
        self._sign_in = sign_in
        self._trial = trial
        self._keyring_problem = keyring_problem

    def compose_box(self) -> list[Widget]:
        """Return the permissions, then the places, safest first."""
        rights = "\n".join(right_line(right) for right in self._trial.rights)
        file = f"{printable(self._sign_in.file, 200)} is plain text: administrators and backups can read it."
        choices = {
            "keyring": ("In the keyring", "of this machine"),
            "this session": ("Until you quit", "in memory"),
            "file": ("In a file", "in plain text"),
        }
        if self._keyring_problem:
            del choices["keyring"]
        options = []
        for key, (label, note) in choices.items():
            tone = "$text-warning" if key == "file" else "$text-muted"
            options.append(Option(Content.assemble(f"{label:<19}", (note, tone)), id=key))
        return [
            Static(Content(rights), classes="text"),
            Static(Content(f"Where should the token be stored? {self._keyring_problem}".rstrip()), classes="label"),
            Menu(*options, markup=False, compact=True),
            Static(Content(file), classes="warning"),
            Static("", id="problem", markup=False),
        ]

    @on(Menu.OptionSelected)
    def _selected(self, event: Menu.OptionSelected) -> None:
        self._keep(cast("Place", event.option_id))

    @work(exclusive=True, group="sign-in")
    async def _keep(self, place: Place) -> None:
        self.say("Asking the keyring…" if place == "keyring" else "")
        try:
            await in_daemon_thread(partial(self._sign_in.keep, place))
        except SignInError as error:
            self.say(printable(str(error), 300))
        else:
            self.dismiss(place)
