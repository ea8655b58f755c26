"""From an answer that is no success to the error that says it in plain words.

Sources: GitHub's documentation on troubleshooting, rate limits, API versions and single sign-on for the REST API.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from artifact_tui.github.answers import Answer, Complaint, read_complaint
from artifact_tui.github.connections import proxy_wants_password
from artifact_tui.github.credentials import Access, Credential, token_variables
from artifact_tui.github.hosts import Host
from artifact_tui.github.requests import Request
from artifact_tui.github.tokens.sources import GH, THIS_RUN
from artifact_tui.provider import (
    DeletesBlocked,
    Expired,
    Forbidden,
    NotFound,
    ProviderError,
    RateLimited,
    Refused,
    ServerTrouble,
    SignedOut,
    SsoRequired,
    TokenNeeded,
)

SECONDARY_WAIT = timedelta(seconds=60)

_SECONDARY = re.compile(r"secondary rate|abuse detection", re.IGNORECASE)
_SECONDARY_PAGES = ("secondary-rate-limits", "#abuse-rate-limits")
_VERSION = re.compile(r"not a supported version|api[ -]version", re.IGNORECASE)
_LATER = "Try again in a minute."
_FILTERED = "A proxy or web filter may block them: use another network, or ask its administrator to allow DELETE."


class Refusals:
    """Makes the errors of one host and account."""

    def __init__(self, host: Host, access: Access, clock: Callable[[], datetime]) -> None:
        self._host = host
        self._access = access
        self._clock = clock

    def error(self, request: Request, answer: Answer) -> ProviderError:
        """The error for an answer whose status is none that ``request`` hoped for."""
        complaint = read_complaint(answer)
        if answer.status in {403, 429} and (limited := self.rate_limited(answer, complaint)):
            return limited
        if answer.status == 407:
            return proxy_wants_password(self._host.name)
        if answer.status in {405, 501}:
            return self._unsupported(request, answer, complaint)
        if answer.status >= 500:
            return ServerTrouble(f"{self._host.name} has a problem of its own (status {answer.status}).", _LATER)
        maker = {401: self._signed_out, 403: self._forbidden, 404: self._not_found, 410: self._gone}.get(answer.status)
        if maker is not None:
            return maker(request, answer, complaint)
        return self._refused(answer, complaint)

    def rate_limited(self, answer: Answer, complaint: Complaint) -> RateLimited | None:
        """Tell the rate limits from other refusals: the primary one ends at its reset time, secondary ones when told.

        A secondary limit that does not say how long it lasts is waited for a minute, as documented.
        """
        now = self._clock()
        waiting = retry_after(answer.headers, now)
        secondary = bool(_SECONDARY.search(complaint.message)) or complaint.documentation_url.endswith(_SECONDARY_PAGES)
        if waiting is None and not secondary and answer.headers.get("x-ratelimit-remaining") == "0":
            account = "The hourly number of requests is used up."
            step = "Wait for the reset." if self._credential else f"Wait for the reset, or {self._sign_in}."
            return RateLimited(account, step, until=_reset(answer))
        if waiting is None and not secondary and answer.status != 429:
            return None
        until = now + (SECONDARY_WAIT if waiting is None else waiting)
        return RateLimited("The server asks for fewer requests.", "They go on after a pause.", until=until)

    def _signed_out(self, request: Request, answer: Answer, complaint: Complaint) -> ProviderError:
        if self._credential is None and request.method == "DELETE":
            return SignedOut("Deleting needs a token that may write.", _sentence(self._sign_in))
        if self._credential is None:
            return SignedOut(f"{self._host.name} wants a token for this.", _sentence(self._sign_in))
        return SignedOut(
            f"{self._host.name} does not accept the token {self._credential.origin}.",
            f"It is wrong, expired or revoked: {self._another_token}.",
        )

    def _forbidden(self, request: Request, answer: Answer, complaint: Complaint) -> ProviderError:
        sso = answer.headers.get("x-github-sso", "")
        if sso.startswith("required"):
            return self._sso_required(sso)
        if self._credential is None:
            sentence = f"{request.what} needs a token, even where listing does not."
            return TokenNeeded(sentence, _sentence(self._sign_in))
        scope = _missing_scope(answer)
        if not scope and "actions scope" in complaint.message:
            scope = "actions=read"
        if scope:
            return Forbidden("The token may not do this.", f"It needs the permission {scope}.", scope=scope)
        return Forbidden("This account may not do this.", complaint.quoted or "Ask the repository's owner.")

    def _sso_required(self, header: str) -> ProviderError:
        match = re.search(r"url=(https://[\x21-\x7e]+)", header)
        url = match[1] if match and urlsplit(match[1]).netloc == urlsplit(self._host.web_url).netloc else ""
        step = f"Authorise it at {url}" if url else "Authorise it in the settings of your tokens."
        return SsoRequired("The organisation wants single sign-on for this token.", step, url=url)

    def _not_found(self, request: Request, answer: Answer, complaint: Complaint) -> ProviderError:
        step = (
            "Check the name and what the token may see." if self._credential else f"If it is private, {self._sign_in}."
        )
        return NotFound(f"{request.what} is not there, or not for this account.", step)

    def _gone(self, request: Request, answer: Answer, complaint: Complaint) -> ProviderError:
        retired = "deprecation" in answer.headers or "sunset" in answer.headers or is_about_version(complaint)
        if request.redirects_away and not retired:
            return Expired("The artifact has expired; its files are gone.", "Re-run its workflow to make it again.")
        return Refused(f"{self._host.name} no longer serves this version of its API.", "Update artifact-tui.")

    def _unsupported(self, request: Request, answer: Answer, complaint: Complaint) -> ProviderError:
        """405 and 501 are about the method itself (RFC 9110, 15.5.6 and 15.6.2): the next request fares no better."""
        if request.method == "DELETE":
            sentence = f"Deletes do not get through to {self._host.name} (status {answer.status})."
            return DeletesBlocked(sentence, complaint.quoted or _FILTERED)
        sentence = f"{self._host.name} does not support this request (status {answer.status})."
        return Refused(sentence, complaint.quoted or "Check the host and the proxy settings.")

    def _refused(self, answer: Answer, complaint: Complaint) -> ProviderError:
        sentence = {
            400: "The server did not understand the request.",
            415: "The server does not send this in the form that was asked for.",
            422: "The server does not accept these words or filters.",
            451: "This is not available for legal reasons.",
        }.get(answer.status)
        if sentence is None:
            return ServerTrouble(
                f"The server gave an answer that makes no sense here (status {answer.status}).", _LATER
            )
        step = {415: "Update artifact-tui.", 422: "Change the filter."}.get(answer.status, "")
        return Refused(sentence, complaint.quoted or step)

    @property
    def _credential(self) -> Credential | None:
        return self._access.credential

    @property
    def _sign_in(self) -> str:
        """How to give a token where there is none; a variable is nobody's in particular."""
        variable = "" if self._host.account else f", or set {token_variables(self._host)[0]}"
        return f"sign in (S, or {self._login}){variable}"

    @property
    def _another_token(self) -> str:
        """How to give another token than the one in use: where it comes from wins over what is kept later."""
        source = self._credential.source if self._credential else ""
        if source == THIS_RUN:
            return "give another"
        if source in token_variables(self._host):
            return f"set another in {source}, or sign in for this run (S)"
        if source == GH:
            return f"run gh auth login --hostname {self._host.name}, or sign in for this run (S)"
        return f"sign in again (S, or {self._login})"

    @property
    def _login(self) -> str:
        is_usual = self._host.label == "github.com"
        return "artifact-tui auth login" + ("" if is_usual else f" --host {self._host.label}")


