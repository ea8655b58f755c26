"""``artifact-tui resume``: what ended programs have left, listed, resumed and discarded."""

from __future__ import annotations

import fcntl
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from artifact_tui.domain.artifact_record import ArtifactRecord, artifact_of
from artifact_tui.domain.models import RepositoryName
from artifact_tui.github.hosts import host_of_api
from artifact_tui.transfers.deletions.models import DeletePlan, DeletionItem
from artifact_tui.transfers.journals import Journals
from artifact_tui.transfers.models import DownloadOrder
from tests.cli.line.deleting import ARTIFACTS, RECORDER, deletes, log_of, planned, write_settings
from tests.cli.line.program import KESTREL, Line

OLD = ("go-test", "--older", "20d")


@pytest.fixture(autouse=True)
def settings(tmp_path: Path) -> None:
    write_settings(tmp_path)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / ".local" / "state" / "artifact-tui" / "transfers.sqlite"


@pytest.fixture
def rest(line: Line) -> list[int]:
    """The IDs that a deletion has left, because the token was refused at the second artifact."""
    plan = [row["id"] for row in planned(line, *OLD)]
    line.github.fault(f"DELETE {ARTIFACTS}/{plan[1]}", status=401, body='{"message": "Bad credentials"}')
    assert line("delete", RECORDER, *OLD, "--yes", str(len(plan))).code == 4
    return plan[1:]


def order_downloads(line: Line, journal: Path, into: Path, count: int) -> list[dict[str, Any]]:
    """Downloads that an ended program has ordered; the rows of their artifacts."""
    rows = [row for row in line("list", RECORDER, "--live", "--jsonl").rows if row["size_in_bytes"] < 100_000]
    keys = ("id", "name", "size_in_bytes", "digest")
    chosen = rows[:count]
    journals = Journals(journal)
    journals.downloads.add(
        host_of_api(line.github.flavor.api).name,
        [
            DownloadOrder(
                repository=RepositoryName("fernwood-labs", "flight-recorder"),
                artifact=artifact_of(ArtifactRecord(**{key: row[key] for key in keys})),
                directory=into / str(number),
            )
            for number, row in enumerate(chosen)
        ],
    )
    journals.close()
    return chosen


def test_nothing_is_unfinished(line: Line) -> None:
    ran = line("resume", "--json")
    assert (ran.code, ran.document["unfinished"], line.requests) == (0, [], [])
    assert "No unfinished downloads or deletions." in ran.err


def test_the_list_sends_nothing_and_its_numbers_stay(
    line: Line, rest: list[int], journal: Path, tmp_path: Path
) -> None:
    first, second = order_downloads(line, journal, tmp_path, 2)
    ran = line("resume", "--jsonl")
    assert line.requests == []
    assert [row["number"] for row in ran.rows] == [1, 2, 3]
    assert [row["kind"] for row in ran.rows] == ["download", "deletion", "download"]
    assert {row["repository"] for row in ran.rows} == {RECORDER}
    assert [row["name"] for row in ran.rows] == [first["name"], None, second["name"]]
    assert [row["artifacts_left"] for row in ran.rows] == [1, len(rest), 1]
    assert (ran.rows[0]["received"], ran.rows[0]["total"]) == (0, first["size_in_bytes"])
    assert (ran.rows[1]["received"], ran.rows[1]["total"]) == (1, len(rest) + 1)
    head, *shown = line("resume").lines
    assert head.split() == ["NUMBER", "KIND", "REPOSITORY", "NAME", "RECEIVED", "TOTAL"]
    assert f"{len(rest)} of {len(rest) + 1} artifacts" in shown[1]
    assert line("resume", "1", "--discard").lines == [f"discarded  1  {first['name']}"]
    assert [row["number"] for row in line("resume", "--jsonl").rows] == [2, 3]
    assert line("resume", "-R", "fernwood-labs/kestrel", "--jsonl").rows == []
    assert len(line("resume", "-R", RECORDER, "--jsonl").rows) == 2


def test_downloads_are_resumed_all_or_by_number(line: Line, journal: Path, tmp_path: Path) -> None:
    artifacts = order_downloads(line, journal, tmp_path / "out", 3)
    one = line("resume", "3", "--jsonl")
    assert (one.code, [(row["number"], row["result"]) for row in one.rows]) == (0, [(3, "downloaded")])
    size = artifacts[1]["size_in_bytes"]
    assert (one.rows[0]["received"], one.rows[0]["total"], one.rows[0]["artifacts_left"]) == (size, size, 0)
    assert Path(one.rows[0]["path"]).parent == tmp_path / "out" / "1"
    every = line("resume", "--downloads")
    assert every.code == 0
    assert sorted(row.split()[1] for row in every.lines) == ["1", "5"]
    assert all(Path(row.split(maxsplit=2)[2]).exists() for row in every.lines)
    assert line("resume", "--jsonl").rows == []


