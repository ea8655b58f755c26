"""The one filter that keeps secrets out of logs, crash reports, notifications, copies and exported text.

It takes out what is known to be secret, what has the shape of a GitHub token, passwords in addresses, and the query of
every address that is not one of our own servers': signed addresses of storages are as good as a token for a while.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterable
from urllib.parse import quote

MASK = "***"
_SHORTEST = 4

_TOKEN = re.compile(r"\b(gh[opusr]|github_pat)_[A-Za-z0-9_]{16,}(?:[.-][A-Za-z0-9_-]{8,})*")
_HEADER = re.compile(r"(?i)\b(authorization\W{1,4}(?:bearer|token|basic)\s+)[^\s'\"$][^\s'\"]*")
_USER_INFO = re.compile(r"(?<=://)[^\s/?#@'\"]+@")
_QUERY = re.compile(r"(https?://)([^\s/?#'\"<>]+)([^\s?#'\"<>]*)\?([^\s'\"<>]*)", re.IGNORECASE)
_SIGNED = re.compile(
    r"(?i)(?<![a-z0-9])((?:sig|signature|urlsignature|x-(?:amz|goog)-[a-z-]+|access_token|client_secret|device_code)=)"
    r"[^\s&'\"<>]+"
)


class Redaction:
    """What to leave out, growing while the program learns secrets; used from any thread."""

    def __init__(self) -> None:
        self._secrets: frozenset[str] = frozenset()
        self._own_hosts: frozenset[str] = frozenset()
        self._pattern: re.Pattern[str] | None = None
        self._lock = threading.Lock()

    def learn(self, secret: str) -> None:
        """Never let this text through, nor its forms in addresses and in quoted text."""
        if len(secret) < _SHORTEST:
            return
        with self._lock:
            self._secrets |= {secret, quote(secret, safe=""), repr(secret)[1:-1]}
            longest_first = sorted(self._secrets, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def trust(self, hosts: Iterable[str]) -> None:
        """Keep the queries of these hosts (``HOST[:port]``), which hold no signatures."""
        with self._lock:
            self._own_hosts |= {host.lower() for host in hosts}

    def __call__(self, text: str) -> str:
        """Return the text without secrets; that of a text without any is that text."""
        if self._pattern is not None:
            text = self._pattern.sub(MASK, text)
        text = _TOKEN.sub(lambda match: f"{match[1]}_{MASK}", text)
        text = _HEADER.sub(rf"\g<1>{MASK}", text)
        text = _USER_INFO.sub(f"{MASK}@", text)
        text = _SIGNED.sub(rf"\g<1>{MASK}", text)
        return _QUERY.sub(self._without_query, text)

    def _without_query(self, match: re.Match[str]) -> str:
        scheme, host, path, _ = match.groups()
        return match[0] if host.lower() in self._own_hosts else f"{scheme}{host}{path}?{MASK}"


redact = Redaction()
"""The filter of this process: a secret is one wherever in the program it turns up."""


class RedactingFormatter(logging.Formatter):
    """A log line as a whole goes through the filter: message, arguments and traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """See :class:`logging.Formatter`."""
        return redact(super().format(record))
