"""Every call of a download to the file system fails, or is its last: nothing wrong ever stands under a final name."""

from __future__ import annotations

import io
import random
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from artifact_tui.transfers.disk.safe_names import RECEIPT_ENDING
from tests.benchmarks.blob_server import BlobServer
from tests.benchmarks.shelf import Shelf
from tests.faults.kill_tracer import Fault, failing, rehearse, why_not
from tests.faults.kill_yard import Yard, said_by
from tests.pty_program import not_measured
from tests.slow_cases import slow_but

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the server needs epoll and sendfile"),
    pytest.mark.skipif(bool(why_not()), reason=why_not()),
]

FILES = {"logs/build.log": 700_000, "report.txt": 400_000, "bin/tool": 1000}
FEW = 4


class Stage:
    """A yard whose program can be made to fail, and what its directory may then hold."""

    def __init__(self, yard: Yard, faults: list[Fault], tree: dict[str, bytes]) -> None:
        self.yard = yard
        self.faults = faults
        self._tree = tree

    def play(self, fault: Fault) -> None:
        """Let it fail, look at what is there, let the next start put it right, and look again."""
        self.yard.clear()
        process = failing(self.yard, fault)
        if fault.error:
            check_words(said_by(process))
        else:
            process.communicate(timeout=60)
        said = self.yard.finish(*(["--only-go-on"] if self.final_names() else []))
        assert (said["ended"], said["crashes"]) == (True, []), said
        assert all(each["state"] == "done" for each in said["transfers"]), said
        names = self.final_names()
        assert len(names) == 1, (said, names)
        (name,) = names
        if not fault.error:
            assert self.yard.names == {name, name + RECEIPT_ENDING}

    def final_names(self) -> list[str]:
        """The final names there are, each of which must be right; what only begins so is no final name."""
        names = {name for name in self.yard.names if not name.startswith(".") and ".part" not in name}
        final = [name for name in names if not name.endswith(RECEIPT_ENDING)]
        for name in final:
            path = self.yard.directory / name
            assert self._tree == _tree(path) if path.is_dir() else self.yard.is_whole(path), name
        return final


def check_words(said: dict[str, Any]) -> None:
    """It ended in order; what did not succeed says why, and nothing of it is a bug."""
    assert (said["ended"], said["crashes"]) == (True, []), said
    (transfer,) = said["transfers"]
    assert transfer["state"] == "done" or transfer["problem"], said


def _tree(directory: Path) -> dict[str, bytes]:
    files = (path for path in directory.rglob("*") if path.is_file())
    return {str(path.relative_to(directory)): path.read_bytes() for path in files}


def _contents() -> dict[str, bytes]:
    draw = random.Random(5)
    return {name: draw.randbytes(size) for name, size in FILES.items()}


def _archive(tree: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as bundle:
        for name, data in tree.items():
            bundle.writestr(name, data)
    return file.getvalue()


@pytest.fixture(scope="module", params=slow_but(1, [True, False]), ids=["unpacked", "as a zip"])
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    tree = _contents()
    shelf = Shelf(tmp_path_factory.mktemp("shelf"))
    artifact = shelf.put("archive", _archive(tree))
    shelf.save()
    place = tmp_path_factory.mktemp("place")
    log = tmp_path_factory.mktemp("log") / "calls"
    with BlobServer(shelf) as server:
        yard = Yard(server, artifact, place, unpack=request.param)
        yield Stage(yard, rehearse(yard, log), tree)


def test_the_rehearsal_saw_what_a_download_does(stage: Stage) -> None:
    """Else the tests here would prove nothing."""
    seen = {fault.call for fault in stage.faults}
    assert {"openat", "pwrite64", "write", "fsync", "mkdir", "unlink", "link"} <= seen


@not_measured
@pytest.mark.slow
def test_some_calls_fail_or_are_the_last(stage: Stage) -> None:
    for fault in random.Random(7).sample(stage.faults, FEW):
        print(fault)  # which one it was, should it fail
        stage.play(fault)


@not_measured
@pytest.mark.slow
def test_every_call_fails_or_is_the_last(stage: Stage) -> None:
    wrong = {}
    for fault in stage.faults:
        try:
            stage.play(fault)
        except AssertionError as error:
            wrong[str(fault)] = error
    assert not wrong
