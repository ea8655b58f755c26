"""``artifact-tui delete`` with consent: exactly the plan, one by one, with a journal and a log, or nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.transfers.journals import Journals
from tests.cli.line.deleting import ARTIFACTS, RECORDER, deletes, log_of, planned, write_settings
from tests.cli.line.program import Line, Ran

OLD = ("go-test", "--older", "20d")


@pytest.fixture(autouse=True)
def settings(tmp_path: Path) -> None:
    write_settings(tmp_path)


@pytest.fixture
def plan(line: Line) -> list[int]:
    """The IDs that :data:`OLD` plans."""
    found = [row["id"] for row in planned(line, *OLD)]
    assert len(found) > 4
    return found


def first_error(ran: Ran) -> dict[str, Any]:
    """The first error on standard error, as JSON."""
    found: dict[str, Any] = next(json.loads(text)["error"] for text in ran.err.splitlines() if '"error"' in text)
    return found


def left(line: Line, home: Path) -> int:
    """How many artifacts of unfinished deletions the journal holds."""
    journals = Journals(home / ".local" / "state" / "artifact-tui" / "transfers.sqlite")
    hosts = [line.github.flavor.api.partition("//")[2]]
    found = [one for host in hosts for one in journals.deletions.unfinished(host)]
    journals.close()
    return sum(len(one.remaining) for one in found)


def test_the_plan_is_deleted_and_each_artifact_is_checked_before(line: Line, plan: list[int], tmp_path: Path) -> None:
    ran = line("delete", RECORDER, *OLD, "--yes", str(len(plan)))
    assert (ran.code, deletes(line)) == (0, plan)
    assert [row.split() for row in ran.lines] == [["deleted", str(number), "go-test"] for number in plan]
    last = line.requests[-2 * len(plan) :]
    assert last == [f"{method} {ARTIFACTS}/{number}" for number in plan for method in ("GET", "DELETE")]
    assert f"{len(plan)} deleted of {len(plan)} artifacts." in ran.err
    assert [(entry["id"], entry["result"]) for entry in log_of(tmp_path)] == [(number, "deleted") for number in plan]
    assert left(line, tmp_path) == 0
    again = line("delete", RECORDER, *OLD, "--at-most", "999")
    assert (again.code, again.out, deletes(line)) == (0, b"", [])


@pytest.mark.parametrize("consent", [("--yes", -1), ("--yes", 1), ("--at-most", -1)])
def test_another_number_deletes_nothing(line: Line, plan: list[int], consent: tuple[str, int]) -> None:
    option, more = consent
    ran = line("delete", RECORDER, *OLD, option, str(len(plan) + more), "--jsonl")
    assert (ran.code, ran.out, deletes(line)) == (9, b"", [])
    assert ran.error["kind"] == "refused_by_plan"
    assert f"The plan has {len(plan)} artifacts" in ran.error["message"]


def test_at_most_so_many_or_fewer_and_none_at_all(line: Line, plan: list[int]) -> None:
    assert line("delete", RECORDER, *OLD, "--at-most", str(len(plan)), "--ids").code == 2
    assert line("delete", RECORDER, *OLD, "--at-most", str(len(plan)), "--jsonl").code == 0
    assert deletes(line) == plan
    none = line("delete", RECORDER, "--older", "1y", "--at-most", "5", "--json")
    assert (none.code, none.document["count"], none.document["artifacts"]) == (0, 0, [])
    assert line("delete", RECORDER, "--older", "1y", "--yes", "5").code == 9


@pytest.mark.parametrize("consent", ["--yes", "--at-most"])
def test_read_only_refuses_consent_before_any_request(line: Line, consent: str) -> None:
    ran = line("delete", RECORDER, *OLD, consent, "5", "--read-only")
    assert (ran.code, ran.out, line.requests) == (9, b"", [])
    assert line("delete", RECORDER, *OLD, "--read-only").code == 0


def test_the_rows_and_the_document_say_what_became_of_each(line: Line, plan: list[int]) -> None:
    line.github.fault(f"GET {ARTIFACTS}/{plan[0]}", status=200, body=json.dumps({"id": plan[0], "name": "new"}))
    ran = line("delete", RECORDER, *OLD, "--yes", str(len(plan)), "--json")
    assert ran.code == 1
    found = ran.document
    skipped, *others = found["artifacts"]
    assert (skipped["id"], skipped["result"]) == (plan[0], "skipped")
    assert skipped["problem"].startswith("Skipped: changed since review: it is now called new")
    assert {row["result"] for row in others} == {"deleted"}
    numbers = {"deleted": len(plan) - 1, "already gone": 0, "skipped": 1, "failed": 0, "not tried": 0}
    assert found["counts"] == numbers
    assert found["bytes_freed"] == sum(row["size_in_bytes"] for row in others if not row["expired"])
    error = first_error(ran)
    assert (error["kind"], error["item"]) == ("changed", {"id": plan[0], "name": "go-test"})


@pytest.mark.parametrize(
    ("fault", "code", "kind"),
    [
        ({"status": 403, "body": '{"message": "Resource not accessible by integration"}'}, 4, "forbidden"),
        ({"status": 401, "body": '{"message": "Bad credentials"}'}, 4, "signed_out"),
        ({"status": 429, "headers": {"Retry-After": "900"}, "body": "{}"}, 6, "rate_limited"),
        ({"status": 405, "body": "<html>"}, 5, "refused"),
    ],
    ids=lambda value: str(value) if isinstance(value, str) else "",
)  # fmt: skip
def test_what_stops_one_stops_all_and_the_rest_is_kept(
    line: Line, plan: list[int], tmp_path: Path, fault: dict[str, Any], code: int, kind: str
) -> None:
    line.github.fault(f"DELETE {ARTIFACTS}/{plan[1]}", times=9, **fault)
    ran = line("delete", RECORDER, *OLD, "--yes", str(len(plan)), "--jsonl")
    assert ran.code == code
    assert [row["result"] for row in ran.rows] == ["deleted", "failed", *["not tried"] * (len(plan) - 2)]
    error = first_error(ran)
    assert (error["kind"], error["item"]["id"]) == (kind, plan[1])
    assert (error["retry_at"] is not None) == (kind == "rate_limited")
    assert deletes(line) == plan[:2]
    assert 'Run "artifact-tui resume" to see the rest.' in ran.err
    assert left(line, tmp_path) == len(plan) - 1
    assert DEMO_TOKEN not in ran.err + ran.out.decode()


def test_without_a_journal_nothing_is_deleted(
    line: Line, plan: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    ran = line("delete", RECORDER, *OLD, "--yes", str(len(plan)))
    assert (ran.code, ran.out, line.requests) == (10, b"", [])
    assert "XDG_STATE_HOME" in ran.err
    assert "resumed" not in ran.err


def test_a_log_that_cannot_be_written_stops_the_deletion(line: Line, plan: list[int], tmp_path: Path) -> None:
    (tmp_path / ".local" / "state" / "artifact-tui" / "deletions.jsonl").mkdir(parents=True)
    ran = line("delete", RECORDER, *OLD, "--yes", str(len(plan)), "--jsonl")
    assert ran.code == 10
    assert len(deletes(line)) == 1
    assert [row["result"] for row in ran.rows] == ["deleted", *["not tried"] * (len(plan) - 1)]
    assert "XDG_STATE_HOME" in ran.err


def test_a_saved_plan_deletes_its_artifacts_and_no_others(line: Line, plan: list[int], tmp_path: Path) -> None:
    saved = str(tmp_path / "plan")
    assert line("delete", RECORDER, *OLD, "--save-plan", saved, "-q").code == 0
    newest = line.github.store.artifacts[max(line.github.store.artifacts)]
    known = line.github.store.artifacts[plan[0]]
    line.github.store.add(replace(known, id=newest.id + 1))
    shown = line("delete", "--plan", saved, "--json").document
    assert ([row["id"] for row in shown["artifacts"]], shown["repository"]) == (plan, RECORDER)
    assert len(planned(line, *OLD)) == len(plan) + 1
    assert line("delete", "--plan", saved, "--yes", str(len(plan) + 1)).code == 9
    assert deletes(line) == []
    line.github.fault(f"GET {ARTIFACTS}/{plan[1]}", status=200, body=json.dumps({"id": plan[1], "name": "new"}))
    ran = line("delete", "--plan", saved, "--yes", str(len(plan)), "--jsonl")
    assert ran.code == 1
    assert deletes(line) == [plan[0], *plan[2:]]
    assert f"GET {ARTIFACTS}" not in line.requests


def test_a_plan_that_takes_long_says_so_before_and_at_its_beginning(line: Line, plan: list[int]) -> None:
    """The requests that are left do not suffice, so the rest waits for the reset of the rate limit."""
    assert "takes at least" not in line("delete", RECORDER, *OLD).err
    quota = line.github.site.quota("core", line.github.accounts[DEMO_TOKEN])
    quota.used = quota.limit - len(line.requests) - 6
    ran = line("delete", RECORDER, *OLD)
    takes = r"The deletion takes at least 1:00:00\."
    assert re.search(rf"{len(plan)} artifacts, \S+ \S+\. {takes} Nothing was deleted\.", ran.err)
    quota.used = quota.limit - len(line.requests) - 6
    ran = line("delete", RECORDER, *OLD, "--yes", str(len(plan)))
    assert ran.code == 6
    assert re.search(rf"Deleting {len(plan)} artifacts\. {takes}", ran.err)


def test_after_saving_a_plan_the_next_step_is_to_carry_out_the_file(line: Line, tmp_path: Path) -> None:
    ran = line("delete", RECORDER, *OLD, "--save-plan", "plan")
    assert "To delete: artifact-tui delete --yes" in ran.err
    assert f"--plan plan --api-url={line.api}" in ran.err
    ran = line("delete", RECORDER, *OLD, "--save-plan", "plan", "--backup", "kept", "--no-config")
    assert f"--plan plan --api-url={line.api} --backup=kept --no-config" in ran.err
    refused = line("delete", RECORDER, *OLD, "--save-plan", "-")
    assert (refused.code, line.requests) == (2, [])


def test_a_saved_plan_whose_protection_has_changed_is_refused(line: Line, plan: list[int], tmp_path: Path) -> None:
    saved = str(tmp_path / "plan")
    line("delete", RECORDER, *OLD, "--save-plan", saved)
    write_settings(tmp_path, 'pinned = ["go-*"]\n')
    ran = line("delete", "--plan", saved, "--yes", str(len(plan)))
    assert (ran.code, deletes(line)) == (9, [])
    assert "The plan has 0 artifacts" in ran.err


def test_a_saved_plan_that_was_changed_or_is_of_another_place_is_refused(line: Line, tmp_path: Path) -> None:
    saved = tmp_path / "plan"
    line("delete", RECORDER, *OLD, "--save-plan", str(saved))
    text = saved.read_text()
    for changed, sentence in (
        (text.replace('"go-test"', '"go-tests"', 1), "was changed after it was saved"),
        (text.replace('"head_branch":"', '"head_branch":"x', 1), "was changed after it was saved"),
        (text.replace('"include_protected":[]', '"include_protected":["tag"]'), "was changed after it was saved"),
        (text.replace('"schema":1', '"schema":2'), "is not a plan of this version"),
        (text.replace('"host":', '"hosts":'), "is not a plan."),
        ("[]", "is not a plan."),
    ):
        saved.write_text(changed)
        ran = line("delete", "--plan", str(saved), "--yes", "9")
        assert (ran.code, line.requests) == (2, [])
        assert sentence in ran.err
    saved.write_text(text)
    assert "not fernwood-labs/kestrel" in line("delete", "fernwood-labs/kestrel", "--plan", str(saved)).err
    unwritable = line("delete", RECORDER, *OLD, "--save-plan", str(tmp_path), "--yes", "99")
    assert (unwritable.code, deletes(line)) == (10, [])


def test_the_budget_of_requests_stops_a_deletion(line: Line, plan: list[int], tmp_path: Path) -> None:
    dry = line("delete", RECORDER, *OLD)
    assert dry.code == 0
    budget = len(line.requests) + 2
    ran = line("delete", RECORDER, *OLD, "--yes", str(len(plan)), "--max-requests", str(budget), "--jsonl")
    assert (ran.code, deletes(line)) == (6, plan[:1])
    assert left(line, tmp_path) == len(plan) - 1
    one_more = ("--yes", str(len(plan) - 1), "--max-requests", str(budget - 1), "--jsonl")
    unsent = line("delete", RECORDER, *OLD, *one_more)
    assert (unsent.code, deletes(line), "not confirmed" in unsent.out.decode()) == (6, [], False)
