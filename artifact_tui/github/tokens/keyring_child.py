"""A child process that uses the system's keyring, because a keyring may block forever or prompt on a terminal.

It is started by its path and imports nothing of the program. It reads a JSON object from stdin (``action``: ``get``,
``set`` or ``delete``; ``service``, ``user``, and ``secret`` for ``set``) and writes one to stdout (``outcome``,
``secret``, ``backend``), so its arguments contain no secret.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from typing import Any

LIFETIME = 10
"""Seconds after which the process ends, even if its parent is gone."""
REAL = ("SecretService", "kwallet", "libsecret", "macOS")
"""Modules of ``keyring.backends`` that protect secrets; all others are ignored."""


def answer(request: dict[str, str]) -> dict[str, str]:
    """Carry out a request; every error becomes an outcome."""
    backend = ""
    try:
        import keyring

        ring = keyring.get_keyring()
        backend = f"{type(ring).__module__}.{type(ring).__qualname__}"
        if backend == "keyring.backends.fail.Keyring":
            return {"outcome": "absent", "backend": backend}
        if not is_real(ring):
            return {"outcome": "unsafe", "backend": backend}
        return {"backend": backend, **ask(ring, request)}
    except Exception as error:  # backends raise anything: D-Bus errors, RuntimeError, EOFError
        return {"outcome": trouble(error, backend), "backend": backend}


def is_real(ring: Any) -> bool:
    """Return whether a keyring protects secrets; a chain does if all its links do."""
    module = type(ring).__module__
    if module == "keyring.backends.chainer":
        return bool(ring.backends) and all(is_real(link) for link in ring.backends)
    return module in {f"keyring.backends.{name}" for name in REAL}


def ask(ring: Any, request: dict[str, str]) -> dict[str, str]:
    """Carry out one action; changes are read back, because some keyrings only pretend to store."""
    service, user = request["service"], request["user"]
    if request["action"] == "set":
        ring.set_password(service, user, request["secret"])
        return {"outcome": "ok" if ring.get_password(service, user) == request["secret"] else "lost"}
    found = ring.get_password(service, user)
    if found is None:
        return {"outcome": "none"}
    if request["action"] == "get":
        return {"outcome": "ok", "secret": found}
    ring.delete_password(service, user)
    return {"outcome": "ok" if ring.get_password(service, user) is None else "lost"}


def trouble(error: Exception, backend: str) -> str:
    """Return the outcome for a backend's exception."""
    name = type(error).__name__
    if name == "KeyringLocked":
        return "locked"
    if not backend and "PYTHON_KEYRING_BACKEND" in os.environ:
        return "misnamed"
    return "absent" if name == "NoKeyringError" else "trouble"


def main() -> None:
    """Answer one request; backends cannot print to stdout."""
    with contextlib.suppress(AttributeError, ValueError):
        signal.alarm(LIFETIME)
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    json.dump(answer(json.load(sys.stdin)), out)
    out.flush()


if __name__ == "__main__":
    main()
