"""The filter that keeps secrets out of logs, crash reports, notifications, copied and exported text.

It removes known secrets, anything shaped like a GitHub token, passwords in URLs, and the query of every URL on another
host than the program's own servers: a signed download URL is as good as a token while it is valid.
"""

from __future__ import annotations

import re
import threading

TYPE_CHECKING = False  # importing it from typing would cost --help a tenth of its time
if TYPE_CHECKING:
    from collections.abc import Iterable

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
    """The secrets to remove, which grow while the program runs; safe to use from any thread."""

    def __init__(self) -> None:
        self._secrets: frozenset[str] = frozenset()
        self._own_hosts: frozenset[str] = frozenset()
        self._pattern: re.Pattern[str] | None = None
        self._lock = threading.Lock()

    def learn(self, secret: str) -> None:
        """Remove this text from now on, also URL-quoted or escaped as in a ``repr``."""
        if len(secret) < _SHORTEST:
            return
        from urllib.parse import quote

        with self._lock:
            self._secrets |= {secret, quote(secret, safe=""), repr(secret)[1:-1]}
            longest_first = sorted(self._secrets, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def trust(self, hosts: Iterable[str]) -> None:
        """Keep the queries of URLs on these hosts (``HOST[:port]``), which hold no signatures."""
        with self._lock:
            self._own_hosts |= {host.lower() for host in hosts}

    def __call__(self, text: str) -> str:
        """Return the text without secrets."""
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
"""The filter of this process; secrets apply everywhere in the program."""
