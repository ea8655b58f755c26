"""An archive at its signed address: whole or a range of it, checked against what was asked for.

Rules: RFC 9110 sections 13 and 14, and Azure's "Get Blob", which knows ``Range`` and ``If-Match``. The address is a
secret for as long as it is valid: it stays in memory and in no message.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from urllib.parse import urlsplit

import httpx

from artifact_tui.github.connections import Interrupted, plain_words
from artifact_tui.github.payload import raw_file_name
from artifact_tui.github.refusals import retry_after
from artifact_tui.github.requests import USER_AGENT
from artifact_tui.github.sockets import shut_down
from artifact_tui.provider import NotFound, ProviderError, RateLimited, ServerTrouble
from artifact_tui.text import printable

LOG = logging.getLogger("artifact_tui.requests")
_AGAIN = "Try again in a minute."
_PROXY = "A proxy or a sign-in page may stand in between: check the proxy settings."
_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\*)")


class HttpBody:
    """Implements :class:`artifact_tui.provider.Body` over one answer of the storage."""

    def __init__(
        self, response: httpx.Response, *, start: int, length: int | None, total: int | None, name: str
    ) -> None:
        tag = response.headers.get("etag", "")
        self.start = start
        self.end = None if length is None else start + length
        self.total = total
        self.etag = tag if re.fullmatch(r'"[\x21\x23-\x7e]*"', tag) else ""
        self.file_name = name
        self._length = length
        self._response = response
        self._host = response.request.url.host

    def __iter__(self) -> Iterator[bytes]:
        """Chunks as they come from the network; :class:`Interrupted` when they end before they should."""
        received = 0
        with plain_words(self._host):
            for chunk in self._response.iter_raw():
                received += len(chunk)
                yield chunk
        if self._length is not None and received != self._length:
            raise Interrupted(f"The connection to {self._host} broke off.", "Try again.")

    def close(self) -> None:
        """End the transfer from any thread: a thread that waits for bytes gets :class:`Interrupted` at once."""
        stream = self._response.extensions.get("network_stream")
        if stream is None:
            self._response.close()  # no socket: the answer came from within the process
            return
        shut_down(stream.get_extra_info("socket"))


class HttpArchive:
    """Implements :class:`artifact_tui.provider.Archive`; ``sign`` asks the API for a fresh address."""

    def __init__(
        self,
        client: httpx.Client,
        sign: Callable[[], str],
        *,
        name: str,
        size: int,
        clock: Callable[[], datetime],
        extensions: dict[str, object],
    ) -> None:
        self._client = client
        self._sign = sign
        self._name = name
        self._size = size
        self._clock = clock
        self._extensions = extensions
        self._address = sign()

    @contextmanager
    def read(self, start: int = 0, end: int | None = None, *, etag: str = "") -> Iterator[HttpBody]:
        """Open the bytes from ``start`` up to ``end``; the body says where it really starts.

        It starts at 0 when the blob is another one than ``etag`` says, when there is no such range in it, or when
        the server has no ranges.
        """
        whole = start == 0 and end is None
        headers = {} if whole else _range_headers(start, end, etag)
        response = self._open(headers)
        changed = not whole and (
            response.status_code in {412, 416} or (response.status_code == 206 and _is_other(response, etag))
        )
        if changed:
            response.close()
            headers = {}
            response = self._open(headers)
        try:
            yield self._body(response, start, end, ranged=bool(headers))
        finally:
            response.close()

    def _open(self, headers: dict[str, str]) -> httpx.Response:
        """Send the request; once more at a fresh address when this one is no longer good (403)."""
        response = self._send(headers)
        if response.status_code == 403:
            response.close()
            self._address = self._sign()
            response = self._send(headers)
        return response

    def _send(self, headers: dict[str, str]) -> httpx.Response:
        plain = {"Accept-Encoding": "identity", "User-Agent": USER_AGENT}
        with plain_words(urlsplit(self._address).hostname or ""):
            request = self._client.build_request(
                "GET", self._address, headers=plain | headers, extensions=self._extensions
            )
            response = self._client.send(request, stream=True)
        LOG.info("GET from the storage, artifact %s: %d", printable(self._name, 100), response.status_code)
        return response

    def _body(self, response: httpx.Response, start: int, end: int | None, *, ranged: bool) -> HttpBody:
        status = response.status_code
        if status not in {200, 206} or (status == 206 and not ranged):
            raise _refused(response, self._clock())
        if response.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
            raise ServerTrouble("The download comes compressed in a way that was not asked for.", _PROXY)
        length = _content_length(response)
        if _is_web_page(response):
            raise ServerTrouble("A web page came instead of the artifact.", _PROXY)
        if status == 206:
            total = _checked_range(response, start, end, length)
            return HttpBody(response, start=start, length=length, total=total, name=self._file_name(response))
        if length == 0 and self._size > 0:
            raise ServerTrouble("Nothing came instead of the artifact.", _AGAIN)
        return HttpBody(response, start=0, length=length, total=length, name=self._file_name(response))

    def _file_name(self, response: httpx.Response) -> str:
        return raw_file_name(response.headers, self._address, self._name)


def _range_headers(start: int, end: int | None, etag: str) -> dict[str, str]:
    if start < 0 or (end is not None and end <= start):
        raise ValueError("a range has at least one byte")
    headers = {"Range": f"bytes={start}-{'' if end is None else end - 1}"}
    return headers | {"If-Match": etag} if etag else headers


def _is_other(response: httpx.Response, etag: str) -> bool:
    """Whether a range is of another blob than the one that was begun: not every storage looks at ``If-Match``."""
    return bool(etag) and response.headers.get("etag", "") != etag


def _checked_range(response: httpx.Response, start: int, end: int | None, length: int | None) -> int | None:
    """The size of the whole from a 206; the range must be the one that was asked for."""
    match = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", "").strip())
    wrong = ServerTrouble("The storage sent another part of the artifact than was asked for.", _AGAIN)
    if match is None:
        raise wrong
    first, last = int(match[1]), int(match[2])
    total = None if match[3] == "*" else int(match[3])
    expected = end if total is None or end is None else min(end, total)
    if first != start or (expected is not None and last != expected - 1) or (total is not None and last >= total):
        raise wrong
    if end is None and total is not None and last != total - 1:
        raise wrong
    if length is not None and length != last - first + 1:
        raise wrong
    return total


def _content_length(response: httpx.Response) -> int | None:
    text = response.headers.get("content-length", "")
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else None


def _is_web_page(response: httpx.Response) -> bool:
    """HTML that is not sent as a file: an artifact may be a single HTML file, which comes as an attachment."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind in {"text/html", "application/xhtml+xml"} and "content-disposition" not in response.headers


def _refused(response: httpx.Response, now: datetime) -> ProviderError:
    status = response.status_code
    waiting = retry_after(response.headers, now) if status in {429, 503} else None
    if waiting is not None:
        return RateLimited("The storage asks for a pause.", "The download goes on after it.", until=now + waiting)
    if status in {404, 410}:
        return NotFound("The artifact's files are no longer in the storage.", "Refresh the list.")
    if status == 403:
        return ServerTrouble("The storage refuses even a fresh address.", "Check this machine's clock and proxy.")
    return ServerTrouble(f"The storage of the artifacts has a problem of its own (status {status}).", _AGAIN)
