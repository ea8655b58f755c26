"""Hosts and accounts: choosing a host, signing in when a request needs it, and leaving."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from artifact_tui.daemon_thread import in_daemon_thread
from artifact_tui.domain.models import Connection, Server
from artifact_tui.domain.provider import Forbidden, ProviderError
from artifact_tui.domain.sign_in import DeviceCode, SignIn, Trial
from artifact_tui.screens.engine_events import EngineApp
from artifact_tui.screens.list_screen import ListScreen
from artifact_tui.screens.server_list import ServerList
from artifact_tui.screens.session import Session
from artifact_tui.text import printable, span

WARNED_BEFORE = timedelta(days=7)


class AccountFlow:
    """Asks for the account, signs in, and leaves the program or the host."""

    def __init__(self, app: EngineApp, session: Session) -> None:
        self._app = app
        self._session = session
        self.next_host = ""
        self._is_refused = False  # whether the token cannot read the account, like a workflow run's token

    async def ask(self) -> None:
        """Ask the server for the account; if that fails, the loading list shows the error."""
        try:
            provider = await self._session.provider()
            await provider.viewer()
        except ProviderError as error:
            self._is_refused = isinstance(error, Forbidden)
            if self._app.connection is None:  # no client exists, for instance without a CA file
                backend = self._session.backend
                server = Server(host=backend.host, kind=backend.kind)
                self._app.connection = Connection(server=server, account_failed=True)

    def ask_again(self) -> None:
        """Ask for the account again if that failed at the start; a list has loaded since."""
        app = self._app
        is_asking = any(worker.group == "greet" and worker.is_running for worker in app.workers)
        is_unknown = app.connection is not None and app.connection.account is None
        if is_unknown and not (is_asking or self._is_refused):
            app.run_worker(self.ask(), group="account", exclusive=True)

    def show_news(self, before: Connection | None, now: Connection | None) -> None:
        """Open the sign-in dialog once for each need of a token; warn once of a token that expires soon."""
        if now is None:
            return
        if now.token_wanted and (before is None or before.token_wanted != now.token_wanted):
            self.sign_in(now.token_wanted)
        if now.token_expires is not None and (before is None or before.token_expires != now.token_expires):
            self._warn_of_expiry(now)

    def why_not(self, action: str) -> str:
        """Return why an action about accounts or hosts is unavailable, or an empty string."""
        if action == "sign_in" and self._session.backend.sign_in is None:
            return "The demo needs no token."
        if action == "hosts" and not self._other_hosts():
            return 'No other host is configured. Add one in config.toml: hosts = ["github.com", "HOST"].'
        return ""

    async def choose_host(self) -> None:
        """Switch to another host or account from ``config.toml``; await it in a worker."""
        from artifact_tui.screens.dialogs.question import ChoiceDialog

        choices = {name: (printable(name, 60), "") for name in self._other_hosts()}
        if host := await self._app.push_screen_wait(ChoiceDialog("Switch to another host", choices)):
            await self._leave(host)

    def _other_hosts(self) -> list[str]:
        return [name for name in self._session.settings.hosts if name != self._session.backend.label]

    def leave(self) -> None:
        """Quit; while transfers are active, ask first what becomes of the part files."""
        if any(not one.finished for one in self._session.transfers()):
            self._app.run_worker(self._leave(), group="leave")
        else:
            self._app.exit(0)

    async def _leave(self, host: str = "") -> None:
        under_way = [one for one in self._session.transfers() if not one.finished]
        if under_way:
            from artifact_tui.screens.leaving import quit_question

            answer = await self._app.push_screen_wait(quit_question(under_way))
            if answer not in {"keep", "remove"}:
                return
            self._session.keeps_parts = answer == "keep"
        self.next_host = host
        self._app.exit(0)

    def sign_in(self, reason: str = "") -> None:
        """Open the sign-in dialog; ``reason`` is the sentence of the request that needs a token."""
        sign_in = self._session.backend.sign_in
        if sign_in is not None:
            self._app.run_worker(self._sign_in(sign_in, reason), group="signing-in", exclusive=True)

    async def _sign_in(self, sign_in: SignIn, reason: str) -> None:
        trial = await self._tried(sign_in, reason)
        if trial is None:
            return
        if self._app.first_frame is not None:
            self._app.first_frame.forget_all()
            self._app.first_frame = None  # the rows of the earlier account are still on the screen
        from artifact_tui.screens.sign_in import KeepDialog

        no_keyring = await in_daemon_thread(sign_in.keyring_problem)
        place = await KeepDialog(sign_in, trial, no_keyring).pushed_unasked(self._app)
        if place is None:
            await in_daemon_thread(partial(sign_in.keep, "this session"))
        if sign_in.earlier and place not in {None, "this session"}:
            self._warn(f"The next start uses {sign_in.earlier}. Unset it to use the stored token.")
        where = {"keyring": "stored in the keyring", "file": "stored in a file", "this session": "until you quit"}
        how = where[place] if place else "until you quit: the token was not stored"
        self._app.notify(f"Signed in as {printable(trial.account.login, 60)}, {how}.", markup=False)
        screen = self._app.screen
        if isinstance(screen, ServerList):
            screen.listing.forget_place()  # another account may see other rows
        if isinstance(screen, ListScreen):
            screen.load()

    async def _tried(self, sign_in: SignIn, reason: str) -> Trial | None:
        from artifact_tui.screens.sign_in import CodeDialog, TokenDialog

        dialog = TokenDialog(sign_in, self._session.backend.web_url, reason)
        answer = await (dialog.pushed_unasked(self._app) if reason else self._app.push_screen_wait(dialog))
        if isinstance(answer, DeviceCode):
            return await CodeDialog(sign_in, answer, self._session.remote).pushed_unasked(self._app)
        return answer

    def warn_of_token_file(self) -> None:
        """Warn of a token file that other users can read, even if another token is used."""
        sign_in = self._session.backend.sign_in
        if sign_in is not None and sign_in.warning:
            self._warn(printable(sign_in.warning, 400))

    def _warn_of_expiry(self, connection: Connection) -> None:
        left = connection.token_expires - self._session.clock() if connection.token_expires else WARNED_BEFORE
        if left < WARNED_BEFORE:
            when = f"expires in {span(left)}" if left > timedelta(0) else "has expired"
            step = "Create a new one and sign in with S." if self._session.backend.sign_in else "Create a new one."
            self._warn(f"The token {when}. {step}", timeout=10)

    def _warn(self, sentence: str, timeout: float = 20) -> None:
        self._app.notify(sentence, severity="warning", markup=False, timeout=timeout)
