"""The arguments of every route of the demo server: the site and the call."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlencode

from artifact_tui.demo.accounts import DemoAccount
from artifact_tui.demo.answers import Templates
from artifact_tui.demo.blobs import Blobs
from artifact_tui.demo.data import DemoArtifact, DemoRepository, parse_time
from artifact_tui.demo.flavors import Flavor
from artifact_tui.demo.messages import DOCS, DemoAnswer, DemoRequest, Refusal
from artifact_tui.demo.state import Store

Row = TypeVar("Row")
MAX_PER_PAGE = 100
LIMITS = {"core": (5000, 3600), "search": (30, 60)}
"""Requests and seconds of each resource (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api)."""
ANONYMOUS = {"core": 60, "search": 10}


@dataclass
class Quota:
    """The quota of one resource for one token."""

    resource: str
    limit: int
    used: int = 0
    reset: int = 0

    def roll(self, now: datetime) -> None:
        """Start a new window if the old one is over."""
        if now.timestamp() >= self.reset:
            self.used, self.reset = 0, int(now.timestamp()) + LIMITS[self.resource][1]

    @property
    def remaining(self) -> int:
        """The remaining requests of this window."""
        return max(0, self.limit - self.used)

    def values(self) -> dict[str, int]:
        """Return the values as in `/rate_limit`."""
        return {"limit": self.limit, "used": self.used, "remaining": self.remaining, "reset": self.reset}

    def headers(self) -> dict[str, str]:
        """Return the headers of every answer."""
        values = self.values() | {"resource": self.resource}
        return {f"x-ratelimit-{name}": str(value) for name, value in values.items()}


@dataclass
class Site:
    """One server: its flavor, its world and its time."""

    flavor: Flavor
    store: Store
    clock: Callable[[], datetime]
    templates: Templates
    blobs: Blobs
    quotas: dict[str, Quota] = field(default_factory=dict)

    def quota(self, resource: str, account: DemoAccount | None) -> Quota:
        """Return the current quota of an account, or of all requests without a token."""
        limit = LIMITS[resource][0] if account else ANONYMOUS[resource]
        key = f"{resource}:{account.token if account else ''}"
        quota = self.quotas.setdefault(key, Quota(resource, limit))
        quota.roll(self.clock())
        return quota

    def expired(self, artifact: DemoArtifact) -> bool:
        """Whether the artifact has expired."""
        return parse_time(artifact.expires_at) <= self.clock()

    def is_listed(self, artifact: DemoArtifact) -> bool:
        """Whether lists name the artifact, and it can be read and deleted."""
        return self.flavor.lists_expired or not self.expired(artifact)


@dataclass(frozen=True)
class Call:
    """A request to a route: the account, the API version and the variable parts of the path."""

    site: Site
    request: DemoRequest
    account: DemoAccount | None
    version: str
    args: Sequence[str]

    def number(self, name: str, default: int) -> int:
        """Return a number of the query, or the default unless it is positive, as on GitHub."""
        text = self.request.query.get(name, "")
        return int(text) if text.isdecimal() and int(text) > 0 else default

    @property
    def first_id(self) -> int:
        """The position of the first ID below a repository: after owner and name, or after the repository's ID."""
        return 2 if self.request.path.startswith("/repos/") else 1

    def id(self, place: int) -> int:
        """Return the ID at a position of the path; refuse with 404 if it is not a number."""
        if not self.args[place].isdecimal():
            raise Refusal(404, "Not Found")
        return int(self.args[place])

    def signed_in(self) -> DemoAccount:
        """Return the account; refuse with 401 without one."""
        if self.account is None:
            raise Refusal(401, "Requires authentication")
        return self.account

    def sees(self, repository: DemoRepository) -> bool:
        """Whether the account can read the repository."""
        return self.account.sees(repository) if self.account else not repository.private

    def repository(self) -> DemoRepository:
        """Return the repository of `/repos/owner/name` or `/repositories/id`; refuse with 404 without access."""
        store = self.site.store
        if self.first_id == 2:
            found = store.repository(f"{self.args[0]}/{self.args[1]}")
        else:
            found = store.repositories.get(self.id(0))
        if found is None or not self.sees(found):
            raise Refusal(404, "Not Found")
        return found

    def page(self, rows: Sequence[Row], path: str, cap: int | None = None) -> tuple[Sequence[Row], dict[str, str]]:
        """Return one page of the rows, and the Link header to the others; rows beyond `cap` are unreachable."""
        reachable = rows if cap is None else rows[:cap]
        size, page = min(self.number("per_page", 30), MAX_PER_PAGE), self.number("page", 1)
        last = max(1, -(-len(reachable) // size))
        pages = {}
        if page > 1:
            pages["prev"], pages["first"] = min(page - 1, last), 1
        if page < last:
            pages["next"], pages["last"] = page + 1, last
        link = ", ".join(f'<{self._address(path, number)}>; rel="{rel}"' for rel, number in pages.items())
        return reachable[(page - 1) * size : page * size], {"Link": link} if link else {}

    def _address(self, path: str, page: int) -> str:
        query = {**self.request.query, "page": str(page)}
        return f"{self.site.flavor.api}{path}?{urlencode(query)}"


def not_found() -> DemoAnswer:
    """Return the answer for unknown paths."""
    return Refusal(404, "Not Found", documentation_url=DOCS).answer()
