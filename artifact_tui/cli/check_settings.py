"""``config.toml`` held against all that it may name: bindings, columns, themes, hosts and API versions."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec.structs import replace

from artifact_tui.config.settings import Columns, Settings, SettingsError, check_columns, examine_settings
from artifact_tui.github.hosts import HostError, check_api_version, read_host

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def read_configuration(path: Path) -> Settings:
    """Return the settings with the keys of their preset and normalized hosts; without a file, the defaults.

    Raises :class:`~.config.settings.SettingsError`, which names the file and everything that is wrong in it.
    """
    settings, mistakes = examine_settings(path)
    if settings == Settings() and not mistakes:
        return settings
    checked, more = _checked(settings)
    if mistakes or more:
        raise SettingsError(*mistakes, *more, path=path)
    return checked


def _checked(settings: Settings) -> tuple[Settings, list[str]]:
    from artifact_tui.config.keymap_rules import check_keys
    from artifact_tui.keymap import PRESETS, default_keys, key_name
    from artifact_tui.themes import check_theme

    mistakes: list[str] = []
    settings = replace(settings, keys=PRESETS[settings.preset] | settings.keys)
    with _noting(mistakes, "keys"):
        check_keys(settings.keys, default_keys(), key_name)
    if settings.columns != Columns():
        mistakes.extend(_unknown_columns(settings.columns))
    with _noting(mistakes, "theme"):
        check_theme(settings.theme)
    with _noting(mistakes, "api-version"):
        check_api_version(settings.api_version)
    hosts: list[str] = []
    for name in settings.hosts:
        with _noting(mistakes, "hosts"):
            hosts.append(read_host(name).label)
    if settings.host:
        with _noting(mistakes, "host"):
            read_host(settings.host)
    return replace(settings, hosts=tuple(hosts)), mistakes


def _unknown_columns(columns: Columns) -> Iterator[str]:
    from artifact_tui.screens import artifact_columns, run_columns  # the lists are loaded for nobody else

    for name, wanted, known in (
        ("artifacts", columns.artifacts, artifact_columns.COLUMNS),
        ("runs", columns.runs, run_columns.COLUMNS),
    ):
        try:
            check_columns(name, wanted, [column.name for column in known])
        except SettingsError as error:
            yield from error.mistakes


@contextmanager
def _noting(mistakes: list[str], setting: str) -> Iterator[None]:
    """Note what is wrong, and say which setting holds what is no host or no version."""
    try:
        yield
    except SettingsError as error:
        mistakes.extend(error.mistakes)
    except HostError as error:
        mistakes.append(f"{setting}: {error}")
