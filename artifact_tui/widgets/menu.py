"""A few lines to choose one from, moved in by the same keys as lists."""

from __future__ import annotations

from textual.widgets import OptionList

from artifact_tui.keymap import bindings


class Menu(OptionList, inherit_bindings=False):
    """Stock's list of options with the keys of the one list."""

    BINDINGS = bindings("menu")
