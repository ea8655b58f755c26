"""Signing in to one host: find its token, try another one, store it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from artifact_tui.domain.sign_in import DeviceCode, Place, SignInError, Trial, rights_of
from artifact_tui.github.server_info import ServerInfo
from artifact_tui.github.tokens.credentials import Access, Credential, Token, TokenError
from artifact_tui.github.tokens.sources import FILE, KEYRING, THIS_SESSION, KeepingError, TokenSources
from artifact_tui.text import printable

if TYPE_CHECKING:
    import httpx

    from artifact_tui.github.device_flow import DeviceFlow


class HostSignIn:
    """An implementation of :class:`~.domain.sign_in.SignIn`; ``access`` signs the host's requests."""

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
        self.host = record.host.label
        self.file = str(sources.file.path or "")
        self.has_device_flow = bool(client_id)
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
    def source(self) -> str:
        """The source of the token in use; empty without one."""
        credential = self.access.credential
        return credential.source if credential else ""

    @property
    def earlier(self) -> str:
        """The source with a token that wins over keyring and file; empty for none."""
        return self._first if self._first not in {"", KEYRING, FILE} else ""

    def keyring_problem(self) -> str:
        """Return why no keyring can store a token; empty if one can. The first call blocks for seconds."""
        if self.keyring_note is None:
            self.keyring_note = self._sources.keyring_problem()
        return self.keyring_note

    def find(self) -> Access:
        """Search the sources once, which can take seconds; raise :class:`TokenError` for an invalid variable."""
        with self._lock:
            if not self._found:
                finding = self._sources.find()
                self.notes, self.warning, self.keyring_note = finding.notes, finding.warning, finding.keyring
                self._use(finding.credential)
                self._first = self.source
                self._found = True
        return self.access

    async def try_token(self, text: str) -> Trial:
        """Try a token with ``GET /user``."""
        try:
            token = Token(text)
        except TokenError as error:
            raise SignInError(str(error)) from None
        return await self._try(token)

    def keep(self, place: Place) -> None:
        """Use the last tried token, and store it in the keyring or the file unless it is for this session only."""
        if self._tried is None:
            raise SignInError("No token was tried yet.")
        token, trial = self._tried
        credential = Credential(token, THIS_SESSION)
        if place != "this session":
            try:
                credential = self._sources.keep(token, place)
            except KeepingError as error:
                raise SignInError(str(error)) from None
        self._found = True
        self._use(credential)
        self._record.signed_in(trial.account)

    async def begin_device_flow(self) -> DeviceCode:
        """Request a code."""
        return await self._flow().begin()

    async def finish_device_flow(self, code: DeviceCode, waiting: Callable[[], None] = lambda: None) -> Trial:
        """Wait until the code was entered, then try the token."""
        return await self._try(await self._flow().finish(code, waiting))

    def _use(self, credential: Credential | None) -> None:
        self.access.use(credential)
        self._record.signed_by(credential.source if credential else "")

    async def _try(self, token: Token) -> Trial:
        """Try a token with a separate record, because the one in use must not change yet."""
        from artifact_tui.github.provider import GitHubProvider

        record = ServerInfo(self._record.host, ca_file=self._record.ca_file)
        provider = GitHubProvider(record, Credential(token, THIS_SESSION), transport=self._transport())
        try:
            account = await provider.viewer()
        finally:
            await provider.close()
        wanted = self._record.host.account
        if wanted and wanted.lower() != account.login.lower():
            raise SignInError(f"This token belongs to {printable(account.login, 60)}, not to {wanted}.")
        trial = Trial(account, rights_of(account), record.connection.token_expires)
        self._tried = token, trial
        return trial

    def _device_flow(self) -> DeviceFlow:
        from artifact_tui.github.device_flow import DeviceFlow

        return DeviceFlow(self._record.host, self._client_id, ca_file=self._record.ca_file, transport=self._transport())