def test_a_download_that_fails_gives_its_reason(line: Line, journal: Path, tmp_path: Path) -> None:
    first, _ = order_downloads(line, journal, tmp_path / "out", 2)
    line.github.fault(f"GET {ARTIFACTS}/{first['id']}/zip", status=410, body='{"message": "Artifact has expired"}')
    ran = line("resume", "--downloads", "--json")
    assert ran.code == 3
    rows = {row["number"]: (row["result"], row["artifacts_left"]) for row in ran.document["unfinished"]}
    assert rows == {1: ("failed", 1), 3: ("downloaded", 0)}


def test_a_deletion_goes_on_only_with_the_number_that_is_left(line: Line, rest: list[int], tmp_path: Path) -> None:
    for arguments in ([], ["--yes", str(len(rest) + 1)], ["--yes", str(len(rest)), "--read-only"]):
        ran = line("resume", "2", *arguments)
        assert (ran.code, ran.out, line.requests) == (9, b"", [])
    assert f"artifact-tui resume 2 --yes {len(rest)}" in line("resume", "2").err
    ran = line("resume", "2", "--yes", str(len(rest)), "--jsonl")
    assert (ran.code, deletes(line)) == (0, rest)
    assert [(row["id"], row["result"], row["number"]) for row in ran.rows] == [(each, "deleted", 2) for each in rest]
    assert [(row["received"], row["total"], row["artifacts_left"]) for row in ran.rows] == [
        (done, len(rest) + 1, len(rest) + 1 - done) for done in range(2, len(rest) + 2)
    ]
    assert len(log_of(tmp_path)) == len(rest) + 2  # with the one before, and its failure
    assert line("resume", "--jsonl").rows == []
    assert line("resume", "2", "--yes", "1").code == 3


def test_the_document_of_a_resumed_deletion_has_the_counts(line: Line, rest: list[int]) -> None:
    found = line("resume", "2", "--yes", str(len(rest)), "--json").document
    assert len(found["unfinished"]) == found["counts"]["deleted"] == len(rest)
    assert "artifacts" not in found


def leave_deletion(line: Line, journal: Path, *repositories: str) -> list[tuple[str, int]]:
    """A deletion of two artifacts in each repository, which an ended program confirmed; in its order."""
    keys = ("id", "name", "size_in_bytes", "digest", "created_at")
    plans = []
    for repository in repositories:
        rows = line("list", repository, "--live", "--limit", "2", "--jsonl").rows
        artifacts = [artifact_of(msgspec.convert({key: row[key] for key in keys}, ArtifactRecord)) for row in rows]
        plans.append(DeletePlan.of(RepositoryName(*repository.split("/")), artifacts))
    items = [DeletionItem(repository=each[0], artifact=each[1]) for each in DeletePlan.across(plans).items]
    journals = Journals(journal)
    host = host_of_api(line.github.flavor.api).name
    journals.deletions.add(host, datetime(2026, 11, 1, tzinfo=UTC), items)
    journals.close()
    return [(str(item.repository), item.artifact.id) for item in items]


def test_a_deletion_in_several_repositories_is_listed_and_resumed(line: Line, journal: Path) -> None:
    plan = leave_deletion(line, journal, RECORDER, KESTREL)
    (row,) = line("resume", "--jsonl").rows
    assert (row["repository"], set(row["repositories"])) == (None, {RECORDER, KESTREL})
    assert "2 repositories" in line("resume").lines[1]
    assert line("resume", "-R", "fernwood-labs/sandbox", "--jsonl").rows == []
    assert len(line("resume", "-R", KESTREL, "--jsonl").rows) == 1
    ran = line("resume", "2", "--yes", "4")
    assert ran.code == 0
    assert [shown.split()[:3] for shown in ran.lines] == [["deleted", name, str(number)] for name, number in plan]
    sent = [request for request in line.requests if request.startswith("DELETE ")]
    assert sent == [f"DELETE /repos/{name}/actions/artifacts/{number}" for name, number in plan]
    assert line("resume", "--jsonl").rows == []


