"""Files of an archive within an archive, saved from where they are open: all of them or nothing, over nothing."""

from __future__ import annotations

import io
import tarfile
from functools import partial
from pathlib import Path

import pytest

from artifact_tui.archive.errors import Limits
from artifact_tui.archive.files import Files
from artifact_tui.archive.local_zip import open_zip
from artifact_tui.archive.tar import TarFiles
from artifact_tui.domain.models import Artifact
from artifact_tui.domain.provider import Offline, ProviderError
from artifact_tui.transfers.downloads.extract import Members, NotSaved, save_members
from artifact_tui.transfers.models import OnExisting
from artifact_tui.transfers.receipts.store import write_receipt
from tests.archive.zips import Part, build, zipped
from tests.transfers.received import kept

HELD = {"app/one.py": b"one\n" * 100_000, "app/sub/two.py": b"two", "top.txt": b"top"}
ARTIFACT = Artifact(id=41, name="wheels", size_in_bytes=1)


def of_zip(data: bytes) -> Files:
    return open_zip(lambda offset, length: data[offset : offset + length], len(data))


def of_tar(files: dict[str, bytes]) -> Files:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    data = out.getvalue()
    return TarFiles(lambda offset, length: data[offset : offset + length], len(data), Limits())


@pytest.fixture(params=["zip", "tar"])
def files(request: pytest.FixtureRequest) -> Files:
    return of_zip(zipped(HELD)) if request.param == "zip" else of_tar(HELD)


def members(files: Files, root: str, *names: str) -> Members:
    chosen = tuple(entry for entry in files.entries if entry.name in (names or HELD) and entry.name.startswith(root))
    return Members(files, chosen, root, "kestrel-1.0-py3-none-any.whl", ARTIFACT)


def tree(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def test_one_file_is_that_very_file(tmp_path: Path, files: Files) -> None:
    path = save_members(members(files, "app/one.py"), tmp_path / "new" / "place", OnExisting.KEEP_BOTH)
    assert path == tmp_path / "new" / "place" / "one.py"
    assert tree(tmp_path / "new" / "place") == {"one.py": HELD["app/one.py"]}


def test_a_folder_is_that_folder(tmp_path: Path, files: Files) -> None:
    assert save_members(members(files, "app/"), tmp_path, OnExisting.KEEP_BOTH) == tmp_path / "app"
    assert tree(tmp_path) == {"app/one.py": HELD["app/one.py"], "app/sub/two.py": b"two"}


def test_marked_files_come_in_a_directory_of_the_archives_name(tmp_path: Path, files: Files) -> None:
    path = save_members(members(files, "", "top.txt", "app/sub/two.py"), tmp_path, OnExisting.KEEP_BOTH)
    assert path == tmp_path / "kestrel-1.0-py3-none-any"
    assert tree(path) == {"top.txt": b"top", "app/sub/two.py": b"two"}


def test_what_is_there_is_kept_skipped_or_overwritten_as_was_said(tmp_path: Path, files: Files) -> None:
    (tmp_path / "two.py").write_bytes(b"mine")
    wanted = members(files, "app/sub/two.py")
    assert save_members(wanted, tmp_path, OnExisting.SKIP) is None
    assert tree(tmp_path) == {"two.py": b"mine"}
    assert save_members(wanted, tmp_path, OnExisting.KEEP_BOTH) == tmp_path / "two (2).py"
    assert tree(tmp_path) == {"two.py": b"mine", "two (2).py": b"two"}
    assert save_members(members(files, "app/"), tmp_path, OnExisting.OVERWRITE) == tmp_path / "app"


def test_saving_replaces_only_what_has_an_unchanged_receipt(tmp_path: Path, files: Files) -> None:
    said: list[str] = []
    save = partial(save_members, members(files, "top.txt"), tmp_path, OnExisting.OVERWRITE, say=said.append)
    write_receipt(kept(tmp_path, b"of before", "top.txt"), tmp_path)
    assert save() == tmp_path / "top.txt"
    assert (said, tree(tmp_path)) == ([], {"top.txt": b"top"})
    assert save() == tmp_path / "top (2).txt"
    write_receipt(kept(tmp_path, b"of before", "top.txt"), tmp_path, overwrite=True)
    (tmp_path / "top.txt").write_bytes(b"mine")
    assert save() == tmp_path / "top (3).txt"
    assert (tmp_path / "top.txt").read_bytes() == b"mine"
    assert said == [
        "Not overwritten: top.txt was not created by artifact-tui. Saved as top (2).txt.",
        "Not overwritten: top.txt has changed since it was downloaded. Saved as top (3).txt.",
    ]


def test_a_link_and_a_folder_in_the_way_of_a_file_are_not_overwritten(tmp_path: Path, files: Files) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"of others")
    (tmp_path / "two.py").symlink_to(elsewhere)
    (tmp_path / "top.txt").mkdir()
    for root, name in (("app/sub/two.py", "two (2).py"), ("top.txt", "top (2).txt")):
        assert save_members(members(files, root), tmp_path, OnExisting.OVERWRITE) == tmp_path / name
    assert elsewhere.read_bytes() == b"of others"
    assert (tmp_path / "two.py").is_symlink()
    assert (tmp_path / "top.txt").is_dir()


@pytest.mark.parametrize("name", ["../up", "/root", "a/../../b", "C:x", "a\\b", "a\x1b[2Jb"])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    files = of_zip(build(Part(name, b"x"), Part("fine", b"y")))
    place = tmp_path / "place"
    with pytest.raises(NotSaved, match="Not saved: "):
        save_members(Members(files, files.entries, "", "a.zip", ARTIFACT), place, OnExisting.KEEP_BOTH)
    assert tree(tmp_path) == {}


def test_a_damaged_file_leaves_nothing(tmp_path: Path) -> None:
    files = of_zip(build(Part("first", b"fine"), Part("second", b"x" * 5000, crc=1)))
    with pytest.raises(ProviderError, match="checksum"):
        save_members(Members(files, files.entries, "", "a.zip", ARTIFACT), tmp_path, OnExisting.KEEP_BOTH)
    assert list(tmp_path.iterdir()) == []


def test_more_than_may_be_unpacked_is_refused_with_both_numbers(tmp_path: Path, files: Files) -> None:
    with pytest.raises(NotSaved, match=r"unpacks to 400 kB, more than the limit of 300 kB"):
        save_members(members(files, "app/"), tmp_path, OnExisting.KEEP_BOTH, limits=Limits(bytes=300_000))
    assert list(tmp_path.iterdir()) == []


def test_what_nobody_waits_for_leaves_nothing(tmp_path: Path, files: Files) -> None:
    with pytest.raises(Offline):
        save_members(members(files, "app/"), tmp_path, OnExisting.KEEP_BOTH, lambda: False)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_to_is_one_sentence(tmp_path: Path, files: Files) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NotSaved, match="is not a directory"):
        save_members(members(files, "top.txt"), tmp_path / "file", OnExisting.KEEP_BOTH)
