"""The program's own files, and ``state.json``, its memory between starts."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from artifact_tui.domain.models import Server
from artifact_tui.regular_file import read_regular

MOST_RECENT, MOST_DIRECTORIES, MOST_RELEASES = 8, 100, 20
RELEASE_KNOWN = timedelta(days=1)
"""How long the stored release of an Enterprise Server is used; response headers report a change earlier."""
NO_HOME = "No home directory: the program uses defaults and remembers nothing. Set HOME to an absolute path."


class Paths(Struct, frozen=True):
    """The paths of the program's own files."""

    config: Path
    state: Path
    cache: Path

    @classmethod
    def of_user(cls) -> Paths | None:
        """Return this platform's paths (``XDG_CONFIG_HOME`` and the like apply); None without a home directory."""
        from platformdirs import PlatformDirs

        directories = PlatformDirs("artifact-tui", appauthor=False)
        try:
            config, state = directories.user_config_path, directories.user_state_path
            cache = directories.user_cache_path
        except (RuntimeError, OSError):
            return None
        if not all(path.is_absolute() for path in (config, state, cache)):
            return None
        return cls(config / "config.toml", state / "state.json", cache)

    @property
    def tokens(self) -> Path:
        """The token file, for machines without a keyring."""
        return self.state.with_name("tokens")

    @property
    def lists(self) -> Path:
        """The directory of the cached lists."""
        return self.cache / "lists"

    def journal(self, *, is_demo: bool) -> Path:
        """Return the journal of unfinished downloads; the demo has another one."""
        return self.state.with_name("demo-transfers.sqlite" if is_demo else "transfers.sqlite")


class Release(Struct, frozen=True):
    """The release of an Enterprise Server, such as ``3.17.0``, and when the server reported it."""

    version: str
    at: datetime


class Memory(Struct, frozen=True):
    """The memory between starts: recent repositories by host, newest first, and choices.

    ``directories`` are download directories by ``HOST/OWNER/NAME``, last used last; ``directory`` is the last one of
    all. ``releases`` are the releases of Enterprise Servers, by API URL. ``grouping`` is how storage is grouped.
    """

    recent: dict[str, list[str]] = field(default_factory=dict)
    directory: str = ""
    directories: dict[str, str] = field(default_factory=dict)
    unpack: bool | None = None
    theme: str = ""
    grouping: str = ""
    releases: dict[str, Release] = field(default_factory=dict)

    def with_recent(self, host: str, repository: str) -> Memory:
        """Return the memory with ``repository`` as the newest of its host; at most :data:`MOST_RECENT` stay."""
        others = [name for name in self.recent.get(host, []) if name != repository]
        return replace(self, recent={**self.recent, host: [repository, *others][:MOST_RECENT]})

    def with_directory(self, host: str, repository: str, directory: str) -> Memory:
        """Return the memory with a download directory; at most :data:`MOST_DIRECTORIES` stay."""
        name = f"{host}/{repository}"
        others = [(key, value) for key, value in self.directories.items() if key != name]
        kept = dict([*others, (name, directory)][-MOST_DIRECTORIES:])
        return replace(self, directory=directory, directories=kept)

    def directory_of(self, host: str, repository: str) -> str:
        """Return the last directory of a repository, or else the last one of all; empty at first."""
        return self.directories.get(f"{host}/{repository}", self.directory)

    def with_release(self, api_url: str, version: str, now: datetime) -> Memory:
        """Return the memory with the release of a server; it keeps at most :data:`MOST_RELEASES`."""
        others = [(url, release) for url, release in self.releases.items() if url != api_url]
        return replace(self, releases=dict([*others, (api_url, Release(version, now))][-MOST_RELEASES:]))

    def release_of(self, api_url: str, now: datetime) -> str:
        """Return the release of a server if it is younger than :data:`RELEASE_KNOWN`, or an empty string."""
        known = self.releases.get(api_url)
        return known.version if known and timedelta(0) <= now - known.at < RELEASE_KNOWN else ""


class MemoryFile:
    """``state.json``: read once, replaced as a whole; without a path, kept in memory."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.value = self._read()

    def change(self, change: Callable[[Memory], Memory]) -> str:
        """Apply ``change`` and write the file; return a sentence on failure, because the memory is optional."""
        self.value = change(self.value)
        if self._path is None:
            return ""
        try:
            self._write(self._path)
        except OSError as error:
            return f"{self._path} could not be written: {os.strerror(error.errno or 0)}."
        return ""

    def keep_release(self, api_url: str, server: Server, now: datetime) -> None:
        """Store the release of an Enterprise Server unless it is known, so that the next start does not request it."""
        version = "" if server.kind.is_cloud else server.version
        if version and self.value.release_of(api_url, now) != version:
            self.change(lambda memory: memory.with_release(api_url, version, now))

    def _read(self) -> Memory:
        try:
            data = read_regular(self._path) if self._path else b""
            if not data:
                return Memory()
            from artifact_tui import exact_json  # only now: the first screen does without it

            return exact_json.decode(data, Memory)
        except (OSError, msgspec.DecodeError):
            return Memory()

    def _write(self, path: Path) -> None:
        from artifact_tui import exact_json

        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
        opened = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
        with open(opened, "wb") as file:  # noqa: PTH123 - opened with private permissions
            file.write(exact_json.encode_indented(self.value))
        fresh.replace(path)


def user_path(text: str) -> Path | None:
    """Return a path with ``~`` and ``~name`` resolved; None for an unknown user."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return None
