"""T53 to T55: cancelled wherever it stands, paused and resumed, and a hundred at once with trouble."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from artifact_tui.transfers.models import State
from tests.engines import under_way
from tests.faults.case import BIG, DATA, HALF, SIZE
from tests.faults.ledger import Ledger
from tests.faults.replies import EXPIRED_ADDRESS, HONEST, End, Reply, answer, close, hold, reset, silence
from tests.faults.site import Site
from tests.faults.stage import Stage, finals

OpenStage = Callable[..., Stage]
NO_ANSWER = Reply(end=End.NO_ANSWER)


class Moment(NamedTuple):
    """Where a download stands: what the server does, the state it is in then, and whether bytes are there."""

    blob: tuple[Reply, ...] = ()
    api: tuple[Reply, ...] = ()
    state: State = State.DOWNLOADING
    received: int = 0
    connected: bool = True


MOMENTS = {
    "asking for an address": Moment(api=(NO_ANSWER,), state=State.CONNECTING),
    "asking for bytes": Moment((NO_ANSWER,), state=State.CONNECTING),
    "before the first byte": Moment((silence(0),)),
    "half way": Moment((silence(HALF),), received=HALF),
    "before the last byte": Moment((silence(SIZE - 1),), received=SIZE - 1),
    "half way, asking again": Moment((close(HALF), NO_ANSWER), state=State.CONNECTING, received=HALF),
    "half way, asking for a new address": Moment((close(HALF),), (HONEST, NO_ANSWER), State.CONNECTING, HALF),
    "waiting": Moment((answer(503, Retry_After="100"),), state=State.WAITING, connected=False),
    "half way, waiting": Moment((close(HALF), answer(503, Retry_After="100")), (), State.WAITING, HALF, False),
}


def bring_to(moment: Moment, site: Site, stage: Stage) -> int:
    """A download that stands there."""
    number = stage.start(site.put(DATA, blob=moment.blob, api=moment.api))
    if moment.connected:
        site.until_held()
    stored = site.stored[1]

    def is_there() -> bool:
        shown = stage.look(number)
        return not (stored.blob or stored.api) and (shown.state, shown.received) == (moment.state, moment.received)

    stage.until(is_there)
    return number


@pytest.mark.parametrize("keep", [False, True], ids=["removed", "kept"])
@pytest.mark.parametrize("name", MOMENTS)
def test_t53_cancelling_closes_the_connection_and_leaves_what_was_asked_for(
    name: str, keep: bool, site: Site, open_stage: OpenStage, ledger: Ledger
) -> None:
    moment, stage = MOMENTS[name], open_stage(stall=30.0)
    number = bring_to(moment, site, stage)
    assert stage.engine.cancel(number, keep=keep)
    assert stage.look(number).state is State.CANCELLED
    if moment.connected:
        site.until_gone()
    assert stage.engine.close(20)
    parts = ["wheel.zip.part"] if keep and moment.received else []
    assert [each for each in stage.names() if each.endswith(".part")] == parts
    case = f"T53 cancelled {name}, {'kept' if keep else 'removed'}"
    assert ledger.judge(case, stage.directory, [], said=True, leaks=site.leaks) == "right"


def test_t53_what_was_kept_is_gone_on_from(site: Site, open_stage: OpenStage, ledger: Ledger) -> None:
    stage = open_stage()
    stored = site.put(DATA, blob=[silence(HALF)])
    number = stage.start(stored)
    stage.until_received(number, HALF)
    assert stage.engine.cancel(number, keep=True)
    site.until_gone()
    assert stage.fetch(stored).state is State.DONE
    assert [asked.start for asked in stored.asked] == [0, HALF]
    assert ledger.judge("T53 kept and gone on from", stage.directory, [DATA], said=False, leaks=site.leaks) == "right"


def test_t53_cancelling_one_leaves_the_others(site: Site, open_stage: OpenStage, ledger: Ledger) -> None:
    stage = open_stage(concurrency=2, stall=30.0)
    stuck = stage.start(site.put(DATA, "stuck", api=[NO_ANSWER]))
    queued = stage.start(site.put(DATA, "held", blob=[hold(HALF)]))
    last = stage.start(site.put(DATA, "queued"))
    stage.until_received(queued, HALF)
    assert stage.engine.cancel(stuck)
    stage.until(lambda: stage.look(last).finished)
    site.release()
    stage.until(lambda: stage.look(queued).finished)
    assert [stage.look(each).state for each in (stuck, queued, last)] == [State.CANCELLED, State.DONE, State.DONE]
    assert ledger.judge("T53 one of three", stage.directory, [DATA, DATA], said=False, leaks=site.leaks) == "right"


@pytest.mark.parametrize("name", MOMENTS)
def test_t54_pausing_closes_the_connection_and_resuming_goes_on(
    name: str, site: Site, open_stage: OpenStage, ledger: Ledger
) -> None:
    moment, stage = MOMENTS[name], open_stage(stall=30.0)
    number = bring_to(moment, site, stage)
    before = len(site.stored[1].asked)
    assert stage.engine.downloads.pause(number)
    stage.until_state(number, State.PAUSED)
    if moment.connected:
        site.until_gone()
    assert len(site.stored[1].asked) == before
    assert stage.engine.downloads.resume(number)
    stage.until(lambda: stage.look(number).finished)
    assert stage.look(number).state is State.DONE
    assert all(asked.start == moment.received for asked in site.stored[1].asked[before:])
    assert ledger.judge(f"T54 paused {name}", stage.directory, [DATA], said=False, leaks=site.leaks) == "right"


def test_t54_a_big_one_paused_twice_fetches_nothing_twice(site: Site, open_stage: OpenStage, ledger: Ledger) -> None:
    stage = open_stage()
    stored = site.put(BIG, blob_always=Reply(drip=(65_536, 0.002)))
    number = stage.start(stored)
    for received in (5_000_000, 20_000_000):
        stage.until_received(number, received)
        assert stage.engine.downloads.pause(number)
        stage.until_state(number, State.PAUSED)
        assert stage.engine.downloads.resume(number)
    stage.until(lambda: stage.look(number).finished)
    assert stage.look(number).state is State.DONE
    assert ledger.judge("T54 a big one", stage.directory, [BIG], said=False, leaks=site.leaks) == "right"


FAULTS = [reset(0), reset(HALF), close(SIZE - 1), EXPIRED_ADDRESS, answer(500), answer(503, Retry_After="0"),
          Reply(flip=HALF), Reply(end=End.CUT_HEAD), close(4096), answer(429, Retry_After="0")]  # fmt: skip


def test_t55_a_hundred_queued_with_trouble_at_every_tenth(site: Site, open_stage: OpenStage, ledger: Ledger) -> None:
    stage = open_stage(concurrency=4)
    stored = [
        site.put(DATA, f"wheel {n}", blob=[FAULTS[n // 10]] if n % 10 == 3 else [])  # ten kinds of trouble
        for n in range(100)
    ]
    stage.engine.downloads.add([stage.order(each) for each in stored])
    stage.until(lambda: under_way(stage.engine) == 0)
    assert {each.state for each in stage.engine.transfers()} == {State.DONE}
    assert all(each.verified for each in stage.engine.transfers())
    assert [path.name for path in finals(stage.directory)] == sorted(f"wheel {n}.zip" for n in range(100))
    assert ledger.judge("T55 a hundred", stage.directory, [DATA] * 100, said=False, leaks=site.leaks) == "right"
