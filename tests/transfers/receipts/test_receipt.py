"""The receipt beside a download: what it says, and that neither writing nor reading one can do harm."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Callable
from datetime import timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from artifact_tui.domain.models import Artifact
from artifact_tui.transfers.disk.safe_names import file_name, raw_file_name
from artifact_tui.transfers.receipts.receipt import FileRecord, Receipt
from artifact_tui.transfers.receipts.store import BadReceipt, read_receipt, write_receipt
from tests.archive.zips import Part, build
from tests.examples import examples
from tests.transfers.received import COMMIT, HOST, NOW, kept, unpacked

PARTS = (Part("bin/run", b"#!", mode=stat.S_IFREG | 0o755), Part("a.txt", b"hello"), Part("left/empty/"))


def listed(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_receipt_tells_all_that_is_known_of_an_unpacked_artifact(tmp_path: Path) -> None:
    path = write_receipt(unpacked(tmp_path, *PARTS), tmp_path)
    assert listed(tmp_path) == ["wheel", "wheel.artifact.json"]
    assert json.loads(path.read_bytes()) == {
        "format": 1,
        "host": HOST,
        "repository": "octo/kestrel",
        "run_id": 412,
        "run_attempt": 2,
        "commit": COMMIT,
        "artifact_id": 7,
        "name": "wheel",
        "digest": f"sha256:{sha256(build(*PARTS))}",
        "size": len(build(*PARTS)),
        "verified": True,
        "downloaded_at": "2026-03-01T12:30:00Z",
        "target": "wheel",
        "kind": "directory",
        "empty_directories": ["wheel/left", "wheel/left/empty"],
        "inside": "",
        "files": [
            {"path": "wheel/bin/run", "size": 2, "sha256": sha256(b"#!"), "executable": True},
            {"path": "wheel/a.txt", "size": 5, "sha256": sha256(b"hello"), "executable": False},
        ],
    }
    assert path.read_text().count("\n") > 20
    assert "sig=" not in path.read_text()


def test_a_receipt_of_a_file_has_that_file(tmp_path: Path) -> None:
    receipt = read_receipt(write_receipt(kept(tmp_path, b"zip", "logs.zip"), tmp_path))
    assert listed(tmp_path) == ["logs.zip", "logs.zip.artifact.json"]
    assert (receipt.kind, receipt.verified, receipt.digest) == ("file", False, None)
    assert receipt.files == (FileRecord("logs.zip", 3, sha256(b"zip")),)


def test_the_time_is_that_of_greenwich_wherever_the_clock_is(tmp_path: Path) -> None:
    there = NOW.astimezone(timezone(timedelta(hours=9)))
    assert b'"2026-03-01T12:30:00Z"' in write_receipt(unpacked(tmp_path, now=there), tmp_path).read_bytes()


@pytest.mark.parametrize("kind", ["file", "directory", "link"])
def test_what_has_the_name_of_a_receipt_stays(tmp_path: Path, kind: str) -> None:
    receipt, taken = unpacked(tmp_path, *PARTS), tmp_path / "wheel.artifact.json"
    outside = tmp_path / "outside"
    outside.write_bytes(b"mine")
    if kind == "file":
        taken.write_bytes(b"mine")
    elif kind == "directory":
        taken.mkdir()
    else:
        taken.symlink_to(outside)
    before = taken.lstat()
    assert write_receipt(receipt, tmp_path).name == "wheel.artifact (2).json"
    assert os.path.samestat(before, taken.lstat())
    assert outside.read_bytes() == b"mine"


def test_overwriting_replaces_the_receipt_that_the_target_had(tmp_path: Path) -> None:
    earlier = write_receipt(unpacked(tmp_path, *PARTS), tmp_path)
    newer = replace(read_receipt(earlier), downloaded_at=NOW + timedelta(1))
    assert write_receipt(newer, tmp_path, overwrite=True) == earlier
    assert read_receipt(earlier) == newer
    assert listed(tmp_path) == ["wheel", "wheel.artifact.json"]


@pytest.mark.parametrize("mine", [b"mine", b'{"format": 1}', b""])
@pytest.mark.parametrize("kind", ["file", "directory", "link"])
def test_overwriting_leaves_what_only_has_the_name_of_a_receipt(tmp_path: Path, kind: str, mine: bytes) -> None:
    receipt, taken, outside = unpacked(tmp_path, *PARTS), tmp_path / "wheel.artifact.json", tmp_path / "outside"
    outside.write_bytes(mine)
    make: dict[str, Callable[[], object]] = {
        "file": lambda: taken.write_bytes(mine),
        "directory": taken.mkdir,
        "link": lambda: taken.symlink_to(outside),
    }
    make[kind]()
    before = taken.lstat()
    assert write_receipt(receipt, tmp_path, overwrite=True).name == "wheel.artifact (2).json"
    assert os.path.samestat(before, taken.lstat())
    assert outside.read_bytes() == mine


def test_a_receipt_of_what_is_gone_leaves_nothing(tmp_path: Path) -> None:
    receipt = unpacked(tmp_path, *PARTS)
    with pytest.raises(FileNotFoundError):
        write_receipt(receipt, tmp_path / "gone")
    assert listed(tmp_path) == ["wheel"]


def test_names_are_exact_and_yet_nothing_in_a_receipt_steers_a_terminal(tmp_path: Path) -> None:
    name = "ü\x1b]0;t\x07\u202e\U000e0041\x9b🐍\n"
    path = write_receipt(replace(unpacked(tmp_path), name=name), tmp_path)
    assert path.read_text().replace("\n", "").isprintable()
    assert "🐍" in path.read_text()
    assert json.loads(path.read_text())["name"] == name
    assert read_receipt(path).name == name


OUTSIDE = ["../x", "wheel/../../x", "/etc/passwd", "wheel//x", "wheel/./x", "", ".", "..", "wheel", "other/x", "wheel/",
           "wheel/a\0", "wheel/a\\..\\b", "wheel/" + "a/" * 3000 + "x"]  # fmt: skip


@pytest.mark.parametrize("path", OUTSIDE)
@pytest.mark.parametrize("where", ["files", "empty_directories"])
def test_a_path_that_leads_elsewhere_makes_a_receipt_useless(tmp_path: Path, path: str, where: str) -> None:
    record = FileRecord(path, 0, sha256(b""))
    receipt = unpacked(tmp_path, *PARTS)
    bad = replace(receipt, files=(record,)) if where == "files" else replace(receipt, empty_directories=(path,))
    with pytest.raises(BadReceipt, match="no download"):
        read_receipt(write_receipt(bad, tmp_path))


def test_a_path_that_is_named_twice_or_as_two_things_makes_a_receipt_useless(tmp_path: Path) -> None:
    receipt = unpacked(tmp_path, *PARTS)
    inside = FileRecord("wheel/a.txt/b", 0, sha256(b""))
    for bad in (
        replace(receipt, files=(*receipt.files, receipt.files[0])),
        replace(receipt, files=(*receipt.files, inside)),
        replace(receipt, empty_directories=("wheel/a.txt",)),
        replace(receipt, kind="file"),
    ):
        with pytest.raises(BadReceipt, match="no download"):
            read_receipt(write_receipt(bad, tmp_path))


def test_a_target_is_one_name(tmp_path: Path) -> None:
    path = write_receipt(unpacked(tmp_path, *PARTS), tmp_path)
    for target in ("..", ".", "", "a/b", "/"):
        path.write_text(path.read_text().replace('"wheel/', f'"{target}/').replace('"wheel"', f'"{target}"'))
        with pytest.raises(BadReceipt):
            read_receipt(path)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "damaged"),
        ("{}", "damaged"),
        ("null", "damaged"),
        ("[" * 100_000, "damaged"),
        ('{"x":' * 100_000, "damaged"),
        ("\ud800", "damaged"),
        ('{"format": 2', "damaged"),
    ],
)
def test_what_is_no_receipt_is_damaged(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "x.artifact.json"
    path.write_bytes(text.encode(errors="surrogatepass"))
    with pytest.raises(BadReceipt, match=why):
        read_receipt(path)


def test_a_receipt_of_a_later_format_is_not_guessed_at(tmp_path: Path) -> None:
    with pytest.raises(BadReceipt, match="another version"):
        read_receipt(write_receipt(replace(unpacked(tmp_path), format=2), tmp_path))


def test_only_a_file_of_its_own_is_read(tmp_path: Path) -> None:
    path = write_receipt(unpacked(tmp_path, *PARTS), tmp_path)
    link, pipe = tmp_path / "link.artifact.json", tmp_path / "pipe.artifact.json"
    link.symlink_to(path)
    os.mkfifo(pipe)
    for odd in (link, pipe):
        with pytest.raises(BadReceipt, match="not a regular file"):
            read_receipt(odd)


names = st.text(st.characters(exclude_characters="/\\\0", exclude_categories=["Cs"]), min_size=1, max_size=8).filter(
    lambda name: name not in (".", "..")
)
sums = st.binary(min_size=32, max_size=32).map(bytes.hex)
records = st.builds(FileRecord, st.lists(names, min_size=1, max_size=3).map("/".join), st.integers(0, 1 << 50), sums)


@st.composite
def receipts(draw: st.DrawFn) -> Receipt:
    found = draw(st.lists(records, max_size=4, unique_by=lambda record: record.path.partition("/")[0]))
    return Receipt(
        host=draw(names),
        repository=draw(names),
        run_id=draw(st.none() | st.integers(1, 1 << 40)),
        run_attempt=draw(st.none() | st.integers(1, 99)),
        commit=draw(st.none() | names),
        artifact_id=draw(st.integers(1, 1 << 40)),
        name=draw(st.text(st.characters(exclude_categories=["Cs"]))),
        digest=draw(st.none() | sums),
        size=draw(st.integers(0, 1 << 50)),
        verified=draw(st.booleans()),
        downloaded_at=NOW + timedelta(seconds=draw(st.integers(0, 10**8))),
        target="target",
        kind="directory",
        files=tuple(replace(record, path=f"target/{record.path}") for record in found),
    )


@settings(max_examples=examples(100), deadline=None)
@given(receipts())
def test_every_receipt_is_read_as_it_was_written(receipt: Receipt) -> None:
    with tempfile.TemporaryDirectory() as name:
        Path(name, "target").mkdir()
        assert read_receipt(write_receipt(receipt, Path(name))) == receipt


@settings(max_examples=examples(150), deadline=None)
@given(receipts(), st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=4), st.integers(0, 4)), min_size=1))
def test_a_corrupted_receipt_is_useless_or_keeps_to_its_directory(
    receipt: Receipt, damage: list[tuple[float, bytes, int]]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        Path(name, "target").mkdir()
        path = write_receipt(receipt, Path(name))
        data = path.read_bytes()
        for where, junk, cut in damage:
            at = int(where * len(data))
            data = data[:at] + junk + data[at + cut :]
        path.write_bytes(data)
        try:
            read = read_receipt(path)
        except BadReceipt:
            return
        for record in read.files:
            assert Path(os.path.normpath(record.path)).parts[0] == read.target


@pytest.mark.parametrize("name", ["x.artifact.json", "x.Artifact.JSON", "x.artifact (2).json", ".artifact.json"])
def test_no_artifact_s_own_file_looks_like_a_receipt(name: str) -> None:
    artifact = Artifact(id=7, name=name)
    assert raw_file_name(name, artifact).lower().endswith("-7.json")
    assert file_name(artifact).endswith("-7")
