"""What the answers have told of the server so far: its release, API version and rate limit."""

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
    """A growing record of one server, shared by provider and storage and written to from any thread.

    Header lookups expect a mapping that ignores case, as httpx's is.
    """

    def __init__(self, host: Host, *, api_version: str = "", read_only: bool = False, ca_file: str = "") -> None:
        """``ca_file`` holds certificates to trust besides the system's."""
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
        """All that is known now, as one immutable value."""
        return self._connection

    @property
    def api_version(self) -> str:
        """The API version to ask for, empty for no header.

        A pinned one; else the newest on hosts that GitHub runs, because it is served longest and all that we read is
        the same in both; on an Enterprise Server what its release knows (none before 3.9, the newest from 3.21),
        and no header while the release is unknown, which every one of them takes.
        """
        return self._version_to_send(self._connection.server.version)

    @property
    def wants_probe(self) -> bool:
        """Whether ``GET /meta`` should come before anything else: only an Enterprise Server's rules vary by release."""
        return not self.host.kind.is_cloud and not self._connection.server.version and not self._probed

    @property
    def sorts_run_artifacts(self) -> bool:
        """Whether a run's artifacts can be asked for in a direction: Enterprise Server has it from 3.17 on."""
        return self.host.kind.is_cloud or _release(self._connection.server.version) >= (3, 17)

    def listen(self, changed: Callable[[], None]) -> None:
        """Call ``changed``, in whatever thread, after :attr:`connection` got a new value, which it reads itself.

        Calls of several threads may come in any order, so a value that came with one might be an old one.
        """
        self._listeners.append(changed)

    def refuse_version(self) -> None:
        """Ask for no API version from now on, since the server does not know ours."""
        self._without_version = True
        self._update(lambda now: replace(now, server=replace(now.server, api_version="")))

    def probed(self, installed_version: str) -> None:
        """``GET /meta`` was answered; the release may be empty where the server keeps it to itself."""
        self._probed = True
        release = _release_text(installed_version)
        if release:
            self._update(lambda now: replace(now, server=replace(now.server, version=release)))

    def signed_in(self, account: Account) -> None:
        """Remember the account that the server named."""
        self._update(lambda now: replace(now, account=account, account_failed=False))

    def account_failed(self) -> None:
        """Note that the server did not answer who the account is."""
        self._update(lambda now: replace(now, account_failed=True))

    def signed_by(self, source: str) -> None:
        """Where the token of the requests from now on comes from; what was said of another one is forgotten."""
        self._update(lambda now: replace(now, token_source=source, token_expires=None, token_wanted=""))

    def left_out(self, sso_header: str) -> None:
        """Of a list across organizations: ``X-GitHub-SSO: partial-results; organizations=21955855,20582480``."""
        match = re.match(r"partial-results; organizations=([0-9]+(?:,[0-9]+)*)", sso_header)
        hidden = len(match[1].split(",")) if match else 0
        self._update(lambda now: replace(now, hidden_organizations=hidden))

    def wants_token(self, sentence: str) -> None:
        """Remember that a request was refused that another token would have allowed."""
        self._update(lambda now: replace(now, token_wanted=sentence))

    def limited(self, limit: RateLimit) -> None:
        """Remember what is left of the primary rate limit."""
        known = replace(limit, reset=epoch_seconds(limit.reset))
        self._update(lambda now: replace(now, rate_limit=known))

    def learn(self, headers: Headers) -> None:
        """Read the release, the API version, the rate limit and the token's end off an answer's headers."""
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
    """When the token ends: ``github-authentication-token-expiration: 2026-06-28 15:34:58 UTC``, or ``+0200``."""
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
