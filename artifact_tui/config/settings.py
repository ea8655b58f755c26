"""What the user has set in ``config.toml``, which is read and never written.

Precedence: command line, then environment, then ``config.toml``, then the defaults here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct, field

from artifact_tui.errors import UserError
from artifact_tui.regular_file import read_regular
from artifact_tui.text import closest

UNPACK_LIMIT = 20_000_000_000
"""Bytes that one archive may unpack to unless somebody allows more."""
CLOUD_INTERVAL, SERVER_INTERVAL = 1.0, 0.25
"""Seconds between two deletes, where nothing is set."""


class SettingsError(UserError):
    """Invalid settings: a sentence for each, with its key and what to use, after ``path``, if any."""

    def __init__(self, *mistakes: str, path: Path | None = None) -> None:
        super().__init__(mistakes[0])
        self.mistakes = mistakes
        self.path = path

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines to print: one for a single mistake, else a headline and one for each."""
        if len(self.mistakes) == 1:
            return (f"{self.path}: {self.mistakes[0]}" if self.path else self.mistakes[0],)
        return (f"{self.path or 'settings'}: {len(self.mistakes)} settings are invalid.", *self.mistakes)

    def __str__(self) -> str:
        return "\n".join(self.lines)


class Columns(Struct, frozen=True, forbid_unknown_fields=True):
    """Which columns a list shows, by the words in its header, in this order; empty for all in the usual one."""

    artifacts: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()


class Settings(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Everything ``config.toml`` may say, with the defaults.

    ``host`` is where the program starts, ``hosts`` are those to choose from, each ``HOST`` or, for one of several
    accounts there, ``ACCOUNT@HOST``; ``client_ids`` names by host the app whose
    device flow signs in there, ``ca_file`` certificates to trust besides the system's.

    ``concurrency`` counts downloads at once, ``connections`` those of all downloads together; ``unpack_limit`` is how
    many bytes one archive may unpack to unasked, ``on_existing`` what becomes of files that are there already.
    ``delete_interval`` is the time between two deletes in seconds, ``delete_intervals`` the same by host; see
    :meth:`delete_interval_at`. ``delete_grace`` is the time in which a confirmed deletion can be taken back whole.
    ``pinned`` are patterns of names that are protected from deletion. ``keys`` maps a binding's id to the keys that
    shall do it, separated by commas, on top of those of the ``preset``; ``columns`` says which ones the lists show;
    ``lean_output`` sends the terminal only what has changed.
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
    preset: Literal["default", "ncdu"] = "default"
    keys: dict[str, str] = field(default_factory=dict)
    columns: Columns = Columns()

    def delete_interval_at(self, host: str, *, is_cloud: bool) -> float:
        """Seconds between two deletes there: of GitHub's own hosts one, unless it is set, of other servers less.

        GitHub asks for a second between requests that change something and refuses more than 180 of them a minute;
        an Enterprise Server has no such limit unless its owner sets one.
        """
        usual = CLOUD_INTERVAL if is_cloud else SERVER_INTERVAL
        return self.delete_intervals.get(host, usual if self.delete_interval is None else self.delete_interval)


def read_settings(path: Path) -> Settings:
    """Read ``config.toml``; the defaults when there is none; raises :class:`SettingsError`."""
    settings, mistakes = examine_settings(path)
    if mistakes:
        raise SettingsError(*mistakes, path=path)
    return settings


def examine_settings(path: Path) -> tuple[Settings, list[str]]:
    """Return the valid settings of ``config.toml``, and a sentence for each mistake in it."""
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
        yield 'pinned has an empty pattern; give names, as in pinned = ["release-*"].'


def check_columns(name: str, wanted: Sequence[str], known: Sequence[str]) -> None:
    """Raise :class:`SettingsError` for unknown and repeated columns of the list ``name``."""
    if mistakes := tuple(_column_mistakes(name, wanted, known)):
        raise SettingsError(*mistakes)


def _column_mistakes(name: str, wanted: Sequence[str], known: Sequence[str]) -> Iterator[str]:
    for column in dict.fromkeys(wanted):
        if column not in known:
            close = closest(column, known)
            hint = f" Did you mean '{close}'?" if close else ""
            yield f"columns: {name} has no '{column}'. Use one of {', '.join(known)}.{hint}"
        elif wanted.count(column) > 1:
            yield f"columns: {name} has '{column}' twice; name each once."


def is_set(environment: Mapping[str, str], name: str) -> bool:
    """Whether a yes/no variable of the environment says yes; ``0``, ``no``, ``false`` and empty say no."""
    return environment.get(name, "").strip().casefold() not in {"", "0", "no", "false", "off"}


def is_remote(environment: Mapping[str, str]) -> bool:
    """Whether we sit at the far end of SSH, where no browser can be opened."""
    return bool(environment.get("SSH_CONNECTION") or environment.get("SSH_TTY")) or (
        sys.platform.startswith("linux") and not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))
    )
