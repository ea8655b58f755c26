"""The app's dealings with hosts and accounts: which host, signing in when a request needs it, leaving."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from textual import work
from textual.reactive import reactive

from artifact_tui.domain.models import Connection, Server
from artifact_tui.domain.provider import ProviderError
from artifact_tui.domain.sign_in import DeviceCode, SignIn, Trial
from artifact_tui.screens.background import in_daemon_thread
from artifact_tui.screens.list_screen import ListScreen
from artifact_tui.screens.server_list import ServerList
from artifact_tui.screens.session import Session
from artifact_tui.terminal.terminal_app import TerminalApp
from artifact_tui.text import printable, span

WARNED_BEFORE = timedelta(days=7)


class AccountApp(TerminalApp):
    """An app with a session, whose server may want a token, or another one."""

    connection: reactive[Connection | None] = reactive[Connection | None](None, repaint=False)
    session: Session
    next_host = ""
    """The host to go to when the program has left this one; everything but the terminal is made anew for it."""

    @property
    def goes_on(self) -> bool:
        """At the next host."""
        return bool(self.next_host)

    async def ask_account(self) -> None:
        """Ask the server for the account; if that fails, the list that loads meanwhile shows the error."""
        try:
            provider = await self.session.provider()
            await provider.viewer()
        except ProviderError:
            if self.connection is None:  # there is not even a client, as with a certificate file that is missing
                server = Server(
                    host=self.session.host, kind="github.com" if self.session.is_cloud else "enterprise server"
                )
                self.connection = Connection(server=server, account_failed=True)

    def on_list_came(self) -> None:
        """Ask for the account again if that failed at the start: a list has loaded since."""
        is_asking = any(worker.group == "greet" and worker.is_running for worker in self.workers)
        if self.connection is not None and self.connection.account is None and not is_asking:
            self._ask_account_again()

    @work(exclusive=True, group="account")
    async def _ask_account_again(self) -> None:
        await self.ask_account()

    def connection_changed(self, connection: Connection) -> None:
        """The server has told something new."""
        self.connection = connection

    def watch_connection(self, before: Connection | None, now: Connection | None) -> None:
        """A request that needs a token asks for one, once; a token that ends soon is spoken of, once."""
        if now is None:
            return
        if now.token_wanted and (before is None or before.token_wanted != now.token_wanted):
            self._sign_in(now.token_wanted)
        if now.token_expires is not None and (before is None or before.token_expires != now.token_expires):
            self._warn_of_expiry(now)

    def why_not(self, action: str) -> str:
        """Signing in needs somewhere to sign in to, which the demo is not; going to another host needs another."""
        if action == "sign_in" and self.session.sign_in is None:
            return "The demo needs no token."
        if action == "hosts" and not self._other_hosts():
            return 'No other host is configured. List them in config.toml, as in hosts = ["github.com", "HOST"].'
        return super().why_not(action)

    def action_leave(self) -> None:
        """Quit; with transfers under way only after asking."""
        self._leave_for("")

    def action_hosts(self) -> None:
        """Another of the hosts, or accounts there, in ``config.toml``."""
        if self.is_refused("hosts"):
            return
        from artifact_tui.screens.dialogs.question import ChoiceDialog

        choices = {name: (printable(name, 60), "") for name in self._other_hosts()}
        self.push_screen(ChoiceDialog("Go to another host", choices), self._host_chosen)

    def _host_chosen(self, host: str | None) -> None:
        if host:
            self._leave_for(host)

    def _other_hosts(self) -> list[str]:
        return [name for name in self.session.settings.hosts if name != self.session.label]

    def _leave_for(self, host: str) -> None:
        from artifact_tui.screens.leaving import leave

        self.next_host = host
        leave(self, self.session)

    def action_sign_in(self) -> None:
        """With another token than now."""
        if not self.is_refused("sign_in"):
            self._sign_in("")

    @work(exclusive=True, group="signing-in")
    async def _sign_in(self, reason: str) -> None:
        """Ask for a token, then where to keep it; what is on the screen is loaded again with it."""
        sign_in = self.session.sign_in
        if sign_in is None:
            return
        trial = await self._tried(sign_in, reason)
        if trial is None:
            return
        from artifact_tui.screens.sign_in import KeepDialog

        no_keyring = await in_daemon_thread(sign_in.keyring_problem)
        place = await KeepDialog(sign_in, trial, no_keyring).pushed_unasked(self)
        if place is None:
            await in_daemon_thread(partial(sign_in.keep, "this run"))
        earlier = sign_in.earlier
        if earlier and place not in {None, "this run"}:
            again = f"The next start uses {earlier} again: unset it to use what was kept now."
            self.notify(again, severity="warning", markup=False, timeout=20)
        where = {"keyring": "kept in the keyring", "file": "kept in a file", "this run": "for this run"}
        how = where[place] if place else "for this run only: the token was not stored"
        self.notify(f"Signed in as {printable(trial.account.login, 60)}, {how}.", markup=False)
        if isinstance(self.screen, ServerList):
            self.screen.forget_place()
        if isinstance(self.screen, ListScreen):
            self.screen.load()

    async def _tried(self, sign_in: SignIn, reason: str) -> Trial | None:
        """What the server said of the token that was given or came of the code; None for nothing."""
        from artifact_tui.screens.sign_in import CodeDialog, TokenDialog

        dialog = TokenDialog(sign_in, self.session.web_url, reason)
        answer = await (dialog.pushed_unasked(self) if reason else self.push_screen_wait(dialog))
        if isinstance(answer, DeviceCode):
            return await CodeDialog(sign_in, answer, self.session.remote).pushed_unasked(self)
        return answer

    def warn_of_token_file(self) -> None:
        """A file that others can get at is spoken of at the start, whatever token is used."""
        warning = self.session.sign_in.warning if self.session.sign_in else ""
        if warning:
            self.notify(printable(warning, 400), severity="warning", markup=False, timeout=20)

    def _warn_of_expiry(self, connection: Connection) -> None:
        left = connection.token_expires - self.session.clock() if connection.token_expires else WARNED_BEFORE
        if left < WARNED_BEFORE:
            when = f"expires in {span(left)}" if left > timedelta(0) else "has expired"
            step = "Make a new one and sign in with S." if self.session.sign_in else "Make a new one."
            self.notify(f"The token {when}. {step}", severity="warning", markup=False, timeout=10)
