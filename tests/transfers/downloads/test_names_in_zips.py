"""Names of zip entries that do not state their encoding: the same in the list, on the disk and in the receipt."""

from __future__ import annotations

import json

import pytest

from artifact_tui.archive.remote_zip import RemoteZip
from artifact_tui.archive.selection import select
from artifact_tui.transfers.downloads.selection_order import SelectionOrder
from artifact_tui.transfers.models import State
from tests.archive.places import tree
from tests.archive.test_zip_names import EXPECTED, HELD
from tests.transfers.conftest import Desk
from tests.transfers.fake_store import OCTO


def test_list_disk_and_receipt_of_an_artifact_have_the_same_names(desk: Desk) -> None:
    artifact = desk.shelf.put("results", HELD)
    listed = [entry.name for entry in RemoteZip.open(desk.shelf.open(OCTO, artifact), len(HELD)).entries]
    assert sorted(listed) == sorted(EXPECTED)
    (number,) = desk.engine.downloads.add([desk.order(artifact)])
    desk.until(lambda: desk.look(number).finished)
    assert desk.look(number).state is State.DONE, desk.look(number).problem
    assert tree(desk.directory / "results") == EXPECTED
    receipt = json.loads((desk.directory / "results.artifact.json").read_text())
    assert sorted(file["path"] for file in receipt["files"]) == sorted(f"results/{name}" for name in EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_one_file_saved_alone_keeps_its_name(desk: Desk, name: str) -> None:
    artifact = desk.shelf.put("results", HELD)
    files = RemoteZip.open(desk.shelf.open(OCTO, artifact), len(HELD))
    assert files.start is not None
    chosen = [entry for entry in files.entries if entry.name == name]
    selection = select(files.entries, chosen, files.start, files.etag, name)
    (number,) = desk.engine.downloads.add([SelectionOrder.of(desk.order(artifact), selection)])
    desk.until(lambda: desk.look(number).finished)
    assert desk.look(number).state is State.DONE, desk.look(number).problem
    assert (desk.directory / name.rpartition("/")[2]).read_bytes() == EXPECTED[name]
