"""The last scan of an owner on disk: found only whole, young, and with the same token."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from artifact_tui.cache.list_cache import LastLists, forget_lists
from artifact_tui.demo.fixed_clock import demo_clock
from artifact_tui.domain.models import Artifact, Repository
from artifact_tui.domain.storage_models import CacheUsage
from artifact_tui.storage.columns import ArtifactColumns
from artifact_tui.storage.scan import OwnerScan
from artifact_tui.storage.scan_file import KnownCaches, StoredScan, load_scan, save_scan
from tests.double.server import FakeGitHub
from tests.github.stage import provider
from tests.storage.owners import DAY, OWNER, in_scan, on_server, owner_world, scan_of

NOW = demo_clock()


def lists_in(directory: Path, token: str = "mark", server: str = "https://api.github.com") -> LastLists:
    return LastLists(directory / "lists", server, lambda key: token)


async def scanned() -> tuple[FakeGitHub, OwnerScan]:
    server = FakeGitHub(world=owner_world([120, 0, 3]))
    scan = scan_of(provider(server))
    await scan.run()
    return server, scan


async def test_a_scan_comes_back_and_saves_the_next_one_its_requests(tmp_path: Path) -> None:
    server, scan = await scanned()
    caches = {1: KnownCaches(NOW, CacheUsage(full_name="acme/repo-000", active_caches_count=2))}
    save_scan(lists_in(tmp_path), scan, StoredScan(), caches, NOW)
    stored = load_scan(lists_in(tmp_path), "ACME", NOW + DAY)
    assert (stored.listed_at, stored.caches) == (NOW, caches)
    assert {number: list(reading.columns) for number, reading in stored.readings.items()} == {
        found.repository.id: list(found.columns) for found in scan.repositories
    }
    before = len(server.requests)
    again = scan_of(provider(server), known=stored.readings)
    await again.run()
    assert in_scan(again) == on_server(server)
    assert all(found.is_unchanged for found in again.repositories)
    assert len(server.requests) - before == 4


async def test_it_is_private_and_removed_with_the_lists(tmp_path: Path) -> None:
    _, scan = await scanned()
    save_scan(lists_in(tmp_path), scan, StoredScan(), {}, NOW)
    (file,) = (tmp_path / "lists").glob("*.list")
    assert file.stat().st_mode & 0o777 == 0o600
    assert forget_lists(tmp_path / "lists")
    assert load_scan(lists_in(tmp_path), OWNER, NOW) == StoredScan()


async def test_it_is_ignored_if_old_from_the_future_damaged_or_of_somebody_else(tmp_path: Path) -> None:
    _, scan = await scanned()
    save_scan(lists_in(tmp_path), scan, StoredScan(), {}, NOW)
    lists = lists_in(tmp_path)
    assert load_scan(lists, OWNER, NOW).readings
    assert not load_scan(lists, OWNER, NOW + 31 * DAY).readings
    assert not load_scan(lists, OWNER, NOW - timedelta(seconds=1)).readings
    assert not load_scan(lists_in(tmp_path, token="other"), OWNER, NOW).readings
    assert not load_scan(lists_in(tmp_path, server="https://ghe.example"), OWNER, NOW).readings
    assert not load_scan(lists, "acme2", NOW).readings
    assert load_scan(None, OWNER, NOW) == StoredScan()
    (file,) = (tmp_path / "lists").glob("*.list")
    whole = file.read_bytes()
    for damaged in (whole[:-1], b"", whole[:40], whole.replace(b"repository", b"repositorX", 1)):
        file.write_bytes(damaged)
        assert load_scan(lists, OWNER, NOW) == StoredScan()


async def test_damaged_columns_cost_only_their_repository(tmp_path: Path) -> None:
    _, scan = await scanned()
    save_scan(lists_in(tmp_path), scan, StoredScan(), {}, NOW)
    (file,) = (tmp_path / "lists").glob("*.list")
    data = file.read_bytes()
    place = data.index(scan.repositories[0].columns.to_bytes())
    file.write_bytes(data[: place + 9] + bytes([data[place + 9] ^ 1]) + data[place + 10 :])
    assert load_scan(lists_in(tmp_path), OWNER, NOW).readings.keys() == {2, 3}


async def test_what_was_not_read_this_time_stays_known(tmp_path: Path) -> None:
    _, scan = await scanned()
    save_scan(lists_in(tmp_path), scan, StoredScan(), {}, NOW)
    before = load_scan(lists_in(tmp_path), OWNER, NOW)
    broken_off = scan_of(provider(FakeGitHub()), known=before.readings)
    save_scan(lists_in(tmp_path), broken_off, before, {}, NOW)
    stored = load_scan(lists_in(tmp_path), OWNER, NOW)
    assert (stored.listed_at, set(stored.readings)) == (None, {1, 2, 3})
    broken_off.use_list([before.repositories[0]], NOW)
    save_scan(lists_in(tmp_path), broken_off, before, {}, NOW)
    assert load_scan(lists_in(tmp_path), OWNER, NOW).readings.keys() == {1}


@pytest.mark.parametrize("name", ["\ud800", "\0"])
def test_odd_names_are_stored(tmp_path: Path, name: str) -> None:
    scan = scan_of(provider(FakeGitHub()))
    scan.use_list([Repository(id=1, full_name="acme/odd", description="\ud800")], NOW)
    scan.repositories[0].finish(NOW, "", ArtifactColumns([Artifact(id=1, name=name)]))
    save_scan(lists_in(tmp_path), scan, StoredScan(), {}, NOW)
    assert [each.name for each in load_scan(lists_in(tmp_path), OWNER, NOW).readings[1].columns] == [name]
