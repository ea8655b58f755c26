"""The filter line of workflow runs: what it means, what is said of a wrong word, and what is offered."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from artifact_tui.domain.artifact_filter import QueryError
from artifact_tui.domain.models import Actor, RunFilter, Workflow, WorkflowRun
from artifact_tui.domain.run_filter import describe, read_run_filter
from artifact_tui.domain.run_names import Known, known_names
from artifact_tui.domain.run_suggestions import offers

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
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
    assert read_run_filter(text, Known(WORKFLOWS, ("main",)), NOW) == meant


@pytest.mark.parametrize(
    ("text", "word", "message"),
    [
        ("main foo:bar", "foo:bar", "unknown filter 'foo'; use one of workflow, branch, event, actor, status, commit"),
        ("status:zzz", "status:zzz", "unknown status 'zzz'"),
        ("branch:", "branch:", "the value is missing"),
        ("main other", "other", "the filter already has branch main; use only one"),
        ("age>7d age<30d", "age<30d", "the filter already has an age; use only one"),
        ("ok failed", "failed", "the filter already has status success; use only one"),
    ],
)
def test_a_wrong_word_is_named_in_its_place(text: str, word: str, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        read_run_filter(text, Known(WORKFLOWS, ("main", "other")), NOW)
    assert text[caught.value.start : caught.value.end] == word
    assert str(caught.value) == message


BRANCHES = ("main", "typing")
MORE = (
    *WORKFLOWS,
    Workflow(id=4, name="Code scanning", path="codeql.yml"),
    Workflow(id=5, name="Nightly", path="n.yml"),
    Workflow(id=6, name="Nightly build", path="build.yml"),
    Workflow(id=7, name="Nightly main sync", path="sync.yml"),
    Workflow(id=8, name="Docs: links", path="links.yml"),
)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("nightly fail", RunFilter(workflow="n.yml", status="failure")),
        ("rel main", RunFilter(workflow="release.yml", branch="main")),
        ('"code scanning" ok', RunFilter(workflow="codeql.yml", status="success")),
        ('workflow:"Code scanning"', RunFilter(workflow="codeql.yml")),
        ("branch:other", RunFilter(branch="other")),
        ("code scanning ok", RunFilter(workflow="codeql.yml", status="success")),
        ("main  CODE scan", RunFilter(workflow="codeql.yml", branch="main")),
        ("nightly build fail", RunFilter(workflow="build.yml", status="failure")),
        ("nightly main", RunFilter(workflow="n.yml", branch="main")),
        ("workflow:code", RunFilter(workflow="codeql.yml")),
        ("workflow:other.yml", RunFilter(workflow="other.yml")),
        ("workflow:nightly build ok", RunFilter(workflow="build.yml", status="success")),
        ("docs: links", RunFilter(workflow="links.yml")),
    ],
)
def test_starts_and_names_with_spaces_are_understood(text: str, meant: RunFilter) -> None:
    assert read_run_filter(text, Known(MORE, BRANCHES), NOW) == meant


@pytest.mark.parametrize(
    ("text", "word", "message"),
    [
        ("main nigthly", "nigthly", "'nigthly' is unknown here; did you mean Nightly?"),
        ("mian", "mian", "'mian' is unknown here; did you mean main?"),
        ("parquet", "parquet", "'parquet' is unknown here; did you mean branch:parquet?"),
        ("#2332", "#2332", "not among the 0 loaded runs; did you mean run:#2332 in all artifacts (3)?"),
        ("ok size>30M", "size>30M", "'size' does not filter runs; did you mean to filter artifacts (3)?"),
        ("dc100dca", "dc100dca", "no loaded run has this commit; did you mean all 40 digits, or branch:dc100dca?"),
        ('"code', '"code', "the quote is not closed"),
        ("ok nightly x", "x", "'x' is unknown here; did you mean branch:x?"),
        ("workflow:nig", "workflow:nig", 'did you mean "Nightly build" or "Nightly main sync" or Nightly?'),
        ("re", "re", "did you mean Release or red or requested?"),
    ],
)
def test_a_word_that_means_nothing_is_pointed_at(text: str, word: str, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        read_run_filter(text, Known(MORE, BRANCHES), NOW)
    assert text[caught.value.start : caught.value.end] == word
    assert str(caught.value) == message


def test_no_word_is_taken_for_a_branch_before_any_branch_is_known() -> None:
    with pytest.raises(QueryError, match="'main' is unknown here; did you mean branch:main") as caught:
        read_run_filter("ok main", Known(WORKFLOWS), NOW)
    assert caught.value.meant == "branch:main"


CI, DOCS = Workflow(id=1, name="CI", path=".github/workflows/ci.yml"), Workflow(id=2, name="Docs", path="d/docs.yml")
SHA = "dc100dca" + "5" * 32
HOSTILE = "evil\x1b]0;x\x07"


def a_run(number: int, workflow: Workflow, **more: object) -> WorkflowRun:
    """A loaded run; its id is its number."""
    path, login = f"{workflow.path}@main", more.pop("login", "mira-holm")
    values = {"head_branch": "main", "event": "push", "head_sha": f"{number:040}", **more}
    actor = Actor(str(login))
    return WorkflowRun(
        id=number + workflow.id * 1000,
        run_number=number,
        name=workflow.name,
        path=path,
        workflow_id=workflow.id,
        actor=actor,
        **values,  # type: ignore[arg-type]  # fields of the struct
    )


RUNS = (
    a_run(412, CI, display_title="Fix flaky download test"),
    a_run(411, CI, head_branch="release-2.0", head_sha=SHA, login="mona"),
    a_run(7, DOCS, display_title="Bump the version", head_branch=HOSTILE),
    a_run(7, CI, head_branch="a b", event="deployment"),
)
KNOWN = known_names(RUNS, (DOCS, Workflow(id=4, name="Code scanning", path="codeql.yml")), "trunk")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("trunk", RunFilter(branch="trunk")),
        ("ci release-2.0 ok", RunFilter(workflow="ci.yml", branch="release-2.0", status="success")),
        ("deployment", RunFilter(event="deployment")),
        ("DC100DC", RunFilter(commit=SHA)),
        ("sha:dc100d", RunFilter(commit=SHA)),
        ("ab" * 20 + " docs", RunFilter(commit="ab" * 20, workflow="docs.yml")),
        ("1" * 40, RunFilter(commit="1" * 40)),
        ("age>30d failed", RunFilter(created="<2026-10-28T09:00:00Z", status="failure")),
        ("age<=90min", RunFilter(created=">=2026-11-27T07:30:00Z")),
        ("age>999999y", RunFilter(created="<1970-01-01T00:00:00Z")),
        ("#412", RUNS[0]),
        (" #411 ", RUNS[1]),
        ("docs #7", RUNS[2]),
    ],
)
def test_names_and_numbers_of_loaded_runs_are_understood(text: str, meant: RunFilter | WorkflowRun) -> None:
    assert read_run_filter(text, KNOWN, NOW) == meant


@pytest.mark.parametrize(
    ("text", "message", "meant"),
    [
        ("flaky", "'flaky' is in a title; did you mean #412 “Fix flaky downlo…”?", "#412"),
        ('ok "the version"', "'the version' is in a title; did you mean Docs #7 “Bump the version”?", "Docs #7"),
        ("#7", "did you mean Docs #7 or CI #7?", "Docs #7"),
        ("412", "did you mean #412?", "#412"),
        ("#413", "not among the 4 loaded runs; did you mean run:#413 in all artifacts (3)?", ""),
        ("ok #412", "a run number needs no other filter; did you mean only #412?", ""),
        ("age>30", "an age needs a unit; did you mean age>30d?", "age>30d"),
        ("Mona", "'Mona' is an actor; did you mean @mona?", "@mona"),
        ("parquet", "'parquet' is unknown here; did you mean branch:parquet?", "branch:parquet"),
        ("TRUNK", "did you mean trunk?", "trunk"),
        ("trnuk", "'trnuk' is unknown here; did you mean trunk?", "trunk"),
    ],
)
def test_a_wrong_word_comes_with_what_was_meant(text: str, message: str, meant: str) -> None:
    with pytest.raises(QueryError) as caught:
        read_run_filter(text, KNOWN, NOW)
    assert (str(caught.value), caught.value.meant) == (message, meant)


@pytest.mark.parametrize(
    ("text", "start", "offered"),
    [
        ("", 0, ("Docs", "trunk", "ok", "failed", "@mira-holm")),
        ("ci ", 3, ("trunk", "ok", "failed", "@mira-holm")),
        ("ok rel", 3, ("release-2.0",)),
        ("scan", 0, ('"Code scanning"',)),
        ('"code s', 0, ('"Code scanning"',)),
        ("ok code s", 3, ('"Code scanning"',)),
        ("branch:a", 0, ('branch:"a b"',)),
        ("branch:in", 0, ("branch:main",)),
        ("@mo", 0, ("@mona",)),
        ("mon", 0, ("@mona",)),
        ("status:tim", 0, ("status:timed_out",)),
        ("trunk", 0, ()),
        ("evil", 0, ()),
    ],
)
def test_known_names_are_offered_for_the_last_word(text: str, start: int, offered: tuple[str, ...]) -> None:
    assert offers(text, KNOWN, NOW) == (start, offered)


def test_every_offer_means_what_it_offers() -> None:
    """Also branches that are called as a status, a workflow, a run or a parameter."""
    names = ("ok", "CI", "#412", "branch:x", "@mona", "dc100dca", "age>30d", "a b")
    known = Known((CI,), names, runs=RUNS)
    written = {offers(f"branch:{name}", known, NOW)[1] or f"branch:{name}" for name in names}
    assert len(written) == len(names)
    for name in names:
        assert read_run_filter(f'branch:"{name}"', known, NOW) == RunFilter(branch=name)


def test_thousands_of_names_are_compared_only_in_part() -> None:
    branches = tuple(f"feature/{number:05}-of-many" for number in range(50_000))
    known = Known((), branches)
    with pytest.raises(QueryError, match="did you mean"):
        read_run_filter("featrue/12345-of-many", known, NOW)
    assert len(offers("feature", known, NOW)[1]) == 6


def test_a_filter_in_words() -> None:
    assert describe(RunFilter()) == "no filter"
    assert describe(RunFilter(branch="main", status="success")) == "branch main, status success"
    assert describe(RunFilter(created="<2026-10-28T09:00:00Z")) == "created before 2026-10-28 09:00 UTC"
