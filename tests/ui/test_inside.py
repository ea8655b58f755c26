"""Archives that are opened in other ways than by ranges of the storage, and pictures: wheels, tars, the whole zip."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from artifact_tui.config.settings import Settings
from artifact_tui.demo.flavors import enterprise_server
from tests.archive.test_nested import tarred
from tests.archive.zips import zipped
from tests.slow_cases import slow_but
from tests.ui.made import add_artifact
from tests.ui.program import KESTREL, LARGE, SMALL, Program, artifacts_in, loaded, open_with_keys, says, text_of, until
from tests.ui.test_contents import PLAIN, RESULTS, SOURCE, WHEEL, Place, look_inside, press, start_at, typed


async def test_a_server_without_ranges_is_asked_for_the_whole_which_is_then_browsed(tmp_path: Path) -> None:
    program = start_at(RESULTS, enterprise_server("3.10"))
    async with program.app.run_test(size=LARGE) as pilot:
        try:
            await look_inside(pilot, RESULTS)
            await open_with_keys(pilot, "d")
            await says(pilot, "Download the whole artifact")
            await open_with_keys(pilot, "ctrl+u", *str(tmp_path), "enter")
            await says(pilot, "junit.xml")
            await loaded(pilot)
            await press(pilot, typed("junit"), ("enter",))
            await says(pilot, "passed")
        finally:
            program.app.session.stop_transfers(timeout=5)
    assert any(path.suffix == ".zip" for path in tmp_path.iterdir())


async def test_a_wheel_in_an_artifact_is_opened_as_a_folder() -> None:
    program = start_at(WHEEL)
    async with program.app.run_test(size=LARGE) as pilot:
        await look_inside(pilot, WHEEL, ("enter",))
        assert "kestrel/__init__.py" in {node.path for node in program.screen.table.items}
        assert program.screen.trail[-1].endswith(".whl")
        await press(pilot, typed("metadata"), ("j", "j", "p"))
        await says(pilot, "Metadata-Version: 2.4")
        await press(pilot, ("escape", "escape", "escape"))
        assert len(program.screen.trail) == 2


@pytest.mark.parametrize(
    ("colors", "is_drawn"), [("truecolor", True), ("256", True), ("standard", False)], ids=["24 bit", "256", "16"]
)
async def test_a_picture_is_drawn_where_there_are_colors_for_it(
    colors: str, is_drawn: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", {"truecolor": "xterm-256color", "256": "xterm-256color"}.get(colors, "xterm"))
    monkeypatch.setenv("COLORTERM", "truecolor" if colors == "truecolor" else "")
    program = start_at(PLAIN)
    async with program.app.run_test(size=SMALL) as pilot:
        await look_inside(pilot, PLAIN, ("enter",))
        assert ("▀▀▀▀" in text_of(program.app)) == is_drawn
        assert "320 × 180 pixels" in text_of(program.app)


async def test_a_tar_that_is_the_artifact_itself_is_opened_as_a_folder() -> None:
    program = start_at(SOURCE)
    async with program.app.run_test(size=LARGE, notifications=True) as pilot:
        await look_inside(pilot, SOURCE, ("enter",))
        assert [node.path for node in program.screen.table.items] == [
            "kestrel/",
            "kestrel/README.md",
            "kestrel/src.bin",
        ]
        await press(pilot, ("j", "p"))
        await says(pilot, "Markdown", "Kestrel")
        await open_with_keys(pilot, "d")
        await says(pilot, "Save 1 file", "kestrel/README.md into the directory")


async def test_what_can_only_be_shown_as_bytes_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    program, place = made_of(monkeypatch, {"one.bin": bytes(range(256))})
    async with program.running() as pilot:
        await look_inside(pilot, place, ("enter",))
        await says(pilot, "binary", "fc fd fe ff")
        await press(pilot, ("v",))
        await says(pilot, "No other view for this file.")


INSIDE = {"app/one.log": b"line of the log\n" * 50, "app/two.json": b'{"two": 2}', "top.txt": b"at the top\n"}
ARCHIVES: dict[str, bytes] = {
    "inner.zip": zipped(INSIDE),
    "inner.tar": tarred(INSIDE),
    "inner.tar.gz": gzip.compress(tarred(INSIDE)),
    "inner.tar.bz2": bz2.compress(tarred(INSIDE)),
    "inner.tar.xz": lzma.compress(tarred(INSIDE)),
}


def made_of(monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes], **options: Any) -> tuple[Program, Place]:
    """A program in the run that has an artifact with these files."""
    place = add_artifact(Program(KESTREL), monkeypatch, files)
    program = Program(KESTREL, run=place[1], **options)
    add_artifact(program, monkeypatch, files)
    return program, place


@pytest.mark.parametrize("name", slow_but(2, ARCHIVES))
async def test_an_archive_in_an_artifact_is_a_folder_and_its_files_are_saved_alone(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One file, from the list and from its preview; then a folder."""
    program, place = made_of(monkeypatch, {name: ARCHIVES[name]}, directory=tmp_path)
    async with program.running(size=LARGE) as pilot:
        await look_inside(pilot, place, ("enter",))
        await says(pilot, "one.log", "two.json", "top.txt")
        sent = len(program.server.requests)
        await press(pilot, typed("two.json"), ("j", "enter"))
        await says(pilot, "JSON")
        await open_with_keys(pilot, "d")
        await says(pilot, "Save 1 file · 10 B on the disk", "app/two.json into the directory")
        await open_with_keys(pilot, "enter")
        await until(pilot, lambda: (tmp_path / "two.json").exists())
        await says(pilot, "Saved as", "without a receipt.")
        await open_with_keys(pilot, "escape", "escape", "home", "d", "enter")
        await until(pilot, lambda: (tmp_path / "app" / "two.json").exists())
        assert len(program.server.requests) == sent
    assert {path.name: path.read_bytes() for path in (tmp_path / "app").iterdir()} == {
        "one.log": INSIDE["app/one.log"],
        "two.json": INSIDE["app/two.json"],
    }
    assert (tmp_path / "two.json").read_bytes() == INSIDE["app/two.json"]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress], ids=["log.gz", "log.bz2", "log.xz"])
