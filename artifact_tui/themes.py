"""The two themes. Text under the cursor keeps its color, so that each key press sends one color less."""

from textual.theme import BUILTIN_THEMES, Theme

from artifact_tui.config.settings import SettingsError

DARK = Theme(
    name="artifact-dark",
    primary="#6cb6c9",
    accent="#6cb6c9",
    secondary="#8b98a5",
    foreground="#d3dae1",
    background="#11151a",
    surface="#171c22",
    panel="#1e252d",
    success="#7fb883",
    warning="#d9ab5f",
    error="#e07a72",
    dark=True,
    variables={
        "block-cursor-background": "#25404a",
        "block-cursor-foreground": "#d3dae1",
        "block-cursor-blurred-background": "#1e252d",
        "text-muted": "#8b98a5",
        "text-disabled": "#57636e",
        "text-accent": "#6cb6c9",
        "border": "#2b343d",
        "scrollbar": "#2b343d",
        "scrollbar-background": "#11151a",
        "scrollbar-corner-color": "#11151a",
        "scrollbar-hover": "#3a4652",
        "scrollbar-active": "#6cb6c9",
        "scrollbar-background-hover": "#11151a",
        "scrollbar-background-active": "#11151a",
    },
)

LIGHT = Theme(
    name="artifact-light",
    primary="#1f7286",
    accent="#1f7286",
    secondary="#5f6b76",
    foreground="#22292f",
    background="#fbfbf9",
    surface="#f3f4f2",
    panel="#e9ebe8",
    success="#2f7a38",
    warning="#8f6206",
    error="#b3362d",
    dark=False,
    variables={
        "block-cursor-background": "#cfe3e8",
        "block-cursor-foreground": "#22292f",
        "block-cursor-blurred-background": "#e9ebe8",
        "text-muted": "#5f6b76",
        "text-disabled": "#9aa4ad",
        "text-accent": "#1f7286",
        "border": "#d3d8d6",
        "scrollbar": "#d3d8d6",
        "scrollbar-background": "#fbfbf9",
        "scrollbar-corner-color": "#fbfbf9",
        "scrollbar-hover": "#b9c1c0",
        "scrollbar-active": "#1f7286",
        "scrollbar-background-hover": "#fbfbf9",
        "scrollbar-background-active": "#fbfbf9",
    },
)


def check_theme(name: str) -> None:
    """Raise :class:`SettingsError` for an unknown theme; empty means the default, and Textual's themes are allowed."""
    known = [DARK.name, LIGHT.name, *sorted(BUILTIN_THEMES)]
    if name and name not in known:
        raise SettingsError(f"theme: unknown theme '{name}'. Use one of {', '.join(known)}.")
