"""``artifact-tui get --layout merge``: the contents of several artifacts in one directory, or nothing."""

from __future__ import annotations

import http.client
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from msgspec.structs import replace

from artifact_tui.cli.line.failures import LineError
from artifact_tui.cli.line.get_merged import MergeContents, check_collisions
from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.domain.models import Artifact
from tests.cli.line.contents import api, contents_of, ranges, raw_bytes
from tests.cli.line.program import KESTREL, Line, Ran

SUMS, OTHER_SUMS, COVERAGE, RAW = 7708828458, 7705818263, 7709300883, 7707967433
"""Two artifacts with different files of one name, one with folders, and a plain file."""
RUN = 27675688771
LIMITED: dict[str, Any] = {"status": 429, "headers": {"Retry-After": "900"}, "body": "{}"}


def merged(line: Line, *arguments: object) -> Ran:
    words = map(str, arguments)
    return line("get", KESTREL, "--layout", "merge", "-D", "d", "--json", "--progress", "none", *words)


def files_in(directory: Path) -> dict[str, bytes]:
    """The files of a directory but ours."""
    found = (path.relative_to(directory) for path in sorted(directory.rglob("*")) if path.is_file())
    return {str(path): (directory / path).read_bytes() for path in found if path.parts[0] != ".artifact-tui"}


def own_files(directory: Path) -> list[str]:
    return sorted(path.name for path in (directory / ".artifact-tui").iterdir())


def results(ran: Ran) -> list[str]:
    return [row["result"] for row in ran.document["artifacts"]]


def test_the_contents_of_all_artifacts_lie_in_one_directory(line: Line, tmp_path: Path) -> None:
    contents = contents_of(line, SUMS) | contents_of(line, COVERAGE) | {"clippy.log": raw_bytes(line, RAW)}
    ran = merged(line, SUMS, COVERAGE, RAW)
    place = tmp_path / "d"
    assert (ran.code, results(ran), ran.err) == (0, ["downloaded"] * 3, "")
    assert len(api(line)) == 9
    assert files_in(place) == contents
    assert sorted(path.name for path in place.iterdir()) == sorted(
        {".artifact-tui", *(name.partition("/")[0] for name in contents)}
    )
    (receipt,) = own_files(place)
    assert receipt.startswith("merged-")
    rows = ran.document["artifacts"]
    assert {row["receipt"] for row in rows} == {str(place / ".artifact-tui" / receipt)}
    assert {row["path"] for row in rows} == {str(place)}
    assert {file["path"] for row in rows for file in row["files"]} == {str(place / name) for name in contents}
    assert all(row["verified"] for row in rows)
    assert json.loads((place / ".artifact-tui" / receipt).read_bytes())["kind"] == "merged"


def test_the_same_artifacts_again_are_present_and_verified(line: Line, tmp_path: Path) -> None:
    merged(line, SUMS, COVERAGE)
    (tmp_path / "d/mine.txt").write_bytes(b"mine")
    again = merged(line, COVERAGE, SUMS)
    assert (again.code, results(again)) == (0, ["present"] * 2)
    assert sorted(api(line)) == sorted(
        f"GET /repos/{KESTREL}/actions/artifacts/{number}" for number in (COVERAGE, SUMS)
    )
    assert ranges(line) == []
    files = line("get", KESTREL, "--layout", "merge", "-D", "d", str(SUMS), str(COVERAGE), "--print", "files").lines
    assert all(Path(file).is_file() for file in files)
    checked = line("verify", "d", "--json")
    assert checked.code == 0
    assert [row["target"] for row in checked.document["artifacts"]] == ["checksums", "coverage"]
    (tmp_path / "d/html/index.html").write_bytes(b"changed")
    (tmp_path / "d/lcov.info").unlink()
    changed = line("verify", "d", "--json")
    changes = [change for row in changed.document["artifacts"] for change in row["changes"]]
    assert (changed.code, [change["path"] for change in changes]) == (1, ["html/index.html", "lcov.info"])
    assert merged(line, SUMS, COVERAGE).code == 9
    assert merged(line, SUMS, COVERAGE, "--exists", "overwrite").code == 9
    (tmp_path / "d/html/index.html").unlink()
    assert merged(line, SUMS, COVERAGE, "--exists", "overwrite").code == 0
    assert line("verify", "d").code == 0


