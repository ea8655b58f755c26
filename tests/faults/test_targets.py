"""T39 to T43: what is there already is neither lost nor followed."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from artifact_tui.transfers.models import OnExisting, State
from tests.engines import under_way
from tests.faults.case import DATA, HALF
from tests.faults.driven import Driven, mounting, namespace
from tests.faults.driver import Errand
from tests.faults.ledger import Ledger
from tests.faults.replies import close, hold
from tests.faults.site import Site
from tests.faults.stage import Stage, finals

MINE = b"mine"
NOT_OURS = "Not overwritten: wheel.zip was not created by artifact-tui. Saved as wheel (2).zip."
OpenStage = Callable[..., Stage]


@pytest.mark.parametrize("choice", OnExisting)
def test_t39_a_file_of_that_name(
    choice: OnExisting, site: Site, open_stage: OpenStage, ledger: Ledger, tmp_path: Path
) -> None:
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "wheel.zip").write_bytes(MINE)
    stage = open_stage()
    stored = site.put(DATA, blob=[close(HALF)])
    ended = stage.fetch(stored, on_existing=choice)
    wanted = {
        OnExisting.KEEP_BOTH: (State.DONE, [MINE, DATA]),
        OnExisting.SKIP: (State.CANCELLED, [MINE]),
        OnExisting.OVERWRITE: (State.DONE, [MINE, DATA]),
        OnExisting.FAIL: (State.FAILED, [MINE]),
    }
    state, contents = wanted[choice]
    assert ended.state is state
    assert (stage.directory / "wheel.zip").read_bytes() == contents[0]
    assert bool(stored.asked) is (len(contents) > 1)
    name = f"T39 {choice}"
    said = choice is OnExisting.OVERWRITE
    assert (ended.problem == NOT_OURS) is said
    assert ledger.judge(name, stage.directory, list(contents), said=said, leaks=site.leaks) == "right"


def make_link(place: Path, outside: Path) -> None:
    place.symlink_to(outside / "file")


def make_dangling_link(place: Path, outside: Path) -> None:
    place.symlink_to(outside / "nowhere")


def make_link_to_directory(place: Path, outside: Path) -> None:
    place.symlink_to(outside)


def make_directory(place: Path, outside: Path) -> None:
    place.mkdir()


def make_fifo(place: Path, outside: Path) -> None:
    os.mkfifo(place)


THINGS = (make_link, make_dangling_link, make_link_to_directory, make_directory, make_fifo)


@pytest.mark.parametrize("choice", [OnExisting.KEEP_BOTH, OnExisting.OVERWRITE])
@pytest.mark.parametrize("make", THINGS, ids=lambda make: make.__name__[5:].replace("_", " "))
@pytest.mark.parametrize("ending", [".zip", ".zip.part"])
def test_t40_something_that_is_no_file_is_neither_followed_nor_lost(
    ending: str,
    make: Callable[[Path, Path], None],
    choice: OnExisting,
    site: Site,
    open_stage: OpenStage,
    ledger: Ledger,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    outside, dist = tmp_path / "outside", tmp_path / "dist"
    outside.mkdir()
    dist.mkdir()
    (outside / "file").write_bytes(MINE)
    thing = dist / f"wheel{ending}"
    make(thing, outside)
    before = thing.lstat()
    stage = open_stage()
    ended = stage.fetch(site.put(DATA), on_existing=choice)
    after = thing.lstat()
    assert (after.st_ino, stat.S_IFMT(after.st_mode)) == (before.st_ino, stat.S_IFMT(before.st_mode))
    assert (outside / "file").read_bytes() == MINE
    assert sorted(path.name for path in outside.iterdir()) == ["file"]
    said = (
        "Not overwritten: wheel.zip was not created by artifact-tui. Saved as wheel (2).zip."
        if choice is OnExisting.OVERWRITE and ending == ".zip"
        else ""
    )
    assert ended.state is State.DONE
    assert ended.problem.startswith(said)
    assert bool(ended.problem) is bool(said)
    thing.rmdir() if stat.S_ISDIR(before.st_mode) else thing.unlink()
    name = f"T40 {request.node.callspec.id}"
    assert ledger.judge(name, dist, [DATA], said=bool(said), leaks=site.leaks) == "right"


def test_t41_artifacts_of_one_name_are_all_kept(site: Site, open_stage: OpenStage, ledger: Ledger) -> None:
    contents = [DATA, *(DATA + bytes([n]) for n in range(3))]
    stage = open_stage()
    stored = [site.put(data, blob=[close(HALF + n)]) for n, data in enumerate(contents)]
    stage.engine.downloads.add([stage.order(each) for each in stored])
    stage.until(lambda: under_way(stage.engine) == 0)
    assert {each.state for each in stage.engine.transfers()} == {State.DONE}
    names = ["wheel (2).zip", "wheel (3).zip", "wheel (4).zip", "wheel.zip"]
    assert [path.name for path in finals(stage.directory)] == names
    assert (
        ledger.judge("T41 one name, four artifacts", stage.directory, list(contents), said=False, leaks=site.leaks)
        == "right"
    )


def test_t42_a_second_program_on_the_same_download_says_so(
    site: Site, open_stage: OpenStage, ledger: Ledger, tmp_path: Path
) -> None:
    stored = site.put(DATA, blob=[hold(HALF)])
    state, dist = tmp_path / "state", str(tmp_path / "dist")
    errand = Errand(api=site.api.address, directory=dist, artifacts=[stored.record], state=str(state))
    with Driven(errand) as first:
        first.until_received(HALF)
        second = open_stage(host="127.0.0.1", journal=state / "transfers.sqlite").fetch(stored)
        assert second.state is State.FAILED
        assert "Another download of this artifact" in second.problem
        assert "another program" in second.problem
        site.release()
        (ended,) = first.until_ended()
        assert ended["state"] == "done"
    assert [asked.start for asked in stored.asked] == [0]
    assert ledger.judge("T42 two programs", tmp_path / "dist", [DATA], said=True, leaks=site.leaks) == "right"


def test_t43_a_disk_that_is_blind_to_case(site: Site, tmp_path: Path, ledger: Ledger) -> None:
    blind = tmp_path / "blind"
    blind.mkdir()
    if not can_be_blind(tmp_path, blind):
        ledger.skipped["T43 case-blind disk"] = "no file system that is blind to case can be mounted here"
        pytest.skip("no file system that is blind to case")
    stored = [site.put(DATA, "Wheel"), site.put(DATA + b"!", "wheel")]
    dist = blind / "dist"
    errand = Errand(api=site.api.address, directory=str(dist), artifacts=[each.record for each in stored])
    with Driven(errand, prefix=mounting(*blind_mount(tmp_path, blind))) as program:
        assert [each["state"] for each in program.until_ended()] == ["done", "done"]
        there = program.root / dist.relative_to("/")
        verdict = ledger.judge("T43 case-blind disk", there, [DATA, DATA + b"!"], said=False, leaks=site.leaks)
        assert verdict == "right"


def blind_mount(tmp_path: Path, place: Path) -> tuple[tuple[str | Path, ...], ...]:
    image = tmp_path / "image"
    return (
        ("truncate", "-s", "16M", image),
        ("mkfs.ext4", "-q", "-F", "-O", "casefold", "-E", "encoding=utf8", image),
        ("mount", "-o", "loop", image, place),
        ("mkdir", place / "dist"),
        ("chattr", "+F", place / "dist"),
    )


def can_be_blind(tmp_path: Path, place: Path) -> bool:
    if namespace() is None:
        return False
    command = [*mounting(*blind_mount(tmp_path, place)), "true"]
    return subprocess.run(command, capture_output=True).returncode == 0
