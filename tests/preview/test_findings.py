"""SARIF as its standard resolves it: levels, rules, messages and places that are given elsewhere in the file."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from artifact_tui.preview.kinds import show
from artifact_tui.preview.line import Rendered, Sample

FILES = Path(__file__).parent / "files"
RULES = [
    {"id": "A1", "defaultConfiguration": {"level": "error"}, "messageStrings": {"m": {"text": "{0} of {1}"}}},
    {"id": "A2", "shortDescription": {"text": "About A2"}},
]


def report(*results: Any, **run: Any) -> Rendered:
    tool = {"driver": {"name": "T", "rules": RULES}, "extensions": [{"name": "x", "rules": [{"id": "B1"}]}]}
    text = json.dumps({"version": "2.1.0", "runs": [{"tool": tool, "results": list(results), **run}]})
    return show(Sample("a.sarif", text.encode()))


def texts(page: Rendered) -> list[str]:
    return [line.text for line in page.lines]


def test_the_level_of_the_rule_counts_where_the_result_has_none() -> None:
    page = show(Sample("codeql.sarif", (FILES / "codeql.sarif").read_bytes()))
    assert [text for text in texts(page) if "src/" in text] == [
        "error   src/z.js:40:5  js/sql-injection",
        "note    src/a.js:3:7  js/unused-local-variable",
    ]
    assert [line.text.split()[1] for line in page.lines if line.is_error] == ["src/z.js:40:5"]


@pytest.mark.parametrize(
    ("result", "word"),
    [
        ({"ruleId": "A1"}, "error"),
        ({"ruleId": "A1/part"}, "error"),
        ({"ruleIndex": 0}, "error"),
        ({"ruleId": "A1", "ruleIndex": 1}, "error"),
        ({"ruleId": "A1", "ruleIndex": -1}, "error"),
        ({"ruleId": "A1", "ruleIndex": 99}, "error"),
        ({"rule": {"id": "A1"}}, "error"),
        ({"rule": {"index": 0, "toolComponent": {"index": 0}}}, "warning"),
        ({"ruleId": "A2"}, "warning"),
        ({"ruleId": "unheard of"}, "warning"),
        ({"ruleId": "A1", "level": "note"}, "note"),
        ({"ruleId": "A1", "kind": "pass"}, "pass"),
        ({"ruleId": "A1", "kind": "fail"}, "error"),
        ({"ruleId": "A1", "suppressions": [{"kind": "inSource"}]}, "suppressed"),
        ({"ruleId": "A1", "suppressions": [{"kind": "external", "status": "rejected"}]}, "error"),
        ({"ruleId": "A1", "baselineState": "absent"}, "absent"),
    ],
)
def test_the_word_in_front_of_a_result_is_what_the_standard_says(result: dict[str, Any], word: str) -> None:
    line = report({"message": {"text": "x"}, **result}).lines[1]
    assert line.text.split()[0] == word
    assert line.is_error == (word == "error")


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"text": "plain"}, "plain"),
        ({"id": "m", "arguments": ["one", "two"]}, "one of two"),
        ({"id": "m", "arguments": ["one"]}, "one of {1}"),
        ({"id": "nowhere"}, "Message 'nowhere' is not in the report."),
        ({"text": "{0} and {{0}}", "arguments": ["x"]}, "x and {0}"),
        (
            {"text": r"see [the value](1), [a page](https://a.test) and \[this\]"},
            "see the value, a page (https://a.test) and [this]",
        ),
        ({"markdown": "only **this**"}, "only **this**"),
    ],
)
def test_messages_are_resolved(message: dict[str, Any], text: str) -> None:
    assert texts(report({"ruleId": "A1", "message": message}))[2].strip() == text


def test_a_result_without_a_message_shows_what_its_rule_is_about() -> None:
    assert texts(report({"ruleId": "A2", "message": {}}))[2].strip() == "About A2"


def test_a_place_may_be_an_index_into_the_artifacts() -> None:
    place = {"physicalLocation": {"artifactLocation": {"index": 1}, "region": {"startLine": 4}}}
    page = report(
        {"message": {"text": "x"}, "locations": [place]},
        artifacts=[{"location": {"uri": "a.c"}}, {"location": {"uri": "src/b%20b.c"}}],
    )
    assert page.lines[1].text.startswith("warning src/b b.c:4")


@pytest.mark.parametrize(
    ("run", "first"),
    [
        (
            {"invocations": [{"executionSuccessful": False, "exitCode": 2}]},
            "✗ The analysis did not finish successfully (exit code 2).",
        ),
        (
            {
                "invocations": [
                    {
                        "executionSuccessful": True,
                        "toolExecutionNotifications": [{"level": "error", "message": {"text": "out of memory"}}],
                    }
                ]
            },
            "✗ Tool error: out of memory",
        ),
        ({"results": None}, "✗ The report has no list of results: the analysis may not have run."),
        (
            {"externalPropertyFileReferences": {"results": [{"location": {"uri": "more.json"}}]}},
            "✗ More findings are in 1 other file (not read here).",
        ),
        ({"results": [{"message": 7}]}, "✗ 1 invalid result is left out."),
    ],
)
def test_what_makes_the_findings_incomplete_comes_first(run: dict[str, Any], first: str) -> None:
    page = report(**run)
    assert page.lines[0].text == first
    assert page.lines[0].is_error


def test_a_part_of_a_report_is_not_shown_as_one() -> None:
    data = (FILES / "codeql.sarif").read_bytes()
    page = show(Sample("codeql.sarif", data[:300], len(data)))
    assert page.kind == "JSON"
    assert page.notes[0] == "Not shown as a report: only the first 300 B of 786 B were read."


def test_a_report_that_is_broken_off_says_why_it_is_text() -> None:
    page = show(Sample("codeql.sarif", (FILES / "codeql.sarif").read_bytes()[:300]))
    assert page.kind == "text"
    assert page.notes[0].startswith("Not shown as a report: it is not SARIF 2.1.0 (")


def test_the_first_version_of_the_format_is_named_and_not_shown_as_no_findings() -> None:
    data = b'{"version":"1.0.0","runs":[{"tool":{"name":"csc"},"results":[{"level":"error","message":"no"}]}]}'
    page = show(Sample("build.sarif", data))
    assert page.kind == "JSON"
    assert page.notes[0] == "Not shown as a report: it is SARIF 1.0, and only SARIF 2.1.0 is supported."


def test_the_memory_that_a_rule_id_takes_grows_no_faster_than_its_length() -> None:
    tracemalloc.start()
    try:
        page = report(results=[{"ruleId": "a/" * 20_000, "level": "error", "message": {"text": "deep"}}])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert page.lines[-1].text.strip() == "deep"
    assert peak < 20_000_000
