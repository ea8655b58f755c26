"""The settings in ``config.toml``, which is read and never written.

Precedence: command line, environment, ``config.toml``, defaults.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct, field

from artifact_tui.errors import UserError
from artifact_tui.regular_file import read_regular
from artifact_tui.text import closest

UNPACK_LIMIT = 20_000_000_000
"""The default limit of bytes that one archive unpacks to."""
CLOUD_INTERVAL, SERVER_INTERVAL = 1.0, 0.25
"""The default seconds between two deletes."""


class SettingsError(UserError):
    """Invalid settings: one sentence per mistake, and the file's path, if any."""

    def __init__(self, *mistakes: str, path: Path | None = None) -> None:
        super().__init__(mistakes[0])
        self.mistakes = mistakes
        self.path = path

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines to print: a single mistake, or a headline and a line for each."""
        if len(self.mistakes) == 1:
            return (f"{self.path}: {self.mistakes[0]}" if self.path else self.mistakes[0],)
        return (f"{self.path or 'settings'}: {len(self.mistakes)} settings are invalid.", *self.mistakes)

    def __str__(self) -> str:
        return "\n".join(self.lines)


class Columns(Struct, frozen=True, forbid_unknown_fields=True):
    """The columns of each list by their header words, in order; empty for all."""

    artifacts: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    storage: tuple[str, ...] = ()
    owner: tuple[str, ...] = ()


class DeletePolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab", omit_defaults=True):
    """A selection for ``artifact-tui delete --policy NAME``; each field is the option with the same name.

    Sizes and ages are written as in options. A policy is no consent: ``delete`` still needs ``--yes`` or ``--at-most``.
    """

    name: tuple[str, ...] = ()
    pattern: tuple[str, ...] = ()
    filter: str = ""
    larger: str = ""
    smaller: str = ""
    older: str = ""
    newer: str = ""
    expires_within: str = ""
    expired: bool = False
    live: bool = False
    keep_newest: int | None = None
    per: Literal["name", "name+branch"] = "name"
    all: bool = False
    workflow: str = ""
    branch: str = ""
    event: str = ""
    actor: str = ""
    status: str = ""
    tag: str = ""
    latest: bool = False
    latest_good: bool = False
    runs: int | None = None
    look_back: int | None = None
    attempt: int | None = None
    all_attempts: bool = False
    forks: bool = False

    @property
    def values(self) -> dict[str, Any]:
        """The values that are set, by the names of their options without dashes in front."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found

    def mistakes(self) -> Iterator[str]:
        """Yield a clause for each value that its option would refuse."""
        from artifact_tui.domain.artifact_filter import Query, QueryError, read_age, read_bytes

        for key in ("older", "newer", "expires-within"):
            if (text := self.values.get(key)) and read_age(text) is None:
                yield f'{key} must be an age, as in {key} = "30d"'
        for key in ("larger", "smaller"):
            if (text := self.values.get(key)) and read_bytes(text) is None:
                yield f'{key} must be a size, as in {key} = "10M"'
        for key in ("keep-newest", "runs", "look-back", "attempt"):
            if self.values.get(key, 1) < 1:
                yield f"{key} must be a whole number, 1 or more"
        try:
            Query.parse(self.filter)
        except QueryError as error:
            yield f"filter is invalid: {str(error).rstrip('.')}"


