"""Rules for the keys that a user may bind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from artifact_tui.config.settings import SettingsError
from artifact_tui.text import closest

CONFIRMING = {
    "confirm.delete": ("artifacts.delete", "review.delete", "deletion.retry", "transfers.retry"),
    "retention.set": ("storage.retention",),
}
"""The bindings that confirm a change on the server, and those that open their questions."""
_ALONE = {"text", "menu", "choice"}
"""Widgets that are never active together with a list."""


def check_keys(keys: Mapping[str, str], known: Mapping[str, str], key_name: Callable[[str], str]) -> None:
    """Raise :class:`SettingsError` for unknown ids, invalid keys, and keys used twice on one screen.

    ``known`` maps every binding's id to its default keys; ids of one screen share the part before the dot. ``key_name``
    returns the canonical name of a key, empty for an invalid one.
    """
    wrong = {name: tuple(_alone(name, wanted, known, key_name)) for name, wanted in keys.items()}
    right = {name: wanted for name, wanted in keys.items() if not wrong[name]}
    mistakes = [mistake for each in wrong.values() for mistake in each]
    mistakes += [*_confirming(right, known), *_conflicts(right, known, key_name)]
    if mistakes:
        raise SettingsError(*mistakes)


def _conflicts(keys: Mapping[str, str], known: Mapping[str, str], key_name: Callable[[str], str]) -> Iterator[str]:
    """Yield the first conflict of each rebinding on one screen."""
    reported: set[str] = set()
    named = {name: [key_name(key.strip()) for key in known[name].split(",")] for name in known}
    users: dict[str, list[str]] = {}
    for name in known:
        mine = [key_name(key.strip()) for key in keys[name].split(",")] if name in keys else named[name]
        for key in mine:
            for other in users.setdefault(key, []):
                is_new = not (key in named[name] and key in named[other])
                rebound = {name, other} & set(keys)
                if is_new and rebound and not rebound & reported and _meet(name, other):
                    reported |= rebound
                    yield f"keys: '{key}' is used for both '{other}' and '{name}'. Change one."
            users[key].append(name)


def _alone(name: str, wanted: str, known: Mapping[str, str], key_name: Callable[[str], str]) -> Iterator[str]:
    if name not in known:
        close = closest(name, known)
        yield f"keys: unknown binding '{name}'." + (f" Did you mean '{close}'?" if close else "")
        return
    written = [key.strip() for key in wanted.split(",")]
    if not any(written):
        yield f'keys: \'{name}\' needs a key, as in "{name}" = "{known[name]}".'
        return
    for key in written:
        if not key_name(key):
            example = "Use a letter, a sign, or a name such as f5, space, ctrl+d, pagedown."
            yield f"keys: '{key}' is not a valid key for '{name}'. {example}"


def _confirming(keys: Mapping[str, str], known: Mapping[str, str]) -> Iterator[str]:
    """Check the keys that confirm: not one pressed by habit, nor one that opens the question."""
    for confirming, openings in CONFIRMING.items():
        if confirming not in known:
            continue
        wanted = keys.get(confirming, known[confirming]).strip()
        if not (wanted.isascii() and len(wanted) == 1 and wanted.isalpha() and wanted not in "yY"):
            yield f"keys: '{confirming}' must be one letter other than y."
            continue
        for name in openings:
            opening = keys.get(name, known.get(name, ""))
            if wanted in [key.strip() for key in opening.split(",")]:
                yield f"keys: '{wanted}' is used for both '{name}' and '{confirming}'. Change one."


def _meet(one: str, other: str) -> bool:
    """Return whether two bindings can be active on one screen; many screens share the keys of app, list and table."""
    first, second = one.partition(".")[0], other.partition(".")[0]
    if _ALONE & {first, second}:
        return first == second or "app" in {first, second}
    for question in ("confirm", "retention"):
        if question in {first, second}:
            return {first, second} <= {"dialog", question}
    if "dialog" in {first, second}:
        return first == second
    return first == second or bool({first, second} & {"app", "list", "table"})
