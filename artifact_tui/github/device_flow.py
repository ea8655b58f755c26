"""OAuth's device flow (RFC 8628; GitHub's "Authorizing OAuth apps"): a code to enter in a browser on any machine."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec

from artifact_tui.domain.sign_in import DeviceCode, SignInError
from artifact_tui.github.hosts import Host
from artifact_tui.github.http.connections import async_client, plain_words
from artifact_tui.github.http.requests import USER_AGENT
from artifact_tui.github.tokens.credentials import Token, TokenError
from artifact_tui.redaction import redact

SCOPE = "repo"
GRANT = "urn:ietf:params:oauth:grant-type:device_code"
PATIENCE = 1.2
"""The factor for the interval, so that clock differences do not lead to ``slow_down``."""
SLOWER = 5.0
_LARGEST = 64 * 1024


class _Begun(msgspec.Struct):
    device_code: str = ""
    user_code: str = ""
    verification_uri: str = ""
    expires_in: float = 900.0
    interval: float = 5.0
    error: str = ""


class _Answer(msgspec.Struct):
    access_token: str = ""
    error: str = ""
    interval: float | None = None


Decoded = TypeVar("Decoded", bound=msgspec.Struct)


class DeviceFlow:
    """The flow at one host, for the app ``client_id``; ``sleep`` takes seconds."""

    def __init__(
        self,
        host: Host,
        client_id: str,
        *,
        ca_file: str = "",
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._host = host
        self._client_id = client_id
        self._ca_file = ca_file
        self._transport = transport
        self._sleep = sleep

    async def begin(self) -> DeviceCode:
        """Request a code (``POST /login/device/code``); its page must be on the host itself."""
        body = await self._post("/login/device/code", {"client_id": self._client_id, "scope": SCOPE})
        begun = self._decoded(body, _Begun)
        if begun.error:
            raise SignInError(self._refusal(begun.error))
        fits = re.fullmatch(r"[A-Za-z0-9-]{4,20}", begun.user_code) and begun.device_code
        if not fits or not self._is_own(begun.verification_uri):
            raise SignInError(f"Invalid response from {self._host.name}. Use a token instead.")
        redact.learn(begun.device_code)
        expires = min(max(begun.expires_in, 1.0), 3600.0)
        interval = min(max(begun.interval, 1.0), 60.0)
        return DeviceCode(begun.user_code, begun.verification_uri, begun.device_code, interval, expires)

    async def finish(self, code: DeviceCode, waiting: Callable[[], None]) -> Token:
        """Poll ``POST /login/oauth/access_token`` until the code is confirmed, denied or expired."""
        asked = {"client_id": self._client_id, "device_code": code.secret, "grant_type": GRANT}
        interval, passed = code.interval, 0.0
        while passed + interval * PATIENCE < code.expires_in:
            waiting()
            await self._sleep(interval * PATIENCE)
            passed += interval * PATIENCE
            answer = self._decoded(await self._post("/login/oauth/access_token", asked), _Answer)
            if answer.access_token:
                return self._token(answer.access_token)
            if answer.error == "slow_down":
                interval = min(max(answer.interval or 0.0, interval + SLOWER), 300.0)
            elif answer.error != "authorization_pending":
                raise SignInError(self._refusal(answer.error))
        raise SignInError(self._refusal("expired_token"))

    async def _post(self, path: str, form: dict[str, str]) -> bytes:
        headers = {"Accept": "application/json", "User-Agent": USER_AGENT}
        async with async_client(self._transport, self._ca_file) as client:
            with plain_words(self._host.name):
                response = await client.post(self._host.web_url + path, data=form, headers=headers)
        if response.status_code != 200:
            raise SignInError(f"{self._host.name} does not support codes here (status {response.status_code}).")
        return response.content[:_LARGEST]

    def _decoded(self, body: bytes, kind: type[Decoded]) -> Decoded:
        try:
            return msgspec.json.decode(body, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise SignInError(f"Invalid response from {self._host.name}. Use a token instead.") from None

    def _is_own(self, address: str) -> bool:
        own = urlsplit(self._host.web_url)
        try:
            parts = urlsplit(address)
        except ValueError:
            return False
        is_plain = re.fullmatch(r"[\x21-\x7e]{1,200}", address) is not None
        return is_plain and (parts.scheme, parts.netloc) == (own.scheme, own.netloc)

    def _token(self, text: str) -> Token:
        try:
            return Token(text)
        except TokenError:
            raise SignInError(f"Invalid response from {self._host.name}. Use a token instead.") from None

    def _refusal(self, error: str) -> str:
        unknown = f"{self._host.name} does not know the app with this client ID."
        return {
            "expired_token": "The code has expired. Start again.",
            "access_denied": "The request was denied on the page.",
            "device_flow_disabled": "The app with this client ID does not allow sign-in with a code.",
            "incorrect_client_credentials": unknown,
            "unauthorized_client": unknown,
            "Not Found": unknown,
            "incorrect_device_code": "The code is no longer valid. Start again.",
        }.get(error, f"{self._host.name} refused the sign-in with a code.")
