"""Responses that are not the API's: web pages and plain text from filters, proxies and sign-in pages."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import NamedTuple

from artifact_tui.text import printable

IN_BETWEEN = "A web filter, proxy or sign-in page is in between: check the proxy settings, or ask its administrator."
PLAIN_TEXT = "plain text"
_READ = 64 * 1024
_START = re.compile(
    r"[\s\ufeff]*(?:<!--.*?-->\s*)*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body|title)\b", re.I | re.S
)
_TITLE = re.compile(r"<title\b[^>]*>(.*?)(?:</title|<|\Z)", re.I | re.S)
_HEADING = re.compile(r"<h1\b[^>]*>(.*?)(?:</h1|\Z)", re.I | re.S)
_TAG = re.compile(r"<[^>]*>")


class Foreign(NamedTuple):
    """A foreign response: ``title`` quotes it, ``sender`` is the name it gives itself; both may be empty."""

    kind: str
    title: str
    sender: str

    @property
    def is_githubs(self) -> bool:
        """Whether GitHub's servers sent it, as on their own error pages."""
        return self.sender.lower().split(",")[0] == "github.com"

    def sentence(self, instead: str, status: int) -> str:
        """Return what happened; ``instead`` is the expected response, such as "the artifact"."""
        said = f": “{self.title}”" if self.title else ""
        return f"Received {self.kind} instead of {instead} (status {status}){said}."

    @property
    def next_step(self) -> str:
        """The next step, after the sender if known."""
        return f"{self._sent}{IN_BETWEEN}"

    @property
    def later(self) -> str:
        """The next step for a status that may be temporary."""
        return f"{self._sent}Try again in a minute; a web filter or proxy may be in between."

    @property
    def _sent(self) -> str:
        return f"Sent by {self.sender}. " if self.sender else ""


def read_foreign(headers: Mapping[str, str], body: bytes) -> Foreign | None:
    """Return the web page or text sent instead of the API's JSON; None for anything else."""
    kind, _, parameters = headers.get("content-type", "").lower().partition(";")
    text = _decoded(body[:_READ], parameters)
    is_said = kind.strip() in {"text/html", "application/xhtml+xml"}
    is_page = _START.match(text) is not None or (is_said and "<" in text and not text.lstrip().startswith("<?xml"))
    if is_page:
        found = _TITLE.search(text) or _HEADING.search(text)
        return Foreign("a web page", _words(_TAG.sub(" ", found[1]) if found else ""), _sender(headers))
    if kind.strip() == "text/plain" and text.strip() and text.lstrip()[:1] not in {"{", "["}:
        return Foreign(PLAIN_TEXT, _words(text.strip().splitlines()[0]), _sender(headers))
    return None


def _decoded(body: bytes, parameters: str) -> str:
    charset = re.search(r"charset\s*=\s*\"?([a-z0-9_.:-]{1,40})", parameters)
    try:
        return body.decode(charset[1] if charset else "utf-8", "replace")
    except (LookupError, ValueError):  # unknown, or not a text encoding
        return body.decode("utf-8", "replace")


def _words(text: str) -> str:
    words = " ".join(html.unescape(text).split())
    return printable(words, 80) if words else ""


def _sender(headers: Mapping[str, str]) -> str:
    """Return ``Server``, and the proxies in ``Via`` (RFC 9110, 10.2.4 and 7.6.3)."""
    server, via = (headers.get(name, "").strip() for name in ("server", "via"))
    return ", ".join([*([printable(server, 60)] if server else []), *([f"via {printable(via, 80)}"] if via else [])])
