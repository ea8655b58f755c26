"""A list that is not whole says so, wherever it is used, for as long as it is shown."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.demo.fixed_clock import DEMO_NOW
from artifact_tui.domain.models import Artifact, Page, RepositoryName
from artifact_tui.github.http.limiter import MOST_POINTS, RequestLimiter
from artifact_tui.github.provider import GitHubProvider
from artifact_tui.github.server_info import ServerInfo
from tests.double import faults
from tests.double.transport import FakeTransport
from tests.slow_cases import slow_but
from tests.ui.deleting import review
from tests.ui.each_key import each_key_of
from tests.ui.program import KESTREL, LARGE, RECORDER, Keyboard, Made, Program, loaded, open_with_keys, says, until

ARTIFACTS = "GET */actions/artifacts"
RUNS = "GET */actions/runs"
LIMITED: dict[str, Any] = {"status": 429, "headers": {"Retry-After": "60"}, "body": "{}"}


def pages(program: Program, end: str) -> list[int]:
    """The pages of a list that were asked for."""
    return [
        int(request.query.get("page", 1))
        for request in program.server.requests
        if request.path.endswith(end) and request.query.get("per_page") != "10"
    ]


def changed(program: Program, path: str, page: int, change: Callable[[dict[str, Any]], None], **more: Any) -> None:
    """That page of a list comes with other content, without a Link unless it is given."""
    plain = Program(KESTREL).server
    token = {"Authorization": f"Bearer {DEMO_TOKEN}", "User-Agent": "tests"}
    address = f"{plain.flavor.api}/repos/{KESTREL}/actions/{path}?per_page=100&page={page}"
    found = json.loads(plain.handle("GET", address, token).body)
    change(found)
    fault = {"status": 200, "body": json.dumps(found), "page": page, "times": 99, **more}
    program.server.fault(f"GET */actions/{path}", **fault)


@each_key_of("incomplete.why")
async def test_a_list_that_broke_off_says_so_until_the_rest_has_come(key: str) -> None:
    program = Program(KESTREL)
    program.server.fault(ARTIFACTS, page=5, times=99, **faults.UNICORN)
    async with program.running("3", size=LARGE) as pilot:
        await says(pilot, "400 of 706 · incomplete, r retries", "! Why")
        await pilot.press(key)
        await says(
            pilot,
            "Incomplete list",
            "400 of 706 artifacts",
            "github.com returned an error",
            "r loads the rest.",
        )
        await pilot.press("escape", "space")
        assert program.summary.startswith("400 of 706 · incomplete, r retries · 1 marked")
        program.server.faults.clear()
        program.server.requests.clear()
        await open_with_keys(pilot, "r", "escape")
        assert program.summary.startswith("706 artifacts")
        assert sorted(pages(program, "/actions/artifacts")) == [5, 6, 7, 8]


async def test_policies_and_the_review_say_of_how_many_they_know() -> None:
    program = Program(KESTREL)
    program.server.fault(ARTIFACTS, page=5, times=99, **faults.UNICORN)
    async with program.running("3", size=LARGE) as pilot:
        await pilot.press("K")
        await says(pilot, "Marks out of the 400 loaded; 306 are not. Nothing is deleted: D reviews marked")
        await pilot.press("escape", "a")
        await review(pilot, program)
        await says(pilot, "Incomplete", "marked out of the 400 loaded; 306 are not")
        await pilot.press("D")
        await says(pilot, "Marked out of the 400 loaded; 306 are not.")
        assert "every artifact in the list" not in program.text


async def test_all_of_a_list_that_broke_off_is_not_all_there_is() -> None:
    program = Program(RECORDER)
    body = {"total_count": 3, "artifacts": [{"id": 1, "name": "one", "size_in_bytes": 10}]}
    body["artifacts"].append({"id": 2, "name": "two", "size_in_bytes": 10})  # type: ignore[attr-defined]  # a list
    program.server.fault(ARTIFACTS, status=200, body=json.dumps(body), times=99)
    async with program.running("3", "a", size=LARGE) as pilot:
        assert program.summary.startswith("2 of 3 · incomplete, r retries · 2 marked")
        await review(pilot, program)
        await pilot.press("u", "j", "u", "D")
        await says(pilot, "Marked out of the 2 loaded; 1 is not.")
        assert "every artifact in the list" not in program.text


async def test_files_are_found_in_the_artifacts_that_are_loaded_and_that_is_said() -> None:
    program = Program(RECORDER)
    program.server.fault(ARTIFACTS, status=200, body='{"total_count": 9, "artifacts": []}', times=1)
    async with program.running("3", size=LARGE) as pilot:
        await says(pilot, "No artifacts could be listed", "0 of 9 · incomplete, r retries")
        await open_with_keys(pilot, "f")
        await says(pilot, "of the 0 loaded; 9 are not")


@pytest.mark.parametrize("kind", slow_but(2, ["no link", "unreadable rows", "empty page", "repeated page"]))
async def test_rows_that_are_missing_without_an_error_are_noticed(kind: str) -> None:
    program = Program(KESTREL)
    link = {"Link": f'<{program.server.flavor.api}/repositories/1/actions/artifacts?page=4>; rel="next"'}
    first = list[Any]()

    def change(found: dict[str, Any]) -> None:
        rows = found["artifacts"]
        if kind == "empty page":
            rows.clear()
        elif kind == "repeated page":
            rows[:] = first
        elif kind == "unreadable rows":
            rows[3] = {"id": "seven"}
            rows[7] = None

    changed(program, "artifacts", 2, lambda found: first.extend(found["artifacts"]), times=0)
    changed(program, "artifacts", 3, change, headers={} if kind == "no link" else link)
    expected = {"no link": "300 of 706", "unreadable rows": "704 of 706"}.get(kind, "606 of 706")
    async with program.running("3") as pilot:
        await says(pilot, f"{expected} · incomplete, r retries")
        assert ("2 rows unreadable" in program.summary) == (kind == "unreadable rows")
        assert len({artifact.id for artifact in program.screen.table.items}) == len(program.screen.table.items)
        await open_with_keys(pilot, "r")
        await says(pilot, f"{expected} · the server lists no more")
        assert "r retries" not in program.summary
        program.server.faults.clear()
        await open_with_keys(pilot, "r")
        assert program.summary.startswith("706 artifacts")


class FewRows(GitHubProvider):
    """Loads at most 250 artifacts, where the program loads 200,000."""

    def artifacts(
        self, repository: RepositoryName, run_id: int | None = None, **options: Any
    ) -> AsyncGenerator[Page[Artifact], None]:
        return super().artifacts(repository, run_id, most=250, **options)


class FewRowsProgram(Program):
    def _made(self, record: ServerInfo, credential: Any, maker: Callable[..., Any]) -> Any:
        return super()._made(record, credential, FewRows if maker is GitHubProvider else maker)


async def test_an_endless_list_stops_at_the_programs_own_limit_and_says_so() -> None:
    program = FewRowsProgram(KESTREL)
    async with program.running("3", size=LARGE) as pilot:
        await says(pilot, "artifact-tui loads at most 300 rows per list.", "first 300 of 706 · stopped at the limit")
        assert sorted(pages(program, "/actions/artifacts")) == [1, 2, 3]
        program.app.clear_notifications()
        await pilot.press("exclamation_mark")
        await says(
            pilot, "300 of 706 artifacts", "artifact-tui loads at most 300 rows per list.", "Use a narrower list"
        )
        await pilot.press("escape", "K")
        await says(pilot, "Marks out of the 300 loaded; 406 are not.")


async def test_more_rows_than_the_server_counts_are_a_whole_list() -> None:
    program = Program(KESTREL)
    changed(program, "artifacts", 8, lambda found: found.update(total_count=640))
    async with program.running("3"):
        assert program.summary.startswith("706 artifacts")


async def test_the_copy_on_disk_is_marked_incomplete_too(tmp_path: Path) -> None:
    program = Program(KESTREL, lists=tmp_path)
    program.server.fault(ARTIFACTS, page=5, times=99, **faults.UNICORN)
    async with program.running("3") as pilot:
        await until(pilot, lambda: len([*tmp_path.glob("*.list")]) == 2)
    program = Program(KESTREL, lists=tmp_path, clock=lambda: DEMO_NOW + timedelta(hours=2))
    program.server.fault(ARTIFACTS, times=99, **faults.UNICORN)
    async with program.running("3") as pilot:
        await says(pilot, "2 h old, r refreshes · 400 of 706 · incomplete")
        await pilot.press("K")
        await says(pilot, "Marks out of the 400 loaded; 306 are not.")


def upload(program: Program, number: int) -> None:
    """So many new artifacts in the newest run of the list's repository."""
    store = program.server.store
    repository = store.repository(KESTREL)
    assert repository is not None
    newest, first = store.repository_artifacts(repository.id)[0], max(store.artifacts) + 1
    for added in range(number):
        store.add(replace(newest, id=first + added))


