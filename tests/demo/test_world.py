"""The demo's world is believable, odd where life is odd, and true about its own bytes."""

import gzip
import hashlib
import io
import tarfile
import zipfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from artifact_tui.demo.archives import download, members
from artifact_tui.demo.data import (
    WORLD_FILE,
    DemoArtifact,
    World,
    format_time,
    load_world,
)
from artifact_tui.demo.fixed_clock import DEMO_NOW
from tests.tools import catalog

GIGABYTE = 1_000_000_000


@pytest.fixture(scope="module")
def world() -> World:
    return load_world()


def artifacts_of(world: World, full_name: str) -> list[DemoArtifact]:
    number = next(r.id for r in world.repositories if r.full_name == full_name)
    return [artifact for artifact in world.artifacts if artifact.repository == number]


def read(artifact: DemoArtifact) -> bytes:
    return b"".join(download(artifact).read())


def opened(artifact: DemoArtifact) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(read(artifact)))


def first_of(world: World, kind: str) -> DemoArtifact:
    return next(artifact for artifact in world.artifacts if artifact.kind == kind)


def test_there_are_1200_artifacts_of_hundreds_of_runs_mostly_in_one_repository(world: World) -> None:
    assert len(world.artifacts) == 1200
    assert len(world.runs) > 600
    assert 700 <= len(artifacts_of(world, "fernwood-labs/kestrel")) <= 900


def test_ids_are_unique_and_grow_with_time(world: World) -> None:
    runs = [(run.id, run.created_at) for run in world.runs]
    artifacts = [(artifact.id, artifact.created_at) for artifact in world.artifacts]
    for rows in (runs, artifacts):
        assert len({number for number, _ in rows}) == len(rows)
        assert [time for _, time in sorted(rows)] == sorted(time for _, time in rows)


def test_nothing_happens_after_the_present_moment(world: World) -> None:
    now = format_time(DEMO_NOW)
    assert all(run.created_at <= run.started_at <= run.updated_at <= now for run in world.runs)
    assert all(artifact.created_at < now for artifact in world.artifacts)


def test_one_repository_is_empty_and_one_has_runs_without_artifacts(world: World) -> None:
    with_runs = {run.repository for run in world.runs}
    by_name = {repository.full_name: repository for repository in world.repositories}
    assert by_name["fernwood-labs/sandbox"].id not in with_runs
    assert by_name["fernwood-labs/infrastructure"].id in with_runs
    assert artifacts_of(world, "fernwood-labs/infrastructure") == []
    assert by_name["fernwood-labs/infrastructure"].private
    assert by_name["fernwood-labs/kestrel-legacy"].archived
    assert by_name["mira-holm/kestrel"].parent == by_name["fernwood-labs/kestrel"].id


def test_every_status_and_conclusion_occurs(world: World) -> None:
    assert {run.status for run in world.runs} == {
        "completed", "in_progress", "queued", "waiting", "pending", "requested",
    }  # fmt: skip
    assert {run.conclusion for run in world.runs} == {
        None, "success", "failure", "cancelled", "skipped", "timed_out", "neutral", "stale",
        "action_required", "startup_failure",
    }  # fmt: skip
    assert {run.attempt for run in world.runs} == {1, 2, 3}
    assert {"push", "pull_request", "schedule", "workflow_dispatch"} <= {run.event for run in world.runs}


def test_the_last_good_release_of_main_left_six_wheels(world: World) -> None:
    release = next(workflow.id for workflow in world.workflows if workflow.file == "release.yml")
    good = [run for run in world.runs if run.workflow == release and run.conclusion == "success"]
    last = [run.id for run in good if run.branch == "main"][-1]
    wheels = [a for a in world.artifacts if a.run == last and a.name.startswith("wheel-")]
    assert len(wheels) == len({wheel.name for wheel in wheels}) == 6


def test_the_last_night_failed_and_left_two_gigabytes_of_logs(world: World) -> None:
    biggest = max(world.artifacts, key=lambda artifact: artifact.size)
    run = next(run for run in world.runs if run.id == biggest.run)
    assert run.conclusion == "failure"
    assert biggest.size > 2 * GIGABYTE
    assert biggest.name.startswith("logs-")
    sizes = {member.name: member.size for member in members(biggest)}
    assert len(sizes) > 200
    assert all(size < 1_000_000 for name, size in sizes.items() if name.endswith("pytest.log"))


def test_equal_names_occur_within_one_run(world: World) -> None:
    names = Counter((artifact.run, artifact.name) for artifact in world.artifacts)
    assert max(names.values()) == 3


def test_forks_leave_artifacts_and_some_expire_soon(world: World) -> None:
    forked = {run.id for run in world.runs if run.head != run.repository}
    assert any(artifact.run in forked for artifact in world.artifacts)
    soon = format_time(DEMO_NOW + timedelta(days=2))
    assert any(format_time(DEMO_NOW) < artifact.expires_at < soon for artifact in world.artifacts)


def test_hostile_names_stay_in_their_own_repository(world: World) -> None:
    hostile = {artifact.repository for artifact in world.artifacts if not artifact.name.isprintable()}
    assert hostile == {artifacts_of(world, "fernwood-labs/fuzz-corpus")[0].repository}


@pytest.mark.parametrize("limit", [300_000])
def test_size_and_digest_are_those_of_the_bytes(world: World, limit: int) -> None:
    checked = [artifact for artifact in world.artifacts if artifact.size <= limit]
    assert len(checked) > 500
    assert [catalog.measure(artifact) for artifact in checked] == checked


@pytest.mark.slow
def test_the_stored_world_is_the_one_that_is_made(tmp_path: Path) -> None:
    catalog.store_world(catalog.make_world(), tmp_path / "world.json")
    assert (tmp_path / "world.json").read_bytes() == WORLD_FILE.read_bytes()


def test_what_is_planned_today_is_what_is_stored(world: World) -> None:
    planned = catalog.draft_world()
    assert planned.runs == world.runs
    assert planned.repositories == world.repositories
    assert [(a.id, a.name, a.kind, a.weight) for a in planned.artifacts] == [
        (a.id, a.name, a.kind, a.weight) for a in world.artifacts
    ]


def test_a_wheel_is_a_zip_within_a_zip(world: World) -> None:
    outer = opened(first_of(world, "wheel"))
    [name] = outer.namelist()
    assert name.endswith(".whl")
    inner = zipfile.ZipFile(io.BytesIO(outer.read(name)))
    assert inner.testzip() is None
    assert any(member.endswith("METADATA") for member in inner.namelist())


def test_reports_can_be_parsed(world: World) -> None:
    tests = opened(first_of(world, "junit"))
    assert ElementTree.fromstring(tests.read("junit.xml")).tag == "testsuites"
    coverage = opened(first_of(world, "coverage"))
    assert ElementTree.fromstring(coverage.read("coverage.xml")).tag == "coverage"
    assert b"end_of_record" in coverage.read("lcov.info")


def test_logs_have_times_and_colors(world: World) -> None:
    lines = opened(first_of(world, "junit")).read("pytest.log").splitlines()
    assert all(line[10:11] == b"T" for line in lines)
    assert any(b"\x1b[32m" in line for line in lines)


def test_raw_files_are_what_their_names_say(world: World) -> None:
    packed = gzip.decompress(read(first_of(world, "raw-tar")))
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        assert "kestrel/README.md" in tar.getnames()
    assert read(first_of(world, "raw-png")).startswith(b"\x89PNG")
    empty = first_of(world, "empty")
    assert read(empty) == b""
    assert empty.digest == hashlib.sha256().hexdigest()
