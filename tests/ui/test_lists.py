"""Finding the repository and the run."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from artifact_tui.config.paths import MemoryFile
from artifact_tui.domain.models import RepositoryName
from tests.double import faults
from tests.slow_cases import slow_but
from tests.ui.program import (
    KESTREL,
    LARGE,
    RECORDER,
    SMALL,
    Keyboard,
    Program,
    arrived,
    loaded,
    open_with_keys,
    says,
    text_of,
    until,
)

OUTSIDE = "corvid-hops/kestrel"


def names(program: Program) -> list[str]:
    return [str(choice.name) for choice in program.screen.table.items]


async def test_repositories_are_filtered_as_typed() -> None:
    program = Program()
    async with program.running() as pilot:
        await pilot.press("slash", *"kestrel docs")
        assert names(program) == ["fernwood-labs/kestrel-docs"]
        await open_with_keys(pilot, "enter")
        assert program.screen.trail == ("fernwood-labs/kestrel-docs", "Runs")


async def test_why_a_clone_was_not_recognized_is_told_once() -> None:
    """Not again when its screen is shown again."""
    why = "The remote origin is on github.example.com."
    program = Program(notes=(why,))
    async with program.running(size=LARGE) as pilot:
        await says(pilot, why)
        await open_with_keys(pilot, "enter", "3", "2", "1")
        assert [one.message for one in program.app._notifications].count(why) <= 1  # 0 once its time is over


async def test_most_recently_pushed_first() -> None:
    program = Program()
    async with program.running():
        pushed = [choice.repository.pushed_at for choice in program.screen.table.items]
    assert len(pushed) > 5
    assert pushed == sorted(pushed, reverse=True)


async def test_any_repository_can_be_opened_by_its_name() -> None:
    """One that is in no list, without asking for it first."""
    program = Program()
    async with program.running() as pilot:
        await pilot.press("slash", *OUTSIDE)
        await says(pilot, f"Enter opens {OUTSIDE}")
        await open_with_keys(pilot, "enter")
        assert program.screen.trail == (OUTSIDE, "Runs")
        await says(pilot, "This repository has no workflow runs yet")


async def test_the_server_searches_what_the_list_does_not_hold() -> None:
    program = Program()
    async with program.running() as pilot:
        await pilot.press("slash", *"corvid-hops")
        assert names(program) == []
        await pilot.press("enter")
        await until(pilot, lambda: OUTSIDE in names(program))
        assert "/search/repositories" in program.sent("GET")
        await open_with_keys(pilot, "enter")
        assert program.screen.trail == (OUTSIDE, "Runs")


@pytest.mark.parametrize(
    ("items", "count", "said"),
    [
        ([{"id": 7, "full_name": "one/nowhere"}], 1, "first 1 found; add words to narrow the search"),
        ([{"id": 7, "full_name": "one/nowhere"}, None], 9, "first 1 of at least 9 found; add words to narrow"),
        ([], 0, "github.com ended the search early"),
    ],
)
async def test_a_search_that_the_server_ended_early_is_not_said_to_be_all(
    items: list[object], count: int, said: str
) -> None:
    program = Program()
    body = json.dumps({"total_count": count, "incomplete_results": True, "items": items})
    program.server.fault("GET /search/repositories", status=200, body=body)
    async with program.running(size=LARGE) as pilot:
        await pilot.press("slash", *"nowhere", "enter")
        await says(pilot, said)


async def test_a_search_that_finds_nothing_says_so() -> None:
    program = Program()
    async with program.running() as pilot:
        await pilot.press("slash", *"nowhere", "enter")
        await says(pilot, "No repository on github.com matches 'nowhere'")


async def test_the_last_used_ones_are_on_top(tmp_path: Path) -> None:
    """Also at the next start, and of this host alone."""
    memory = tmp_path / "state" / "state.json"
    program = Program(memory=MemoryFile(memory))
    async with program.running() as pilot:
        for name in (RECORDER, OUTSIDE):
            await pilot.press("slash", *name, "enter")
            await arrived(pilot)
            await open_with_keys(pilot, "1", "escape")
    program = Program(memory=MemoryFile(memory))
    async with program.running():
        assert names(program)[:2] == [OUTSIDE, RECORDER]
        assert len(set(names(program))) == len(names(program))
        assert "recent" in program.text


async def test_a_repository_that_is_not_there_is_not_remembered() -> None:
    program = Program(memory=MemoryFile(None))
    async with program.running() as pilot:
        await pilot.press("slash", *"fernwood-labs/kestrell", "enter")
        await arrived(pilot)
        await says(pilot, "r retries")
        assert program.memory.value.recent == {}


async def test_a_repository_of_the_command_line_is_remembered_once_it_has_opened() -> None:
    program = Program(KESTREL)
    async with program.running() as pilot:
        await until(pilot, lambda: program.memory.value.recent == {"github.com": [KESTREL]})
    program = Program("fernwood-labs/kestrell")
    async with program.running():
        assert program.memory.value.recent == {}


async def test_a_run_of_the_command_line_is_remembered_by_its_repository() -> None:
    program = Program(KESTREL)
    found = program.server.store.repository(KESTREL)
    assert found is not None
    program = Program(KESTREL, run=program.server.store.repository_runs(found.id)[0].id)
    program.server.fault("GET */actions/runs", status=502, times=99)
    async with program.running() as pilot:
        await until(pilot, lambda: program.memory.value.recent == {"github.com": [KESTREL]})


async def test_the_artifacts_of_a_run_of_the_command_line_do_not_wait_for_the_run() -> None:
    """Its number is the title until its name is known; then an attempt column shows that there were several."""
    program = Program(KESTREL)
    found = program.server.store.repository(KESTREL)
    assert found is not None
    runs = program.server.store.repository_runs(found.id)
    run = next(one for one in runs if one.attempt > 1 and program.server.store.run_artifacts(one.id))
    program = Program(KESTREL, run=run.id)
    fault = program.server.fault(f"GET */actions/runs/{run.id}", held=True)
    async with program.app.run_test(size=SMALL):
        pilot = Keyboard(program.app)
        await says(pilot, f"run {run.id}", "Details")
        await until(pilot, lambda: program.screen.table.items)
        assert "Attempt" not in program.text
        fault.held = False
        await says(pilot, f"#{run.number}", "Attempt")
        assert not [path for path in program.sent("GET") if path.endswith("/actions/runs")]


async def test_only_a_run_that_does_not_exist_is_left_for_the_others() -> None:
    program = Program(KESTREL)
    found = program.server.store.repository(KESTREL)
    assert found is not None
    run = program.server.store.repository_runs(found.id)[0].id
    for status, trail in ((502, (KESTREL, f"run {run}")), (404, (KESTREL, "Runs"))):
        program = Program(KESTREL, run=run)
        program.server.fault(f"GET */actions/runs/{run}", status=status, times=99)
        async with program.running() as pilot:
            await until(pilot, lambda: program.app._notifications)  # noqa: B023 - of this turn
            await loaded(pilot)
            assert program.screen.trail == trail


def last_used(program: Program, name: str) -> bool:
    return program.memory.value.recent.get("github.com", [""])[0] == name


async def test_a_repository_that_is_opened_again_is_the_last_used_one() -> None:
    program = Program()
    async with program.running() as pilot:
        for name in (RECORDER, OUTSIDE, RECORDER):
            await pilot.press("slash", *name, "enter")
            await arrived(pilot)
            await until(pilot, partial(last_used, program, name))
            await open_with_keys(pilot, "1", "escape")


async def test_a_memory_that_cannot_be_kept_is_told_and_nothing_more(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    program = Program(memory=MemoryFile(tmp_path / "file" / "state.json"))
    async with program.running("enter") as pilot:
        await says(pilot, "state.json could not be written")
        assert program.screen.trail[-1] == "Runs"


async def test_runs_come_by_the_page_as_they_are_scrolled_to() -> None:
    program = Program(KESTREL)
    async with program.running() as pilot:
        assert program.summary == "50 of 505 runs"
        await pilot.press("exclamation_mark")
        await says(pilot, "More rows load as you scroll down.")
        pages = [one for one in program.sent("GET") if one.endswith("/actions/runs")]
        assert len(pages) == 1
        await open_with_keys(pilot, "G")
        await until(pilot, lambda: program.summary == "100 of 505 runs")
        assert program.screen.table.cursor_row == 49
        for _ in range(9):
            await open_with_keys(pilot, "G")
        await until(pilot, lambda: program.summary == "505 runs")


@pytest.mark.parametrize(
    ("words", "understood", "state", "branch"),
    slow_but(
        2,
        [
            ("release main ok", "workflow release.yml, branch main, status success", "success", "main"),
            ("@dependabot[bot]", "actor dependabot[bot]", None, None),
            ("failed", "status failure", "failure", None),
            ("event:schedule branch:main", "branch main, event schedule", None, "main"),
        ],
    ),
)
async def test_the_filter_of_runs_asks_the_server(
    words: str, understood: str, state: str | None, branch: str | None
) -> None:
    """It says how it is understood; Esc brings all runs back."""
    program = Program(KESTREL)
    async with program.running() as pilot:
        await pilot.press("slash", *words)
        await says(pilot, f"Enter: {understood}")
        await open_with_keys(pilot, "enter")
        runs = program.screen.table.items
        assert runs
        assert {run.state for run in runs} == {state} or state is None
        assert {run.head_branch for run in runs} == {branch} or branch is None
        await open_with_keys(pilot, "escape")
        await until(pilot, lambda: program.summary == "50 of 505 runs")


async def test_a_filter_of_runs_that_finds_nothing_says_what_was_asked() -> None:
    program = Program(KESTREL)
    async with program.running() as pilot:
        await pilot.press("slash", *"branch:no-such-branch", "enter")
        await says(pilot, "No workflow run matches branch no-such-branch", "Esc clears the filter")


async def test_organizations_that_single_sign_on_keeps_back_are_counted() -> None:
    """The list says that it is not whole."""
    program = Program()
    header = {"X-GitHub-SSO": "partial-results; organizations=21955855", "Content-Type": "application/json"}
    program.server.fault("GET /user/repos", status=200, headers=header, body="[]")
    async with program.running() as pilot:
        await says(pilot, "1 organization needs single sign-on · 0 repositories")


async def test_names_are_offered_while_the_filter_of_runs_is_typed() -> None:
    """Tab takes the first one, and then the next word is offered; Enter asks for what stands there."""
    program = Program(KESTREL)
    async with program.running() as pilot:
        await pilot.press("slash")
        await says(pilot, "Tab CI · main · ok · failed · @")
        await pilot.press(*"rele")
        await says(pilot, "Tab Release")
        await pilot.press("tab")
        await says(pilot, "Tab main · ok · failed · @")
        assert program.screen.filter_bar.text == "Release "
        await pilot.resize_terminal(24, 24)
        await until(
            pilot, lambda: "Tab main" in text_of(program.app) and "@" not in text_of(program.app).split("Tab")[1]
        )
        await pilot.resize_terminal(80, 24)
        await says(pilot, "Tab main · ok · failed · @")
        await pilot.press("tab", *"ok")
        await says(pilot, "Enter: workflow release.yml, branch main, status success")
        await open_with_keys(pilot, "enter")
        assert {(run.head_branch, run.state) for run in program.screen.table.items} == {("main", "success")}


async def test_a_word_of_a_title_leads_to_its_run() -> None:
    program = Program(KESTREL)
    async with program.running() as pilot:
        run = next(run for run in program.screen.table.items if "leak" in run.display_title)
        await pilot.press("slash", *"leak")
        await says(pilot, f"'leak' is in a title; did you mean #{run.run_number} “Fix a leak in th…”? (Tab)")
        await pilot.press("tab")
        await says(pilot, f"Enter: open {run.name} #{run.run_number}")
        await open_with_keys(pilot, "enter")
        assert program.screen.trail[-1].endswith(f"#{run.run_number}")
        await open_with_keys(pilot, "escape")
        assert (program.summary, program.screen.filter_bar.text) == ("50 of 505 runs", "")


async def test_the_default_branch_is_known_where_no_loaded_run_is_on_it() -> None:
    """Also typed ahead of the answers that the line needs, and under another filter."""
    program = Program(KESTREL)
    async with program.running() as pilot:
        runs = program.app.session.runs_of(RepositoryName("fernwood-labs", "kestrel"))
        await open_with_keys(pilot, "slash", *"event:pull_request", "enter")
        runs.clear()
        await open_with_keys(pilot, "slash", "ctrl+u", *"release main ok", "enter")
        assert {(run.head_branch, run.state) for run in program.screen.table.items} == {("main", "success")}


async def test_a_wrong_word_is_pointed_at_with_a_branch_that_tab_writes() -> None:
    program = Program(KESTREL)
    async with program.running() as pilot:
        await pilot.press("slash", *"zzparquet", "enter")
        await says(pilot, "'zzparquet' is unknown here; did you mean branch:zzparquet? (Tab)")
        await pilot.press("tab")
        await says(pilot, "Enter: branch zzparquet")
        await open_with_keys(pilot, "enter")
        await says(pilot, "No workflow run matches branch zzparquet")


async def test_no_word_is_taken_for_a_branch_while_no_names_are_known() -> None:
    """Neither runs nor workflows could be loaded; with its name, a branch can be asked for."""
    program = Program(KESTREL)
    program.server.fault("GET *", times=99, **faults.UNICORN)
    async with program.running() as pilot:
        await pilot.press("slash", *"main", "enter")
        await says(pilot, "'main' is unknown here; did you mean branch:main? (Tab)")
        program.server.faults.clear()
        await pilot.press("tab")
        await open_with_keys(pilot, "enter")
        assert {run.head_branch for run in program.screen.table.items} == {"main"}


@pytest.mark.parametrize("words", ["age>30d", "0000000000000000000000000000000000000000"])
async def test_ages_and_commits_are_asked_of_the_server(words: str) -> None:
    program = Program(KESTREL)
    async with program.running() as pilot:
        await open_with_keys(pilot, "slash", *words, "enter")
        query = program.server.requests[-1].query
        assert query.get("created") == "<2026-10-21T09:00:00Z" or query.get("head_sha") == words
