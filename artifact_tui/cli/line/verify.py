"""``artifact-tui verify DIR``: check downloads against their receipts, with lines for people and scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from artifact_tui.errors import UserError
from artifact_tui.text import count, printable, size
from artifact_tui.transfers.receipts.verify import Unusable, Verdict, verify

INTACT, CHANGED, UNUSABLE = 0, 1, 2
_LONGEST = 1000


class NothingToVerify(UserError):
    """The directory is unreadable, or has no receipt."""


def verify_downloads(directory: Path, write: Callable[[str], object]) -> int:
    """Write about each artifact and return the exit code; raise :class:`NothingToVerify`."""
    codes = set()
    for result in _results(directory):
        codes.add(_code(result))
        write("\n".join(_lines(result)) + "\n")
    return CHANGED if CHANGED in codes else max(codes)  # a change wins over a damaged receipt


def _results(directory: Path) -> Iterator[Verdict | Unusable]:
    is_empty = True
    try:
        for result in verify(directory):
            is_empty = False
            yield result
    except OSError as error:
        raise NothingToVerify(f"{_shown(str(directory))} cannot be read: {error.strerror or error}.") from None
    if is_empty:
        raise NothingToVerify(f"No receipt (NAME.artifact.json) in '{_shown(str(directory))}'.")


def _code(result: Verdict | Unusable) -> int:
    if isinstance(result, Unusable):
        return UNUSABLE
    return CHANGED if result.changes else INTACT


def _lines(result: Verdict | Unusable) -> Iterator[str]:
    if isinstance(result, Unusable):
        yield f"! no receipt  {_shown(result.name)} {result.reason}"
        return
    files = result.receipt.files
    held = f"{count(len(files), 'file')}, {size(sum(file.size for file in files))}"
    doubt = "" if result.receipt.verified else "; not verified by digest when it was downloaded"
    about = f"{_shown(result.receipt.target)}: {held}{doubt}"
    yield f"✗ changed     {about}" if result.changes else f"✓ unchanged   {about}"
    yield from (f"              {_shown(change.path)} {change.what}" for change in result.changes)


def _shown(text: str) -> str:
    return printable(text, _LONGEST)
