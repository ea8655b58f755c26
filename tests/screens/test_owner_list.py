"""The rows of an owner add up at every page of a scan, whatever is empty, broken, hidden or still to be read."""

from __future__ import annotations

import random

import pytest

from artifact_tui.demo.fixed_clock import demo_clock
from artifact_tui.screens.storage.owner_list import OwnerList
from artifact_tui.screens.storage.owner_rows import OWNER_SORTS, OwnerRow, OwnerRowKind
from artifact_tui.storage.scanned_repository import ScannedRepository
from tests.double.server import FakeGitHub
from tests.github.stage import provider
from tests.slow_cases import slow_but
from tests.storage.owners import owner_world, scan_of


def totals(rows: tuple[OwnerRow, ...]) -> tuple[int, int]:
    return sum(row.usage.sums.live_bytes for row in rows), sum(row.usage.sums.live_count for row in rows)


@pytest.mark.parametrize("seed", slow_but(2, range(12)))
async def test_rows_add_up_to_all_at_every_page_of_a_scan(seed: int) -> None:
    """As many repositories as were listed are in the rows, and nothing is counted twice."""
    dice = random.Random(seed)
    counts = [dice.choice([0, 0, 1, 30, 130]) for _ in range(14)]
    server = FakeGitHub(world=owner_world(counts))
    server.fault("GET /repos/acme/repo-003/actions/artifacts", status=403, times=9)
    known, seen = OwnerList(), 0

    def check(found: ScannedRepository | None = None) -> None:
        nonlocal seen
        known.words, known.sort = dice.choice([[], ["1"]]), dice.choice([*OWNER_SORTS.values()])
        *parts, everything = known.select()
        assert totals(tuple(parts)) == totals((everything,))
        read = sum(len(each.columns) for each in known.found)
        assert everything.usage.sums.live_count == read
        seen += 1

    scan = scan_of(provider(server), changed=check)
    known.begin(scan, demo_clock())
    known.is_reading = True
    await scan.run()
    known.is_reading = False
    check()
    left = [row for row in known.rows if row.kind is OwnerRowKind.NOT_READ]
    assert [row.note for row in left] == ["repo-003: no permission; ⏎ details, r retry"]
    assert known.total.sums.live_count == sum(counts) - counts[3]
    assert seen > len(counts)
