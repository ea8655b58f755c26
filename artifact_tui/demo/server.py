"""A GitHub server in a single process: for the demo and, with `hook`, for the tests (tests/double).

    server = DemoServer()                          # github.com without delays, the clock stands at DEMO_NOW
    server = DemoServer(flavors.GHES_3_8, latency=0.08, rate=12e6)
    answer = server.handle("GET", "https://api.github.com/user", {"Authorization": f"Bearer {DEMO_TOKEN}"})
    answer.status, answer.headers, answer.body     # answer.parts() for downloads

    httpx.AsyncClient(transport=DemoTransport(server))         # demo.httpx_transport; also for httpx.Client

    server.expiry = "2026-06-28 15:34:58 UTC"                  # when all tokens expire
    server.login           # the course of the next device flow: pending, slow, outcome (demo.login)
    server.requests        # all requests: method, url, place (api, blob or web), path, query, headers
    server.store           # the world: repositories, runs, artifacts; add(), delete_artifact(), delete_run()

`DemoAccount` values (demo.accounts) are tokens and their permissions, `Flavor` values (demo.flavors) types of servers.
The clock is a function that returns the time; signed URLs, quotas and expiry follow it.
"""

import hashlib
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qsl, unquote, urlsplit

from artifact_tui.demo.accounts import ACCOUNTS, DemoAccount, token_of
from artifact_tui.demo.answers import Templates
from artifact_tui.demo.blobs import Blobs
from artifact_tui.demo.data import World, load_world
from artifact_tui.demo.fixed_clock import demo_clock
from artifact_tui.demo.flavors import GITHUB, Flavor
from artifact_tui.demo.login import Login
from artifact_tui.demo.messages import BrokenLink, DemoAnswer, DemoRequest, Refusal
from artifact_tui.demo.routes import find_route
from artifact_tui.demo.site import Call, Quota, Site
from artifact_tui.demo.state import Store

Hook = Callable[[DemoRequest, Callable[[], DemoAnswer]], DemoAnswer]
"""Returns its own answer to a request, or the real one from calling the second argument."""