async def test_a_refresh_that_broke_off_says_that_the_earlier_list_is_no_longer_whole() -> None:
    program = Program(KESTREL)
    async with program.running("3", size=LARGE) as pilot:
        upload(program, 150)
        program.server.fault(ARTIFACTS, page=2, times=99, **faults.UNICORN)
        await open_with_keys(pilot, "r")
        await says(pilot, "706 of 856 · incomplete, r retries")
        assert len(program.screen.table.items) == 706
        await pilot.press("exclamation_mark")
        await says(pilot, "706 of 856 artifacts", "github.com returned an error", "r loads the rest.")
        await pilot.press("escape", "K")
        await says(pilot, "Marks out of the 706 loaded; 150 are not.")
        await pilot.press("escape", "a")
        await review(pilot, program)
        await says(pilot, "marked out of the 706 loaded; 150 are not")
        await pilot.press("escape")
        program.server.faults.clear()
        await open_with_keys(pilot, "r", "escape")
        assert program.summary.startswith("856 artifacts")


async def test_a_refresh_that_is_cancelled_says_so_too() -> None:
    program = Program(KESTREL)
    async with program.running("3", size=LARGE) as pilot:
        upload(program, 150)
        fault = program.server.fault(ARTIFACTS, page=2, held=True)
        await pilot.press("r")
        await says(pilot, "loading 100 of 856…")
        await pilot.press("K")
        await says(pilot, "Marks out of the 706 loaded; 150 are not.")
        await pilot.press("escape", "escape")
        await says(pilot, "stopped at 706 of 856")
        fault.held = False


