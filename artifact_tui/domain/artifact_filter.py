"""The filter language and sort orders for artifacts.

::

    wheel !debug size>10M age>30d expires<7d branch:main run:ci expired marked

Terms are combined with AND. A word matches part of the name, in any case; ``*`` and ``?`` make it a pattern for the
whole name, and ``name=`` or ``branch=`` match exactly. ``!`` negates any term; quotes hold spaces together. Sizes are
decimal (``k M G T``) or binary (``Ki Mi Gi Ti``); times are ``min h d w``, ``mo`` (30 days) and ``y``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from datetime import datetime, timedelta
from fnmatch import translate
from operator import attrgetter, eq, ge, gt, le, lt
from typing import Any, Generic, NamedTuple, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from artifact_tui.domain.models import Artifact, WorkflowRun
from artifact_tui.text import printable

_TERM = re.compile(r'!?(?:[A-Za-z]+(?:[:=]|\s*[<>]=?\s*))?(?:"[^"]*"?|[^\s"]+)')
_PARTS = re.compile(r"(?P<field>[A-Za-z]+)\s*(?P<relation>:|[<>]=?|=)\s*(?P<value>.*)", re.DOTALL)
_RELATIONS: dict[str, Callable[[float, float], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge, "=": eq}
_SIZES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}
TIMES = {"min": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "mo": 30 * 86400, "y": 365 * 86400}
LONGEST_TIME = 1000 * TIMES["y"]


FIELDS: dict[str, Callable[[Artifact], str]] = {
    "name": attrgetter("name"),
    "branch": lambda artifact: artifact.branch or "",
}
"""The text fields that depend on the artifact alone."""


class Contains(Struct, frozen=True):
    """A test for a case-folded word in the name or the branch; a class, so that a search can test many rows at once."""

    field: str
    """One of :data:`FIELDS`."""
    wanted: str

    def __call__(self, artifact: Artifact, _: Context) -> bool:
        """Test one artifact."""
        return self.wanted in FIELDS[self.field](artifact).casefold()

    def implies(self, other: Contains) -> bool:
        """Return whether every artifact that passes this test also passes the other one."""
        return self.field == other.field and other.wanted in self.wanted


class QueryError(ValueError):
    """An invalid filter term at ``start`` to ``end``; ``meant`` is the suggested correction, if there is one."""

    def __init__(self, message: str, start: int, end: int, meant: str = "") -> None:
        super().__init__(message)
        self.start = start
        self.end = end
        self.meant = meant


class Context(NamedTuple):
    """What a query needs besides the artifacts: the time, workflow runs by ID, and the marks."""

    now: datetime
    runs: Mapping[int, WorkflowRun]
    marked: Set[int] = frozenset()


Test = Callable[[Artifact, Context], bool]
Item = TypeVar("Item")


class Sort(NamedTuple, Generic[Item]):
    """A sort order and its initial direction; rows whose ``key`` is None come last in both directions."""

    id: str
    label: str
    key: Callable[[Item], Any]
    descending: bool = False


BY_NAME = Sort[Artifact]("name", "Name", lambda artifact: artifact.name.casefold())
BY_SIZE = Sort[Artifact](
    "size", "Size", lambda artifact: 0 if artifact.expired else artifact.size_in_bytes, descending=True
)
BY_AGE = Sort[Artifact]("created", "Age", attrgetter("created"), descending=True)
BY_EXPIRY = Sort[Artifact]("expires", "Expiry", attrgetter("expires"))
BY_BRANCH = Sort[Artifact]("branch", "Branch", lambda artifact: artifact.branch.casefold() if artifact.branch else None)
BY_RUN = Sort[Artifact]("run", "Workflow run", attrgetter("run_id"), descending=True)
SORTS = (BY_NAME, BY_SIZE, BY_AGE, BY_EXPIRY, BY_BRANCH, BY_RUN)
"""Each starts with what people look for: names at A, sizes and times at the largest and newest, expiry at the soonest.
"""


class Query(Struct, frozen=True):
    """A filter and a sort order; ``tests`` are the parsed terms of ``text``."""

    text: str = ""
    tests: tuple[Test, ...] = ()
    exact_name: str = ""
    """The value of ``name=``, which the server can search for."""
    sort: Sort[Artifact] = BY_AGE
    descending: bool = True
    by_marks: bool = False
    """Whether the result depends on the marks."""
    only_expired: bool = False
    """Whether only expired artifacts match."""

    @classmethod
    def parse(cls, text: str, *, sort: Sort[Artifact] = BY_AGE, descending: bool = True) -> Query:
        """Parse the filter language; raise :class:`QueryError` at the first invalid term."""
        terms = list(_TERM.finditer(text))
        tests = tuple(_read(term) for term in terms)
        names = [term[0][5:].replace('"', "") for term in terms if term[0].casefold().startswith("name=")]
        by_marks = any(_word(term) == "marked" for term in terms)
        only_expired = any(term[0].casefold() == "expired" for term in terms)
        return cls(text, tests, names[-1] if names else "", sort, descending, by_marks, only_expired)

    def filtered(self, text: str) -> Query:
        """Return the query with another filter and the same sort; raise :class:`QueryError`."""
        return Query.parse(text, sort=self.sort, descending=self.descending)

    def sorted_by(self, sort: Sort[Artifact]) -> Query:
        """Return the query with another sort order, or with the same one reversed."""
        if sort.id == self.sort.id:
            return replace(self, descending=not self.descending)
        return replace(self, sort=sort, descending=sort.descending)

    def apply(
        self,
        artifacts: Iterable[Artifact],
        now: datetime,
        runs: Mapping[int, WorkflowRun] | None = None,
        marked: Set[int] = frozenset(),
    ) -> tuple[Artifact, ...]:
        """Return the matching artifacts in sort order; equal ones keep their order. ``marked`` are ids."""
        context = Context(now, runs or {}, marked)
        chosen = list(artifacts)
        for test in self.tests:
            chosen = [artifact for artifact in chosen if test(artifact, context)]
        return self._sorted(chosen)

    def joined(self, shown: Sequence[Artifact], added: Sequence[Artifact]) -> tuple[Artifact, ...]:
        """Return two results of :meth:`apply` as one; they are sorted only if ``added`` does not follow ``shown``."""
        if not (shown and added):
            return (*shown, *added)
        last, first = self.sort.key(shown[-1]), self.sort.key(added[0])
        follows = first is None or (last is not None and (last >= first if self.descending else last <= first))
        return (*shown, *added) if follows else self._sorted([*shown, *added])

    def _sorted(self, chosen: list[Artifact]) -> tuple[Artifact, ...]:
        key = self.sort.key
        unknown = [artifact for artifact in chosen if key(artifact) is None]
        known = [artifact for artifact in chosen if key(artifact) is not None] if unknown else chosen
        return (*sorted(known, key=key, reverse=self.descending), *unknown)


def _read(term: re.Match[str]) -> Test:
    text = term[0].removeprefix("!")
    test = _positive(text, term)
    if not term[0].startswith("!"):
        return test
    return lambda artifact, context: not test(artifact, context)


def _word(term: re.Match[str]) -> str:
    return term[0].removeprefix("!").casefold()


def _positive(text: str, term: re.Match[str]) -> Test:
    if _word(term) in _STATES:
        return _STATES[_word(term)]
    parts = _PARTS.fullmatch(text)
    if parts is None:
        return _text_test("name", _value(text, term))
    field, relation, value = parts["field"].casefold(), parts["relation"], _value(parts["value"], term)
    if field in _TEXTS:
        if relation not in {":", "="}:
            raise _wrong(term, f"{field} is compared with ':', as in {field}:word")
        if relation == "=":
            return lambda artifact, context: value in _TEXTS[field](artifact, context).split("\n")
        return _run_test(value) if field == "run" else _text_test(field, value)
    if field in _NUMBERS:
        if relation not in _RELATIONS:
            raise _wrong(term, f"{field} is compared with < or >, as in {field}>{_NUMBERS[field].example}")
        return _number_test(_NUMBERS[field], _RELATIONS[relation], value, term)
    known = ", ".join([*_TEXTS, *_NUMBERS, *_STATES])
    raise _wrong(term, f"unknown filter '{printable(field, 20)}'; use one of {known}")


def _value(text: str, term: re.Match[str]) -> str:
    if text.count('"') == 1:
        raise _wrong(term, "the quote is not closed")
    value = text.replace('"', "")
    if not value:
        raise _wrong(term, "the value is missing")
    return value


def _wrong(term: re.Match[str], message: str) -> QueryError:
    return QueryError(message, term.start(), term.end())


def is_expired(artifact: Artifact, now: datetime) -> bool:
    """Return whether an artifact cannot be downloaded anymore: the server says so, or its expiry date has passed."""
    return artifact.expired or (artifact.expires is not None and artifact.expires <= now.timestamp())


def _text_test(field: str, value: str) -> Test:
    wanted, read = value.casefold(), _TEXTS[field]
    if "*" in wanted or "?" in wanted:
        pattern = re.compile(translate(wanted))
        return lambda artifact, context: pattern.match(read(artifact, context).casefold()) is not None
    if field in FIELDS:
        return Contains(field, wanted)
    return lambda artifact, context: wanted in read(artifact, context).casefold()


def _run_test(value: str) -> Test:
    """Match ``run:`` against the run's id, number (with or without #), workflow name or title."""
    number = value.removeprefix("#")
    by_text = _text_test("run", value)

    def test(artifact: Artifact, context: Context) -> bool:
        run_id = artifact.run_id
        if run_id is None:
            return False
        run = context.runs.get(run_id)
        is_number = number.isdecimal() and (
            str(run_id) == number or (run is not None and str(run.run_number) == number)
        )
        return is_number or by_text(artifact, context)

    return test


