"""What responses tell of the server: its release, API version and rate limit."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec.structs import replace

from artifact_tui.domain.models import Account, Connection, RateLimit, Server
from artifact_tui.github.hosts import Host, check_api_version
from artifact_tui.github.rate_limit import epoch_seconds, read_rate_limit, real_moment

NEWEST_API_VERSION = "2026-03-10"
FIRST_API_VERSION = "2022-11-28"
Headers = Mapping[str, str]


class ServerInfo:
    """The state of one server, updated from any thread; header lookups expect a mapping that ignores case."""

    def __init__(self, host: Host, *, api_version: str = "", read_only: bool = False, ca_file: str = "") -> None:
        """Start without knowledge of the server; ``ca_file`` holds additional CA certificates."""
        self.host = host
        self.ca_file = ca_file
        self._pinned = check_api_version(api_version)
        self._without_version = False
        self._probed = False
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []
        server = Server(host=host.name, kind=host.kind, api_version=self._version_to_send(""))
        self._connection = Connection(server=server, read_only=read_only)

    @property
    def connection(self) -> Connection:
        """The current state, as one immutable value."""
        return self._connection

    @property
    def api_version(self) -> str:
        """The API version to send; empty for no header.

        A pinned version wins. Hosts that GitHub runs get the newest one, which is served longest. An Enterprise Server
        gets what its release supports: none before 3.9, the newest from 3.21. Every release accepts a request without a
        version.
        """
        return self._version_to_send(self._connection.server.version)

    @property
    def wants_probe(self) -> bool:
        """Whether to request ``GET /meta`` first: only the rules of Enterprise Server depend on the release."""
        return not self.host.kind.is_cloud and not self._connection.server.version and not self._probed

    @property
    def sorts_run_artifacts(self) -> bool:
        """Whether a run's artifacts can be sorted by the server: Enterprise Server can since 3.17."""
        return self.host.kind.is_cloud or _release(self._connection.server.version) >= (3, 17)

    @property
    def has_retention(self) -> bool | None:
        """Whether the API has the retention setting: Enterprise Server since 3.19; None if it hides its release."""
        if self.host.kind.is_cloud:
            return True
        release = _release(self._connection.server.version)
        return release >= (3, 19) if release else None

    def listen(self, changed: Callable[[], None]) -> None:
        """Call ``changed`` after each change of :attr:`connection`, in any thread and order; it must read the value."""
        self._listeners.append(changed)

    def refuse_version(self) -> None:
        """Stop sending an API version, because the server rejects it."""
        self._without_version = True
        self._update(lambda now: replace(now, server=replace(now.server, api_version="")))

    def probed(self, installed_version: str) -> None:
        """Note the release from ``GET /meta``, of this or an earlier start; empty if the server hides it."""
        self._probed = True
        release = _release_text(installed_version)
        if release:
            self._update(lambda now: replace(now, server=replace(now.server, version=release)))

    def signed_in(self, account: Account) -> None:
        """Note the signed-in account."""
        self._update(lambda now: replace(now, account=account, account_failed=False))

    def account_failed(self) -> None:
        """Note that the request for the account failed."""
        self._update(lambda now: replace(now, account_failed=True))

    def signed_by(self, source: str) -> None:
        """Note the source of a new token, and drop the state of the old one."""
        self._update(lambda now: replace(now, token_source=source, token_expires=None, token_wanted=""))

    def left_out(self, sso_header: str) -> None:
        """Count hidden organizations: ``X-GitHub-SSO: partial-results; organizations=21955855,20582480``."""
        match = re.match(r"partial-results; organizations=([0-9]+(?:,[0-9]+)*)", sso_header)
        hidden = len(match[1].split(",")) if match else 0
        self._update(lambda now: replace(now, hidden_organizations=hidden))

    def wants_token(self, sentence: str) -> None:
        """Note the error of a request that needs a token, or another one."""
        self._update(lambda now: replace(now, token_wanted=sentence))

    def limited(self, limit: RateLimit) -> None:
        """Note the primary rate limit."""
        known = replace(limit, reset=epoch_seconds(limit.reset))
        self._update(lambda now: replace(now, rate_limit=known))

    def learn(self, headers: Headers) -> None:
        """Read release, API version, rate limit and token expiry from response headers."""
        release = _release_text(headers.get("x-github-enterprise-version", ""))
        selected = headers.get("x-github-api-version-selected", "")
        limit = read_rate_limit(headers)
        expires = read_expiry(headers)

        def learned(now: Connection) -> Connection:
            version = release or now.server.version
            api_version = selected if re.fullmatch(r"[0-9-]{10}", selected) else self._version_to_send(version)
            server = replace(now.server, version=version, api_version=api_version)
            known = {"rate_limit": limit or now.rate_limit, "token_expires": expires or now.token_expires}
            return replace(now, server=server, **known)

        self._update(learned)

    def _update(self, change: Callable[[Connection], Connection]) -> None:
        with self._lock:
            before = self._connection
            after = self._connection = change(before)
        if after != before:
            for listener in self._listeners:
                listener()

    def _version_to_send(self, release: str) -> str:
        if self._without_version:
            return ""
        if self._pinned:
            return self._pinned
        if self.host.kind.is_cloud or _release(release) >= (3, 21):
            return NEWEST_API_VERSION
        return FIRST_API_VERSION if _release(release) >= (3, 9) else ""


def read_expiry(headers: Headers) -> datetime | None:
    """Return the token's expiry: ``github-authentication-token-expiration: 2026-06-28 15:34:58 UTC``, or ``+0200``."""
    text = headers.get("github-authentication-token-expiration", "").replace("UTC", "+0000")
    try:
        return real_moment(datetime.strptime(text, "%Y-%m-%d %H:%M:%S %z"))
    except ValueError:
        return None


def _release_text(text: str) -> str:
    match = re.search(r"(?<![0-9.])[0-9]{1,3}\.[0-9]{1,4}(?:\.[0-9]{1,4}){0,2}", text)
    return match[0] if match else ""


def _release(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")) if text else ()
