"""Trusted certificates, and what is wrong with others."""

from __future__ import annotations

import os
import ssl
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from artifact_tui.domain.provider import InvalidCertificateFile, Offline
from artifact_tui.text import printable

_OWN_AUTHORITY = "If your company has its own, add it to the system's store, SSL_CERT_FILE or --ca-file, and restart."
_CLOCK = "Check the clock of this machine, or tell the server's administrator."
_ELSEWHERE = "Check the host. A proxy or sign-in page may be in between."
_SELF_MADE = "If the server is yours, name its certificate in SSL_CERT_FILE or --ca-file."
_WORDS = {
    9: ("is not valid yet", _CLOCK),
    10: ("has expired", _CLOCK),
    18: ("is self-signed", _SELF_MADE),
    19: ("comes from an unknown authority", _OWN_AUTHORITY),
    20: ("comes from an unknown authority", _OWN_AUTHORITY),
    21: ("comes from an unknown authority", _OWN_AUTHORITY),
    23: ("was revoked", "Tell the server's administrator."),
    62: ("is for another host", _ELSEWHERE),
    64: ("is for another host", _ELSEWHERE),
}
"""The problem and the next step, by OpenSSL's number (``X509_V_ERR_…`` in x509_vfy.h)."""
_BY_TEXT = (
    ("expired", 10),
    ("not yet valid", 9),
    ("name mismatch", 62),
    ("self-signed certificate in", 19),
    ("revoked", 23),
)
"""The numbers by the texts of systems without numbers."""


def trusted(environ: Mapping[str, str], ca_file: str) -> ssl.SSLContext:
    """Return a TLS context with the CAs of the system and both files; raise :class:`InvalidCertificateFile`."""
    path = environ.get("SSL_CERT_FILE", "")
    if path and not _is_readable(path):
        step = f"Correct or unset it: {printable(path, 100)}."
        raise InvalidCertificateFile("SSL_CERT_FILE does not name a readable file.", step)
    return _context(path, environ.get("SSL_CERT_DIR", ""), ca_file)


@cache
def _context(_file: str, _directory: str, ca_file: str) -> ssl.SSLContext:
    """Return one context for all clients with these settings; OpenSSL reads the first two itself."""
    context = _system_context()
    if ca_file:
        _trust_file(context, ca_file)
    return context


def _system_context() -> ssl.SSLContext:
    """Return a context with the system's CAs; truststore would read them for each connection, which takes 30 ms."""
    if sys.platform == "linux" and ssl.get_default_verify_paths().cafile:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_default_certs()
        return context
    import truststore  # finds them on any system

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def untrusted(whose: str, error: ssl.SSLCertVerificationError) -> Offline:
    """Return the error for an untrusted certificate of ``whose``; OpenSSL reports only the first problem."""
    said = (getattr(error, "verify_message", "") or "").lower()
    by_text = next((number for words, number in _BY_TEXT if words in said), 0)
    wrong, step = _WORDS.get(getattr(error, "verify_code", 0) or by_text, ("is not trusted", _OWN_AUTHORITY))
    return Offline(f"The certificate of {whose} {wrong}.", step)


def _trust_file(context: ssl.SSLContext, path: str) -> None:
    shown = printable(path, 100)
    if not _is_readable(path):
        raise InvalidCertificateFile(
            f"The CA file {shown} cannot be read.", "Correct --ca-file or ca-file in config.toml."
        )
    try:
        context.load_verify_locations(cafile=path)
    except ssl.SSLError:
        step = "It should hold certificates in PEM form."
        raise InvalidCertificateFile(f"The CA file {shown} does not contain a readable certificate.", step) from None


def _is_readable(path: str) -> bool:
    return Path(path).is_file() and os.access(path, os.R_OK)
