"""T56 to T58: nothing at all, very much, and what is no zip."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from artifact_tui.transfers.models import State
from tests.faults.case import DATA, HALF
from tests.faults.driven import Driven
from tests.faults.driver import Errand
from tests.faults.ledger import Ledger
from tests.faults.replies import close, reset
from tests.faults.site import Site
from tests.faults.stage import Stage, finals
from tests.faults.stored import Zeros

OpenStage = Callable[..., Stage]
FIVE_GIGABYTES = 5_000_000_000
MEMORY = 150_000
"""Kilobytes."""


@pytest.mark.parametrize("length", [True, False], ids=["told", "not told"])
def test_t56_no_bytes_at_all(length: bool, site: Site, open_stage: OpenStage, ledger: Ledger) -> None:
    stage = open_stage()
    stored = site.put(b"", blob=[close(0)] if length else [], kind="text/plain", file_name="nothing.txt")
    ended = stage.fetch(stored)
    assert (ended.state, ended.verified, ended.problem) == (State.DONE, True, "")
    name = f"T56 nothing, {'cut' if length else 'honest'}"
    assert ledger.judge(name, stage.directory, [b""], said=False, leaks=site.leaks) == "right"


@pytest.mark.slow
def test_t57_five_gigabytes_fit_into_little_memory(site: Site, tmp_path: Path, ledger: Ledger) -> None:
    digest = hashlib.sha256()
    for _ in range(FIVE_GIGABYTES // 1_000_000):
        digest.update(bytes(1_000_000))
    stored = site.put(
        Zeros(FIVE_GIGABYTES), digest=f"sha256:{digest.hexdigest()}", kind="application/octet-stream", file_name="zeros"
    )
    errand = Errand(api=site.api.address, directory=str(tmp_path / "dist"), artifacts=[stored.record])
    with Driven(errand) as program:
        (ended,) = program.until_ended(600)
        memory = program.ended["memory"]
    (path,) = finals(tmp_path / "dist")
    length = path.stat().st_size
    path.unlink()
    assert (ended["state"], ended["verified"], length) == ("done", True, FIVE_GIGABYTES)
    assert memory < MEMORY
    assert ledger.judge("T57 five gigabytes", tmp_path / "dist", [], said=False, leaks=site.leaks) == "right"


@pytest.mark.parametrize("unpack", [True, False])
@pytest.mark.parametrize(
    ("kind", "told", "name"),
    [
        ("text/html", "report.html", "report.html"),
        ("application/octet-stream", "../../kestrel", "kestrel"),
        ("application/octet-stream", "fake.zip", "fake.zip"),
        ("text/plain", "", "wheel.zip"),
    ],
)
def test_t58_a_plain_file_keeps_its_name(
    kind: str, told: str, name: str, unpack: bool, site: Site, open_stage: OpenStage, ledger: Ledger
) -> None:
    data = b"<html>" + DATA
    stage = open_stage()
    ended = stage.fetch(site.put(data, blob=[reset(HALF)], kind=kind, file_name=told), unpack=unpack)
    assert (ended.state, ended.verified, ended.problem) == (State.DONE, True, "")
    assert ended.path is not None
    assert ended.path.name == name
    case = f"T58 {kind} called {told or 'nothing'}{', unpacking' if unpack else ''}"
    assert ledger.judge(case, stage.directory, [data], said=False, leaks=site.leaks) == "right"


def test_t1_a_zip_is_unpacked_after_trouble(site: Site, open_stage: OpenStage, ledger: Ledger) -> None:
    stage = open_stage()
    ended = stage.fetch(site.put(DATA, blob=[reset(1), close(HALF)]), unpack=True)
    assert (ended.state, ended.verified, ended.problem) == (State.DONE, True, "")
    assert ended.path == stage.directory / "wheel"
    assert ledger.judge("T1 unpacked after trouble", stage.directory, [DATA], said=False, leaks=site.leaks) == "right"
