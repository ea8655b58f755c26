"""Reports of real tools: what each declares of itself is shown, and never a better result than that."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from artifact_tui.preview.kinds import show
from artifact_tui.preview.line import SUCCESS, Rendered, Sample, StyledLine
from artifact_tui.preview.reports.remarks import whole_number
from tests.examples import examples
from tests.preview.looks import look_of_line

FILES = Path(__file__).parent / "files"


def page_of(name: str) -> Rendered:
    return show(Sample(name, (FILES / name).read_bytes()))


def junit(text: str, size: int | None = None) -> Rendered:
    return show(Sample("junit.xml", text.encode(), size))


def trx(summary: str, results: str = '<UnitTestResult testName="A.B.Reads" outcome="Passed"/>') -> Rendered:
    return show(Sample("a.trx", f"<TestRun><Results>{results}</Results>{summary}</TestRun>".encode()))


def texts(page: Rendered) -> list[str]:
    return [line.text for line in page.lines]


def sum_of(page: Rendered) -> str:
    """The line that counts outcomes."""
    return next(" ".join(text.split()) for text in texts(page) if re.search("of .* test|^Listed", text))


def is_green(line: StyledLine) -> bool:
    return any(run.style == SUCCESS for run in line.runs)


TOOLS = {
    "junit-bazel.xml": "1 error of 1 test in 12.0 s",
    "junit-catch2.xml": "1 failed 1 passed of 2 tests in 0.0 s",
    "junit-ctest.xml": "2 failed 3 skipped 1 passed of 6 tests in 1.0 s",
    "junit-gradle.xml": "1 failed of 1 test in 0.1 s",
    "junit-gtest-disabled.xml": "3 skipped 1 passed of 4 tests",
    "junit-gtest-failures.xml": "1 failed 1 passed of 2 tests in 0.0 s",
    "junit-gtest.xml": "1 failed 2 skipped 1 passed of 4 tests",
    "junit-jest.xml": "Listed: 1 passed in 0.0 s",
    "junit-mocha-xunit.xml": "1 failed 1 skipped 1 passed of 3 tests in 0.0 s",
    "junit-nextest.xml": "1 flaky 1 passed of 2 tests in 0.0 s",
    "junit-phpunit.xml": "1 failed 1 error 1 warning 1 passed of 4 tests in 0.0 s",
    "junit-surefire.xml": "1 failed 1 flaky 1 skipped 1 passed of 4 tests in 1,204.5 s",
    "junit-vitest.xml": "1 failed 1 passed of 2 tests in 0.0 s",
    "junit.xml": "1 failed 1 error 1 skipped 4 passed of 7 tests in 1.8 s",
    "aborted.trx": "Listed: 2 passed in 0.0 s",
    "mstest.trx": "2 failed 1 skipped 2 passed of 5 tests in 0.0 s",
    "xunit.trx": "1 failed 1 passed of 2 tests in 0.0 s",
}


@pytest.mark.parametrize("name", TOOLS)
def test_the_outcomes_of_every_tool_are_counted(name: str) -> None:
    assert sum_of(page_of(name)) == TOOLS[name]


def test_every_failure_of_a_test_is_shown_in_order() -> None:
    for name, messages in {
        "junit-gtest-failures.xml": ["  Expected equality: first-cause", "  Expected equality: second-effect"],
        "junit-gtest.xml": ["  first cause", "  second effect"],
        "junit-vitest.xml": ["  expected 3 to be 4", "  expected 'EUR' to be 'USD'"],
        "junit-catch2.xml": ["  1 == 2", "  3 == 4"],
        "junit-surefire.xml": ["  expected: <1> but was: <2>", "  expected: <1> but was: <3>"],
    }.items():
        shown = [text for text in texts(page_of(name)) if text in messages]
        assert shown == messages, name


def test_an_error_of_a_suite_that_lists_no_test_comes_first() -> None:
    page = page_of("junit-jest.xml")
    assert page.lines[0].is_error
    assert "broken.test.js declares 1 error" in page.lines[0].text
    assert not any("passed" in line.text and is_green(line) for line in page.lines)


def test_an_error_outside_of_tests_comes_first() -> None:
    page = junit('<testsuites><testsuite name="s"><error message="no port">trace</error></testsuite></testsuites>')
    assert texts(page)[:2] == ["✗ s has an error outside of its tests: no port", "  trace"]


@pytest.mark.parametrize(
    "totals",
    ['tests="2" failures="1"', 'tests="2" errors="1"', 'tests="3" failures="0"', 'tests="1,002"', 'failures="1.0"'],
)
@pytest.mark.parametrize("place", ["root", "suite", "inner suite"])
def test_totals_that_are_worse_than_the_list_come_first_as_an_error(totals: str, place: str) -> None:
    root, suite, inner = (totals if place == one else "" for one in ("root", "suite", "inner suite"))
    cases = '<testcase name="a"/><testcase name="b"/>'
    page = junit(
        f"<testsuites {root}><testsuite {suite} name='s'><testsuite {inner} name='t'>{cases}</testsuite></testsuite>"
        "</testsuites>"
    )
    assert page.lines[0].is_error
    assert page.lines[0].text.startswith("✗ The report" if place == "root" else "✗ s" if place == "suite" else "✗ t")
    assert sum(" declares " in text for text in texts(page)) == 1
    assert sum_of(page) == "Listed: 2 passed"
    assert not is_green(page.lines[2])


@pytest.mark.parametrize("total", ["many", "-3", "1e400", "NaN", "9" * 50, "1.5", "²"])
def test_a_total_that_makes_no_sense_is_named_and_nothing_is_green(total: str) -> None:
    page = junit(f'<testsuites tests="{total}"><testsuite name="s"><testcase name="a"/></testsuite></testsuites>')
    assert page.lines[0].text.startswith("! The report declares totals that are not numbers: tests='")
    assert sum_of(page) == "Listed: 1 passed"


@pytest.mark.parametrize(
    ("text", "number"),
    [("3", 3), (" 3.0 ", 3), ("1,204", 1204), ("1.204", 1204), ("1 204", 1204), ("1'204,0", 1204), ("", None)],
)
def test_totals_are_read_as_tools_write_them(text: str, number: int | None) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        ('status="failed"', "1 failed of 1 test"),
        ('status="run" result="failure"', "1 failed of 1 test"),
        ('status="timedout"', "1 error of 1 test"),
        ('status="Not Run"', "1 skipped of 1 test"),
        ('status="run" result="suppressed"', "1 skipped of 1 test"),
        ('status="pending"', "1 skipped of 1 test"),
        ('status="quarantined"', "1 unknown of 1 test"),
        ('result="pass"', "1 passed of 1 test"),
    ],
)
def test_a_state_in_an_attribute_counts(state: str, outcome: str) -> None:
    assert sum_of(junit(f'<testsuite><testcase name="a" {state}/></testsuite>')) == outcome


def test_a_failed_test_shows_what_it_and_its_suite_wrote() -> None:
    for name, said in {
        "junit-ctest.xml": "reason on stdout",
        "junit-bazel.xml": "server_test.go:31: bind: address already in use",
        "junit-gradle.xml": "disk is full",
        "mstest.trx": "currency is not set",
        "junit-vitest.xml": "currency is not set",
    }.items():
        assert any(said in text for text in texts(page_of(name))), name


@pytest.mark.parametrize("place", ["suite", "outer suite", "root"])
def test_what_an_outer_suite_wrote_is_shown_below_its_last_failure(place: str) -> None:
    outputs = {one: "<system-err>the cause</system-err>" * (one == place) for one in ("suite", "outer suite", "root")}
    page = junit(
        '<testsuites><testsuite name="s"><testsuite name="t"><testcase name="a"><failure/></testcase>'
        f"{outputs['suite']}</testsuite>{outputs['outer suite']}</testsuite>{outputs['root']}</testsuites>"
    )
    assert texts(page)[2:] == ["✗ a  t", "  system-err of the suite", "  the cause"]


def test_the_end_of_a_very_long_output_is_kept_and_the_gap_is_named() -> None:
    output = "start\n" + "x" * 300_000 + "\nthe cause"
    page = junit(f'<testsuite><testcase name="a"><failure/><system-out>{output}</system-out></testcase></testsuite>')
    assert "  the cause" in texts(page)
    assert any("characters left out" in text for text in texts(page))


def test_a_report_that_was_read_in_part_shows_what_it_declares() -> None:
    passed = '<testcase name="a" classname="b"/>' * 100
    failed = '<testcase name="z"><failure message="broke"/></testcase>'
    totals = 'tests="101" failures="1"'
    text = f"<testsuites {totals}><testsuite {totals}>{passed}{failed}</testsuite></testsuites>"
    page = junit(text[:2000], len(text))
    assert page.lines[0].is_error
    assert page.lines[0].text.startswith("✗ The report declares 101 tests, 1 failure. Read so far: ")
    assert page.lines[1].text == f"! Only the first 2.0 kB of {len(text) / 1000:.1f} kB were read."
    assert not any(is_green(line) for line in page.lines[:4])
    assert sum_of(junit(text)) == "1 failed 100 passed of 101 tests"


def test_a_failure_that_the_part_breaks_off_in_is_shown() -> None:
    page = junit('<testsuite><testcase name="a"><failure message="broke">tra', 999)
    assert "  broke" in texts(page)


def test_an_aborted_run_says_so_first_and_nothing_reads_as_all_passed() -> None:
    page = page_of("aborted.trx")
    assert [line.text for line in page.lines if line.is_error] == [
        "✗ Outcome of the run: Failed.",
        "✗ Error: The active test run was aborted. Reason: Test host process crashed : Stack overflow.",
    ]
    assert page.lines[0].is_error
    assert not any("of 2 tests" in text for text in texts(page))


@pytest.mark.parametrize(
    ("summary", "first"),
    [
        ('<ResultSummary outcome="Aborted"/>', "✗ Outcome of the run: Aborted."),
        ('<ResultSummary outcome="Inconclusive"/>', "! Outcome of the run: Inconclusive."),
        (
            '<ResultSummary outcome="Completed"><Counters total="3" passed="1" failed="2"/></ResultSummary>',
            "✗ The run declares 3 tests, 2 failed tests, but lists 1 test, no failed test.",
        ),
        (
            '<ResultSummary><Counters total="1" passed="0" failed="0" aborted="1"/></ResultSummary>',
            "✗ The run declares 1 failed test, no passed test, but lists no failed test, 1 passed test.",
        ),
        (
            '<ResultSummary><RunInfos><RunInfo outcome="Warning"><Text>slow</Text></RunInfo></RunInfos>'
            "</ResultSummary>",
            "! Warning: slow",
        ),
        (
            '<ResultSummary><Counters total="x"/></ResultSummary>',
            "! The run declares totals that are not numbers: total='x'.",
        ),
    ],
)
def test_what_a_run_says_of_itself_comes_before_its_tests(summary: str, first: str) -> None:
    page = trx(summary)
    assert page.lines[0].text == first
    assert page.lines[0].is_error == first.startswith("✗")
    assert sum_of(page) == "Listed: 1 passed"


def test_a_run_of_which_all_is_well_is_green() -> None:
    page = trx('<ResultSummary outcome="Completed"><Counters total="1" passed="1" failed="0"/></ResultSummary>')
    assert page.lines[0].text == "1 passed  of 1 test"
    assert is_green(page.lines[0])


def test_tests_of_one_name_are_told_apart_by_their_classes() -> None:
    page = page_of("mstest.trx")
    assert "✗ Adds  Shop.Tests.TotalTests" in texts(page)
    assert "Shop.Tests.CartTests · passed" in texts(page)
    assert "✓ Rounds (1.5,2)" in texts(page)


def test_records_of_one_file_are_one_row() -> None:
    page = page_of("twice.info")
    assert page.lines[0].text == "100.0 % of 4 lines in 1 file"
    assert [" ".join(text.split()) for text in texts(page)[3:]] == ["src/cart.ts 100.0 % 4/4"]


@pytest.mark.parametrize(
    ("name", "remark"),
    [
        ("declared.info", "! Declared for src/main.rs: 2 of 5 lines covered; listed: 2 of 2."),
        ("coverage.xml", "! The report declares 80.0 % of lines covered; the listed lines add up to 3 of 6 (50.0 %)."),
        (
            "jacoco-totals.xml",
            "! The report declares 2 of 5 lines covered; the listed lines add up to 2 of 2 (100.0 %).",
        ),
    ],
)
def test_coverage_that_is_declared_in_another_way_is_said_first_and_not_green(name: str, remark: str) -> None:
    page = page_of(name)
    assert page.lines[0].text == remark
    assert not is_green(page.lines[2])


@pytest.mark.parametrize("name", ["cobertura.xml", "clover.xml", "jacoco.xml", "lcov.info"])
def test_coverage_that_agrees_with_its_report_says_nothing_more(name: str) -> None:
    assert " % of " in page_of(name).lines[0].text


def test_a_part_of_a_tracefile_is_never_green() -> None:
    data = b"SF:a\nDA:1,1\nLF:1\nLH:1\nend_of_record\n"
    page = show(Sample("a.info", data, 999_999))
    assert page.lines[0].text == "! Only the first 36 B of 1.0 MB were read."
    assert not any(is_green(line) for line in page.lines[:4])


@pytest.mark.parametrize(
    ("totals", "words"),
    [
        ('skipped="2"', "2 skipped tests"),
        ('skipped="2" disabled="0"', "2 skipped tests"),
        ('disabled="1"', "1 disabled test"),
        ('skipped="0" disabled="1"', "1 disabled test"),
    ],
)
def test_skipped_tests_that_are_not_listed_as_such_are_said_first_and_nothing_is_green(totals: str, words: str) -> None:
    page = junit(f'<testsuite name="s" tests="2" {totals}><testcase name="a"/><testcase name="b"/></testsuite>')
    assert page.lines[0].text == f"! The report declares {words}, but lists no skipped test."
    assert not is_green(page.lines[2])


@pytest.mark.parametrize("end", ["DA:1,1\n", "DA:1,1\nLF:1\nLH:1\nend_of_reco", "LF:1\nLH:1\nend_of_record\nTN:\nSF:"])
def test_a_tracefile_that_ends_within_a_record_says_so_and_is_never_green(end: str) -> None:
    page = show(Sample("a.info", f"TN:\nSF:a\nDA:1,1\n{end}".encode()))
    assert page.lines[0].text == "! The file ends within a record, so it may be incomplete."
    assert not any(is_green(line) for line in page.lines[:4])


def coverage_of(root: str, lines: str) -> Rendered:
    text = f'<coverage {root}><class filename="a.c"><lines>{lines}</lines></class></coverage>'
    return show(Sample("coverage.xml", text.encode()))


@pytest.mark.parametrize("hits", ["-1", "0.0", "0", "00"])
def test_a_line_that_ran_less_than_once_is_not_covered(hits: str) -> None:
    page = coverage_of('line-rate="0.5"', f'<line number="1" hits="{hits}"/><line number="2" hits="1"/>')
    assert page.lines[0].text == "50.0 % of 2 lines in 1 file"


@pytest.mark.parametrize("total", ['line-rate="NaN"', 'line-rate="50"', 'lines-valid="many" lines-covered="1"'])
def test_totals_of_coverage_that_make_no_sense_are_named_and_nothing_is_green(total: str) -> None:
    page = coverage_of(total, '<line number="1" hits="1"/>')
    first = total.split()[0].replace('"', "'")
    assert page.lines[0].text == f"! The report declares invalid totals: {first}."
    assert not is_green(page.lines[2])


def test_a_rate_with_a_comma_is_a_rate() -> None:
    first = coverage_of('line-rate="0,5"', '<line number="1" hits="1"/>').lines[0].text
    assert first == "! The report declares 50.0 % of lines covered; the listed lines add up to 1 of 1 (100.0 %)."


def test_the_generic_coverage_of_sonarqube_is_read() -> None:
    lines = "".join(f'<lineToCover lineNumber="{at}" covered="{word}"/>' for at, word in ((1, "false"), (2, "true")))
    text = f'<coverage version="1"><file path="src/a.c">{lines}</file></coverage>'
    assert show(Sample("coverage.xml", text.encode())).lines[0].text == "50.0 % of 2 lines in 1 file"


def test_almost_everything_is_not_all_of_it() -> None:
    rows = "".join(f"DA:{number},{int(number != 5)}\n" for number in range(1, 5001))
    assert show(Sample("a.info", f"SF:a\n{rows}end_of_record\n".encode())).lines[0].text.startswith("99.9 % of ")


@given(st.sampled_from(sorted(path.name for path in FILES.iterdir())), st.data())
@settings(max_examples=examples(60), deadline=None)
def test_a_real_file_that_is_changed_anywhere_is_still_shown(name: str, data: st.DataObject) -> None:
    original = (FILES / name).read_bytes()
    at = data.draw(st.integers(0, len(original)))
    length = data.draw(st.integers(0, 40))
    put = data.draw(
        st.sampled_from([b"", b'"', b"<", b">", b"-1", b"9" * 40, b"\0\0", b"null", b"\xff", original[:60]])
    )
    changed = original[:at] + put + original[at + length :]
    for size in (len(changed), len(changed) + 1):
        for line in show(Sample(name, changed, size)).at(80):
            look_of_line(line)
            assert line.text.isprintable()


@given(st.text("0123456789,.' -xeE", max_size=30))
@example("9" * 5000)
@settings(max_examples=examples(60))
def test_any_total_is_a_number_or_none(text: str) -> None:
    number = whole_number(text)
    assert number is None or 0 <= number < 10**15
