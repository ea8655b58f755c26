"""What the lists ask of the server when they do not hold it themselves."""

from __future__ import annotations

from textual.pilot import Pilot

from tests.double.server import FakeGitHub
from tests.ui.program import KESTREL, SMALL, Program, loaded, open_with_keys, says, until


def queries(server: FakeGitHub, end: str) -> list[dict[str, str]]:
    """The query parameters of all requests for a path with that end."""
    return [dict(request.query) for request in server.requests if request.path.endswith(end)]


async def test_an_exact_name_is_asked_while_the_list_is_not_whole() -> None:
    program = Program(KESTREL)
    program.server.fault(f"GET /repos/{KESTREL}/actions/artifacts", delay=3600.0, skip=1, times=20)
    async with program.app.run_test(size=SMALL) as pilot:
        await loaded(pilot)
        await _walk_that_hangs(pilot, program)
        program.server.faults.clear()
        await pilot.press("slash", *"name", "equals_sign", *"sdist", "enter")
        await loaded(pilot)
        names = {artifact.name for artifact in program.screen.table.items}
        assert names == {"sdist"}
        assert [query["name"] for query in queries(program.server, "/actions/artifacts") if "name" in query] == [
            "sdist"
        ]
        await open_with_keys(pilot, "escape")
        assert len(program.screen.table.items) > 500


async def _walk_that_hangs(pilot: Pilot[int], program: Program) -> None:
    await pilot.press("3")
    await until(pilot, lambda: len(program.screen.table.items) == 100)
    await pilot.press("escape")
    await until(pilot, lambda: not program.screen.loading_rows)
    assert "stopped at 100 of 706" in program.screen.title_bar.summary


async def test_without_a_token_an_empty_list_says_how_to_get_one() -> None:
    async with Program(token=None).running() as pilot:
        await says(pilot, "Sign in to list your repositories", "S signs in, / opens any repository")


async def test_an_owner_with_a_slash_lists_all_of_the_owners_repositories() -> None:
    program = Program(token=None)
    async with program.app.run_test(size=SMALL) as pilot:
        await open_with_keys(pilot, "slash", *"fernwood-labs/", "enter")
        await until(pilot, lambda: len(program.screen.table.items) > 3)
    assert [request.path for request in program.server.requests] == ["/orgs/fernwood-labs/repos"]
