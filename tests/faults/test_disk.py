"""T34 to T38: disks that are full, closed or gone. Each says so, tries no further, and holds nothing else up."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from artifact_tui.transfers.models import State
from tests.faults.case import DATA, HALF, SIZE
from tests.faults.driven import Driven, mounting, namespace
from tests.faults.driver import Errand
from tests.faults.ledger import Ledger
from tests.faults.replies import HONEST, Reply, hold
from tests.faults.site import Site
from tests.faults.stage import Stage
from tests.faults.stored import Stored

WITHOUT_PRIVILEGE = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--")
"""Permissions count for root as well."""


def own_mounts(ledger: Ledger, name: str) -> None:
    if namespace() is None:
        ledger.skipped[name] = "no mounts of our own here"
        pytest.skip("no namespace of mounts")


class Disk:
    """One download into a disk that is bad, and another into one that is good."""

    def __init__(self, site: Site, tmp_path: Path, *blob: Reply) -> None:
        self.bad, self.good = tmp_path / "bad", tmp_path / "good"
        self.bad.mkdir()
        self.site = site
        self.stored = site.put(DATA, "bad", blob=blob), site.put(DATA, "good")
        self.errand = Errand(
            api=site.api.address,
            directory="",
            artifacts=[each.record for each in self.stored],
            directories=[str(self.bad), str(self.good)],
        )

    def judge(self, ledger: Ledger, name: str, says: str, program: Driven) -> None:
        """The first has failed with these words after one try, the second is right."""
        bad, good = program.until_ended()
        assert bad["state"] == "failed"
        assert says in bad["problem"]
        assert bad["next_step"] or "larger" in says
        assert len(self.stored[0].asked) <= 1
        assert good["state"] == "done"
        there = program.root / self.bad.relative_to("/")
        assert all(path.name.endswith(".part") for path in there.iterdir())
        leaks = self.site.leaks
        assert ledger.judge(name, there, [DATA], said=True, leaks=leaks) == "refused in words"
        assert ledger.judge(f"{name}, another download", self.good, [DATA], said=False, leaks=leaks) == "right"


def test_t34_a_disk_that_gets_full(site: Site, tmp_path: Path, ledger: Ledger) -> None:
    own_mounts(ledger, "T34 no room left")
    disk = Disk(site, tmp_path, hold(HALF))
    prefix = mounting(("mount", "-t", "tmpfs", "-o", "size=1m", "none", disk.bad))
    with Driven(disk.errand, prefix=prefix) as program:
        site.until_held()
        program.until_received(HALF)
        with (program.root / disk.bad.relative_to("/") / "other.part").open("wb", buffering=0) as other:
            while shutil.disk_usage(other.name).free:
                other.write(bytes(4096))
        site.release()
        disk.judge(ledger, "T34 no room left", "Disk full", program)


def test_t34_a_disk_that_is_too_small_is_told_before_the_first_byte(site: Site, tmp_path: Path, ledger: Ledger) -> None:
    own_mounts(ledger, "T34 too small a disk")
    disk = Disk(site, tmp_path)
    with Driven(disk.errand, prefix=mounting(("mount", "-t", "tmpfs", "-o", "size=256k", "none", disk.bad))) as program:
        disk.judge(ledger, "T34 too small a disk", "Not enough free space in", program)
        assert "300 kB" in program.transfers[0]["problem"]
        assert program.transfers[0]["received"] == 0


def test_t35_a_file_larger_than_allowed(site: Site, tmp_path: Path, ledger: Ledger) -> None:
    stored = site.put(DATA)
    errand = Errand(api=site.api.address, directory=str(tmp_path), artifacts=[stored.record], largest_file=SIZE - 1)
    with Driven(errand) as program:
        (ended,) = program.until_ended()
    assert ended["state"] == "failed"
    assert "larger than the file system or a limit of this account allows" in ended["problem"]
    assert len(stored.asked) == 1
    verdict = ledger.judge("T35 larger than a limit", tmp_path, [DATA], said=True, leaks=site.leaks)
    assert verdict == "refused in words"


def test_t36_a_directory_that_may_not_be_written_to(site: Site, tmp_path: Path, ledger: Ledger) -> None:
    disk = Disk(site, tmp_path)
    disk.bad.chmod(0o500)
    prefix = WITHOUT_PRIVILEGE if os.geteuid() == 0 else ()
    with Driven(disk.errand, prefix=prefix) as program:
        disk.judge(ledger, "T36 no permission", "Permission denied:", program)


def test_t37_a_disk_that_is_read_only(site: Site, tmp_path: Path, ledger: Ledger) -> None:
    own_mounts(ledger, "T37 read-only")
    disk = Disk(site, tmp_path)
    prefix = mounting(("mount", "--bind", disk.bad, disk.bad), ("mount", "-o", "remount,bind,ro", disk.bad, disk.bad))
    with Driven(disk.errand, prefix=prefix) as program:
        disk.judge(ledger, "T37 read-only", "read-only", program)


def test_t38_a_directory_that_is_removed_mid_way(
    site: Site, open_stage: Callable[..., Stage], ledger: Ledger, tmp_path: Path
) -> None:
    stage = open_stage()
    number = stage.start(site.put(DATA, blob=[hold(HALF)]))
    stage.until_received(number, HALF)
    shutil.rmtree(stage.directory)
    site.release()
    stage.until(lambda: stage.look(number).finished)
    ended = stage.look(number)
    assert ended.state is State.FAILED
    assert "no longer exists" in ended.problem
    assert ended.next_step
    good = stage.fetch(site.put(DATA), directory=tmp_path / "good")
    assert good.state is State.DONE
    verdict = ledger.judge("T38 directory removed", stage.directory, [DATA], said=True, leaks=site.leaks)
    assert verdict == "refused in words"


PLACES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "a name too long": (lambda tmp_path: tmp_path / ("d" * 300), "too long"),
    "below a file": (lambda tmp_path: tmp_path / "file" / "below", "is not a directory"),
    "a file": (lambda tmp_path: tmp_path / "file", "is not a directory"),
    "a device": (lambda tmp_path: Path("/dev/full"), "is not a directory"),
    "a dangling link": (lambda tmp_path: tmp_path / "dangling", "is not a directory"),
    "a file system of the kernel": (lambda tmp_path: Path("/proc/self/task"), ""),
}


@pytest.mark.parametrize("name", PLACES)
def test_t36_a_place_that_is_no_directory_to_write_to(
    name: str, site: Site, open_stage: Callable[..., Stage], ledger: Ledger, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"mine")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    place, says = PLACES[name]
    stored = site.put(DATA)
    ended = open_stage(directory=place(tmp_path)).fetch(stored)
    assert ended.state is State.FAILED
    assert says in ended.problem
    assert len(stored.asked) <= 1
    assert (tmp_path / "file").read_bytes() == b"mine"
    verdict = ledger.judge(f"T36 {name}", tmp_path / "dist", [DATA], said=bool(ended.problem), leaks=site.leaks)
    assert verdict == "refused in words"


def test_t34_one_full_disk_in_the_midst_of_twenty(site: Site, tmp_path: Path, ledger: Ledger) -> None:
    own_mounts(ledger, "T34 twenty")
    small, large = tmp_path / "small", tmp_path / "large"
    small.mkdir()
    stored: list[Stored] = [site.put(DATA, f"wheel {n}", blob=[HONEST]) for n in range(20)]
    places: list[Any] = [small if n == 7 else large for n in range(20)]
    errand = Errand(
        api=site.api.address,
        directory="",
        artifacts=[each.record for each in stored],
        directories=[str(place) for place in places],
    )
    with Driven(errand, prefix=mounting(("mount", "-t", "tmpfs", "-o", "size=64k", "none", small))) as program:
        states = [each["state"] for each in program.until_ended()]
    assert states == ["done"] * 7 + ["failed"] + ["done"] * 12
    assert ledger.judge("T34 twenty", large, [DATA] * 19, said=False, leaks=site.leaks) == "right"
