"""The filter language of artifacts as it is typed: a wrong word is pointed at and left out until it is right."""

from __future__ import annotations

from artifact_tui.query import Query, QueryError

FILTER_HINT = "words !not size>10M age>30d expires<7d name: branch: run: expired marked"


def read_filter(query: Query, text: str) -> tuple[Query, tuple[str, int]]:
    """Return the same sort with this filter, and the first problem of it with its place in the text."""
    problem = ("", 0)
    while True:
        try:
            return query.filtered(text), problem
        except QueryError as error:
            problem = problem if problem[0] else (str(error), error.start)
            text = text[: error.start] + " " * (error.end - error.start) + text[error.end :]
