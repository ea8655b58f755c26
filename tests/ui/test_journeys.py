"""From the list of repositories to the deleted artifact, against every kind of server."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from textual.pilot import Pilot

from artifact_tui.demo import archives
from artifact_tui.demo.data import DemoArtifact
from artifact_tui.demo.flavors import (
    DATA_RESIDENCY,
    GHES_3_8,
    GHES_3_10,
    GHES_3_19,
    GITHUB,
    GITHUB_2022,
    GITHUB_2026,
    GITHUB_EARLY,
    Flavor,
)
from tests.slow_cases import slow_but
from tests.ui.deleting import confirm, review
from tests.ui.program import KESTREL, RECORDER, Program, arrived, open_with_keys, says, until

SERVERS = {
    "github.com, both": (GITHUB, ["mira-holm · github.com ·", "API 2026-03-10"]),
    "GHES 3.8": (GHES_3_8, ["mira-holm · ghe.acme.example 3.8.2"]),
    "data residency": (DATA_RESIDENCY, ["mira-holm · acme.ghe.com ·", "API 2026-03-10"]),
    "GHES 3.19": (GHES_3_19, ["mira-holm · ghe.acme.example 3.19.2 · API 2022-11-28"]),
    "github.com, API 2022-11-28": (GITHUB_2022, ["mira-holm · github.com ·", "API 2022-11-28"]),
    "github.com, API 2026-03-10": (GITHUB_2026, ["mira-holm · github.com ·", "API 2026-03-10"]),
    "github.com without digests": (GITHUB_EARLY, ["mira-holm · github.com ·", "API 2022-11-28"]),
    "GHES 3.10": (GHES_3_10, ["mira-holm · ghe.acme.example 3.10.2 · API 2022-11-28"]),
}


@pytest.mark.parametrize(("flavor", "status"), slow_but(2, SERVERS.values()), ids=SERVERS.keys())
async def test_the_whole_journey(flavor: Flavor, status: list[str], tmp_path: Path) -> None:
    """Find the repository, open a run, look at an artifact, download it, delete it."""
    program = Program(flavor=flavor, directory=tmp_path)
    async with program.running(size=(160, 40)) as pilot:
        await says(pilot, *status)
        await pilot.press("slash", *"flight", "enter")
        await arrived(pilot)
        assert program.screen.trail == (RECORDER, "Runs")
        await open_with_keys(pilot, "enter", "n", "j")
        artifact = program.server.store.artifacts[program.screen.table.items[1].id]
        assert (artifact.name, program.summary.startswith("2 artifacts")) == ("go-test", True)
        await says(pilot, *details_of(artifact, flavor))
        await download(pilot, program, artifact, tmp_path)
        await delete(pilot, program, artifact)


def details_of(artifact: DemoArtifact, flavor: Flavor) -> list[str]:
    digest = artifact.digest[:29] if flavor.digest else "none: downloads cannot be"
    return [f"Artifact ID {artifact.id}", f"Run ID {artifact.run}", "Digest", digest, f"{flavor.web}/fernwood"]


def inside(artifact: DemoArtifact) -> dict[str, bytes]:
    """Path and bytes of each file, from the store of the server, in a folder called like the artifact."""
    with zipfile.ZipFile(io.BytesIO(b"".join(archives.zipped(artifact).read()))) as opened:
        return {f"{artifact.name}/{name}": opened.read(name) for name in opened.namelist()}


def unpacked(directory: Path) -> dict[str, bytes]:
    """All files but the receipts."""
    files = (path for path in directory.rglob("*") if path.is_file() and not path.name.endswith(".artifact.json"))
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in files}


async def download(pilot: Pilot[int], program: Program, artifact: DemoArtifact, directory: Path) -> None:
    """What is on the disk is what the server's store holds, and the screen says whether that was proven."""
    await open_with_keys(pilot, "d", "enter", "w")
    if program.server.flavor.digest:
        await says(pilot, "✓ verified", "100 %", "Verified yes, by digest")
    else:
        await says(pilot, "! done, not verified by digest", "100 %", "Verified not by digest, because there is none")
    assert unpacked(directory) == inside(artifact)
    await open_with_keys(pilot, "escape")


async def delete(pilot: Pilot[int], program: Program, artifact: DemoArtifact) -> None:
    """Confirmed; the row goes away and the cursor is on the one beside it."""
    await review(pilot, program)
    await pilot.press("D")
    await confirm(pilot, program)
    await pilot.press("escape")
    await until(pilot, lambda: program.summary.startswith("1 artifact "))
    assert program.sent("DELETE") == [f"/repos/{RECORDER}/actions/artifacts/{artifact.id}"]
    assert artifact.id not in program.server.store.artifacts
    current = program.screen.table.current
    assert current is not None
    assert current.name == "cover.out"


async def test_the_wheels_of_the_last_good_release(tmp_path: Path) -> None:
    """Few keys, no waiting for anything but the server."""
    program = Program(KESTREL, directory=tmp_path / "dist")
    async with program.running() as pilot:
        await pilot.press("slash", *"release main ok")
        await says(pilot, "Enter: workflow release.yml, branch main, status success")
        await open_with_keys(pilot, "enter")
        assert all(run.state == "success" and run.name == "Release" for run in program.screen.table.items)
        await open_with_keys(pilot, "enter")
        await pilot.press("slash", *"wheel-", "enter", "a", "d", "enter", "w")
        await until(pilot, lambda: program.text.count("✓ verified") >= 6)
    wheels = sorted(path.name for path in (tmp_path / "dist").rglob("*.whl"))
    assert len(wheels) == 6
    assert len({name.removeprefix("kestrel_db-") for name in wheels}) == 6
    assert program.sent("DELETE") == []