class DemoServer:
    """Answers requests to the API and the download host of one flavor of GitHub; thread-safe.

    `latency` is the average time before an answer in seconds, `rate` the bytes per second of a download (0: unlimited).
    """

    def __init__(
        self,
        flavor: Flavor = GITHUB,
        *,
        clock: Callable[[], datetime] = demo_clock,
        latency: float = 0.0,
        rate: float = 0.0,
        accounts: Iterable[DemoAccount] = ACCOUNTS,
        world: World | None = None,
        hook: Hook = lambda request, answer: answer(),
    ) -> None:
        self.clock, self.latency, self.rate = clock, latency, rate
        self.store = Store(world or load_world())
        self.accounts = {account.token: account for account in accounts}
        self.requests: list[DemoRequest] = []
        self.expiry = ""
        self.login = Login(lambda: _origin(self.flavor))
        self._hook = hook
        self._quotas: dict[str, Quota] = {}
        self._lock = threading.Lock()
        self._settle(flavor)

    def _settle(self, flavor: Flavor) -> None:
        self.flavor = flavor
        blobs = Blobs(flavor, self.store, self.clock, self.rate)
        self.site = Site(flavor, self.store, self.clock, Templates(flavor, self.store), blobs, self._quotas)

    def handle(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> DemoAnswer:
        """Return the answer to one request; raise `BrokenLink` for an unknown host, or if the hook does."""
        request = replace(self._read(method, url, headers), body=body)
        with self._lock:
            self.requests.append(request)
            answer = self._hook(request, lambda: self._serve(request))
            answer.delay += self._delay(len(self.requests))
        return answer

    def _serve(self, request: DemoRequest) -> DemoAnswer:
        page = self.login.answer(request.path, request.body) if request.place == "web" else None
        if page is not None:
            return page
        return self.site.blobs.answer(request) if request.place == "blob" else self._answer(request)

    def _delay(self, number: int) -> float:
        """Return the latency of one request, from 75 to 125 % of the average, by its number."""
        return self.latency * (0.75 + (number * 37 % 101) / 200)

    def _read(self, method: str, url: str, headers: Mapping[str, str]) -> DemoRequest:
        lower = {name.lower(): value for name, value in headers.items()}
        address, _, query = url.partition("?")
        pairs = dict(parse_qsl(query, keep_blank_values=True))
        login = f"{_origin(self.flavor)}/login/"
        if address.startswith(login):
            return DemoRequest(method, url, "web", f"/login/{address[len(login) :]}", pairs, lower)
        for base, place in ((self.flavor.blobs, "blob"), (self.flavor.api, "api")):
            if address == base or address.startswith(f"{base}/"):
                path = unquote(address[len(base) :]) or "/"
                return DemoRequest(method, url, "blob" if place == "blob" else "api", path, pairs, lower)
        raise BrokenLink("dns")

    def _answer(self, request: DemoRequest) -> DemoAnswer:
        headers: dict[str, str] = {}
        try:
            answer = self._respond(request, headers)
        except Refusal as refusal:
            answer = refusal.answer()
        answer.headers |= headers | self._signature(len(self.requests))
        if answer.status == 200:
            answer = _conditional(answer, request)
        quota = self._quota(request) if answer.status == 304 else None
        if quota is not None:
            quota.used -= 1
            answer.headers |= quota.headers()
        return answer

    def _respond(self, request: DemoRequest, headers: dict[str, str]) -> DemoAnswer:
        if not request.headers.get("user-agent"):
            message = "Request forbidden by administrative rules. Please set a User-Agent header."
            return DemoAnswer(403, {"Content-Type": "text/plain"}, message.encode())
        version = self._version(request)
        if self.flavor.versions:
            headers["x-github-api-version-selected"] = version
        account = self._account(request, headers)
        self._count(request, account, headers)
        moved = self._moved(request)
        if moved is not None:
            return moved
        route = find_route(request.method, request.path)
        if route is None or (request.path.endswith("retention") and not self.flavor.retention):
            raise Refusal(404, "Not Found")
        return route[0](Call(self.site, request, account, version, route[1]))

    def _version(self, request: DemoRequest) -> str:
        wanted, known = request.headers.get("x-github-api-version"), self.flavor.versions
        if wanted is None or (not known and not self.flavor.strict_version):
            return known[0] if known else ""
        if wanted not in known:
            text = f"'{wanted}' is not a supported version."
            raise Refusal(400, f"API version {text}", errors=f"{text} Supported: {', '.join(known) or 'none'}.")
        return wanted

    def _account(self, request: DemoRequest, headers: dict[str, str]) -> DemoAccount | None:
        token = token_of(request.headers)
        if not token:
            return None
        account = self.accounts.get(token)
        if account is None:
            raise Refusal(401, "Bad credentials")
        if account.kind == "classic":
            headers |= {"X-OAuth-Scopes": ", ".join(account.scopes), "X-Accepted-OAuth-Scopes": ""}
        if self.expiry:
            headers["GitHub-Authentication-Token-Expiration"] = self.expiry
        return account

    def _quota(self, request: DemoRequest) -> Quota | None:
        """Return the quota that a request counts against; Enterprise Server has none by default."""
        if self.flavor.enterprise or request.path == "/rate_limit":
            return None
        resource = "search" if request.path.startswith("/search/") else "core"
        return self.site.quota(resource, self.accounts.get(token_of(request.headers)))

    def _count(self, request: DemoRequest, account: DemoAccount | None, headers: dict[str, str]) -> None:
        quota = self._quota(request)
        if quota is None:
            return
        spent = quota.remaining == 0
        quota.used += not spent
        headers |= quota.headers()
        if spent:
            raise Refusal(403, f"API rate limit exceeded for {account.login if account else '192.0.2.7'}.")

    def _moved(self, request: DemoRequest) -> DemoAnswer | None:
        """Return a redirect to a renamed repository: 301 for GET, and 307 otherwise, to keep the method."""
        _, kind, *parts = request.path.split("/")
        if kind != "repos" or len(parts) < 2:
            return None
        found = self.store.former(f"{parts[0]}/{parts[1]}")
        if found is None:
            return None
        rest = "".join(f"/{part}" for part in parts[2:])
        query = f"?{request.url.partition('?')[2]}" if "?" in request.url else ""
        target = f"{self.flavor.api}/repositories/{found.id}{rest}{query}"
        status = 301 if request.method == "GET" else 307
        refusal = Refusal(status, "Moved Permanently", {"Location": target}, url=target)
        return refusal.answer()

    def _signature(self, number: int) -> dict[str, str]:
        headers = {
            "Server": "GitHub.com",
            "Date": self.clock().strftime("%a, %d %b %Y %H:%M:%S GMT"),
            "X-GitHub-Media-Type": "github.v3; format=json",
            "X-GitHub-Request-Id": f"D3F0:{number:06X}:0A11CE",
        }
        if self.flavor.enterprise:
            headers["X-GitHub-Enterprise-Version"] = self.flavor.release
        return headers


def _origin(flavor: Flavor) -> str:
    """Return the URL of the pages, which on loopback share the host of the API."""
    parts = urlsplit(flavor.api)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme == "http" else flavor.web


def _conditional(answer: DemoAnswer, request: DemoRequest) -> DemoAnswer:
    """Return the answer with its ETag, or 304 if the client has it, which does not count against the quota."""
    vary = "Accept, Authorization, Cookie, X-GitHub-OTP, Accept-Encoding, X-Requested-With"
    tag = f'W/"{hashlib.sha256(answer.body).hexdigest()}"'
    answer.headers |= {"ETag": tag, "Cache-Control": "private, max-age=60, s-maxage=60", "Vary": vary}
    if request.headers.get("if-none-match") != tag:
        return answer
    kept = {name: value for name, value in answer.headers.items() if name != "Content-Type"}
    return DemoAnswer(304, kept)
