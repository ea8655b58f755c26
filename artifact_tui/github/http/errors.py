"""Errors for failed responses, in plain words.

Sources: GitHub's documentation on troubleshooting, rate limits, API versions and single sign-on for the REST API.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from artifact_tui.domain.provider import (
    ArtifactExpired,
    DeletesBlocked,
    Forbidden,
    NotFound,
    ProviderError,
    RateLimited,
    Refused,
    ServerTrouble,
    SignedOut,
    SsoRequired,
    TokenNeeded,
    Unprocessable,
    Withheld,
)
from artifact_tui.github import rate_limit
from artifact_tui.github.decode import nonsense
from artifact_tui.github.hosts import Host
from artifact_tui.github.http.connections import proxy_wants_password
from artifact_tui.github.http.non_api_response import IN_BETWEEN, PLAIN_TEXT, Foreign, read_foreign
from artifact_tui.github.http.requests import Request, is_below
from artifact_tui.github.http.response import Complaint, Response, read_complaint
from artifact_tui.github.tokens.credentials import Access, token_variables
from artifact_tui.github.tokens.sources import GH, THIS_SESSION
from artifact_tui.text import printable

_SECONDARY = re.compile(r"secondary rate|abuse detection", re.IGNORECASE)
_SECONDARY_PAGES = ("secondary-rate-limits", "#abuse-rate-limits")
_VERSION = re.compile(r"not a supported version|api[ -]version", re.IGNORECASE)
_ARCHIVED = re.compile(r"\barchived\b.*\bread-only\b", re.IGNORECASE)
_ALWAYS_THERE = ("/user", "/user/repos")
_TOKEN_HELPS = re.compile(r"actions scope|must have|not accessible|requires authentication", re.IGNORECASE)
_LATER = "Try again in a minute."
_FILTERED = "A proxy or web filter may block them: use another network, or ask its administrator to allow DELETE."


class Refusals:
    """The errors of one host and account."""

    def __init__(self, host: Host, access: Access, clock: Callable[[], datetime]) -> None:
        self._host = host
        self._access = access
        self._clock = clock
        self._an_answer = f"an answer from {host.name}"
        self._login = "artifact-tui auth login" + ("" if host.label == "github.com" else f" --host {host.label}")
        variable = "" if host.account else f", or set {token_variables(host)[0]}"  # variables do not name an account
        self._sign_in = f"sign in (S, or {self._login}){variable}"

    def error(self, request: Request, answer: Response) -> ProviderError:
        """Return the error for a status that ``request`` does not expect; a foreign response is reported first."""
        complaint = read_complaint(answer)
        foreign = None if complaint.is_json else read_foreign(answer.headers, answer.body)
        if answer.status in {403, 429} and (limited := self.rate_limited(answer, complaint, foreign)):
            return limited
        if answer.status == 407:
            return proxy_wants_password(self._host.name, self._host.base_url)
        if answer.status in {405, 501}:
            return self._unsupported(request, answer, complaint, foreign)
        if answer.status == 404 and request.path in _ALWAYS_THERE:
            address = printable(self._host.base_url, 60)  # every GitHub server has these paths
            return Refused(f"No GitHub API found at {address}.", "Check the host, or use --api-url.")
        if foreign is not None and not (foreign.kind == PLAIN_TEXT and (answer.status == 404 or answer.status >= 500)):
            return self._foreign(request, answer, foreign)
        if answer.status == 511:
            return Refused("The network requires sign-in (status 511).", "Open any web page to sign in.")
        if answer.status >= 500:
            return ServerTrouble(f"{self._host.name} returned an error (status {answer.status}).", _LATER)
        maker = {401: self._signed_out, 403: self._forbidden, 404: self._not_found, 410: self._gone}.get(answer.status)
        if maker is not None:
            return maker(request, answer, complaint)
        return self._refused(request, answer, complaint)

    def no_json(self, request: Request, answer: Response) -> ProviderError:
        """Return the error for a good status whose body is not the API's."""
        foreign = read_foreign(answer.headers, answer.body)
        return self._foreign(request, answer, foreign) if foreign else nonsense()

    def rate_limited(
        self, answer: Response, complaint: Complaint, foreign: Foreign | None = None
    ) -> RateLimited | None:
        """Return the error for a rate limit; None for other refusals. A secondary limit lasts a minute by default."""
        now = self._clock()
        waiting = rate_limit.retry_after(answer.headers, now)
        secondary = bool(_SECONDARY.search(complaint.message)) or complaint.documentation_url.endswith(_SECONDARY_PAGES)
        if waiting is None and not secondary and answer.headers.get("x-ratelimit-remaining") == "0":
            instead = "" if self._access.credential else _as_sentence(self._sign_in)
            return rate_limit.primary_limit(rate_limit.until_reset(answer.headers, now), now, instead)
        if waiting is None and not secondary and answer.status != 429:
            return None
        if foreign is not None and not foreign.is_githubs:
            wait = rate_limit.SECONDARY_WAIT if waiting is None else waiting
            return rate_limit.limited(foreign.sentence(self._an_answer, answer.status), foreign.next_step, wait, now)
        return rate_limit.secondary_limit(waiting, now)

    @property
    def _another_token(self) -> str:
        """The clause about how to use another token; the source of the current one wins over stored tokens."""
        source = self._access.credential.source if self._access.credential else ""
        if source == THIS_SESSION:
            return "use another"
        if source in token_variables(self._host):
            return f"set another in {source}, or sign in until you quit (S)"
        if source == GH:
            return f"run gh auth login --hostname {self._host.name}, or sign in until you quit (S)"
        return f"sign in again (S, or {self._login})"

    def _foreign(self, request: Request, answer: Response, foreign: Foreign) -> ProviderError:
        """Return the error for a foreign response; below 400 or from 500 on it may be temporary."""
        sentence = foreign.sentence(self._an_answer, answer.status)
        if answer.status >= 500:
            if foreign.is_githubs:
                return ServerTrouble(f"{self._host.name} returned an error (status {answer.status}).", _LATER)
            return ServerTrouble(sentence, foreign.later)
        if answer.status < 300:
            return ServerTrouble(sentence, foreign.next_step)
        kind = DeletesBlocked if request.method == "DELETE" else Refused
        return kind(sentence, foreign.next_step)

    def _signed_out(self, request: Request, answer: Response, complaint: Complaint) -> ProviderError:
        credential = self._access.credential
        if credential is None and request.method == "DELETE":
            return SignedOut("Deleting needs a token with write access.", _as_sentence(self._sign_in))
        if credential is None and request.method == "PUT":
            return SignedOut("Changing settings needs the token of an administrator.", _as_sentence(self._sign_in))
        if credential is None:
            return SignedOut(f"{self._host.name} requires a token for this.", _as_sentence(self._sign_in))
        return SignedOut(
            f"{self._host.name} does not accept the token {credential.origin}.",
            f"It is wrong, expired or revoked: {self._another_token}.",
        )

    def _forbidden(self, request: Request, answer: Response, complaint: Complaint) -> ProviderError:
        """Return the error for 403; the server's message wins, because good responses carry permission headers, too."""
        sso = answer.headers.get("x-github-sso", "")
        if sso.startswith("required"):
            return self._sso_required(sso, complaint)
        if self._access.credential is None and (not complaint.message or _TOKEN_HELPS.search(complaint.message)):
            return TokenNeeded(f"{request.what} needs a token, even for public data.", _as_sentence(self._sign_in))
        scope = _missing_scope(answer) if _is_generic(complaint) else ""
        if not scope and "actions scope" in complaint.message:
            scope = "actions=read"
        if scope:
            return Forbidden("The token lacks a permission.", f"It needs the permission {scope}.", scope=scope)
        if complaint.message and _is_generic(complaint):
            return Forbidden("The token lacks a permission.", complaint.quoted_with_page)
        step = complaint.quoted_with_page or "Ask the repository's owner."
        is_archived = bool(_ARCHIVED.search(complaint.message))
        return Forbidden(
            f"{self._host.name} denied access.", step, by_rule=bool(complaint.message), is_archived=is_archived
        )

    def _sso_required(self, header: str, complaint: Complaint) -> ProviderError:
        match = re.search(r"url=(https://[\x21-\x7e]+)", header)
        url = match[1] if match and is_below(match[1], self._host.web_url) else ""
        step = f"Authorize the token at {url}" if url else "Authorize it in your token settings."
        said = complaint.quoted_with_page
        return SsoRequired("This organization requires single sign-on.", f"{step} {said}".rstrip(), url=url)

    def _not_found(self, request: Request, answer: Response, complaint: Complaint) -> ProviderError:
        other = "Check the name, or sign in with another token."
        step = other if self._access.credential else f"If it is private, {self._sign_in}."
        return NotFound(f"{request.what} was not found, or this account cannot access it.", step)

    def _gone(self, request: Request, answer: Response, complaint: Complaint) -> ProviderError:
        retired = "deprecation" in answer.headers or "sunset" in answer.headers or is_about_version(complaint)
        if request.redirects_away and not retired:
            return ArtifactExpired(
                "The artifact has expired and can no longer be downloaded.", "Re-run its workflow to recreate it."
            )
        return Refused(f"{self._host.name} no longer supports this API version.", "Update artifact-tui.")

    def _unsupported(
        self, request: Request, answer: Response, complaint: Complaint, foreign: Foreign | None
    ) -> ProviderError:
        """Return the error for 405 and 501, which concern the method itself (RFC 9110, 15.5.6 and 15.6.2)."""
        said = complaint.quoted_with_page or (foreign.next_step if foreign else "")
        if request.method == "DELETE":
            sentence = f"Deletes do not get through to {self._host.name} (status {answer.status})."
            return DeletesBlocked(sentence, said or _FILTERED)
        sentence = f"{self._host.name} does not support this request (status {answer.status})."
        return Refused(sentence, said or "Check the host and the proxy settings.")

    def _refused(self, request: Request, answer: Response, complaint: Complaint) -> ProviderError:
        sentence = {
            400: "The server did not understand the request.",
            415: "The server does not offer the requested format.",
            422: "The server does not accept these words or filters.",
            451: "This is not available for legal reasons.",
        }.get(answer.status)
        if sentence is None and (answer.status in {302, 303} or _is_final(request, answer.status)):
            return Refused(
                f"{self._host.name} refused this request (status {answer.status}).", complaint.quoted or IN_BETWEEN
            )
        if sentence is None:
            return ServerTrouble(f"Invalid response from the server (status {answer.status}).", _LATER)
        step = {415: "Update artifact-tui.", 422: "Change the filter."}.get(answer.status, "")
        if answer.status == 422 and request.method == "PUT":
            sentence, step = "The server does not accept this value.", ""
        kind = {422: Unprocessable, 451: Withheld}.get(answer.status, Refused)
        return kind(sentence, complaint.quoted or step)


