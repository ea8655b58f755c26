"""Guesses for an unknown word of the run filter: a prefix, a run, a commit, an age or a typo."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from difflib import get_close_matches
from itertools import islice
from typing import NamedTuple

from artifact_tui.domain.artifact_filter import LONGEST_TIME, TIMES
from artifact_tui.domain.models import Workflow, WorkflowRun
from artifact_tui.domain.run_names import Known, file_of, quoted, short_name, workflow_of
from artifact_tui.text import count, printable

SHORTEST_START = 2
"""Letters that a prefix of a workflow or status needs."""
SHORTEST_TITLE_WORD = 3
MOST_COMPARED = 500
"""Names that a mistyped word is compared with: each takes about 10 µs, on every key press."""
_COMPARISON = re.compile(r"(?P<field>[A-Za-z]+)(?P<relation>[<>]=?|=)(?P<value>.*)", re.DOTALL)
_AGE = re.compile(r"(?P<number>[0-9]{1,6}(?:\.[0-9]{1,3})?)(?P<unit>[A-Za-z]*)")


class Guess(NamedTuple):
    """A message about a word, and its correction, if there is exactly one."""

    message: str
    meant: str = ""


def begun(word: str, workflows: Iterable[Workflow], statuses: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return the names that start with the word, with the parameter and value of each."""
    start = word.casefold()
    if len(start) < SHORTEST_START:
        return {}
    meanings = {
        short_name(one): ("workflow", file_of(one))
        for one in workflows
        if one.name.casefold().startswith(start) or file_of(one).casefold().startswith(start)
    }
    return meanings | {one: ("status", status) for one, status in statuses.items() if one.startswith(start)}


def numbered(number: int, workflow: str, known: Known) -> WorkflowRun | Guess:
    """Return the loaded run with that number; workflows count separately, so ``workflow`` may be needed."""
    runs = [run for run in known.runs if run.run_number == number]
    runs = [run for run in runs if workflow in ("", file_of(workflow_of(run)))]
    if len(runs) == 1:
        return runs[0]
    if runs:
        written = [f"{short_name(workflow_of(run))} #{number}" for run in runs[:3]]
        return Guess(f"did you mean {' or '.join(written)}?", written[0])
    loaded = count(len(known.runs), "loaded run")
    return Guess(f"not among the {loaded}; did you mean run:#{number} in all artifacts (3)?")


def looks_like_commit(word: str, known: Known) -> bool:
    """Return whether the word is 7 to 40 hexadecimal digits, but not a word such as ``defaced``."""
    if not re.fullmatch(r"[0-9a-fA-F]{7,40}", word):
        return False
    return len(word) == 40 or not word.isalpha() or isinstance(commit_of(word, known), str)


def commit_of(word: str, known: Known) -> str | Guess:
    """Return the full SHA-1 of a loaded run's commit; a full SHA-1 is returned as it is."""
    start = word.casefold()
    if re.fullmatch(r"[0-9a-f]{40}", start):
        return start
    found = {run.head_sha for run in known.runs if run.head_sha.startswith(start)}
    if len(found) == 1:
        return found.pop()
    if found:
        written = sorted(commit[:12] for commit in found)
        return Guess(f"did you mean {' or '.join(written[:2])}?", written[0])
    return Guess(
        f"no loaded run has this commit; did you mean all 40 digits, or branch:{printable(word, 12)}?",
        f"branch:{word}",
    )


def created_in(word: str, now: datetime) -> str | Guess:
    """Return the parameter ``created`` for ``age>30d``; empty if the word is not a comparison."""
    match = _COMPARISON.fullmatch(word)
    if match is None:
        return ""
    field, age = match["field"].casefold(), _AGE.fullmatch(match["value"])
    if field != "age":
        return Guess(f"'{printable(field, 20)}' does not filter runs; did you mean to filter artifacts (3)?")
    if age is None or match["relation"] == "=":
        return Guess("did you mean age>30d? An age is a number with min, h, d, w, mo or y", "age>30d")
    if age["unit"].casefold() not in TIMES:
        meant = f"age{match['relation']}{age['number']}d"
        return Guess(f"an age needs a unit; did you mean {meant}?", meant)
    seconds = min(float(age["number"]) * TIMES[age["unit"].casefold()], LONGEST_TIME)
    moment = max(now - timedelta(seconds=seconds), datetime(1970, 1, 1, tzinfo=now.tzinfo))
    relation = "<" if match["relation"].startswith(">") else ">="
    return f"{relation}{moment:%Y-%m-%dT%H:%M}:00Z"


def meant_by(word: str, known: Known, others: Collection[str]) -> Guess:
    """Return the probable meaning of an unknown word: an actor, a run by its title, a similar name, or a branch."""
    shown, folded = printable(word, 24), word.casefold()
    if actor := next((login for login in known.actors if login.casefold() == folded), ""):
        return Guess(f"'{shown}' is an actor; did you mean @{actor}?", f"@{actor}")
    if branch := next((branch for branch in known.branches if branch.casefold() == folded), ""):
        return Guess(f"did you mean {printable(branch, 40)}?", quoted(branch))
    if re.fullmatch(r"[0-9]{1,18}", word) and isinstance(run := numbered(int(word), "", known), WorkflowRun):
        return Guess(f"did you mean {_written(run, known)}?", _written(run, known))
    if titled := _titled(folded, known):
        written = _written(titled, known)
        return Guess(
            f"'{shown}' is in a title; did you mean {written} “{printable(titled.display_title or '', 16)}”?", written
        )
    close = _similar(folded, (*map(short_name, known.workflows), *known.branches, *others))
    meant = close or f"branch:{quoted(word)}"
    return Guess(f"'{shown}' is unknown here; did you mean {printable(meant, 40)}?", meant)


def _titled(word: str, known: Known) -> WorkflowRun | None:
    if len(word) < SHORTEST_TITLE_WORD:
        return None
    found = (run for run in known.runs if run.display_title and word in run.display_title.casefold())
    return max(found, key=lambda run: run.id, default=None)


def _written(run: WorkflowRun, known: Known) -> str:
    number = f"#{run.run_number}"
    is_alone = numbered(run.run_number, "", known) == run
    return number if is_alone else f"{short_name(workflow_of(run))} {number}"


def _similar(word: str, names: Iterable[str]) -> str:
    near = (name for name in names if len(word) * 0.5 <= len(name) <= len(word) * 2)
    by_word = {name.casefold(): name for name in islice(near, MOST_COMPARED)}
    return next((by_word[one] for one in get_close_matches(word, by_word, 1, 0.7)), "")
