"""The artifact filter as you type: an invalid term is reported and ignored until you fix it."""

from __future__ import annotations

from artifact_tui.domain.artifact_filter import Query, QueryError

FILTER_HINT = "words !not size>10M age>30d expires<7d name: branch: run: expired marked"


def read_filter(query: Query, text: str) -> tuple[Query, tuple[str, int]]:
    """Return the query with this filter, and the filter's first problem with its place in the text."""
    problem = ("", 0)
    while True:
        try:
            return query.filtered(text), problem
        except QueryError as error:
            problem = problem if problem[0] else (str(error), error.start)
            text = text[: error.start] + " " * (error.end - error.start) + text[error.end :]