def test_different_files_with_one_path_are_refused_before_anything_is_written(line: Line, tmp_path: Path) -> None:
    ran = merged(line, SUMS, OTHER_SUMS)
    assert (ran.code, ran.error["kind"]) == (9, "refused_by_plan")
    assert ran.error["message"] == "'SHA256SUMS' differs in checksums and checksums."
    assert not (tmp_path / "d").exists()


def test_files_that_are_the_same_are_written_once(line: Line, tmp_path: Path) -> None:
    known = line.github.store.artifacts[SUMS]
    twin = max(line.github.store.artifacts) + 1
    line.github.store.add(replace(known, id=twin, name="copy"))
    connection = http.client.HTTPConnection(urlsplit(line.api).netloc)
    path = f"{urlsplit(line.api).path}/repos/{KESTREL}/actions/artifacts/{SUMS}/zip"
    connection.request("GET", path, headers={"Authorization": f"Bearer {DEMO_TOKEN}", "User-Agent": "test"})
    location = connection.getresponse().headers["Location"]
    connection.close()
    line.github.fault(f"GET /repos/*/artifacts/{twin}/zip", status=302, headers={"Location": location}, times=9)
    ran = merged(line, SUMS, twin)
    assert (ran.code, results(ran)) == (0, ["downloaded"] * 2)
    assert files_in(tmp_path / "d") == contents_of(line, SUMS)
    assert results(merged(line, SUMS, twin)) == ["present"] * 2


def test_other_merged_artifacts_are_refused_skipped_or_replaced(line: Line, tmp_path: Path) -> None:
    place = tmp_path / "d"
    merged(line, COVERAGE)
    (place / "lcov.info").write_bytes(b"changed")
    ran = merged(line, SUMS)
    assert (ran.code, ran.error["kind"], [path for path in line.requests if "zip" in path]) == (9, "exists", [])
    assert f"merged-{RUN}.json already exists." in ran.error["message"]
    assert results(merged(line, SUMS, "--exists", "skip")) == ["skipped"]
    ran = merged(line, SUMS, "--exists", "overwrite")
    assert (ran.code, results(ran)) == (0, ["downloaded"])
    assert "1 changed file of an earlier download kept." in ran.err
    assert files_in(place) == contents_of(line, SUMS) | {"lcov.info": b"changed"}
    assert not (place / "html").exists()
    assert len(own_files(place)) == 1


@pytest.mark.parametrize("exists", ["fail", "overwrite"])
def test_files_without_a_receipt_and_links_are_never_replaced(line: Line, tmp_path: Path, exists: str) -> None:
    place = tmp_path / "d"
    place.mkdir()
    (place / "html").symlink_to(tmp_path)
    ran = merged(line, COVERAGE, "--exists", exists)
    assert (ran.code, ran.error["message"]) == (9, f"{place}/html already exists.")
    assert [path.name for path in place.iterdir()] == ["html"]
    (place / "html").unlink()
    (place / "lcov.info").write_bytes(b"mine")
    ran = merged(line, COVERAGE, "--exists", exists)
    assert (ran.code, ran.error["kind"], ran.error["message"]) == (9, "exists", f"{place}/lcov.info already exists.")
    assert files_in(place) == {"lcov.info": b"mine"}


def test_a_download_that_has_received_nothing_leaves_nothing(line: Line, tmp_path: Path) -> None:
    line.github.fault("GET /repos/*/zip", status=404, body="{}", skip=1, times=9)
    assert (merged(line, SUMS).code, list((tmp_path / "d").iterdir())) == (3, [])


