"""Suggestions for the last word of the run filter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from artifact_tui.domain.artifact_filter import QueryError
from artifact_tui.domain.models import RunFilter, WorkflowRun
from artifact_tui.domain.run_filter import NAMES, STATUS_WORDS, read_run_filter, terms
from artifact_tui.domain.run_names import Known, file_of, quoted
from artifact_tui.text import printable

MOST = 6
"""The number of suggestions that fit below the line."""
SHORTEST_PART = 2
"""Letters that a word needs to match inside a name, not only at its start."""


class _Candidate(NamedTuple):
    name: str
    value: str
    written: str


def offers(text: str, known: Known, now: datetime) -> tuple[int, tuple[str, ...]]:
    """Return the start of the last word, and the suggestions for it.

    Each suggestion parses as what it suggests: quoted, or with its parameter, if needed. Names that are unprintable or
    cannot be written in the filter are left out.
    """
    words = list(terms(text, known))
    start = words[-1].start if words and words[-1].end == len(text) else len(text)
    given = _parsed(text[:start], known, now)
    free = [one for one in _candidates(known) if not (isinstance(given, RunFilter) and getattr(given, one.name))]
    name, word = _split(text[start:])
    found = _first_of_each(free) if not name and not word else _matching(free, name, word)
    written = (_written(one, bool(name) and not text[start:].startswith("@"), known, now) for one in found)
    return start, tuple(islice((one for one in written if one and one != text[start:]), MOST))


def _parsed(text: str, known: Known, now: datetime) -> RunFilter | WorkflowRun | None:
    try:
        return read_run_filter(text, known, now)
    except QueryError:
        return None


def _split(word: str) -> tuple[str, str]:
    if word.startswith("@"):
        return "actor", word[1:].casefold()
    name, colon, value = word.partition(":")
    if not colon or name.casefold() not in NAMES:
        return "", word.replace('"', "").casefold()
    return name.casefold(), value.replace('"', "").casefold()


def _candidates(known: Known) -> Iterator[_Candidate]:
    for workflow in known.workflows:
        yield _Candidate("workflow", file_of(workflow), workflow.name or file_of(workflow))
    yield from (_Candidate("branch", branch, branch) for branch in known.branches)
    yield from (_Candidate("status", status, word) for word, status in STATUS_WORDS.items())
    yield from (_Candidate("actor", login, login) for login in known.actors)
    yield from (_Candidate("event", event, event) for event in known.events)


def _first_of_each(candidates: list[_Candidate]) -> Iterator[_Candidate]:
    """Yield one of each kind as an example, and two statuses."""
    for name, most in {"workflow": 1, "branch": 1, "status": 2, "actor": 1}.items():
        yield from islice((one for one in candidates if one.name == name), most)


def _matching(candidates: list[_Candidate], name: str, word: str) -> Iterator[_Candidate]:
    of_kind = [(one, one.written.casefold()) for one in candidates if not name or one.name == name]
    found = [one for one, folded in of_kind if folded.startswith(word)]
    if len(word) >= SHORTEST_PART:
        found += [one for one, folded in of_kind if word in folded[1:] and not folded.startswith(word)]
    seen = set[tuple[str, str]]()
    for one in found:
        if one[:2] not in seen:
            seen.add(one[:2])
            yield one


def _written(one: _Candidate, is_named: bool, known: Known, now: datetime) -> str:
    """Return the shortest text that means the candidate; empty for none."""
    if one.written != printable(one.written):
        return ""
    bare = f"@{one.value}" if one.name == "actor" else quoted(one.written)
    named = f"{one.name}:{quoted(one.written)}"
    wanted = RunFilter(**{one.name: one.value})
    texts = (named,) if is_named else (bare, named)
    return next((text for text in texts if _parsed(text, known, now) == wanted), "")
