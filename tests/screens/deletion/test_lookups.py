"""What protection depends on, looked up for one repository after the other, each with an age of its own."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.domain.provider import Offline, ServerTrouble
from artifact_tui.screens.deletion.lookups import ProtectionLookups
from artifact_tui.transfers.deletions.models import DeletePlan
from tests.double import faults
from tests.double.server import FakeGitHub
from tests.github.stage import provider
from tests.ui.program import NOW

KESTREL, RECORDER = (RepositoryName("fernwood-labs", name) for name in ("kestrel", "flight-recorder"))
PLAN = DeletePlan.across(
    DeletePlan.of(repository, (Artifact(id=number, name="log", size_in_bytes=number),))
    for number, repository in enumerate((KESTREL, RECORDER), 1)
)


class Steps:
    """A clock that is three minutes later at each look."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=3)
        return self.now


async def learned(lookups: ProtectionLookups, server: FakeGitHub) -> list[RepositoryName]:
    return [repository async for repository in lookups.learn(provider(server))]


async def test_the_biggest_comes_first_and_only_what_is_too_old_is_looked_up_again() -> None:
    server, lookups = FakeGitHub(), ProtectionLookups(PLAN, Steps())
    assert await learned(lookups, server) == [RECORDER, KESTREL]
    assert lookups.forget_stale()  # 6 and 3 minutes old
    assert (lookups.missing, list(lookups.states)) == ((RECORDER,), [KESTREL])
    assert await learned(lookups, server) == [RECORDER]
    lookups.forget()
    assert lookups.missing == (RECORDER, KESTREL)


async def test_the_error_of_one_repository_does_not_stop_the_others() -> None:
    server, lookups = FakeGitHub(), ProtectionLookups(PLAN, lambda: NOW)
    server.fault(f"GET /repos/{RECORDER}*", times=99, **faults.UNICORN)
    assert await learned(lookups, server) == [KESTREL]
    assert list(lookups.problems) == [RECORDER]
    lookups.forget()
    assert (list(lookups.states), lookups.problems) == ([KESTREL], {})


async def test_an_error_that_concerns_all_is_raised() -> None:
    server = FakeGitHub()
    server.fault("GET *", broken="read-timeout", times=99)
    with pytest.raises(Offline):
        await learned(ProtectionLookups(PLAN, lambda: NOW), server)
    alone = ProtectionLookups(DeletePlan.of(KESTREL, PLAN.by_repository[KESTREL]), lambda: NOW)
    server = FakeGitHub()
    server.fault("GET *", times=99, **faults.UNICORN)
    with pytest.raises(ServerTrouble):
        await learned(alone, server)