async def test_policies_of_a_list_that_loads_or_was_stopped_say_of_how_many_they_know() -> None:
    program = Program(KESTREL)
    fault = program.server.fault(ARTIFACTS, page=2, held=True)
    async with program.app.run_test(size=LARGE):
        pilot = Keyboard(program.app)
        await pilot.press("3")
        await says(pilot, "loading 100 of 706…")
        for summary in ("loading 100 of 706…", "stopped at 100 of 706"):
            await says(pilot, summary)
            await pilot.press("K")
            await says(pilot, "Marks out of the 100 loaded; 606 are not.")
            await pilot.press("escape", "escape")
        fault.held = False


async def test_a_refresh_of_runs_that_broke_off_says_how_many_there_are() -> None:
    program = Program(KESTREL)
    async with program.running("G", size=LARGE) as pilot:
        await until(pilot, lambda: program.summary == "100 of 505 runs")
        program.server.fault(RUNS, page=2, times=99, **faults.UNICORN)
        await open_with_keys(pilot, "r")
        await says(pilot, "50 of 505 · incomplete, r retries")


async def test_a_list_of_runs_that_broke_off_continues_where_it_stopped() -> None:
    program = Program(KESTREL)
    fault = program.server.fault(RUNS, page=2, times=99, **faults.UNICORN)
    async with program.running(size=LARGE) as pilot:
        await pilot.press("G")
        await says(pilot, "50 of 505 · incomplete, r retries")
        fault.times = 0
        program.server.requests.clear()
        await pilot.press("r")
        await until(pilot, lambda: program.summary == "100 of 505 runs")
        assert pages(program, "/actions/runs") == [2]


def list_repositories(program: Program, ids: range, *, more: bool = False) -> None:
    """Page 1 of the account's repositories has these; with ``more``, it is the first of four."""
    address = f"{program.server.flavor.api}/user/repos"
    link = {"Link": f'<{address}?page=2>; rel="next", <{address}?page=4>; rel="last"'} if more else {}
    body = json.dumps([{"id": number, "full_name": f"team/{number}"} for number in ids])
    program.server.fault("GET /user/repos", page=1, times=99, status=200, body=body, headers=link)


async def test_a_refresh_of_repositories_that_broke_off_says_that_there_are_more() -> None:
    program = Program()
    list_repositories(program, range(100))
    async with program.running(size=LARGE) as pilot:
        assert program.summary == "100 repositories"
        list_repositories(program, range(50, 150), more=True)
        program.server.fault("GET /user/repos", page=2, times=99, **faults.UNICORN)
        await open_with_keys(pilot, "r")
        await says(pilot, "150 of at least 301 · incomplete, r retries", "! Why")


