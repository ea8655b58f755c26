"""An archive at its signed URL: the whole of it or a range, checked against the request.

Sources: RFC 9110 sections 13 and 14, and Azure's "Get Blob", which supports ``Range`` and ``If-Match``. The URL is a
secret while it is valid, so it stays in memory and out of messages.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import NamedTuple
from urllib.parse import unquote_to_bytes, urlsplit

import httpx

from artifact_tui.domain.provider import NotFound, ProviderError, Refused, ServerTrouble
from artifact_tui.github.http.cancel import CancelScopes, shut_down
from artifact_tui.github.http.connections import Interrupted, plain_words, proxy_wants_password
from artifact_tui.github.http.direct_read import CHUNK, WHOLE_CHUNK, chunks_of
from artifact_tui.github.http.non_api_response import PLAIN_TEXT, Foreign, read_foreign
from artifact_tui.github.http.requests import USER_AGENT
from artifact_tui.github.rate_limit import limited, retry_after
from artifact_tui.text import printable

LOG = logging.getLogger("artifact_tui.requests")
_AGAIN = "Try again in a minute."
_ARTIFACT = "the artifact"
_PROXY = "A proxy or sign-in page may be in between: check the proxy settings."
_PAGE_START = 16 * 1024
_PASSING = {408, 425, 429}
_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\*)")


class HttpBody:
    """An implementation of :class:`artifact_tui.domain.provider.Body` over a response of the download host."""

    def __init__(
        self,
        response: httpx.Response,
        lines: CancelScopes,
        *,
        start: int,
        length: int | None,
        total: int | None,
        name: str,
        chunk: int = CHUNK,
    ) -> None:
        tag = response.headers.get("etag", "")
        self.start = start
        self.end = None if length is None else start + length
        self.total = total
        self.etag = tag if re.fullmatch(r'"[\x21\x23-\x7e]*"', tag) else ""
        self.file_name = name
        self._length = length
        self._chunk = chunk
        self._response = response
        self._lines = lines
        self._host = _host_of(response)

    def __iter__(self) -> Iterator[bytes]:
        """Yield chunks as they arrive; raise :class:`Interrupted` if the body ends early."""
        received = 0
        with plain_words(self._host):
            for chunk in chunks_of(self._response, self._lines, self._chunk):
                received += len(chunk)
                yield chunk
        if self._length is not None and received != self._length:
            raise Interrupted(f"Connection to {self._host} lost.", "Try again.")

    def close(self) -> None:
        """Stop the transfer from any thread; a thread that waits for bytes gets :class:`Interrupted`."""
        stream = self._response.extensions.get("network_stream")
        if stream is None:
            self._response.close()  # an in-process response has no socket
            return
        shut_down(stream.get_extra_info("socket"))


class HttpArchive:
    """An implementation of :class:`artifact_tui.domain.provider.Archive`; ``sign`` requests a fresh URL."""

    def __init__(
        self,
        client: httpx.Client,
        sign: Callable[[], str],
        *,
        name: str,
        size: int,
        clock: Callable[[], datetime],
        lines: CancelScopes,
    ) -> None:
        self._client = client
        self._lines = lines
        self._sign = sign
        self._name = name
        self._size = size
        self._clock = clock
        self._address = sign()
        self._renewing = threading.Lock()

    @contextmanager
    def read(self, start: int = 0, end: int | None = None, *, etag: str = "") -> Iterator[HttpBody]:
        """Open the bytes from ``start`` up to ``end``.

        The body starts at 0 instead if the blob does not match ``etag``, if it has no such range, if another range
        arrives, or if the server does not support ranges.
        """
        whole = start == 0 and end is None
        response = self._open({} if whole else _range_headers(start, end, etag))
        sent = None if whole else _sent_range(response, start, end, etag)
        if sent is None and not whole and response.status_code in {206, 412, 416}:
            response.close()
            response = self._open({})
        try:
            with self._lines.current.reading(response):
                yield self._body(response, sent)
        finally:
            response.close()

    def _open(self, headers: dict[str, str]) -> httpx.Response:
        """Send the request, with a fresh URL if this one has expired (403)."""
        address = self._address
        response = self._send(address, headers)
        if response.status_code == 403:
            response.close()
            response = self._send(self._renewed(address), headers)
        return response

    def _renewed(self, expired: str) -> str:
        """Return a fresh URL, which only the first of several waiting threads requests."""
        with self._renewing:
            if self._address == expired:
                self._address = self._sign()
            return self._address

    def _send(self, address: str, headers: dict[str, str]) -> httpx.Response:
        plain = {"Accept-Encoding": "identity", "User-Agent": USER_AGENT}
        with plain_words(urlsplit(address).hostname or ""):
            request = self._client.build_request("GET", address, headers=plain | headers)
            response = self._client.send(request, stream=True)
        LOG.info("GET from the download host, artifact %s: %d", printable(self._name, 100), response.status_code)
        return response

    def _body(self, response: httpx.Response, sent: _Range | None) -> HttpBody:
        if sent is None and response.status_code != 200:
            raise _refused(response, self._clock())
        if response.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
            raise ServerTrouble("The download arrived compressed, which was not requested.", _PROXY)
        if _is_web_page(response):
            page = _foreign(response) or Foreign(f"a web page ({_content_type(response)})", "", "")
            raise ServerTrouble(page.sentence(_ARTIFACT, response.status_code), page.next_step)
        length, name = _content_length(response), raw_file_name(response.headers, self._address, self._name)
        if sent is not None:
            return HttpBody(response, self._lines, start=sent.start, length=sent.length, total=sent.total, name=name)
        if length == 0 and self._size > 0:
            kind = _content_type(response) or "no content type"
            raise ServerTrouble(f"Received an empty response ({kind}) instead of the artifact.", _AGAIN)
        return HttpBody(response, self._lines, start=0, length=length, total=length, name=name, chunk=WHOLE_CHUNK)


def _range_headers(start: int, end: int | None, etag: str) -> dict[str, str]:
    if start < 0 or (end is not None and end <= start):
        raise ValueError("a range has at least one byte")
    headers = {"Range": f"bytes={start}-{'' if end is None else end - 1}"}
    return headers | {"If-Match": etag} if etag else headers


class _Range(NamedTuple):
    start: int
    length: int
    total: int | None


def _sent_range(response: httpx.Response, start: int, end: int | None, etag: str) -> _Range | None:
    """Return the range of a 206 if it matches the request and the ETag: some hosts ignore ``If-Match``."""
    match = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", "").strip())
    if response.status_code != 206 or match is None or (etag and response.headers.get("etag", "") != etag):
        return None
    first, last = int(match[1]), int(match[2])
    total = None if match[3] == "*" else int(match[3])
    if first != start or last < first or _content_length(response) not in {None, last - first + 1}:
        return None
    ends = [each for each in (end, total) if each is not None]
    return _Range(start, last - first + 1, total) if not ends or last == min(ends) - 1 else None


def _host_of(response: httpx.Response) -> str:
    """Return the host as written: httpx would convert it to Unicode, which can fail."""
    return printable(response.request.url.raw_host.decode("ascii", "replace"), 100)


def _content_length(response: httpx.Response) -> int | None:
    text = response.headers.get("content-length", "")
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else None


def _content_type(response: httpx.Response) -> str:
    return printable(response.headers.get("content-type", "").partition(";")[0].strip().lower(), 60)


def _is_web_page(response: httpx.Response) -> bool:
    """Return whether this is HTML but not a file: an artifact that is a single HTML file comes as an attachment."""
    kind = _content_type(response)
    return kind in {"text/html", "application/xhtml+xml"} and "content-disposition" not in response.headers


def _foreign(response: httpx.Response) -> Foreign | None:
    """Return the foreign response, by its first bytes, even if the connection ends meanwhile."""
    start = b""
    with suppress(httpx.TransportError, httpx.StreamError, httpx.DecodingError, OSError):
        for chunk in response.iter_bytes():
            start += chunk
            if len(start) >= _PAGE_START:
                break
    return read_foreign(response.headers, start)


def _refused(response: httpx.Response, now: datetime) -> ProviderError:
    status = response.status_code
    waiting = retry_after(response.headers, now) if status in {429, 503} else None
    if waiting is not None:
        return limited("Rate limited by the download host.", "The download resumes after it.", waiting, now)
    if status == 407:
        return proxy_wants_password(_host_of(response), str(response.request.url))
    page = _foreign(response)
    if page is not None and status not in _PASSING and page.kind != PLAIN_TEXT and not page.is_githubs:
        kind = ServerTrouble if status >= 500 else Refused
        return kind(page.sentence(_ARTIFACT, status), page.later if status >= 500 else page.next_step)
    if status in {404, 410}:
        return NotFound("The download host no longer has the artifact's files.", "Refresh the list.")
    if status == 403:
        return Refused("The download host refuses even a new URL.", "Check this machine's clock and proxy.")
    if 300 <= status < 400:
        return Refused("The download host redirects to another URL, which is not followed.", _PROXY)
    if 400 <= status < 500 and status not in _PASSING:
        return Refused(f"The download host refuses the artifact (status {status}).", _PROXY)
    return ServerTrouble(f"The download host returned an error (status {status}).", _AGAIN)


_ZIP_TYPES = {"application/zip", "application/x-zip-compressed", "application/zip-compressed", "zip"}


def raw_file_name(headers: Mapping[str, str], address: str, artifact_name: str) -> str:
    """Return the name of a plain file, empty for a zip; untrusted, but without directories."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if not kind or kind in _ZIP_TYPES or urlsplit(address).path.endswith(".zip"):
        return ""
    return _last_part(_disposed_name(headers.get("content-disposition", ""))) or _last_part(artifact_name) or "artifact"


def _disposed_name(disposition: str) -> str:
    """Return the file name of a Content-Disposition (RFC 6266); ``filename*`` (RFC 8187) wins."""
    extended = re.search(r";\s*filename\*\s*=\s*([A-Za-z0-9-]+)'[^']*'([^;\s]+)", disposition, re.IGNORECASE)
    if extended and extended[1].lower() in {"utf-8", "iso-8859-1"}:
        return unquote_to_bytes(extended[2]).decode(extended[1], "replace")
    quoted = re.search(r';\s*filename\s*=\s*"((?:[^"\\]|\\.)*)"', disposition, re.IGNORECASE)
    if quoted:
        return re.sub(r"\\(.)", r"\1", quoted[1])
    plain = re.search(r";\s*filename\s*=\s*([^;\s]+)", disposition, re.IGNORECASE)
    return plain[1] if plain else ""


def _last_part(name: str) -> str:
    last = re.split(r"[/\\]", name)[-1]
    return "" if last in {".", ".."} else last