def _run_text(artifact: Artifact, context: Context) -> str:
    run = context.runs.get(artifact.run_id or 0)
    return f"{run.name or ''}\n{run.display_title or ''}" if run else ""


class _Number(NamedTuple):
    read: Callable[[Artifact, Context], float | None]
    units: Mapping[str, int]
    example: str


def _number_test(number: _Number, relation: Callable[[float, float], bool], value: str, term: re.Match[str]) -> Test:
    limit = _amount(value, number.units)
    if limit is None:
        raise _wrong(term, f"'{printable(value, 20)}' is not valid; use a number with a unit, such as {number.example}")
    read = number.read

    def test(artifact: Artifact, context: Context) -> bool:
        found = read(artifact, context)
        return found is not None and relation(found, limit)

    return test


def read_bytes(text: str) -> int | None:
    """Parse a size such as ``100M`` into bytes; None if invalid."""
    amount = _amount(text.strip(), _SIZES)
    return None if amount is None else int(amount)


def read_span(text: str) -> timedelta | None:
    """Parse a duration such as ``6w``; a bare number means days; None if invalid."""
    wanted = text.strip()
    amount = _amount(f"{wanted}d" if wanted[-1:].isdigit() else wanted, TIMES)
    return None if amount is None or amount > LONGEST_TIME else timedelta(seconds=amount)