async def test_repositories_whose_loading_was_cancelled_are_not_all() -> None:
    program = Program()
    list_repositories(program, range(100), more=True)
    fault = program.server.fault("GET /user/repos", page=2, held=True)
    async with program.app.run_test(size=LARGE):
        pilot = Keyboard(program.app)
        await until(pilot, lambda: program.screen.table.items)
        await pilot.press("escape")
        await says(pilot, "stopped at 100 of at least 301")
        await pilot.press("exclamation_mark")
        await says(pilot, "100 of at least 301 repositories", "Loading was cancelled.")
        fault.held = False


async def test_repositories_that_broke_off_are_not_all() -> None:
    program = Program()
    list_repositories(program, range(100), more=True)
    program.server.fault("GET /user/repos", page=2, times=99, **faults.UNICORN)
    async with program.running(size=LARGE) as pilot:
        await says(pilot, "100 of at least 301 · incomplete, r retries")
        program.server.faults.clear()
        program.server.fault("GET /user/repos", page=2, status=200, body="[]")
        await pilot.press("exclamation_mark")
        await says(pilot, "100 of at least 301 repositories", "github.com returned an error")


async def test_a_filtered_list_of_runs_names_the_limit_of_the_server() -> None:
    program = Program(KESTREL)
    api = program.server.flavor.api
    for page in range(1, 21):
        runs = [{"id": page * 100 + number, "run_number": number} for number in range(50)]
        headers = {"Link": f'<{api}/x?page={page + 1}>; rel="next"'} if page < 20 else {}
        body = json.dumps({"total_count": "2,500+", "workflow_runs": runs})
        program.server.fault(RUNS, page=page, status=200, body=body, headers=headers, skip=int(page == 1))
    async with program.running("slash", *"@octocat", "enter", size=LARGE) as pilot:
        await until(pilot, lambda: program.summary == "50 of at least 2,500 runs")
        for _ in range(19):
            shown = len(program.screen.table.items)
            await pilot.press("G")
            await until(pilot, lambda shown=shown: len(program.screen.table.items) > shown)  # type: ignore[misc]  # bound now
        await says(pilot, "first 1,000 of at least 2,500; narrow the filter")
        assert "r retries" not in program.summary


class PassingTime:
    """A clock that goes on while it is slept, unless it is held."""

    def __init__(self) -> None:
        self.now = DEMO_NOW
        self.goes_on = asyncio.Event()

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        await self.goes_on.wait()
        self.now += timedelta(seconds=seconds)


@pytest.mark.parametrize("trouble", [LIMITED, faults.SECONDARY_LIMIT], ids=["429", "403"])
async def test_a_list_waits_for_the_rate_limit_and_goes_on_where_it_stopped(trouble: dict[str, Any]) -> None:
    time = PassingTime()
    program = Program(KESTREL, clock=time)
    program.app.session.sleep = time.sleep
    program.server.fault(ARTIFACTS, page=5, **trouble)
    until_then = f"{(DEMO_NOW + timedelta(seconds=60)).astimezone():%H:%M}"
    async with program.running("3", size=LARGE) as pilot:
        await says(pilot, f"Rate limited until {until_then}. Retrying then; r retries now.")
        assert program.summary.startswith("retrying in 1:00 · 400 of 706 · incomplete")
        time.goes_on.set()
        await until(pilot, lambda: program.summary.startswith("706 artifacts"))
        asked = pages(program, "/actions/artifacts")
        assert [asked.count(page) for page in (1, 2, 3, 4)] == [1, 1, 1, 1]


class Busy(Program):
    """Has sent as many requests in this minute as it may, but for some."""

    def __init__(self, free: int, clock: PassingTime) -> None:
        self._clock, self._free = clock, free
        super().__init__(KESTREL, clock=clock)
        self.app.session.sleep = clock.sleep

    def _made(self, record: ServerInfo, credential: Any, maker: Callable[..., Made]) -> Made:
        limiter = RequestLimiter(record, lambda: self._clock().timestamp())
        for _ in range(MOST_POINTS - self._free):
            with limiter.turn_of_thread("GET", self._clock, lambda seconds: None):
                pass
        transport = FakeTransport(self.server)
        return maker(record, credential, transport=transport, clock=self._clock, limiter=limiter)


async def test_a_list_that_the_program_itself_holds_back_says_until_when() -> None:
    time = PassingTime()
    until_then = f"{(DEMO_NOW + timedelta(seconds=60)).astimezone():%H:%M}"
    program = Busy(9, time)
    async with program.running("3", size=LARGE) as pilot:
        await says(pilot, f"Rate limited until {until_then}. Retrying then; r retries now.")
        await says(pilot, "artifact-tui spends at most 800 points per minute.")
        assert program.summary.startswith("retrying in 1:00 · ")
        time.goes_on.set()
        await until(pilot, lambda: program.summary.startswith("706 artifacts"))


