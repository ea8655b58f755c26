"""Sample files of continuous integration; each function returns the bytes of one file, given by the dice."""

import hashlib
import json
import struct
import zlib
from datetime import datetime, timedelta
from functools import lru_cache

from artifact_tui.demo.dice import Dice

MODULES = ("arrow", "buffer", "catalog", "expr", "kernels", "optimizer", "parquet", "planner", "schema", "session")
VERBS = ("casts", "filters", "joins", "keeps", "pushes_down", "reads", "rejects", "sorts", "spills", "writes")
THINGS = ("decimals", "dictionaries", "empty_batches", "lists", "nulls", "partitions", "row_groups", "structs", "utf8")
GREEN, RED, YELLOW, CYAN, BOLD, PLAIN = (f"\x1b[{code}m" for code in ("32", "31", "33", "36", "1", "0"))


def test_name(dice: Dice) -> str:
    """Return the ID of a test in pytest's format."""
    return f"tests/test_{dice.pick(MODULES)}.py::test_{dice.pick(VERBS)}_{dice.pick(THINGS)}"


def log(dice: Dice, started: datetime, lines: int, failed: bool) -> bytes:
    """Return a job log of Actions with timestamps, group commands and colors."""
    moment = started
    texts = ["##[group]Run python -m pytest -n auto", f"{BOLD}python -m pytest -n auto{PLAIN}", "##[endgroup]"]
    texts += [_test_line(dice, index * 100 // lines) for index in range(lines)]
    if failed:
        texts += _failure(dice)
    else:
        texts.append(f"{GREEN}==================== {BOLD}{lines} passed{PLAIN}{GREEN} ===================={PLAIN}")
    stamped = []
    for text in texts:
        moment += timedelta(microseconds=dice.between(900, 480_000))
        stamped.append(f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06d}0Z {text}\n")
    return "".join(stamped).encode()


def _test_line(dice: Dice, percent: int) -> str:
    verdict = f"{YELLOW}SKIPPED{PLAIN}" if dice.below(40) == 0 else f"{GREEN}PASSED{PLAIN}"
    return f"[gw{dice.below(4)}] {CYAN}[{percent:3d}%]{PLAIN} {verdict} {test_name(dice)}"


def _failure(dice: Dice) -> list[str]:
    name = test_name(dice)
    file, test = name.split("::")
    return [
        f"{RED}=================================== FAILURES ==================================={PLAIN}",
        f"{RED}{BOLD}____________________ {test} ____________________{PLAIN}",
        f"{BOLD}{file}{PLAIN}:{dice.between(40, 400)}: in {test}",
        f"    assert batch.num_rows == {dice.between(1000, 9000)}",
        f"{RED}E   AssertionError: row group {dice.below(64)} was read twice after a spill{PLAIN}",
        f"{RED}FAILED{PLAIN} {name} - AssertionError",
        f"##[error]{RED}1 failed, {dice.between(800, 2400)} passed in {dice.between(60, 900)}s{PLAIN}",
        "##[error]Process completed with exit code 1.",
    ]


def junit(dice: Dice, started: datetime, cases: int, failures: int) -> bytes:
    """Return a JUnit XML report in pytest's format."""
    rows = []
    for index in range(cases):
        file, test = test_name(dice).split("::")
        case = f'classname="{file[:-3].replace("/", ".")}" name="{test}[{index}]" time="0.{dice.below(999):03d}"'
        if index < failures:
            problem = '<failure message="AssertionError: row group read twice">assert 41 == 42</failure>'
            rows.append(f"<testcase {case}>{problem}</testcase>")
        elif dice.below(50) == 0:
            rows.append(f'<testcase {case}><skipped message="needs a GPU"/></testcase>')
        else:
            rows.append(f"<testcase {case}/>")
    counts = f'errors="0" failures="{failures}" tests="{cases}" timestamp="{started:%Y-%m-%dT%H:%M:%S}"'
    head = f'<?xml version="1.0" encoding="utf-8"?>\n<testsuites><testsuite name="pytest" {counts}>'
    return "\n".join([head, *rows, "</testsuite></testsuites>\n"]).encode()


def coverage_xml(dice: Dice) -> bytes:
    """Return a Cobertura report in the format of coverage.py."""
    classes, every = [], []
    for module in MODULES:
        hits = [int(dice.below(9) > 0) for _ in range(1, dice.between(20, 60))]
        every += hits
        lines = "".join(f'<line number="{number}" hits="{hit}"/>' for number, hit in enumerate(hits, 1))
        place = f'name="{module}.py" filename="kestrel/{module}.py" line-rate="0.{dice.between(80, 99)}"'
        classes.append(f"<class {place}><lines>{lines}</lines></class>")
    package = f'<package name="kestrel"><classes>{"".join(classes)}</classes></package>'
    dice.below(10)  # keeps later draws unchanged
    head = f'<?xml version="1.0" ?>\n<coverage version="7.11" line-rate="{sum(every) / len(every):.2f}">'
    return f"{head}<packages>{package}</packages></coverage>\n".encode()


def lcov(dice: Dice) -> bytes:
    """Return a tracefile of lcov."""
    rows = []
    for module in MODULES:
        lines = dice.between(30, 90)
        rows += ["TN:", f"SF:crates/core/src/{module}.rs"]
        times = [dice.below(200) for _ in range(lines)]
        rows += [f"DA:{number},{time}" for number, time in enumerate(times, 1)]
        dice.below(9)  # keeps later draws unchanged
        rows += [f"LF:{lines}", f"LH:{lines - times.count(0)}", "end_of_record"]
    return "\n".join(rows).encode() + b"\n"


def benchmarks(dice: Dice) -> bytes:
    """Return a JSON file of benchmark results."""
    ranges = {"mean_ns": (800, 9_000_000), "stddev_ns": (5, 40_000), "iterations": (100, 100_000)}
    results = [
        {"name": f"{verb}/{thing}"} | {field: dice.between(*limits) for field, limits in ranges.items()}
        for verb in VERBS
        for thing in THINGS
    ]
    return json.dumps({"machine": "runner-8core", "unit": "ns", "results": results}, indent=2).encode() + b"\n"


def table(dice: Dice, rows: int) -> bytes:
    """Return a CSV file of query timings."""
    lines = [
        f"q{index % 22 + 1:02d},{dice.pick(('cold', 'warm'))},{dice.between(3, 9000)},{dice.between(1, 512)}"
        for index in range(rows)
    ]
    return "\n".join(["query,cache,milliseconds,peak_mib", *lines]).encode() + b"\n"


def summary(dice: Dice, title: str) -> bytes:
    """Return a Markdown summary with headings, a list and a table."""
    rows = "\n".join(
        f"| `{module}` | {dice.between(40, 400)} | {dice.below(3)} | {dice.between(80, 99)} % |" for module in MODULES
    )
    head = f"# {title}\n\nAll shards finished. **{dice.between(900, 2600)}** tests ran on three systems."
    facts = f"- seed `{dice.hex(8)}`\n- commit `{dice.hex(40)}`"
    columns = "| module | tests | flaky | coverage |\n| --- | ---: | ---: | ---: |"
    return f"{head}\n\n{facts}\n\n{columns}\n{rows}\n".encode()


def sarif(dice: Dice) -> bytes:
    """Return a SARIF 2.1.0 report with a few findings."""
    results = [_finding(dice, module) for module in MODULES[: dice.between(1, 9)]]
    tool = {"driver": {"name": "CodeQL", "semanticVersion": "2.23.3", "rules": []}}
    report = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0"}
    return json.dumps(report | {"runs": [{"tool": tool, "results": results}]}, indent=1).encode() + b"\n"


def _finding(dice: Dice, module: str) -> dict[str, object]:
    rule = dice.pick(("py/unused-import", "py/clear-text-logging", "rust/unchecked-index"))
    level = dice.pick(("note", "warning", "error"))
    place = {"artifactLocation": {"uri": f"kestrel/{module}.py"}, "region": {"startLine": dice.between(1, 400)}}
    finding: dict[str, object] = {"ruleId": rule, "level": level, "message": {"text": f"Found in {module}."}}
    return finding | {"locations": [{"physicalLocation": place}]}


def page(dice: Dice, title: str) -> bytes:
    """Return a page of documentation in HTML."""
    items = "".join(
        f"<li><a href='{module}.html'>{module}</a> {dice.pick(VERBS)} {dice.pick(THINGS)}</li>" for module in MODULES
    )
    head = f"<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><title>{title}</title></head>"
    return f"{head}<body><h1>{title}</h1><ul>{items}</ul></body></html>\n".encode()


def picture(dice: Dice, width: int = 160, height: int = 90) -> bytes:
    """Return a small PNG: a grayscale ramp with bars, like the difference of two screenshots."""
    bars = {dice.below(height) for _ in range(9)}
    rows = b"".join(
        b"\0" + (b"\xff" * width if y in bars else bytes((x + y) % 256 for x in range(width))) for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packed = b"\x78\x01" + stored_deflate(rows) + struct.pack(">I", zlib.adler32(rows))
    chunks = ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_png_chunk(*chunk) for chunk in chunks)


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def stored_deflate(data: bytes) -> bytes:
    """Return a deflate stream of stored blocks (RFC 1951, 3.2.4), which is the same on all machines."""
    blocks = [data[at : at + 65535] for at in range(0, len(data), 65535)] or [b""]
    return b"".join(
        struct.pack("<BHH", index == len(blocks), len(block), len(block) ^ 0xFFFF) + block
        for index, block in enumerate(blocks, 1)
    )


def gzip(data: bytes) -> bytes:
    """Return a gzip file (RFC 1952) around a stored deflate stream."""
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + stored_deflate(data) + struct.pack("<II", zlib.crc32(data), len(data))


@lru_cache(maxsize=4)
def noise(seed: int, size: int = 65536) -> bytes:
    """Return bytes without repetition, like machine code or pictures."""
    return b"".join(hashlib.sha256(b"%d:%d" % (seed, index)).digest() for index in range(size // 32))
