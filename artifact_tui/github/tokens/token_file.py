"""Tokens in a plain text file that only its owner can read, for machines without a keyring, after explicit consent.

Each line is ``HOST TOKEN`` or ``ACCOUNT@HOST TOKEN``. Administrators and backups can read it.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path
from shlex import quote

from artifact_tui.errors import UserError
from artifact_tui.github.hosts import Host

_LARGEST = 1 << 20


class TokenFileError(UserError):
    """The token file cannot be used."""


class TokenFile:
    """The token file at ``path``; None stores nothing."""

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def problem(self) -> str:
        """Return why the file, or a line of it, cannot be used; empty if all is well."""
        try:
            lines = self._lines()
        except TokenFileError as error:
            return str(error)
        unread = next((number for number, line in enumerate(lines, 1) if line.strip() and not _is_entry(line)), 0)
        return f"{self.path}: line {unread} is not HOST TOKEN and is ignored. Correct or delete it." if unread else ""

    def get(self, host: Host) -> str:
        """Return the token of a host, empty for none; raise :class:`TokenFileError` if others can read the file."""
        return self._read().get(_key(host), "")

    def set(self, host: Host, token: str) -> None:
        """Store the token of a host."""
        self._write(self._read() | {_key(host): token})

    def delete(self, host: Host) -> bool:
        """Remove the token of a host; return whether there was one."""
        kept = self._read()
        if kept.pop(_key(host), None) is None:
            return False
        self._write(kept)
        return True

    def _read(self) -> dict[str, str]:
        entries = [line.split() for line in self._lines() if _is_entry(line)]
        return {entry[0]: entry[1] for entry in entries}

    def _lines(self) -> list[str]:
        if self.path is None:
            return []
        try:
            opened = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return []
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise TokenFileError(f"{self.path} is a symbolic link and is ignored. Delete it.") from None
            raise TokenFileError(f"{self.path} cannot be read: {os.strerror(error.errno or 0)}.") from None
        try:
            _check(self.path, os.fstat(opened))
            return os.read(opened, _LARGEST).decode("ascii", "surrogateescape").splitlines()
        finally:
            os.close(opened)

    def _write(self, tokens: dict[str, str]) -> None:
        """Replace the file atomically, or delete it if it has no lines left; invalid lines stay."""
        path = self.path
        if path is None:
            raise TokenFileError("No directory for the token file.")
        unread = [line for line in self._lines() if line.strip() and not _is_entry(line)]
        try:
            _replace(path, "".join(f"{line}\n" for line in (*unread, *map(" ".join, tokens.items()))))
        except OSError as error:
            raise TokenFileError(f"{path} cannot be written: {os.strerror(error.errno or 0)}.") from None


def _key(host: Host) -> str:
    """Return the key of a host; host and account names ignore case."""
    return host.label.lower()


def _is_entry(line: str) -> bool:
    return len(line.split()) == 2 and line.isascii() and line.isprintable()


def _check(path: Path, found: os.stat_result) -> None:
    """Refuse a file that others can read or change, as ssh does with private keys."""
    if not stat.S_ISREG(found.st_mode):
        raise TokenFileError(f"{path} is not a regular file and is ignored. Delete it.")
    if found.st_uid != os.getuid():
        raise TokenFileError(f"{path} belongs to another user and is ignored. Delete it.")
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise TokenFileError(f"{path} is readable by other users and is ignored. Run chmod 600 {quote(str(path))}.")


def _replace(path: Path, text: str) -> None:
    from artifact_tui.fsync import sync

    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not text:
        path.unlink(missing_ok=True)
        return
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    with suppress(FileNotFoundError):
        fresh.unlink()
    opened = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with open(opened, "w", encoding="ascii", errors="surrogateescape") as file:  # noqa: PTH123 - opened as private
        file.write(text)
        file.flush()
        os.fsync(opened)
    fresh.replace(path)
    sync(path.parent)
