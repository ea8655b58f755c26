"""Each kind of file as people see it, from a file of that kind to lines with styles."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artifact_tui.preview.json_document import layout
from artifact_tui.preview.kinds import show, show_as_bytes, show_as_text
from artifact_tui.preview.line import Sample
from artifact_tui.preview.log import MOST_LINES
from tests.examples import examples
from tests.preview.looks import look, look_of_line
from tests.slow_cases import slow_but

FILES = Path(__file__).parent / "files"


@pytest.mark.parametrize("name", sorted(path.name for path in FILES.iterdir()))
def test_every_kind_looks_as_it_did(name: str, snapshot: Any) -> None:
    assert look(show(Sample(name, (FILES / name).read_bytes()))) == snapshot


NAMES = sorted(
    {path.suffix for path in FILES.iterdir()} | {".sarif", ".tsv", ".html", ".info", ".yml", ".ini", ".bin", ""}
)
STARTS = st.sampled_from(
    [path.read_bytes() for path in sorted(FILES.iterdir())]
    + [
        b"{",
        b"[",
        b"<",
        b"<testsuites>",
        b"SF:",
        b"TN:\n",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF1234WEBP",
        b"BM",
        b"\xff\xd8\xff",
    ]
)


@settings(deadline=None, max_examples=examples(300))
@given(
    STARTS, st.integers(0, 3000), st.binary(max_size=200), st.sampled_from(NAMES), st.booleans(), st.integers(1, 120)
)
def test_no_file_can_steer_the_terminal_or_end_the_program(
    start: bytes, kept: int, rest: bytes, suffix: str, is_cut: bool, width: int
) -> None:
    data = start[:kept] + rest
    is_picture = start.startswith((b"\x89PNG", b"\xff\xd8", b"GIF", b"RIFF"))  # a whole one would start a process
    sample = Sample(f"file{suffix}", data, len(data) + (is_cut or is_picture))
    for page in (show(sample), show_as_text(sample), show_as_bytes(sample)):
        for line in page.at(width):
            look_of_line(line)  # runs in order, within the text
            assert line.text.isprintable()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_json_that_is_laid_out_means_what_it_meant(value: Any) -> None:
    lines = layout(json.dumps(value, ensure_ascii=True), is_cut=False)
    assert lines is not None
    assert json.loads("\n".join(line.text for line in lines)) == value


@pytest.mark.parametrize("length", [1, 20, 60, 119])
def test_the_start_of_a_json_file_is_laid_out_as_far_as_it_goes(length: int) -> None:
    data = (FILES / "report.json").read_bytes()
    page = show(Sample("report.json", data[:length], len(data)))
    whole = "".join(line.text.strip() for line in show(Sample("report.json", data)).lines).replace(" ", "")
    assert page.kind == "JSON"
    shown = "".join(line.text.strip() for line in page.lines).replace(" ", "").removesuffix("…")
    assert whole.startswith(shown)


def test_the_start_of_a_report_shows_the_results_until_there() -> None:
    data = (FILES / "junit.xml").read_bytes()
    page = show(Sample("junit.xml", data[:600], len(data)))
    assert page.kind == "JUnit"
    assert any("test_spills" in line.text for line in page.lines)


DEEP = [
    ("deep.json", b"[" * 60_000),
    ("wide.csv", b"," * 60_000 + b"\n" + b'"' * 40_001),
    ("deep.json", b"[" * 60_000 + b"]" * 60_000),
    ("deep.sarif", b'{"runs":' + b"[" * 60_000),
    ("deep.xml", b"<testsuite>" * 50_000),
    ("long.xml", b"<a " + b'b="c" ' * 50_000),
    ("wide.md", b"[" * 60_000),
    ("wide.md", b"|" * 40_000 + b"\n" + b"|-" * 50_000),
    ("wide.yaml", b" " * 60_000 + b"x"),
    ("wide.log", b"a" * 60_000 + b"\x1b[" + b"1;" * 40_000),
    ("many.svg", b"<svg " + b"x" * 40_000),
]


@pytest.mark.parametrize(
    ("name", "data"), slow_but(2, DEEP), ids=[f"{index}-{name}" for index, (name, _) in enumerate(DEEP)]
)
def test_hostile_files_cost_no_more_than_their_size(name: str, data: bytes) -> None:
    tracemalloc.start()
    page = show(Sample(name, data))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert page.at(80)
    assert peak < 120_000_000


def test_entities_are_refused_and_said_to_be() -> None:
    page = show(Sample("laughs.xml", (FILES / "laughs.xml").read_bytes()))
    assert page.notes == ("Not shown as a report: it declares entities, which are not expanded.",)


@pytest.mark.parametrize(
    ("name", "data"),
    slow_but(1, [("a.log", b"\n" * 2_000_000), ("a.json", b"[" * 2_000_000), ("a.bin", bytes(3_000_000))]),
    ids=["lines", "brackets", "bytes"],
)
def test_more_lines_than_anybody_reads_are_not_made(name: str, data: bytes) -> None:
    page = show(Sample(name, data))
    assert len(page.at(80)) <= MOST_LINES + 2
    assert page.notes[0].startswith("Only the first ")
