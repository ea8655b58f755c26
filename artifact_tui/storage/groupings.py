"""What the storage of a repository is grouped by, and the filters of artifacts that say the same."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from artifact_tui.domain.models import Artifact, WorkflowRun
from artifact_tui.storage.families import family
from artifact_tui.storage.growth import DAY
from artifact_tui.storage.sums import NO_BRANCH, NO_RUN, NO_WORKFLOW

_LAST, _UNKNOWN = 98, 99
"""Ranks after those of all spans: for a class that is no span, and for artifacts without the date."""
_DAYS = (1, 7, 30, 90)
_SIZES = {"1M": 10**6, "10M": 10**7, "100M": 10**8, "1G": 10**9}
_NAME, _RUN, _CREATED, _SIZE = map(attrgetter, ("name", "workflow_run", "created", "size_in_bytes"))
_EXPIRY = attrgetter("expired", "expires")
_IS_PLAIN = re.compile(r"[\w.*/#+~-]+", re.ASCII)


class GroupingContext(NamedTuple):
    """What groups depend on besides the artifacts: the time, and the known workflow runs by ID."""

    now: datetime
    runs: Mapping[int, WorkflowRun]


Keys = Callable[[Sequence[Artifact]], Iterable[Hashable]]
"""Returns the group of each artifact; for many at once, because a call for each takes most of the time."""


class Grouping(NamedTuple):
    """A way to group artifacts.

    ``id`` is remembered between starts, ``words`` is for the menu, ``by`` for the title, ``header`` for the column.
    ``keys`` makes the function that returns the groups of artifacts. ``label`` names a group for people, and ``filter``
    returns the filter of artifacts that selects it, as far as one exists; the caller checks what it selects.
    """

    id: str
    words: str
    by: str
    header: str
    keys: Callable[[GroupingContext], Keys]
    label: Callable[[Hashable, Sequence[Artifact], GroupingContext], str]
    filter: Callable[[Hashable, Sequence[Artifact]], str]
    has_order: bool = False
    """Whether groups are spans with an order of their own, rather than names."""
    needs_runs: bool = False


def _term(field: str, value: str) -> str:
    """Return a filter for exactly this value; empty if the filter language cannot say it."""
    if not value or '"' in value:
        return ""
    return f"{field}{value}" if _IS_PLAIN.fullmatch(value) else f'{field}"{value}"'


def _family_label(value: Hashable, artifacts: Sequence[Artifact], _: GroupingContext) -> str:
    """Return the family, or the name if no other name belongs to it."""
    return artifacts[0].name if has_one_name(artifacts) else str(value)


def has_one_name(artifacts: Sequence[Artifact]) -> bool:
    """Return whether all artifacts have the same name."""
    return all(artifact.name == artifacts[0].name for artifact in artifacts)


def _family_filter(value: Hashable, artifacts: Sequence[Artifact]) -> str:
    return _term("name=", artifacts[0].name) if has_one_name(artifacts) else _term("name:", str(value))


def _branch_filter(value: Hashable, _: Sequence[Artifact]) -> str:
    return "!branch:?*" if value == NO_BRANCH else _term("branch=", str(value))


def _families(_: GroupingContext) -> Keys:
    return lambda artifacts: map(family, map(_NAME, artifacts))


def _branches(_: GroupingContext) -> Keys:
    return lambda artifacts: (run.head_branch or NO_BRANCH if run else NO_BRANCH for run in map(_RUN, artifacts))


def _runs(_: GroupingContext) -> Keys:
    return lambda artifacts: (run.id if run else None for run in map(_RUN, artifacts))


def _workflows(context: GroupingContext) -> Keys:
    files = {number: workflow_of(run) for number, run in context.runs.items()}
    return lambda artifacts: (
        files.get(run.id or 0, NO_WORKFLOW) if run else NO_WORKFLOW for run in map(_RUN, artifacts)
    )


def workflow_of(run: WorkflowRun) -> str:
    """Return the file name of a run's workflow, or else its name."""
    return run.path.rpartition("/")[2] or run.name or NO_WORKFLOW


def _run_label(value: Hashable, artifacts: Sequence[Artifact], context: GroupingContext) -> str:
    if value is None:
        return NO_RUN
    run = context.runs.get(artifacts[0].run_id or 0)
    return f"{run.name or 'run'} #{run.run_number}" if run and run.run_number else f"run {value}"


