"""Which keys a user may give to which bindings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from artifact_tui.config.settings import SettingsError
from artifact_tui.text import closest

CONFIRMING = "confirm.delete"
OPENING = ("artifacts.delete", "review.delete", "deletion.retry", "transfers.retry")
"""The binding that confirms a deletion, and those that lead to the question about it."""
_ALONE = {"text", "menu", "choice"}
"""Of widgets that never share a screen with a list, or have its keyboard alone."""


def check_keys(keys: Mapping[str, str], known: Mapping[str, str], key_name: Callable[[str], str]) -> None:
    """Raise :class:`SettingsError` for each rebinding of an unknown id, to no key, or to one of two ids of a screen.

    ``known`` holds every binding's id with its default keys; ids of one screen share the part before the dot.
    ``key_name`` is the one name of a key, however it is written, and empty when there is no such key.
    """
    wrong = {name: tuple(_alone(name, wanted, known, key_name)) for name, wanted in keys.items()}
    right = {name: wanted for name, wanted in keys.items() if not wrong[name]}
    mistakes = [mistake for each in wrong.values() for mistake in each]
    mistakes += [*_confirming(right, known), *_conflicts(right, known, key_name)]
    if mistakes:
        raise SettingsError(*mistakes)


def _conflicts(keys: Mapping[str, str], known: Mapping[str, str], key_name: Callable[[str], str]) -> Iterator[str]:
    """Of each rebinding the first key that would do two things on one screen."""
    told: set[str] = set()
    named = {name: [key_name(key.strip()) for key in known[name].split(",")] for name in known}
    users: dict[str, list[str]] = {}
    for name in known:
        mine = [key_name(key.strip()) for key in keys[name].split(",")] if name in keys else named[name]
        for key in mine:
            for other in users.setdefault(key, []):
                is_new = not (key in named[name] and key in named[other])
                rebound = {name, other} & set(keys)
                if is_new and rebound and not rebound & told and _meet(name, other):
                    told |= rebound
                    yield f"keys: '{key}' would be both '{other}' and '{name}'; change one."
            users[key].append(name)


def _alone(name: str, wanted: str, known: Mapping[str, str], key_name: Callable[[str], str]) -> Iterator[str]:
    """Yield what is wrong with one rebinding whatever the others are."""
    if name not in known:
        close = closest(name, known)
        yield f"keys: unknown binding '{name}'." + (f" Did you mean '{close}'?" if close else "")
        return
    written = [key.strip() for key in wanted.split(",")]
    if not any(written):
        yield f'keys: \'{name}\' has no key; give one, as in "{name}" = "{known[name]}".'
        return
    for key in written:
        if not key_name(key):
            yield (
                f"keys: '{name}' cannot be '{key}', which is no key; "
                "write a letter, a sign, or a name such as f5, space, ctrl+d, pagedown."
            )


def _confirming(keys: Mapping[str, str], known: Mapping[str, str]) -> Iterator[str]:
    """Check the key that confirms a deletion: not one pressed by habit, and not one that leads to the question."""
    wanted = keys.get(CONFIRMING, known.get(CONFIRMING, "E")).strip()
    if not (wanted.isascii() and len(wanted) == 1 and wanted.isalpha() and wanted not in "yY"):
        yield f"keys: '{CONFIRMING}' must be one letter other than y."
        return
    for name in OPENING:
        opening = keys.get(name, known.get(name, ""))
        if wanted in [key.strip() for key in opening.split(",")]:
            yield f"keys: '{wanted}' would be both '{name}' and '{CONFIRMING}'; change one."


def _meet(one: str, other: str) -> bool:
    """Whether two bindings can be active on one screen: those of the app, of lists and of tables are on many."""
    first, second = one.partition(".")[0], other.partition(".")[0]
    if _ALONE & {first, second}:
        return first == second or "app" in {first, second}
    if {"dialog", "confirm"} & {first, second}:
        return {first, second} <= {"dialog", "confirm"}
    return first == second or bool({first, second} & {"app", "list", "table"})
