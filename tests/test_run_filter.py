"""The filter line of workflow runs: bare words, named parameters, and what is said of a wrong word."""

from __future__ import annotations

import pytest

from artifact_tui.model import RunFilter, Workflow
from artifact_tui.query import QueryError
from artifact_tui.run_filter import describe, read_run_filter

WORKFLOWS = (
    Workflow(id=1, name="Release", path=".github/workflows/release.yml"),
    Workflow(id=2, name="push", path=".github/workflows/on-push.yml"),
    Workflow(id=3, name="Old"),
)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", RunFilter()),
        ("release main ok", RunFilter(workflow="release.yml", branch="main", status="success")),
        ("RELEASE.yml failed", RunFilter(workflow="release.yml", status="failure")),
        ("old", RunFilter(workflow="3")),
        ("schedule @octocat", RunFilter(event="schedule", actor="octocat")),
        ("push", RunFilter(workflow="on-push.yml")),
        ("event:push", RunFilter(event="push")),
        ("status:ok branch:v1.2 workflow:ci.yml", RunFilter(status="success", branch="v1.2", workflow="ci.yml")),
        ("release release", RunFilter(workflow="release.yml", event="release")),
    ],
)
def test_what_a_line_means(text: str, meant: RunFilter) -> None:
    assert read_run_filter(text, WORKFLOWS) == meant


@pytest.mark.parametrize(
    ("text", "word", "message"),
    [
        ("main foo:bar", "foo:bar", "there is no 'foo'; known are workflow, branch, event, actor, status"),
        ("status:zzz", "status:zzz", "there is no status 'zzz'"),
        ("branch:", "branch:", "there is nothing to look for"),
        ("main other", "other", "there is a branch already: main"),
        ("ok failed", "failed", "there is a status already: success"),
    ],
)
def test_a_wrong_word_is_named_in_its_place(text: str, word: str, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        read_run_filter(text, WORKFLOWS)
    assert text[caught.value.start : caught.value.end] == word
    assert str(caught.value) == message


BRANCHES = ("main", "typing")
MORE = (
    *WORKFLOWS,
    Workflow(id=4, name="Code scanning", path="codeql.yml"),
    Workflow(id=5, name="Nightly", path="n.yml"),
)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("nightly fail", RunFilter(workflow="n.yml", status="failure")),
        ("rel main", RunFilter(workflow="release.yml", branch="main")),
        ('"code scanning" ok', RunFilter(workflow="codeql.yml", status="success")),
        ('workflow:"Code scanning"', RunFilter(workflow="codeql.yml")),
        ("branch:other", RunFilter(branch="other")),
    ],
)
def test_starts_and_names_with_spaces_are_understood(text: str, meant: RunFilter) -> None:
    assert read_run_filter(text, MORE, BRANCHES) == meant


@pytest.mark.parametrize(
    ("text", "word", "message"),
    [
        ("main nigthly", "nigthly", "'nigthly' is unknown here; did you mean Nightly?"),
        ("mian", "mian", "'mian' is unknown here; did you mean main?"),
        ("parquet", "parquet", "'parquet' is unknown here; did you mean branch:parquet?"),
        ("#2332", "#2332", "GitHub cannot filter by run number; did you mean run:#2332 among all artifacts (3)?"),
        ("ok age>30d", "age>30d", "'age' does not filter runs; did you mean to filter artifacts (3)?"),
        ("dc100dca", "dc100dca", "GitHub cannot filter by commit; did you mean branch:dc100dca?"),
        ('"code', '"code', "the quote is not closed"),
        ("re", "re", "did you mean Release or red or requested?"),
    ],
)
def test_a_word_that_means_nothing_is_pointed_at(text: str, word: str, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        read_run_filter(text, MORE, BRANCHES)
    assert text[caught.value.start : caught.value.end] == word
    assert str(caught.value) == message


def test_a_filter_in_words() -> None:
    assert describe(RunFilter()) == "no filter"
    assert describe(RunFilter(branch="main", status="success")) == "branch main, status success"
