"""Signing in to one host: finding its token once, trying another, keeping it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from artifact_tui.domain.sign_in import DeviceCode, Place, SignInError, Trial, rights_of
from artifact_tui.github.server_info import ServerInfo
from artifact_tui.github.tokens.credentials import Access, Credential, Token, TokenError
from artifact_tui.github.tokens.sources import FILE, KEYRING, THIS_RUN, KeepingError, TokenSources
from artifact_tui.text import printable

if TYPE_CHECKING:
    import httpx

    from artifact_tui.github.device_flow import DeviceFlow


class HostSignIn:
    """Implements :class:`~.domain.sign_in.SignIn`; ``access`` is what the host's requests are signed with."""

    def __init__(
        self,
        sources: TokenSources,
        record: ServerInfo,
        *,
        client_id: str = "",
        transport: Callable[[], httpx.AsyncBaseTransport | None] = lambda: None,
        flow: Callable[[], DeviceFlow] | None = None,
    ) -> None:
        self.access = Access()
        self.notes: tuple[str, ...] = ()
        self.warning = ""
        self.keyring_note: str | None = None
        self._first = ""
        self._sources = sources
        self._record = record
        self._client_id = client_id
        self._transport = transport
        self._flow = flow or self._device_flow
        self._tried: tuple[Token, Trial] | None = None
        self._found = False
        self._lock = threading.Lock()

    @property
    def host(self) -> str:
        """The host's name, with the account before it, if one is asked for."""
        return self._record.host.label

    @property
    def source(self) -> str:
        """The source of the token in use; empty without one."""
        credential = self.access.credential
        return credential.source if credential else ""

    @property
    def earlier(self) -> str:
        """The source that is asked before keyring and file and has a token; empty for none."""
        return self._first if self._first not in {"", KEYRING, FILE} else ""

    @property
    def file(self) -> str:
        """The path of the file that a token can be kept in."""
        return str(self._sources.file.path or "")

    @property
    def has_device_flow(self) -> bool:
        """Whether a code on a web page can stand in for a token."""
        return bool(self._client_id)

    def keyring_problem(self) -> str:
        """Return why no keyring can store a token; empty if one can. The first call blocks for seconds."""
        if self.keyring_note is None:
            self.keyring_note = self._sources.keyring_problem()
        return self.keyring_note

    def find(self) -> Access:
        """Ask the sources, the first time this is called; may block for some seconds.

        Raises :class:`~.github.tokens.credentials.TokenError` when a variable holds something that is no token.
        """
        with self._lock:
            if not self._found:
                finding = self._sources.find()
                self.notes, self.warning, self.keyring_note = finding.notes, finding.warning, finding.keyring
                self._use(finding.credential)
                self._first = self.source
                self._found = True
        return self.access

    async def try_token(self, text: str) -> Trial:
        """``GET /user`` with it."""
        try:
            token = Token(text)
        except TokenError as error:
            raise SignInError(str(error)) from None
        return await self._try(token)

    def keep(self, place: Place) -> None:
        """In the keyring or the file; what is for this run only stays in memory."""
        if self._tried is None:
            raise SignInError("No token was tried yet.")
        token, trial = self._tried
        credential = Credential(token, THIS_RUN)
        if place != "this run":
            try:
                credential = self._sources.keep(token, place)
            except KeepingError as error:
                raise SignInError(str(error)) from None
        self._found = True
        self._use(credential)
        self._record.signed_in(trial.account)

    async def begin_device_flow(self) -> DeviceCode:
        """See :class:`~artifact_tui.github.device_flow.DeviceFlow`."""
        return await self._flow().begin()

    async def finish_device_flow(self, code: DeviceCode, waiting: Callable[[], None] = lambda: None) -> Trial:
        """Return the token that comes of it is tried as a pasted one is."""
        return await self._try(await self._flow().finish(code, waiting))

    def _use(self, credential: Credential | None) -> None:
        self.access.use(credential)
        self._record.signed_by(credential.source if credential else "")

    async def _try(self, token: Token) -> Trial:
        """With a record of its own: what is learned of a token that is not used yet concerns nobody else."""
        from artifact_tui.github.provider import GitHubProvider

        record = ServerInfo(self._record.host, ca_file=self._record.ca_file)
        provider = GitHubProvider(record, Credential(token, THIS_RUN), transport=self._transport())
        try:
            account = await provider.viewer()
        finally:
            await provider.close()
        wanted = self._record.host.account
        if wanted and wanted.lower() != account.login.lower():
            raise SignInError(f"This is a token of {printable(account.login, 60)}; {wanted} is asked for.")
        trial = Trial(account, rights_of(account), record.connection.token_expires)
        self._tried = token, trial
        return trial

    def _device_flow(self) -> DeviceFlow:
        from artifact_tui.github.device_flow import DeviceFlow

        return DeviceFlow(self._record.host, self._client_id, ca_file=self._record.ca_file, transport=self._transport())
