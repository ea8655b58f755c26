"""The search behind the filter, which runs for every typed letter.

Case-folded texts and sizes are read from the artifacts into columns once. A filter that adds letters or words to the
previous one searches only the previous result.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress
from typing import NamedTuple

from artifact_tui.domain.artifact_filter import FIELDS, Contains, Context, Test
from artifact_tui.domain.models import Artifact


class Found(NamedTuple):
    """Artifacts in order, with columns of the same length."""

    rows: tuple[Artifact, ...]
    sizes: Sequence[int]
    """The bytes that each holds on GitHub."""
    texts: dict[str, list[str]]
    """Case-folded texts, by the filter's field."""

    def where(self, chosen: Sequence[bool]) -> Found:
        """Return the chosen rows; this object if all are chosen."""
        if False not in chosen:
            return self
        texts = {field: list(compress(column, chosen)) for field, column in self.texts.items()}
        return Found(tuple(compress(self.rows, chosen)), list(compress(self.sizes, chosen)), texts)


class ArtifactSearch:
    """A search in a fixed, sorted list of artifacts."""

    def __init__(self, rows: tuple[Artifact, ...]) -> None:
        self._all = Found(rows, [0 if row.expired else row.size_in_bytes for row in rows], {})
        self._last = self._all
        self._last_words: tuple[Contains, ...] = ()

    def find(self, tests: Iterable[Test], context: Context) -> Found:
        """Return the artifacts that pass all tests, in their order."""
        words, others = [], []
        for test in tests:
            if isinstance(test, Contains):
                words.append(test)
            else:
                others.append(test)
        found = self._find_words(tuple(words))
        for test in others:  # their results may change with time, marks and runs
            found = found.where([test(row, context) for row in found.rows])
        return found

    def _find_words(self, words: tuple[Contains, ...]) -> Found:
        for word in words:
            self.read(word.field)
        found, wanted = self._all, words
        has_columns = all(word.field in self._last.texts for word in words)
        if has_columns and all(any(word.implies(before) for word in words) for before in self._last_words):
            found, wanted = self._last, tuple(word for word in words if word not in self._last_words)
        for word in wanted:
            found = found.where([word.wanted in text for text in found.texts[word.field]])
        self._last, self._last_words = found, words
        return found

    def read(self, field: str = "name") -> None:
        """Case-fold a column unless that is done; equal texts share one string, to save memory."""
        if field not in self._all.texts:
            texts = list(map(FIELDS[field], self._all.rows))
            folded = {text: _fold(text) for text in dict.fromkeys(texts)}
            self._all.texts[field] = list(map(folded.__getitem__, texts))


def _fold(text: str) -> str:
    folded = text.casefold()
    return text if folded == text else folded
