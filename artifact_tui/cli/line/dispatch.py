"""The choice between the full screen and a command: the first word that is not an option decides."""

from __future__ import annotations

from artifact_tui.cli.line.options import GLOBAL
from artifact_tui.cli.line.table import ELSEWHERE, NAMES
from artifact_tui.errors import UsageError

TYPE_CHECKING = False  # importing it from typing would cost --help a tenth of its time
if TYPE_CHECKING:
    from collections.abc import Sequence

SCREEN_VALUES = frozenset({"--run", "--dir", "--view", "--workflow", "--branch"})
"""The options of the full screen that take a value, besides the global ones."""
SCREEN_SWITCHES = frozenset({"--version", "--spec"})
"""Its other options, besides the global ones."""
_VALUES = SCREEN_VALUES | {name for option in GLOBAL if option.value for name in option.names}
_SWITCHES = frozenset(name for option in GLOBAL if not option.value for name in option.names) | SCREEN_SWITCHES


def find_command(arguments: Sequence[str]) -> tuple[str, list[str]]:
    """Return the command and the other arguments; an empty command means the full screen.

    Options with values are skipped until the first other word. It decides, also if a later word is a command. Raises
    :class:`UsageError` for a word that is probably a mistyped command, and for a command after a repository.
    """
    rest = list(arguments)
    at = _first_word(rest)
    if at is None:
        return "", rest
    word = rest[at]
    if word in NAMES or word in ELSEWHERE:
        if at and (unknown := next((option for option in rest[:at] if _is_unknown(option)), "")):
            raise UsageError(f"Unknown option {unknown}. Write it after the command: artifact-tui {word} {unknown}")
        return word, [*rest[:at], *rest[at + 1 :]]
    _check_word(word, rest[at + 1 :])
    return "", rest


def _first_word(arguments: Sequence[str]) -> int | None:
    """Return the index of the first word that is neither an option nor its value; after ``--``, words are arguments."""
    at = 0
    while at < len(arguments) and arguments[at] != "--":
        if not arguments[at].startswith("-") or arguments[at] == "-":
            return at
        at += 2 if arguments[at] in _VALUES else 1
    return None


def _is_unknown(text: str) -> bool:
    name = text.partition("=")[0]
    return text.startswith("--") and name not in _VALUES and name not in _SWITCHES


def _check_word(word: str, after: Sequence[str]) -> None:
    if "/" not in word:
        from artifact_tui.text import closest

        close = closest(word, (*NAMES, *ELSEWHERE))
        hint = f'Did you mean "{close}"?' if close else "See artifact-tui --help."
        raise UsageError(f'"{word}" is neither a repository nor a command. {hint}')
    if after and after[0] in NAMES:
        raise UsageError(f"The command comes first: artifact-tui {after[0]} {word}")