def _is_final(request: Request, status: int) -> bool:
    """Return whether a write was refused for good; 408 and 425 allow a retry (RFC 9110, 15.5.9; RFC 8470, 5.2)."""
    return request.method != "GET" and 400 <= status < 500 and status not in {408, 425}


def _is_generic(complaint: Complaint) -> bool:
    """Return whether the server gives no reason, so the missing permission is the reason."""
    return not complaint.message or complaint.message.lower().startswith("resource not accessible")


def is_about_version(complaint: Complaint) -> bool:
    """Return whether a 400 or 410 is about the API version."""
    return bool(_VERSION.search(complaint.message)) or "api-versions" in complaint.documentation_url


def _missing_scope(answer: Response) -> str:
    """Return the missing permission, if the server names it, for fine-grained tokens or else classic ones."""
    permissions = answer.headers.get("x-accepted-github-permissions", "")
    if permissions:
        return permissions if re.fullmatch(r"[a-z_=,; ]{1,200}", permissions) else ""
    accepted = _words(answer.headers.get("x-accepted-oauth-scopes", ""))
    if not accepted or "x-oauth-scopes" not in answer.headers:
        return ""
    granted = _words(answer.headers.get("x-oauth-scopes", ""))
    return "" if set(accepted) & set(granted) else " or ".join(accepted)


def _as_sentence(clause: str) -> str:
    return f"{clause[:1].upper()}{clause[1:]}."


def _words(header: str) -> list[str]:
    return [word for word in re.split(r"[,\s]+", header) if re.fullmatch(r"[a-z_:]{1,40}", word)]
