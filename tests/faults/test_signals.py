"""T46 to T50: signals to a program in the midst of a download, and the program that comes after it."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.faults.case import BIG, DATA, HALF
from tests.faults.driven import Driven
from tests.faults.driver import Errand
from tests.faults.ledger import Ledger
from tests.faults.replies import Reply, hold
from tests.faults.site import Site
from tests.faults.stage import secrets_in
from tests.slow_cases import slow_but

DEADLY = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)
MEBIBYTE = 1024 * 1024


@pytest.mark.parametrize("number", slow_but(1, DEADLY), ids=lambda number: number.name)
def test_t46_a_signal_ends_the_program_and_the_next_goes_on(
    number: signal.Signals, site: Site, tmp_path: Path, ledger: Ledger
) -> None:
    dist, state = tmp_path / "dist", tmp_path / "state"
    stored = site.put(DATA, blob=[hold(HALF)])
    errand = Errand(api=site.api.address, directory=str(dist), artifacts=[stored.record], state=str(state))
    with Driven(errand) as first:
        first.until_received(HALF)
        first.send(number)
        assert first.process.wait(20) != 0
    assert ledger.judge(f"T46 {number.name}, before", dist, [], said=True, leaks=site.leaks) == "right"
    go_on = Errand(api=site.api.address, directory=str(dist), state=str(state), go_on=True)
    with Driven(go_on) as second:
        (ended,) = second.until_ended()
    assert (ended["state"], ended["verified"]) == ("done", True)
    starts = [asked.start for asked in stored.asked]
    assert starts[0] == 0
    assert HALF - MEBIBYTE <= starts[1] <= HALF
    assert secrets_in(tmp_path) == []
    assert ledger.judge(f"T46 {number.name}", dist, [DATA], said=False, leaks=site.leaks) == "right"


@pytest.mark.slow
def test_t46_five_under_way_are_killed_and_all_are_gone_on_from(site: Site, tmp_path: Path, ledger: Ledger) -> None:
    dist, state = tmp_path / "dist", tmp_path / "state"
    stored = [site.put(BIG, f"wheel {n}", blob_always=Reply(drip=(65_536, 0.002))) for n in range(2)]
    stored += [site.put(DATA, f"small {n}", blob=[hold(HALF + n)]) for n in range(3)]
    artifacts = [each.record for each in stored]
    with Driven(
        Errand(api=site.api.address, directory=str(dist), artifacts=artifacts, state=str(state), concurrency=5)
    ) as first:
        first.until(lambda: len(first.transfers) == 5 and all(each["received"] >= HALF for each in first.transfers))
        first.send(signal.SIGKILL)
        assert first.process.wait(20) == -signal.SIGKILL
    before = [sum(asked.sent for asked in each.asked) for each in stored]
    for each in stored:
        each.blob_always = Reply()
    site.release()
    with Driven(Errand(api=site.api.address, directory=str(dist), state=str(state), go_on=True)) as second:
        assert {each["state"] for each in second.until_ended()} == {"done"}
    assert all(0 < sent < len(each.data) for sent, each in zip(before, stored, strict=True))
    wanted = [BIG] * 2 + [DATA] * 3
    assert ledger.judge("T49 five killed", dist, list(wanted), said=False, leaks=site.leaks) == "right"


def test_t50_a_stopped_program_whose_server_has_gone_goes_on(site: Site, tmp_path: Path, ledger: Ledger) -> None:
    stored = site.put(DATA, blob=[hold(HALF)])
    errand = Errand(api=site.api.address, directory=str(tmp_path / "dist"), artifacts=[stored.record])
    with Driven(errand) as program:
        program.until_received(HALF)
        program.send(signal.SIGSTOP)
        site.blobs.cut()
        site.release()
        program.send(signal.SIGCONT)
        (ended,) = program.until_ended()
    assert ended["state"] == "done"
    assert [asked.start for asked in stored.asked] == [0, HALF]
    assert ledger.judge("T50 stopped", tmp_path / "dist", [DATA], said=False, leaks=site.leaks) == "right"


@pytest.mark.parametrize("keep", slow_but(1, [True, False]), ids=["kept", "removed"])
def test_t49_a_program_that_is_left_keeps_what_it_is_told_to(
    keep: bool, site: Site, tmp_path: Path, ledger: Ledger
) -> None:
    dist, state = tmp_path / "dist", tmp_path / "state"
    stored = site.put(DATA, blob=[hold(HALF)])
    errand = Errand(api=site.api.address, directory=str(dist), artifacts=[stored.record], state=str(state))
    with Driven(errand) as first:
        first.until_received(HALF)
        first.tell("keep" if keep else "remove")
        first.until_ended()
    assert [path.name for path in dist.iterdir()] == (["wheel.zip.part"] if keep else [])
    with Driven(Errand(api=site.api.address, directory=str(dist), state=str(state), go_on=True)) as second:
        ended = second.until_ended()
    assert [each["state"] for each in ended] == (["done"] if keep else [])
    assert [asked.start for asked in stored.asked] == ([0, HALF] if keep else [0])
    name = f"T49 left, {'kept' if keep else 'removed'}"
    assert ledger.judge(name, dist, [DATA] if keep else [], said=not keep, leaks=site.leaks) == "right"
