"""Checks of ``config.toml`` against known keys, columns, themes, hosts and API versions."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec.structs import replace

from artifact_tui.config.settings import Columns, Settings, SettingsError, check_columns, examine_settings
from artifact_tui.github.hosts import HostError, check_api_version, read_host

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from artifact_tui.widgets.row_layout import Column


def read_configuration(path: Path) -> Settings:
    """Return the settings with preset keys and normalized hosts; raise :class:`~.config.settings.SettingsError`."""
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
        from artifact_tui.screens import artifact_columns, run_columns  # slow to load, and rarely needed
        from artifact_tui.screens.storage import owner_rows, rows

        lists: dict[str, tuple[Column[Any], ...]] = {
            "artifacts": artifact_columns.COLUMNS,
            "runs": run_columns.COLUMNS,
            "storage": rows.COLUMNS,
            "owner": owner_rows.OWNER_COLUMNS,
        }
        for name, known in lists.items():
            with _noting(mistakes, "columns"):
                check_columns(name, getattr(settings.columns, name), [column.name for column in known])
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


@contextmanager
def _noting(mistakes: list[str], setting: str) -> Iterator[None]:
    try:
        yield
    except SettingsError as error:
        mistakes.extend(error.mistakes)
    except HostError as error:
        mistakes.append(f"{setting}: {error}")
