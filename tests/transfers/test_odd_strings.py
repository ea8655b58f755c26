"""Names with lone surrogates and places that are not UTF-8: downloaded, deleted, resumed and checked like any."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from artifact_tui.cache.list_cache import LastLists, Saved
from artifact_tui.config.paths import Memory, MemoryFile
from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.domain.provider import SignedOut
from artifact_tui.transfers.deletions.models import DeletePlan, DeletionItem
from artifact_tui.transfers.journals import Journals
from artifact_tui.transfers.models import OnExisting, Outcome, State
from artifact_tui.transfers.receipts.store import read_receipt
from artifact_tui.transfers.receipts.verify import Verdict, verify
from tests.transfers.conftest import Desk
from tests.transfers.fake_store import MADE, OCTO, Try, zipped

NAMES = ("\ud800", "report \udcff.txt", "a\udfffb", "\ud800\ud800/\x1b", "x" * 300 + "\udfff", "\udcff.zip")
WHEEL = zipped(a__b=b"wheel", c=bytes(50_000))
HOST = "github.com"
NOT_UTF_8 = os.fsdecode(b"d\xe9p\xf4t \xff")


@pytest.fixture
def open_desk(make_desk: Callable[..., Desk], tmp_path: Path) -> Callable[[], Desk]:
    """A program with a journal and a log, one after the other on the same files."""
    state = tmp_path / NOT_UTF_8
    return lambda: make_desk(host=HOST, journal=state / "transfers.sqlite")


@pytest.mark.parametrize("name", NAMES)
def test_an_artifact_of_any_name_is_downloaded_with_a_receipt(open_desk: Callable[[], Desk], name: str) -> None:
    desk = open_desk()
    desk.directory = desk.directory / NOT_UTF_8
    artifact = desk.shelf.put(name, WHEEL)
    raw = desk.shelf.put(name, b"text", digest=False, file_name=name)
    for done in (desk.fetch(artifact), desk.fetch(artifact, unpack=False), desk.fetch(raw)):
        assert (done.state, done.problem) == (State.DONE, "")
        assert done.path is not None
        assert done.path.name.encode()
        assert read_receipt(done.path.with_name(f"{done.path.name}.artifact.json")).name == name
    assert desk.fetch(artifact, on_existing=OnExisting.OVERWRITE).problem == ""
    verdicts = list(verify(desk.directory))
    assert len(verdicts) == 3
    assert all(isinstance(each, Verdict) and not each.changes for each in verdicts)


@pytest.mark.parametrize("name", NAMES)
def test_a_download_of_any_name_is_resumed_by_the_next_program(open_desk: Callable[[], Desk], name: str) -> None:
    first = open_desk()
    artifact = first.shelf.put(name, WHEEL, Try(hang_at=200), file_name=name, etag=f'"{name[-1]}"')
    first.engine.downloads.add([first.order(artifact)])
    first.until(lambda: first.engine.transfers()[0].received == 200)
    assert first.engine.close(20)
    second = open_desk()
    second.shelf.things = first.shelf.things
    (left,) = second.engine.downloads.unfinished()
    assert (left.order.artifact, left.received) == (artifact, 200)
    (number,) = second.engine.downloads.resume_unfinished()
    second.until(lambda: second.look(number).finished)
    assert second.look(number).state is State.DONE
    assert second.shelf.things[1].asked[-1] == 200


def test_a_confirmed_plan_with_any_names_is_carried_out_and_logged(
    open_desk: Callable[[], Desk], tmp_path: Path
) -> None:
    desk = open_desk()
    artifacts = tuple(desk.shelf.put(name, b"x") for name in NAMES)
    desk.engine.deletions.add(DeletePlan.of(OCTO, artifacts).confirm(len(artifacts)))
    assert [one.outcome for one in desk.all_done()] == [Outcome.DELETED] * len(NAMES)
    assert desk.engine.close(20)
    log = (tmp_path / NOT_UTF_8 / "deletions.jsonl").read_bytes().splitlines()
    assert [json.loads(line)["name"] for line in log] == [artifact.name for artifact in artifacts]
    assert not desk.crashes


def test_the_next_program_carries_out_the_rest_of_such_a_plan(open_desk: Callable[[], Desk]) -> None:
    first = open_desk()
    artifacts = tuple(first.shelf.put(name, b"x") for name in NAMES)
    first.shelf.answers["exists", 2] = [SignedOut("The token was revoked.")]
    first.engine.deletions.add(DeletePlan.of(OCTO, artifacts).confirm(len(artifacts)))
    first.all_done()
    assert first.engine.close(20)
    second = open_desk()
    second.shelf.things = first.shelf.things
    (plan,) = second.engine.deletions.unfinished()
    assert plan.remaining == artifacts[1:]
    second.engine.deletions.resume_unfinished(plan.number)
    assert [one.outcome for one in second.all_done()] == [Outcome.DELETED] * len(NAMES)


@pytest.mark.parametrize("odd", ["\ud800", NOT_UTF_8, "\udfff/x"])
def test_what_is_remembered_may_hold_any_string(tmp_path: Path, odd: str) -> None:
    path = tmp_path / NOT_UTF_8 / "state.json"
    memory = MemoryFile(path)
    assert memory.change(lambda value: Memory(directory=odd).with_recent(odd, odd)) == ""
    assert MemoryFile(path).value == memory.value


@pytest.mark.parametrize("data", [b"\xff", b'{"directory":"\xff"}', b"[" * 100_000, b'{"directory": 7}', b""])
def test_a_damaged_memory_is_as_good_as_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "state.json").write_bytes(data)
    assert MemoryFile(tmp_path / "state.json").value == Memory()


def test_lists_with_any_names_cost_the_cache_and_nothing_else(tmp_path: Path) -> None:
    lists = LastLists(tmp_path / NOT_UTF_8, HOST, lambda key: "me")
    plain, odd = Artifact(id=1, name="wheel"), Artifact(id=2, name="\ud800")
    lists.write("\ud800", Saved(MADE, (plain,)))
    found = lists.read("\ud800", Artifact, MADE)
    assert found is not None
    assert found.items == (plain,)
    lists.write("runs", Saved(MADE, (odd,)))
    assert lists.read("runs", Artifact, MADE) is None


def test_a_repository_of_any_name_has_a_plan(tmp_path: Path) -> None:
    journal = Journals(tmp_path / "transfers.sqlite")
    repository = RepositoryName("o\ud800", "\udcff")
    journal.deletions.add("\ud800", MADE, [DeletionItem(repository=repository, artifact=Artifact(id=1, name="x"))])
    journal.close()
    later = Journals(tmp_path / "transfers.sqlite")
    assert [left.repositories for left in later.deletions.unfinished("\ud800")] == [(repository,)]
    later.close()