def read_age(text: str) -> timedelta | None:
    """Parse a duration with its unit, as in filters; None if invalid."""
    return None if text.strip()[-1:].isdigit() else read_span(text)


def _amount(value: str, units: Mapping[str, int]) -> float | None:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)", value)
    unit = match[2].casefold() if match else ""
    if units is _SIZES and unit != "b":
        unit = unit.removesuffix("b")
    elif unit == "b":
        unit = ""
    return float(match[1]) * units[unit] if match and unit in units else None


def _age(artifact: Artifact, context: Context) -> float | None:
    return None if artifact.created is None else context.now.timestamp() - artifact.created


def _time_left(artifact: Artifact, context: Context) -> float | None:
    """Return None for expired artifacts: they are not about to expire."""
    if artifact.expires is None or is_expired(artifact, context.now):
        return None
    return artifact.expires - context.now.timestamp()


_TEXTS: dict[str, Callable[[Artifact, Context], str]] = {
    "name": lambda artifact, _: artifact.name,
    "branch": lambda artifact, _: artifact.branch or "",
    "run": _run_text,
}
_STATES: dict[str, Test] = {
    "expired": lambda artifact, context: is_expired(artifact, context.now),
    "marked": lambda artifact, context: artifact.id in context.marked,
}
_NUMBERS = {
    "size": _Number(lambda artifact, _: artifact.size_in_bytes, _SIZES, "10M"),
    "age": _Number(_age, TIMES, "30d"),
    "expires": _Number(_time_left, TIMES, "7d"),
}
