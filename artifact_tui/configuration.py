"""``config.toml`` held against all that it may name: bindings, columns, themes, hosts and API versions."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec.structs import replace

from artifact_tui.github.hosts import HostError, check_api_version, read_host
from artifact_tui.settings import Columns, Settings, SettingsError, read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def read_configuration(path: Path) -> Settings:
    """The settings with the keys of their preset and the hosts as they are shown; the defaults without a file.

    Raises :class:`~artifact_tui.settings.SettingsError`, which names the file.
    """
    settings = read_settings(path)
    if settings == Settings():
        return settings
    try:
        return _checked(settings)
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}") from None


def _checked(settings: Settings) -> Settings:
    from artifact_tui.rebinding import check_keys
    from artifact_tui.themes import check_theme
    from artifact_tui.widgets.keys import PRESETS, default_keys, key_name

    settings = replace(settings, keys=PRESETS[settings.preset] | settings.keys)
    check_keys(settings.keys, default_keys(), key_name)
    if settings.columns != Columns():
        from artifact_tui.screens.columns import check_lists  # the lists are loaded for nobody else

        check_lists(settings.columns)
    check_theme(settings.theme)
    with _naming("api-version"):
        check_api_version(settings.api_version)
    with _naming("hosts"):
        return replace(settings, hosts=tuple(read_host(name).label for name in settings.hosts))


@contextmanager
def _naming(setting: str) -> Iterator[None]:
    """Say which setting holds what is no host or no version."""
    try:
        yield
    except HostError as error:
        raise SettingsError(f"{setting}: {error}") from None
