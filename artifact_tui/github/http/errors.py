"""From an answer that is no success to the error that says it in plain words.

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
)
from artifact_tui.github.decode import nonsense
from artifact_tui.github.hosts import Host
from artifact_tui.github.http.connections import proxy_wants_password
from artifact_tui.github.http.non_api_response import IN_BETWEEN, PLAIN_TEXT, Foreign, read_foreign
from artifact_tui.github.http.requests import Request, is_below
from artifact_tui.github.http.response import Complaint, Response, read_complaint
from artifact_tui.github.http.token_advice import Advice
from artifact_tui.github.http.token_advice import sentence as as_sentence
from artifact_tui.github.rate_limit import (
    SECONDARY_WAIT,
    limited,
    primary_limit,
    retry_after,
    secondary_limit,
    until_reset,
)
from artifact_tui.github.tokens.credentials import Access
from artifact_tui.text import printable

_SECONDARY = re.compile(r"secondary rate|abuse detection", re.IGNORECASE)
_SECONDARY_PAGES = ("secondary-rate-limits", "#abuse-rate-limits")
_VERSION = re.compile(r"not a supported version|api[ -]version", re.IGNORECASE)
_ALWAYS_THERE = ("/user", "/user/repos")
_TOKEN_HELPS = re.compile(r"actions scope|must have|not accessible|requires authentication", re.IGNORECASE)
_LATER = "Try again in a minute."
_FILTERED = "A proxy or web filter may block them: use another network, or ask its administrator to allow DELETE."


class Refusals:
    """Makes the errors of one host and account."""

    def __init__(self, host: Host, access: Access, clock: Callable[[], datetime]) -> None:
        self._host = host
        self._access = access
        self._clock = clock
        self._advice = Advice(host, access)

    def error(self, request: Request, answer: Response) -> ProviderError:
        """Return the error for an answer with a status that ``request`` does not expect.

        What is not the API's own JSON comes from something on the way, which is said before anything else.
        """
        complaint = read_complaint(answer)
        foreign = None if complaint.is_json else read_foreign(answer.headers, answer.body)
        if answer.status in {403, 429} and (limited := self.rate_limited(answer, complaint, foreign)):
            return limited
        if answer.status == 407:
            return proxy_wants_password(self._host.name, self._host.base_url)
        if answer.status in {405, 501}:
            return self._unsupported(request, answer, complaint, foreign)
        if answer.status == 404 and request.path in _ALWAYS_THERE:
            return _no_api(self._host)
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
        """Return the error for a good status with a body that is not the API's."""
        foreign = read_foreign(answer.headers, answer.body)
        return self._foreign(request, answer, foreign) if foreign else nonsense()

    def rate_limited(
        self, answer: Response, complaint: Complaint, foreign: Foreign | None = None
    ) -> RateLimited | None:
        """Tell the rate limits from other refusals: the primary one ends at its reset time, secondary ones when told.

        A secondary limit that does not say how long it lasts is waited for a minute, as documented.
        """
        now = self._clock()
        waiting = retry_after(answer.headers, now)
        secondary = bool(_SECONDARY.search(complaint.message)) or complaint.documentation_url.endswith(_SECONDARY_PAGES)
        if waiting is None and not secondary and answer.headers.get("x-ratelimit-remaining") == "0":
            instead = "" if self._access.credential else as_sentence(self._advice.sign_in)
            return primary_limit(until_reset(answer.headers, now), now, instead)
        if waiting is None and not secondary and answer.status != 429:
            return None
        if foreign is not None and not foreign.is_githubs:
            sentence = foreign.sentence(self._an_answer, answer.status)
            return limited(sentence, foreign.next_step, SECONDARY_WAIT if waiting is None else waiting, now)
        return secondary_limit(waiting, now)

    @property
    def _an_answer(self) -> str:
        return f"an answer from {self._host.name}"

    def _foreign(self, request: Request, answer: Response, foreign: Foreign) -> ProviderError:
        """Return a page below 400 or from 500 on may pass.

        A refusal on the way does not, and meets every delete alike.
        """
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
            return SignedOut("Deleting needs a token that may write.", as_sentence(self._advice.sign_in))
        if credential is None:
            return SignedOut(f"{self._host.name} requires a token for this.", as_sentence(self._advice.sign_in))
        return SignedOut(
            f"{self._host.name} does not accept the token {credential.origin}.",
            f"It is wrong, expired or revoked: {self._advice.another_token}.",
        )

    def _forbidden(self, request: Request, answer: Response, complaint: Complaint) -> ProviderError:
        """Return the server's own sentence wins: the headers about permissions are sent with good answers too."""
        sso = answer.headers.get("x-github-sso", "")
        if sso.startswith("required"):
            return self._sso_required(sso, complaint)
        if self._access.credential is None and (not complaint.message or _TOKEN_HELPS.search(complaint.message)):
            sentence = f"{request.what} needs a token, even where listing does not."
            return TokenNeeded(sentence, as_sentence(self._advice.sign_in))
        scope = _missing_scope(answer) if _is_generic(complaint) else ""
        if not scope and "actions scope" in complaint.message:
            scope = "actions=read"
        if scope:
            return Forbidden("The token lacks a permission.", f"It needs the permission {scope}.", scope=scope)
        if complaint.message and _is_generic(complaint):
            return Forbidden("The token lacks a permission.", complaint.quoted_with_page)
        step = complaint.quoted_with_page or "Ask the repository's owner."
        return Forbidden(f"{self._host.name} denied access.", step, by_rule=bool(complaint.message))

    def _sso_required(self, header: str, complaint: Complaint) -> ProviderError:
        match = re.search(r"url=(https://[\x21-\x7e]+)", header)
        url = match[1] if match and is_below(match[1], self._host.web_url) else ""
        step = f"Authorize the token at {url}" if url else "Authorize it in the settings of your tokens."
        said = complaint.quoted_with_page
        return SsoRequired("This organization requires single sign-on.", f"{step} {said}".rstrip(), url=url)

    def _not_found(self, request: Request, answer: Response, complaint: Complaint) -> ProviderError:
        signed_in = self._access.credential is not None
        step = (
            "Check the name, or sign in with another token."
            if signed_in
            else f"If it is private, {self._advice.sign_in}."
        )
        return NotFound(f"{request.what} was not found, or this account cannot access it.", step)

    def _gone(self, request: Request, answer: Response, complaint: Complaint) -> ProviderError:
        retired = "deprecation" in answer.headers or "sunset" in answer.headers or is_about_version(complaint)
        if request.redirects_away and not retired:
            return ArtifactExpired(
                "The artifact has expired; its files are gone.", "Re-run its workflow to make it again."
            )
        return Refused(f"{self._host.name} no longer serves this version of its API.", "Update artifact-tui.")

    def _unsupported(
        self, request: Request, answer: Response, complaint: Complaint, foreign: Foreign | None
    ) -> ProviderError:
        """405 and 501 are about the method itself (RFC 9110, 15.5.6 and 15.6.2): the next request fares no better."""
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
        return Refused(sentence, complaint.quoted or step)


def _is_final(request: Request, status: int) -> bool:
    """Whether a delete was refused for good; 408 and 425 ask for another try (RFC 9110, 15.5.9; RFC 8470, 5.2)."""
    return request.method == "DELETE" and 400 <= status < 500 and status not in {408, 425}


def _is_generic(complaint: Complaint) -> bool:
    """Whether the server gives no reason of its own, so that the permission that it names is one."""
    return not complaint.message or complaint.message.lower().startswith("resource not accessible")


def _no_api(host: Host) -> Refused:
    """Every GitHub answers these paths, if only with 401."""
    return Refused(f"No GitHub API found at {printable(host.base_url, 60)}.", "Check the host, or use --api-url.")


def is_about_version(complaint: Complaint) -> bool:
    """Whether a 400 or 410 is about the API version that was asked for, and not about the request."""
    return bool(_VERSION.search(complaint.message)) or "api-versions" in complaint.documentation_url


def _missing_scope(answer: Response) -> str:
    """Return the missing permission, if the server names it: fine-grained tokens first, then classic ones."""
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
