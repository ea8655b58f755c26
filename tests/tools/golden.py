"""Makes the stored outputs of commands in the demo: `python -m tests.tools.golden` writes them again."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

from artifact_tui.cli.line.command import run_command
from artifact_tui.transfers.receipts.store import write_receipt
from tests.transfers.received import kept

DIRECTORY = Path(__file__).resolve().parents[1] / "cli" / "line" / "golden"
KESTREL = "fernwood-labs/kestrel"
COMMANDS = {
    "list": (KESTREL, "--limit", "6"),
    "list-of-a-run": (KESTREL, "--run", "27674836804", "--with-runs"),
    "runs": (KESTREL, "--limit", "4"),
    "repos": ("fernwood-labs",),
    "usage-of-an-owner": ("fernwood-labs", "--caches"),
    "files": (KESTREL, "7709594788"),
    "files-of-a-wheel": (KESTREL, "wheel-cp311-abi3-win_amd64", "*.whl!/**"),
    "wait": (KESTREL, "--run", "27674836804"),
    "verify": ("dist",),
}
FORMS = ("table", "json", "jsonl", "tsv", "ids", "names")
WITHOUT = {"verify": ("ids", "names"), "files": ("ids",), "usage": ("jsonl", "ids", "names")}
"""The forms that a command lacks."""


def outputs() -> Iterator[tuple[str, Sequence[str]]]:
    """The name of each stored file, and the command line that writes it."""
    for name, arguments in COMMANDS.items():
        command = name.partition("-")[0]
        for form in FORMS:
            if form not in WITHOUT.get(command, ()):
                table = ["--long"] if command == "files" else []
                option = table if form == "table" else [f"--{form}"]
                yield f"{name}.{form}", [command, *arguments, "--demo", *option]


def prepare(place: Path) -> None:
    """Put two downloads into ``dist``, one of them changed since."""
    dist = place / "dist"
    dist.mkdir()
    for name in ("größe.zip", "wheel.zip"):
        write_receipt(kept(dist, name.encode() * 9, name), dist)
    (dist / "wheel.zip").write_bytes(b"other")


def run(arguments: Sequence[str], environ: Mapping[str, str]) -> bytes:
    """What a command writes to standard output, as in a pipe."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        run_command(arguments[0], arguments[1:], environ)
    written = out.buffer
    assert isinstance(written, io.BytesIO)
    return written.getvalue()


def make() -> None:
    """Write every file again."""
    with tempfile.TemporaryDirectory() as place, chdir(place):
        os.environ["HOME"] = place
        prepare(Path(place))
        for name, arguments in outputs():
            (DIRECTORY / name).write_bytes(run(arguments, {"HOME": place, "LANG": "C.UTF-8"}))


if __name__ == "__main__":
    make()