class Settings(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """All settings of ``config.toml`` with their defaults.

    ``host`` is the first host, and ``hosts`` are those to choose from, each ``HOST`` or ``ACCOUNT@HOST``.
    ``client_ids`` maps hosts to OAuth apps for the device flow; ``ca_file`` holds additional CA certificates.

    ``concurrency`` limits downloads at once; three small ones count as one. ``connections`` limits those of all
    downloads. ``unpack_limit`` is the bytes that an archive unpacks to without a question, ``on_existing`` what happens
    if a name exists. ``delete_interval`` is the seconds between two deletes, ``delete_intervals`` the same by host,
    ``delete_grace`` the seconds in which a confirmed deletion can be cancelled. ``pinned`` are patterns of protected
    names. ``keys`` maps bindings to comma-separated keys, on top of the ``preset``. ``lean_output`` sends only what
    changed to the terminal. ``cursor`` is how lists show the cursor: as a colored row or as a sign, which takes fewer
    bytes (``auto``: on a slow line). ``policies`` are named selections for the command ``delete``.
    """

    host: str = ""
    hosts: tuple[str, ...] = ()
    ca_file: str = ""
    client_ids: dict[str, str] = field(default_factory=dict)
    api_version: str = ""
    directory: str = ""
    unpack: bool = True
    unpack_limit: int = UNPACK_LIMIT
    on_existing: Literal["keep both", "skip", "overwrite", "ask"] = "keep both"
    concurrency: int = 4
    connections: int = 8
    delete_interval: float | None = None
    delete_intervals: dict[str, float] = field(default_factory=dict)
    delete_grace: float = 5.0
    pinned: tuple[str, ...] = ()
    theme: str = ""
    read_only: bool = False
    lean_output: bool = True
    cursor: Literal["auto", "line", "sign"] = "auto"
    preset: Literal["default", "ncdu"] = "default"
    keys: dict[str, str] = field(default_factory=dict)
    columns: Columns = Columns()
    policies: dict[str, DeletePolicy] = field(default_factory=dict)

    def delete_interval_at(self, host: str, *, is_cloud: bool) -> float:
        """Return the seconds between two deletes; GitHub asks for one, and refuses more than 180 deletes a minute."""
        usual = CLOUD_INTERVAL if is_cloud else SERVER_INTERVAL
        return self.delete_intervals.get(host, usual if self.delete_interval is None else self.delete_interval)


def read_settings(path: Path) -> Settings:
    """Return the settings of ``config.toml``, or the defaults without it; raise :class:`SettingsError`."""
    settings, mistakes = examine_settings(path)
    if mistakes:
        raise SettingsError(*mistakes, path=path)
    return settings


def examine_settings(path: Path) -> tuple[Settings, list[str]]:
    """Return the valid settings of ``config.toml``, and a sentence for each mistake."""
    try:
        text = read_regular(path)
    except FileNotFoundError:
        return Settings(), []
    except OSError as error:
        return Settings(), [f"cannot be read ({error.strerror})."]
    mistakes: list[str] = []
    try:
        settings = msgspec.toml.decode(text, type=Settings)
    except (msgspec.DecodeError, UnicodeDecodeError):
        from artifact_tui.config.explain import find_mistakes

        settings, mistakes = find_mistakes(text, Settings)
    return settings, [*mistakes, *_beyond_limits(settings)]


def _beyond_limits(settings: Settings) -> Iterator[str]:
    for name, number in (("concurrency", settings.concurrency), ("connections", settings.connections)):
        if not 1 <= number <= 16:
            yield f"{name} must be from 1 to 16, not {number}."
    if settings.unpack_limit < 1:
        yield f"unpack-limit must be a number of bytes, as in unpack-limit = {UNPACK_LIMIT:_}."
    intervals = {f"delete-intervals of {host}": seconds for host, seconds in settings.delete_intervals.items()}
    for name, seconds in {"delete-interval": settings.delete_interval or 0.0, **intervals}.items():
        if not 0 <= seconds <= 3600:
            yield f"{name} must be from 0 to 3600 seconds."
    if not 0 <= settings.delete_grace <= 3600:
        yield "delete-grace must be from 0 to 3600 seconds."
    if not all(pattern.strip() for pattern in settings.pinned):
        yield 'pinned has an empty pattern. Use names, as in pinned = ["release-*"].'
    for name, policy in settings.policies.items():
        yield from (f"policies.{name}: {mistake}." for mistake in policy.mistakes())


def check_columns(name: str, wanted: Sequence[str], known: Sequence[str]) -> None:
    """Raise :class:`SettingsError` for unknown and repeated columns of the list ``name``."""
    if mistakes := tuple(_column_mistakes(name, wanted, known)):
        raise SettingsError(*mistakes)


def _column_mistakes(name: str, wanted: Sequence[str], known: Sequence[str]) -> Iterator[str]:
    for column in dict.fromkeys(wanted):
        if column not in known:
            hint = f" Did you mean '{close}'?" if (close := closest(column, known)) else ""
            yield f"columns: unknown column '{column}' in {name}. Use one of {', '.join(known)}.{hint}"
        elif wanted.count(column) > 1:
            yield f"columns: '{column}' is in {name} twice. Use each column once."


def is_set(environment: Mapping[str, str], name: str) -> bool:
    """Return whether a yes/no variable is set to yes; ``0``, ``no``, ``false``, ``off`` and empty mean no."""
    return environment.get(name, "").strip().casefold() not in {"", "0", "no", "false", "off"}


def is_read_only(given: bool, settings: Settings, environment: Mapping[str, str]) -> bool:
    """Return whether option, settings or environment ask for read-only mode."""
    return given or settings.read_only or is_set(environment, "ARTIFACT_TUI_READ_ONLY")


def is_remote(environment: Mapping[str, str]) -> bool:
    """Return whether this is the far end of SSH, where no browser can be opened."""
    return bool(environment.get("SSH_CONNECTION") or environment.get("SSH_TTY")) or (
        sys.platform.startswith("linux") and not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))
    )