def _ages(context: GroupingContext) -> Keys:
    now, ends = context.now.timestamp(), [days * DAY for days in _DAYS]
    return lambda artifacts: (
        _UNKNOWN if created is None else bisect_right(ends, now - created) for created in map(_CREATED, artifacts)
    )


def _expiries(context: GroupingContext) -> Keys:
    now, ends = context.now.timestamp(), [days * DAY for days in _DAYS]
    return lambda artifacts: (
        _LAST if expired else _UNKNOWN if expires is None else bisect_right(ends, expires - now)
        for expired, expires in map(_EXPIRY, artifacts)
    )


def _sizes(_: GroupingContext) -> Keys:
    ends = [*_SIZES.values()]
    return lambda artifacts: (bisect_right(ends, size) for size in map(_SIZE, artifacts))


class _Spans:
    """The words and filters of classes between limits; a class holds its lower limit, not its upper one."""

    def __init__(self, field: str, limits: Sequence[str], words: Sequence[str], others: Mapping[int, tuple[str, str]]):
        self._field, self._limits, self._words, self._others = field, limits, words, others

    def label(self, value: Hashable, *_: object) -> str:
        """Return the class in words, such as ``1 d to 7 d``."""
        rank, words = int(str(value)), self._words
        if rank in self._others:
            return self._others[rank][0]
        if rank == 0:
            return f"less than {words[0]}"
        return f"{words[rank - 1]} or more" if rank == len(words) else f"{words[rank - 1]} to {words[rank]}"

    def filter(self, value: Hashable, _: Sequence[Artifact]) -> str:
        """Return the filter of the class, such as ``age>=1d age<7d``."""
        rank, limits = int(str(value)), self._limits
        if rank in self._others:
            return self._others[rank][1]
        terms = [f"{self._field}>={limits[rank - 1]}"] if rank else []
        return " ".join([*terms, *([f"{self._field}<{limits[rank]}"] if rank < len(limits) else [])])


_SPANS_OF_DAYS = [f"{days}d" for days in _DAYS], [f"{days} d" for days in _DAYS]
_AGES = _Spans("age", *_SPANS_OF_DAYS, {_UNKNOWN: ("(no date)", "!age>=0d !age<0d")})
_EXPIRIES = _Spans(
    "expires",
    *_SPANS_OF_DAYS,
    {_LAST: ("expired", "expired"), _UNKNOWN: ("(no expiry date)", "!expired !expires>=0d !expires<0d")},
)
_SIZE_CLASSES = _Spans("size", [*_SIZES], ["1 MB", "10 MB", "100 MB", "1 GB"], {})

FAMILY = Grouping("family", "name family", "name", "Name", _families, _family_label, _family_filter)
NAME = Grouping(
    "name",
    "name",
    "exact name",
    "Name",
    lambda _: lambda artifacts: map(_NAME, artifacts),
    lambda value, *_: str(value),
    lambda value, _: _term("name=", str(value)),
)
WORKFLOW = Grouping(
    "workflow",
    "workflow",
    "workflow",
    "Workflow",
    _workflows,
    lambda value, *_: str(value),
    lambda *_: "",
    needs_runs=True,
)
BRANCH = Grouping(
    "branch",
    "branch",
    "branch",
    "Branch",
    _branches,
    lambda value, *_: str(value),
    _branch_filter,
)
AGE = Grouping("age", "age", "age", "Age", _ages, _AGES.label, _AGES.filter, has_order=True)
EXPIRY = Grouping(
    "expiry", "expires in", "expiry", "Expires in", _expiries, _EXPIRIES.label, _EXPIRIES.filter, has_order=True
)
SIZE = Grouping(
    "size", "size class", "size class", "Size class", _sizes, _SIZE_CLASSES.label, _SIZE_CLASSES.filter, True
)
RUN = Grouping(
    "run",
    "run",
    "run",
    "Run",
    _runs,
    _run_label,
    lambda value, _: "" if value is None else f"run:{value}",
    needs_runs=True,
)
GROUPINGS = {one.id: one for one in (FAMILY, NAME, WORKFLOW, BRANCH, AGE, EXPIRY, SIZE, RUN)}
"""All groupings by ID, in the order of the menu."""
