"""A response of the API, and the readable parts of an error's body."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from artifact_tui.text import printable


class Response(msgspec.Struct, frozen=True):
    """A response with its body; ``url`` is the final URL after redirects. Headers ignore case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def is_json(self) -> bool:
        """Whether the content type is JSON; proxies and sign-in pages send HTML."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        return kind == "application/json" or kind.endswith("+json")


class Complaint(msgspec.Struct, frozen=True):
    """The meaningful parts of an error's body; empty for HTML and other content."""

    is_json: bool = False
    message: str = ""
    documentation_url: str = ""
    url: str = ""

    @property
    def quoted(self) -> str:
        """The server's message as a sentence; empty for none."""
        return f"The server says: “{printable(self.message, 600)}”" if self.message else ""

    @property
    def quoted_with_page(self) -> str:
        """The server's message with the URL of its documentation."""
        address = self.documentation_url
        is_new = re.fullmatch(r"https?://[\x21-\x7e]{1,300}", address) and address not in self.message
        return " ".join([*([self.quoted] if self.message else []), *([f"See {address}"] if is_new else [])])


def read_complaint(answer: Response) -> Complaint:
    """Parse an error's body; ``errors`` as a string joins the message."""
    try:
        body = msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Complaint()
    if not isinstance(body, dict):
        return Complaint(is_json=True)
    words = [text for key in ("message", "errors") if isinstance(text := body.get(key), str) and text]
    others = {key: body[key] for key in ("documentation_url", "url") if isinstance(body.get(key), str)}
    return Complaint(True, " ".join(words), **others)
