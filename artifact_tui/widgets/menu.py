"""A short list of options with the keys of all lists."""

from __future__ import annotations

from textual.widgets import OptionList

from artifact_tui.keymap import bindings


class Menu(OptionList, inherit_bindings=False):
    """Textual's option list with the keys of all lists."""

    BINDINGS = bindings("menu")