def test_a_failure_merges_nothing_and_what_was_received_is_kept(line: Line, tmp_path: Path) -> None:
    place, half = tmp_path / "d", 60_000
    line.github.fault(f"GET /repos/*/artifacts/{COVERAGE}/zip", **LIMITED, skip=2, times=1)
    line.github.fault("GET blob:*", cut_at=half, skip=2, times=1)
    ran = merged(line, COVERAGE, SUMS, "--jobs", 1)
    assert (ran.code, sorted(results(ran)), files_in(place)) == (6, ["failed", "skipped"], {})
    ran = merged(line, COVERAGE, SUMS)
    rows = {row["name"]: row for row in ran.document["artifacts"]}
    assert (ran.code, rows["coverage"]["resumed_from"]) == (0, half)
    assert rows["checksums"]["bytes_received"] == 0
    assert files_in(place) == contents_of(line, SUMS) | contents_of(line, COVERAGE)


def test_a_command_that_was_killed_while_it_moved_files_continues(line: Line, tmp_path: Path) -> None:
    place = tmp_path / "d"
    merged(line, COVERAGE)
    contents = files_in(place)
    work = place / f".artifact-tui/tmp-{RUN}"
    (work / f"{COVERAGE}/coverage/html").mkdir(parents=True)
    (place / f".artifact-tui/merged-{RUN}.json").rename(work / "merged.json")
    (place / "html/index.html").rename(work / f"{COVERAGE}/coverage/html/index.html")
    (work / f"{COVERAGE}/coverage/lcov.info").hardlink_to(place / "lcov.info")
    assert merged(line, SUMS).code == 9
    ran = merged(line, COVERAGE)
    assert (ran.code, results(ran), [path for path in line.requests if "zip" in path]) == (0, ["downloaded"], [])
    assert (files_in(place), own_files(place)) == (contents, [f"merged-{RUN}.json"])
    assert line("verify", "d").code == 0


@pytest.mark.parametrize("path", ["../evil", "/evil", ".artifact-tui/evil"])
def test_a_receipt_that_leads_elsewhere_is_not_used(line: Line, tmp_path: Path, path: str) -> None:
    merged(line, SUMS)
    (receipt,) = (tmp_path / "d/.artifact-tui").iterdir()
    receipt.write_bytes(receipt.read_bytes().replace(b'"SHA256SUMS"', json.dumps(path).encode()))
    checked = line("verify", "d", "--json")
    assert (checked.code, [row["result"] for row in checked.document["artifacts"]]) == (2, ["unusable"])
    ran = merged(line, SUMS, "--exists", "overwrite")
    assert (ran.code, ran.error["kind"]) == (9, "exists")
    assert merged(line, SUMS, "--exists", "skip").code == 9


@pytest.mark.parametrize(
    "files",
    [({"a": ()}, {"A": ()}), ({"a": ()}, {"a/b": ()}), ({"x/a": ()}, {"X/b": ()}), ({}, {".artifact-tui/a": ()}),
     ({}, {".Artifact-TUI": ()}), ({}, {"a.artifact.json": ()})],
)  # fmt: skip
def test_names_that_cannot_be_beside_each_other_are_refused(files: tuple[dict[str, Any], ...]) -> None:
    artifacts = [Artifact(id=number, name=f"artifact {number}") for number in range(2)]
    with pytest.raises(LineError) as raised:
        check_collisions(artifacts, [MergeContents(each) for each in files])
    assert raised.value.kind == "refused_by_plan"


@pytest.mark.parametrize("other", [["--zip"], ["--file", "*"], ["--exists", "keep-both"]])
def test_options_without_a_meaning_send_nothing(line: Line, other: list[str]) -> None:
    ran = merged(line, SUMS, *other)
    assert (ran.code, line.requests) == (2, [])
    assert f"--layout merge and {' '.join(other[:1] if other[0] != '--exists' else other)} exclude" in ran.err