def _sentence(clause: str) -> str:
    """The same with a capital and a full stop."""
    return f"{clause[:1].upper()}{clause[1:]}."


def is_about_version(complaint: Complaint) -> bool:
    """Whether a 400 or 410 is about the API version that was asked for, and not about the request."""
    return bool(_VERSION.search(complaint.message)) or "api-versions" in complaint.documentation_url


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """The wait that ``Retry-After`` asks for, in seconds or as a date (RFC 9110, 10.2.3); None without a usable one."""
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,6}", text):
        return timedelta(seconds=int(text))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(timedelta(0), aware - now)


def _reset(answer: Answer) -> datetime | None:
    text = answer.headers.get("x-ratelimit-reset", "")
    return datetime.fromtimestamp(int(text), UTC) if re.fullmatch(r"[0-9]{1,11}", text) else None


def _missing_scope(answer: Answer) -> str:
    """The permission that would have sufficed, where the server says: fine-grained tokens first, then classic ones."""
    permissions = answer.headers.get("x-accepted-github-permissions", "")
    if permissions:
        return permissions if re.fullmatch(r"[a-z_=,; ]{1,200}", permissions) else ""
    accepted = _words(answer.headers.get("x-accepted-oauth-scopes", ""))
    if not accepted or "x-oauth-scopes" not in answer.headers:
        return ""
    granted = _words(answer.headers.get("x-oauth-scopes", ""))
    return "" if set(accepted) & set(granted) else " or ".join(accepted)


def _words(header: str) -> list[str]:
    return [word for word in re.split(r"[,\s]+", header) if re.fullmatch(r"[a-z_:]{1,40}", word)]
