"""Requests to the API, and their headers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal
from urllib.parse import SplitResult, quote, urlencode, urlsplit

from msgspec import Struct

from artifact_tui import __version__
from artifact_tui.domain.models import RepositoryName
from artifact_tui.domain.provider import NotFound
from artifact_tui.github.hosts import DEFAULT_PORTS, Host
from artifact_tui.github.tokens.credentials import Token

JSON = "application/vnd.github+json"
USER_AGENT = f"artifact-tui/{__version__}"
VERSION_HEADER = "X-GitHub-Api-Version"
Method = Literal["GET", "PUT", "DELETE"]


class Request(Struct, frozen=True, kw_only=True):
    """A request to the API.

    ``path`` is quoted and relative to the base URL, or a full URL of the API; ``what`` names the object in errors;
    ``redirects_away`` expects a 302 (``/zip``); ``stored`` allows keeping the response for conditional requests.
    ``is_scan`` lets all other requests go first; ``etag`` allows status 304; ``body`` is JSON.
    """

    path: str
    query: tuple[tuple[str, str], ...] = ()
    method: Method = "GET"
    what: str = "This"
    redirects_away: bool = False
    stored: bool = True
    is_scan: bool = False
    etag: str = ""
    body: bytes = b""

    def url(self, host: Host) -> str:
        """Return the full URL."""
        start = self.path if self.path.startswith(("http://", "https://")) else host.base_url + self.path
        return f"{start}?{urlencode(self.query, quote_via=quote, errors='replace')}" if self.query else start


def path_of(*segments: str | int) -> str:
    """Return a path of quoted segments; raise :class:`NotFound` for an impossible one, such as ``..``."""
    for segment in segments:
        if str(segment) in {"", ".", ".."}:
            raise NotFound("Not found.", "Check the owner and the repository.")
    return "".join("/" + quote(str(segment), safe="", errors="replace") for segment in segments)


def path_in(repository: RepositoryName, *segments: str | int) -> str:
    """Return a quoted path below ``/repos/OWNER/REPO``."""
    return path_of("repos", repository.owner, repository.name, *segments)


def artifact_request(repository: RepositoryName, artifact_id: int) -> Request:
    """Return the request for one artifact."""
    return Request(path=path_in(repository, "actions", "artifacts", artifact_id), what="The artifact")


def now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


def headers_for(host: Host, url: str, token: Token | None, api_version: str) -> dict[str, str]:
    """Return the headers of an API request; refuse any other origin, because of the token.

    ``Accept`` is the same for ``/zip``, where servers answer 415 to ``application/octet-stream``. A User-Agent is
    mandatory (GitHub's documentation, "User agent required").
    """
    if not is_api_address(host, url):
        raise AssertionError("a request of the API was about to leave for another origin")
    headers = {"Accept": JSON, "User-Agent": USER_AGENT}
    if api_version:
        headers[VERSION_HEADER] = api_version
    if token is not None:
        headers["Authorization"] = f"Bearer {token.reveal()}"
    return headers


def is_api_address(host: Host, url: str) -> bool:
    """Return whether a URL is inside the API: same scheme, host and port, and below the base path."""
    try:
        target, base = urlsplit(url), urlsplit(host.base_url)
        same = _origin(target) == _origin(base)
    except ValueError:
        return False
    plain = target.username is None and target.password is None and not {".", ".."} & set(target.path.split("/"))
    below = target.path == base.path or target.path.startswith(base.path.rstrip("/") + "/")
    return same and plain and below and "\\" not in url


def is_below(url: str, web_url: str) -> bool:
    """Return whether a URL is on the server's own pages; False for an invalid URL."""
    try:
        return urlsplit(url).netloc == urlsplit(web_url).netloc
    except ValueError:
        return False


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or DEFAULT_PORTS.get(parts.scheme)
