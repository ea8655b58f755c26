"""Search for commands by label, ID, key and synonyms, with tolerance for small typos."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from textual.dom import DOMNode
from textual.fuzzy import Matcher

SYNONYMS = {
    "app.artifacts": "quota storage usage",
    "app.repositories": "quota storage",
    "app.deletion": "quota freed report history",
    "app.help": "keys shortcuts manual",
    "app.hosts": "server enterprise account switch",
    "app.quit": "exit close leave",
    "app.repaint": "redraw refresh clear",
    "app.sign_in": "login log account credential password",
    "app.storage": "quota usage disk space big cost",
    "app.theme": "color colors mode appearance",
    "app.transfers": "downloads progress queue",
    "artifacts.address": "url link web browser",
    "artifacts.copy": "clipboard yank",
    "artifacts.delete": "remove erase",
    "artifacts.download": "get save fetch",
    "artifacts.find": "search grep",
    "artifacts.mark": "select",
    "artifacts.mark_all": "select everything",
    "artifacts.policies": "quota storage clean cleanup retention prune",
    "artifacts.preview": "browse open contents",
    "artifacts.sort_size": "order biggest quota",
    "list.refresh": "reload update retry",
    "runs.address": "url link web browser",
    "storage.delete": "remove erase",
    "storage.mark": "select",
    "storage.policies": "quota clean cleanup retention prune",
    "storage.caches": "cache",
    "storage.retention": "days expiry keep quota",
    "transfers.cancel": "abort stop",
}
"""Words that people search for and that no label contains, by binding ID."""
_SURE = 2.0  # the least score of a word found as typed


class Command(NamedTuple):
    """A command: its help, key, action with the node it belongs to, binding ID and label."""

    help: str
    key: str
    action: str
    node: DOMNode
    id: str = ""
    label: str = ""


def search(commands: Sequence[Command], text: str) -> list[Command]:
    """Return the commands with all words, best first; else those with typos; else those with the letters in order."""
    words = text.split()
    scores = {command: [_score(word, command) for word in words] for command in commands}
    for least in (_SURE, 1.0):
        found = [command for command in commands if all(score >= least for score in scores[command])]
        if found:
            return sorted(found, key=lambda command: -sum(scores[command]))
    letters = partial(Matcher("".join(words)).match)
    fuzzy = {command: letters(f"{command.label} {command.help}") for command in commands}
    return sorted((command for command in commands if fuzzy[command] > 0), key=lambda command: -fuzzy[command])


def _score(word: str, command: Command) -> float:
    """Return how well a command matches a word: 2 or more as typed, 1 with a typo, 0 not at all."""
    if word == command.key:
        return 9
    wanted = word.casefold()
    names = _words(f"{command.label} {command.id.rpartition('.')[2]}")
    others = [*_words(command.help), *_words(SYNONYMS.get(command.id, ""))]
    if wanted == command.key.casefold():
        return 8
    for score, among in ((6.0, names), (4.0, others)):
        if wanted in among:
            return score + 1
        if any(one.startswith(wanted) for one in among):
            return score
    if any(wanted in one for one in (*names, *others)):
        return _SURE
    return 1 if any(_is_like(wanted, one) for one in (*names, *others)) else 0


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold().replace("_", " "))


def _is_like(word: str, other: str) -> bool:
    """Return whether the word and ``other``, or a start of it, differ by a typo or two."""
    typos = 0 if len(word) < 4 else 1 if len(word) < 7 else 2
    if not typos or len(other) < len(word) - typos:
        return False
    starts = {other, *(other[: len(word) + more] for more in range(-typos, typos + 1))}
    return any(distance(word, start) <= typos for start in starts)


def distance(one: str, other: str) -> int:
    """Return how many letters to add, drop, change or swap with a neighbor."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, wanted in enumerate(other, 1):
            best = min(line[-1] + 1, last[column] + 1, last[column - 1] + (letter != wanted))
            if before and column > 1 and letter == other[column - 2] and one[row - 2] == wanted:
                best = min(best, before[column - 2] + 1)
            line.append(best)
        before, last = last, line
    return last[-1]
