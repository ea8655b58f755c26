"""``artifact-tui verify``: check downloads against their receipts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from artifact_tui.cli.line.failures import LineFailure
from artifact_tui.cli.line.forms import Record, RowWriter, Shape
from artifact_tui.cli.line.table import NAMES
from artifact_tui.errors import UsageError, UserError
from artifact_tui.text import count, printable, size
from artifact_tui.transfers.disk.safe_names import IS_RECEIPT
from artifact_tui.transfers.receipts.verify import Unusable, Verdict, verify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from artifact_tui.cli.line.local import LocalContext

INTACT, CHANGED, UNUSABLE = 0, 1, 2
_LONGEST = 1000


class NothingToVerify(UserError):
    """The directory is unreadable, or has no receipt."""


class Checked(NamedTuple):
    """The result for one artifact in a directory, which is named as it was given."""

    directory: str
    result: Verdict | Unusable


def run_local(context: LocalContext) -> int:
    """Check every directory, one artifact after the other; a change wins over what could not be checked."""
    words: list[str] = context.options.words
    if not words:
        raise UsageError("verify needs a directory: artifact-tui verify DIR.")
    directories = _each_once(words)
    output = RowWriter(_SHAPE, NAMES["verify"].fields, context)
    codes = set()
    for directory in directories:
        if len(directories) > 1:
            output.heading(f"{_shown(directory)}:")
        try:
            for checked in _results(directory):
                output.rows([checked])
                codes.add(_code(checked.result))
        except NothingToVerify as error:
            context.messages.error(LineFailure.of(error))
            codes.add(UNUSABLE)
    output.end(lambda: {"directories": directories, "artifacts": [], "notes": context.messages.notes})
    return CHANGED if CHANGED in codes else max(codes)


def _each_once(words: list[str]) -> list[str]:
    known: dict[str, str] = {}
    for word in words:
        known.setdefault(os.path.abspath(word), word)  # noqa: PTH100  # links are not resolved
    return list(known.values())


def _results(directory: str) -> Iterator[Checked]:
    is_empty = True
    try:
        for result in verify(Path(directory)):
            is_empty = False
            yield Checked(directory, result)
    except OSError as error:
        raise NothingToVerify(f"{_shown(directory)} cannot be read: {error.strerror or error}.") from None
    if is_empty:
        raise NothingToVerify(f"No receipt (NAME.artifact.json) in '{_shown(directory)}'.")


def _code(result: Verdict | Unusable) -> int:
    if isinstance(result, Unusable):
        return UNUSABLE
    return CHANGED if result.changes else INTACT


def _record(checked: Checked) -> Record:
    result = checked.result
    if isinstance(result, Unusable):
        about: Record = {"target": IS_RECEIPT.sub("", result.name), "result": "unusable"}
        known: Record = {"files": None, "bytes": None, "verified": None}
        changes = [{"path": result.name, "what": result.reason}]
    else:
        receipt = result.receipt
        about = {"target": receipt.target, "result": "changed" if result.changes else "unchanged"}
        sizes = [file.size for file in receipt.files]
        known = {"files": len(sizes), "bytes": sum(sizes), "verified": receipt.verified or None}
        changes = [{"path": change.path, "what": change.what} for change in result.changes]
    return {"directory": checked.directory, **about, **known, "changes": changes}


def _text(checked: Checked) -> str:
    return "".join(f"{line}\n" for line in _lines(checked.result))


def _lines(result: Verdict | Unusable) -> Iterator[str]:
    if isinstance(result, Unusable):
        yield f"! unusable    {_shown(result.name)} {result.reason}"
        return
    files = result.receipt.files
    held = f"{count(len(files), 'file')}, {size(sum(file.size for file in files))}"
    doubt = "" if result.receipt.verified else "; not verified by digest when it was downloaded"
    about = f"{_shown(result.receipt.target)}: {held}{doubt}"
    yield f"✗ changed     {about}" if result.changes else f"✓ unchanged   {about}"
    yield from (f"              {_shown(change.path)} {change.what}" for change in result.changes)


_SHAPE = Shape[Checked]("artifacts", _record, text=_text)


def _shown(text: str) -> str:
    return printable(text, _LONGEST)
