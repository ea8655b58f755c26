"""The two themes. Text under the cursor keeps its color, so that each key press sends one color less."""

from textual.theme import BUILTIN_THEMES, Theme

from artifact_tui.config.settings import SettingsError

COLORS = {
    "accent": ("#6cb6c9", "#1f7286"),
    "muted": ("#8b98a5", "#5f6b76"),
    "disabled": ("#57636e", "#9aa4ad"),
    "foreground": ("#d3dae1", "#22292f"),
    "background": ("#11151a", "#fbfbf9"),
    "surface": ("#171c22", "#f3f4f2"),
    "panel": ("#1e252d", "#e9ebe8"),
    "success": ("#7fb883", "#2f7a38"),
    "warning": ("#d9ab5f", "#8f6206"),
    "error": ("#e07a72", "#b3362d"),
    "cursor": ("#25404a", "#cfe3e8"),
    "border": ("#2b343d", "#d3d8d6"),
    "hover": ("#3a4652", "#b9c1c0"),
}
"""Each color in the dark and in the light theme."""
VARIABLES = {
    "block-cursor-background": "cursor",
    "block-cursor-foreground": "foreground",
    "block-cursor-blurred-background": "panel",
    "text-muted": "muted",
    "text-disabled": "disabled",
    "text-accent": "accent",
    "border": "border",
    "scrollbar": "border",
    "scrollbar-hover": "hover",
    "scrollbar-active": "accent",
    "scrollbar-background": "background",
    "scrollbar-background-hover": "background",
    "scrollbar-background-active": "background",
    "scrollbar-corner-color": "background",
}


VARIABLES = {
    "block-cursor-background": "cursor",
    "block-cursor-foreground": "foreground",
    "block-cursor-blurred-background": "panel",
    "text-muted": "muted",
    "text-disabled": "disabled",
    "text-accent": "accent",
    "border": "border",
    "scrollbar": "border",
    "scrollbar-hover": "hover",
    "scrollbar-active": "accent",
    "scrollbar-background": "background",
    "scrollbar-corner-color": "background",
    "scrollbar-background-hover": "background",
    "scrollbar-background-active": "background",
}
"""The color that each of Textual's variables gets."""


def _theme(name: str, *, dark: bool) -> Theme:
    color = {use: in_dark if dark else in_light for use, (in_dark, in_light) in COLORS.items()}
    return Theme(
        name,
        primary=color["accent"],
        secondary=color["muted"],
        warning=color["warning"],
        error=color["error"],
        success=color["success"],
        accent=color["accent"],
        foreground=color["foreground"],
        background=color["background"],
        surface=color["surface"],
        panel=color["panel"],
        dark=dark,
        variables={variable: color[use] for variable, use in VARIABLES.items()},
    )


DARK, LIGHT = _theme("artifact-dark", dark=True), _theme("artifact-light", dark=False)


def check_theme(name: str) -> None:
    """Raise :class:`SettingsError` for an unknown theme; empty means the default, and Textual's themes are allowed."""
    known = [DARK.name, LIGHT.name, *sorted(BUILTIN_THEMES)]
    if name and name not in known:
        raise SettingsError(f"theme: unknown theme '{name}'. Use one of {', '.join(known)}.")