def test_a_repository_that_refuses_is_named_and_its_rest_stays(line: Line, journal: Path) -> None:
    plan = leave_deletion(line, journal, RECORDER, KESTREL)
    line.github.fault(
        f"DELETE {ARTIFACTS}/*", status=403, body='{"message": "Repository was archived so is read-only."}'
    )
    ran = line("resume", "2", "--yes", "4", "--jsonl")
    results = [(row["repository"], row["result"], row["problem"]) for row in ran.rows]
    assert (KESTREL, "deleted", None) in results
    assert (RECORDER, "not tried", "Not tried: read-only.") in results
    assert f"{RECORDER}: read-only." in ran.err
    assert line("resume", "2", "--discard").lines == [
        "discarded  2  deletion in 2 repositories: 2 artifacts not deleted"
    ]
    assert {name for name, _ in plan} == {RECORDER, KESTREL}


def test_discarding_says_what_was_removed(line: Line, rest: list[int], journal: Path, tmp_path: Path) -> None:
    order_downloads(line, journal, tmp_path, 2)
    parts = [tmp_path / str(number) / "any.part" for number in range(2)]
    journals = Journals(journal)
    for number, part in enumerate(parts, 1):
        part.parent.mkdir()
        part.write_bytes(bytes(2000))
        journals.downloads.change(number, part=part)
        journals.downloads.wrote(number, ((0, 2000),))
    journals.close()
    with parts[1].open("rb") as used:
        fcntl.flock(used, fcntl.LOCK_EX)
        ran = line("resume", "1", "2", "3", "--discard", "--json")
        assert ran.code == 10
    assert [row["result"] for row in ran.document["unfinished"]] == ["discarded", "discarded", "failed"]
    assert ran.error["message"] == "Entry 3 was not discarded: cannot remove its part file."
    assert [part.exists() for part in parts] == [False, True]
    name = line("resume", "--jsonl").rows[0]["name"]
    assert line("resume", "3", "--discard").lines == [f"discarded  3  {name}: 2.0 kB removed"]
    assert not parts[1].exists()


def test_a_discarded_deletion_says_what_was_not_deleted(line: Line, rest: list[int]) -> None:
    left = f"{len(rest)} artifact{'s' * (len(rest) != 1)} not deleted"
    assert line("resume", "2", "--discard").lines == [f"discarded  2  deletion in {RECORDER}: {left}"]


def test_a_discarded_deletion_deletes_nothing_more(line: Line, rest: list[int]) -> None:
    ran = line("resume", "2", "--discard", "--json")
    assert (ran.code, line.requests) == (0, [])
    assert [row["result"] for row in ran.document["unfinished"]] == ["discarded"]
    assert line("resume", "--jsonl").rows == []


def test_rows_that_cannot_be_read_are_told_and_left_alone(
    line: Line, rest: list[int], journal: Path, tmp_path: Path
) -> None:
    order_downloads(line, journal, tmp_path, 2)
    with closing(sqlite3.connect(journal)) as database, database:
        database.execute("UPDATE download SET \"order\" = x'00' WHERE id = 1")
    ran = line("resume", "--jsonl")
    assert (ran.code, [row["number"] for row in ran.rows]) == (0, [2, 3])
    assert "Skipped 1 unreadable entry" in ran.err
    assert line("resume", "1", "--discard").code == 3
    with closing(sqlite3.connect(journal)) as database:
        assert database.execute("SELECT count(*) FROM download").fetchone() == (2,)


def test_what_a_running_program_works_on_is_not_listed(line: Line, journal: Path, tmp_path: Path) -> None:
    order_downloads(line, journal, tmp_path, 1)
    running = Journals(journal)
    assert running.downloads.take(1)
    assert line("resume", "--jsonl").rows == []
    assert line("resume", "1").code == 3
    running.close()
    assert len(line("resume", "--jsonl").rows) == 1


def test_a_damaged_journal_is_an_error_of_this_machine(line: Line, journal: Path) -> None:
    journal.parent.mkdir(parents=True)
    journal.write_bytes(b"not a database" * 100)
    ran = line("resume", "--json")
    assert (ran.code, ran.out, ran.error["kind"]) == (10, b"", "disk")


def test_mistakes_send_nothing(line: Line, rest: list[int], journal: Path, tmp_path: Path) -> None:
    order_downloads(line, journal, tmp_path, 1)
    for words, sentence in (
        ("one", "'one' is not a number of the list."),
        ("--yes 3", "--yes needs the number of an entry."),
        ("--discard", "--discard needs the number of an entry."),
        ("--downloads 3", "--downloads resumes all downloads."),
        ("--downloads --yes 3", "--downloads resumes all downloads."),
        ("1 --discard --yes 3", "--discard and --yes exclude each other."),
        ("1 --yes 1", "--yes is for deletions."),
        ("1 2 --yes 1", "Resume a deletion alone"),
    ):
        ran = line("resume", *words.split())
        assert (ran.code, ran.out, line.requests) == (2, b"", []), words
        assert sentence in ran.err