async def test_a_packed_file_is_shown_as_what_it_is(
    pack: Callable[[bytes], bytes], request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"job.{request.node.callspec.id}"
    program, place = made_of(monkeypatch, {name: pack(b"##[error]it broke\n")})
    async with program.running() as pilot:
        await look_inside(pilot, place, ("enter",))
        assert [node.path for node in program.screen.table.items] == ["job.log"]
        await press(pilot, ("enter",))
        await says(pilot, "it broke")


async def test_an_archive_that_cannot_be_opened_can_be_saved_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, place = made_of(monkeypatch, {"broken.tar.xz": b"no such thing" * 40}, directory=tmp_path)
    async with program.running() as pilot:
        await look_inside(pilot, place, ("enter",))
        await says(pilot, "Not a valid xz file. It is damaged, or its name is wrong.", "d saves it.")
        await open_with_keys(pilot, "d", "enter")
        await until(pilot, lambda: (tmp_path / "broken.tar.xz.artifact.json").exists())
    assert (tmp_path / "broken.tar.xz").read_bytes() == b"no such thing" * 40


async def test_an_artifact_that_breaks_a_rule_can_be_downloaded_unopened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence says what is wrong, and d is the way out."""
    program, place = made_of(monkeypatch, {"a.txt": b"fine"}, directory=tmp_path)
    (artifact,) = [one for one in program.server.store.artifacts.values() if one.name == place[2]]
    length = {"Content-Range": f"bytes 0-{artifact.size - 1}/{artifact.size}", "Content-Type": "application/zip"}
    program.server.fault("GET blob:*", status=206, headers=length, body="?" * artifact.size)
    async with program.running() as pilot:
        await look_inside(pilot, place)
        await says(pilot, "it is not a zip, or its end is missing.", "d downloads the artifact as it is, unopened.")
        await open_with_keys(pilot, "d")
        await says(pilot, "Download the whole artifact")
        await open_with_keys(pilot, "enter")
        await until(pilot, lambda: [one for one in program.app.session.transfers() if one.finished])
    assert artifacts_in(tmp_path) == ["made-for-this.zip"]


async def save_readme(program: Program, place: Place, *answers: str) -> list[str]:
    """Save a file whose name is taken, with what is answered to a question; what is there then."""
    assert program.app.session.directory is not None
    directory = program.app.session.directory
    (directory / "a.txt").write_bytes(b"mine")
    async with program.running() as pilot:
        await look_inside(pilot, place)
        await open_with_keys(pilot, "d")
        await says(pilot, "if the name exists")
        await open_with_keys(pilot, "enter")
        if answers:
            await says(pilot, "1 of 1 download already exists", "a.txt")
            await open_with_keys(pilot, *answers)
        await until(pilot, lambda: [one for one in program.app.session.transfers() if one.finished])
    return [f"{name}: {(directory / name).read_text()}" for name in artifacts_in(directory)]


@pytest.mark.parametrize(
    ("on_existing", "answers", "left"),
    slow_but(
        2,
        [
            ("skip", (), ["a.txt: mine"]),
            ("ask", ("tab", "tab", "enter"), ["a (2).txt: theirs", "a.txt: mine"]),
            ("keep both", (), ["a (2).txt: theirs", "a.txt: mine"]),
            ("overwrite", (), ["a (2).txt: theirs", "a.txt: mine"]),
            ("ask", ("enter",), ["a (2).txt: theirs", "a.txt: mine"]),
            ("ask", ("tab", "enter"), ["a.txt: mine"]),
        ],
    ),
)
async def test_what_becomes_of_a_file_that_is_there_is_as_the_settings_say(
    on_existing: Any, answers: tuple[str, ...], left: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(on_existing=on_existing)
    program, place = made_of(monkeypatch, {"a.txt": b"theirs"}, settings=settings, directory=tmp_path)
    assert await save_readme(program, place, *answers) == left


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (("enter",), ("Saved as", "a (2).txt, without a receipt.")),
        (("tab", "tab", "enter"), ("Not overwritten: a.txt was not created by artifact-tui. Saved as", "(2).txt.")),
    ],
    ids=["keep both", "overwrite"],
)
async def test_out_of_an_archive_it_is_asked_as_well(
    answers: tuple[str, ...], said: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = {"inner.zip": zipped({"a.txt": b"theirs"})}
    program, place = made_of(monkeypatch, inner, settings=Settings(on_existing="ask"), directory=tmp_path)
    (tmp_path / "a.txt").write_bytes(b"mine")
    async with program.running() as pilot:
        await look_inside(pilot, place, ("enter",))
        await open_with_keys(pilot, "d", "enter")
        await says(pilot, "1 of 1 download already exists")
        await open_with_keys(pilot, *answers)
        await says(pilot, *said)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.txt": b"mine", "a (2).txt": b"theirs"}
