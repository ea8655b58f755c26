"""The artifacts that words and options describe: which ones a list is searched for."""

from __future__ import annotations

import json
import re
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable
from fnmatch import translate
from pathlib import Path

from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.failures import LineError
from artifact_tui.domain.artifact_filter import Context, Query, QueryError, is_expired
from artifact_tui.domain.models import Artifact
from artifact_tui.errors import UsageError


class Wanted:
    """The artifacts that words and options describe: IDs, exact names and patterns, narrowed by all other options.

    ``only_expired`` tells whether only expired artifacts can match.
    """

    def __init__(self, options: Namespace, context: LineContext) -> None:
        words = [*options.words]
        self.ids = dict.fromkeys(int(word) for word in words if _is_id(word))
        self.names = {word for word in words if not _is_id(word) and not _is_pattern(word)} | set(options.name)
        globs = [word for word in words if not _is_id(word) and _is_pattern(word)] + options.pattern
        self._patterns = tuple(re.compile(translate(glob)) for glob in globs)
        self.from_file = options.__dict__.get("from")
        if self.from_file:
            self.ids |= dict.fromkeys(read_ids(self.from_file))
        self._tests = tuple(_tests(options, context))
        self.only_expired = bool(options.expired) or Query.parse(options.filter or "").only_expired
        self._seen_names: set[str] = set()
        self._seen_ids: set[int] = set()

    @property
    def only_ids(self) -> bool:
        """Whether IDs alone are wanted, so no list is needed."""
        return bool(self.ids or self.from_file) and not (self.names or self._patterns)

    @property
    def one_name(self) -> str:
        """The exact name, if nothing but one name is wanted; else empty."""
        return next(iter(self.names)) if len(self.names) == 1 and not (self._patterns or self.ids) else ""

    @property
    def has_words(self) -> bool:
        """Whether any ID, name or pattern is given."""
        return bool(self.ids or self.names or self._patterns or self.from_file)

    @property
    def is_narrowed(self) -> bool:
        """Whether any other option narrows the selection."""
        return bool(self._tests)

    def names_it(self, artifact: Artifact) -> bool:
        """Return whether a word means the artifact."""
        if artifact.name in self.names:
            self._seen_names.add(artifact.name)
            return True
        if artifact.id in self.ids:
            self._seen_ids.add(artifact.id)
            return True
        is_named = any(pattern.match(artifact.name) for pattern in self._patterns)
        return is_named or not self.has_words

    def admits(self, artifact: Artifact) -> bool:
        """Return whether the artifact passes all other options."""
        return all(test(artifact) for test in self._tests)

    def check_names(self, *, all_read: bool, of_runs: bool) -> None:
        """Raise LineError for a name or ID that no artifact has, if all that could have it were read."""
        missing = sorted(self.names - self._seen_names)
        if missing and all_read:
            step = 'Run "artifact-tui list --names" for the same repository and runs to see the names.'
            where = " in the selected runs" if of_runs else ""
            raise LineError("not_found", f"No artifact{where} is called {missing[0]!r}.", step)
        absent = sorted(self.ids.keys() - self._seen_ids)
        if absent and all_read:
            sentence = f"No selected artifact has the ID {absent[0]}."
            raise LineError("not_found", sentence, "Check the ID and the options.")


def _is_id(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) < 20


def _is_pattern(word: str) -> bool:
    return any(sign in word for sign in "*?[")


def read_ids(place: str) -> list[int]:
    """Read IDs from a file or, for ``-``, standard input: lines, NUL-separated, or JSON lines; raise UsageError."""
    try:
        data = sys.stdin.buffer.read() if place == "-" else Path(place).read_bytes()
    except OSError as error:
        raise UsageError(f"Cannot read {place}: {error.strerror}.") from None
    return [_id_in(line.strip(), place) for line in re.split(rb"[\0\n]", data) if line.strip()]


def _id_in(line: bytes, place: str) -> int:
    value: object = line
    if line.startswith(b"{"):
        try:
            value = json.loads(line).get("id")
        except ValueError:
            value = None
    elif line.isdigit() and len(line) < 20:
        value = int(line)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    shown = line[:60].decode("utf-8", "replace")
    raise UsageError(f"{shown!r} in {place} is not an artifact ID. Use IDs, or JSON lines with an id.")


def _tests(options: Namespace, context: LineContext) -> Iterable[Callable[[Artifact], bool]]:
    now = context.now
    if options.filter:
        yield _filter_test(options.filter, context)
    if options.larger is not None:
        yield lambda artifact: artifact.size_in_bytes > options.larger
    if options.smaller is not None:
        yield lambda artifact: artifact.size_in_bytes < options.smaller
    if options.older is not None:
        yield lambda artifact: artifact.created_at is not None and now - artifact.created_at > options.older
    if options.newer is not None:
        yield lambda artifact: artifact.created_at is not None and now - artifact.created_at < options.newer
    if options.expires_within is not None:
        yield (
            lambda artifact: (
                artifact.expires_at is not None
                and not is_expired(artifact, now)
                and artifact.expires_at - now <= options.expires_within
            )
        )
    if options.expired and options.live:
        raise UsageError("--expired and --live exclude each other. Use one of them.")
    if options.expired or options.live:
        yield lambda artifact: is_expired(artifact, now) is bool(options.expired)


def read_filter(text: str) -> Query:
    """Parse ``--filter``; raise UsageError."""
    try:
        return Query.parse(text)
    except QueryError as error:
        raise UsageError(f"--filter: {error} (at {text[error.start : error.end]!r}).") from None


def _filter_test(text: str, context: LineContext) -> Callable[[Artifact], bool]:
    query = read_filter(text)
    if query.by_marks:
        raise UsageError("--filter: marked works only on the screen.")
    known = Context(context.now, {})
    return lambda artifact: all(test(artifact, known) for test in query.tests)