async def test_an_empty_list_counts_down_and_r_retries_at_once() -> None:
    time = PassingTime()
    program = Program(RECORDER, clock=time)
    program.app.session.sleep = time.sleep
    fault = program.server.fault(ARTIFACTS, times=99, **LIMITED)
    async with program.running("3", size=LARGE) as pilot:
        await says(pilot, "Retrying then; r retries now. 1:00 left")
        fault.times = 0
        await open_with_keys(pilot, "r")
        assert program.summary.startswith("58 artifacts")


class SteppingTime(PassingTime):
    """A clock that goes on by one wait at each step."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = asyncio.Semaphore(0)

    async def sleep(self, seconds: float) -> None:
        await self.steps.acquire()
        self.now += timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("start", "keys", "asked", "then"),
    [
        (RECORDER, ("3",), ARTIFACTS, "58 artifacts"),
        (RECORDER, (), RUNS, "30 runs"),
        ("", (), "GET /user/repos", "11 repositories"),
    ],
    ids=["artifacts", "runs", "repositories"],
)
async def test_every_list_counts_down_and_goes_on_by_itself(
    start: str, keys: tuple[str, ...], asked: str, then: str
) -> None:
    time = SteppingTime()
    program = Program(start, clock=time)
    program.app.session.sleep = time.sleep
    program.server.fault(asked, **LIMITED)
    async with program.running(*keys, size=LARGE) as pilot:
        await says(pilot, "Retrying then; r retries now. 1:00 left")
        time.steps.release()
        await says(pilot, "0:59 left")
        for _ in range(59):
            time.steps.release()
        await until(pilot, lambda: program.summary.startswith(then))


async def test_esc_ends_the_wait() -> None:
    time = PassingTime()
    program = Program(RECORDER, clock=time)
    program.app.session.sleep = time.sleep
    program.server.fault(ARTIFACTS, times=99, **LIMITED)
    async with program.running("3", size=LARGE) as pilot:
        await says(pilot, "Retrying then; r retries now. 1:00 left")
        asked = len(program.server.requests)
        await pilot.press("escape")
        await says(pilot, "Loading cancelled")
        time.goes_on.set()
        await pilot.pause(0)
        assert len(program.server.requests) == asked


async def test_the_time_of_the_reset_is_told() -> None:
    program = Program(RECORDER)
    async with program.running("3", size=LARGE) as pilot:
        reset = str(int(DEMO_NOW.timestamp()) + 42 * 60)
        headers = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
        program.server.fault("GET */actions/artifacts/*", status=403, headers=headers, body="{}")
        await pilot.press("i")
        await says(pilot, "Rate limit reached. It resets in 42 min.")


async def test_a_filter_of_a_list_that_still_loads_says_that_it_still_loads() -> None:
    program = Program()
    fault = program.server.fault("GET /user/repos", held=True)
    async with program.app.run_test(size=LARGE):
        pilot = Keyboard(program.app)
        await pilot.press("slash", *"corvid-hops/kestrel")
        await says(pilot, "Still loading…", "Enter opens corvid-hops/kestrel now")
        assert "0 repositories" not in program.text
        fault.held = False
        await loaded(pilot)
        await says(pilot, "Enter opens corvid-hops/kestrel")
        assert "Still loading" not in program.text


@pytest.mark.parametrize(("start", "keys", "asked"), [(RECORDER, "3", ARTIFACTS), (RECORDER, "", RUNS)])
async def test_a_list_that_could_not_be_loaded_is_never_said_to_be_empty(start: str, keys: str, asked: str) -> None:
    program = Program(start)
    program.server.fault(asked, times=99, **faults.UNICORN)
    async with program.running(*keys, size=LARGE) as pilot:
        await says(pilot, "github.com returned an error")
        program.screen.update_rows()
        await says(pilot, "github.com returned an error")
        assert "has no" not in program.text


async def test_a_filter_that_hides_all_rows_does_not_hide_that_the_list_is_incomplete() -> None:
    program = Program(KESTREL)
    program.server.fault(ARTIFACTS, page=5, times=99, **faults.UNICORN)
    async with program.running("3", size=LARGE) as pilot:
        await pilot.press("slash", *"no-such-name", "enter")
        await says(pilot, "400 of 706 · incomplete, r retries", "No match of the 400 loaded; 306 are not")
        await open_with_keys(pilot, "r")
        await says(pilot, "400 of 706 · incomplete, r retries", "No match of the 400 loaded; 306 are not")
