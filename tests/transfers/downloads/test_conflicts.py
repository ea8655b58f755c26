"""What is in the way of downloads, and orders that would be in the way of each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from artifact_tui.domain.models import Artifact
from artifact_tui.transfers.downloads.conflicts import existing_targets, spare_each_other
from artifact_tui.transfers.models import DownloadOrder, OnExisting
from tests.transfers.fake_store import OCTO

KEEP, SKIP, OVERWRITE = OnExisting.KEEP_BOTH, OnExisting.SKIP, OnExisting.OVERWRITE


def orders(directory: Path, *names: str, unpack: bool = True, on_existing: OnExisting = KEEP) -> list[DownloadOrder]:
    return [
        DownloadOrder(
            repository=OCTO,
            artifact=Artifact(id=number, name=name),
            directory=directory,
            unpack=unpack,
            on_existing=on_existing,
        )
        for number, name in enumerate(names, 1)
    ]


@pytest.mark.parametrize(("unpack", "there"), [(True, "logs"), (False, "logs.zip")])
def test_what_is_there_already(tmp_path: Path, unpack: bool, there: str) -> None:
    """The folder when zips are extracted, else the zip; each once."""
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs.zip").touch()
    wanted = orders(tmp_path, "logs", "wheel", "logs", unpack=unpack)
    assert existing_targets(wanted) == (tmp_path / there,)


def test_a_link_to_nothing_is_in_the_way_too(tmp_path: Path) -> None:
    (tmp_path / "logs").symlink_to(tmp_path / "nowhere")
    assert existing_targets(orders(tmp_path, "logs")) == (tmp_path / "logs",)


@pytest.mark.parametrize("choice", [SKIP, OVERWRITE])
def test_downloads_of_one_name_neither_skip_nor_overwrite_each_other(tmp_path: Path, choice: OnExisting) -> None:
    spared = spare_each_other(orders(tmp_path, "logs", "wheel", "logs", on_existing=choice))
    assert [order.on_existing for order in spared] == [KEEP, choice, KEEP]


@pytest.mark.parametrize("choice", [SKIP, OVERWRITE])
def test_the_first_of_one_name_takes_the_place_of_what_was_there(tmp_path: Path, choice: OnExisting) -> None:
    (tmp_path / "logs").mkdir()
    spared = spare_each_other(orders(tmp_path, "logs", "logs", "logs", on_existing=choice))
    assert [order.on_existing for order in spared] == [choice, KEEP, KEEP]
