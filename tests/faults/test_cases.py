"""Every fault of the tables: the file is there and right, or the person is told in words and nothing is there."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from artifact_tui.transfers.models import State, Transfer
from tests.faults.answer_cases import ADDRESSES, DAMAGE, RESUMING
from tests.faults.api_cases import REFUSALS
from tests.faults.case import BIG, Case
from tests.faults.connection_cases import CONNECTIONS
from tests.faults.ledger import Ledger
from tests.faults.ranged_cases import RANGED
from tests.faults.site import SIGNATURE, TOKEN, Site
from tests.faults.stage import Stage, secrets_in
from tests.faults.stored import Stored
from tests.slow_cases import slow_but

CASES = [*CONNECTIONS, *RESUMING, *DAMAGE, *ADDRESSES, *REFUSALS, *RANGED]
QUARTER_FIRST = [case for start in range(4) for case in CASES[start::4]]
"""Every fourth case of all tables, then the others."""


@pytest.mark.parametrize("case", slow_but(len(CASES) // 4, QUARTER_FIRST), ids=lambda case: case.name)
def test_a_fault_is_mended_or_told(
    case: Case, site: Site, open_stage: Callable[..., Stage], ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "artifact_tui")
    stage = open_stage(stall=case.stall, policy={"least_rate": case.least_rate, "stall": case.stall})
    stored = site.put(case.data, **case.behavior)
    ended = stage.fetch(stored)
    assert stage.engine.close(20)
    said = ended.state is State.FAILED and bool(ended.problem)
    verdict = ledger.judge(case.name, stage.directory, [case.data], said=said, leaks=site.leaks)
    check_outcome(case, ended, stage)
    assert (verdict, site.leaks) == ("refused in words" if case.says else "right", [])
    check_requests(case, stored)
    assert not any(secret in caplog.text for secret in (SIGNATURE, TOKEN))


def check_outcome(case: Case, ended: Transfer, stage: Stage) -> None:
    if case.says:
        assert ended.state is State.FAILED
        assert case.says in ended.problem
    else:
        assert (ended.state, ended.problem) == (State.DONE, "")
        assert ended.verified is (True if ended.artifact.digest else None)
        assert ended.path is not None
    parts = [name for name in stage.names() if name.endswith(".part")]
    assert parts == [] or (case.says and case.parts)
    assert secrets_in(stage.directory.parent) == []


def check_requests(case: Case, stored: Stored) -> None:
    """What is there already is not asked for again, each try has an address of its own, and every range is closed."""
    if case.starts is not None:
        assert tuple(asked.start for asked in stored.asked) == case.starts
    if case.calls is not None:
        assert len(stored.api_asked) == case.calls
    if case.resent is not None:
        assert stored.resent <= case.resent
    addresses = [asked.address for asked in stored.asked]
    several = case.data is BIG  # connections at once
    assert several or all(addresses.count(each) <= 2 for each in addresses)  # the second starts over at once
    assert all(asked.range is None or asked.range[1] is not None for asked in stored.asked)
