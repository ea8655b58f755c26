"""All known facts about a transfer, as fields."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from artifact_tui.screens.transfers.rows import percent, state_words
from artifact_tui.text import clock_time, printable, size, span
from artifact_tui.transfers.errors import DiskTrouble, DownloadedElsewhere
from artifact_tui.transfers.models import Kind, State, Transfer
from artifact_tui.widgets.detail_pane import Field

_UNPACK_ANYWAY = "u unpacks it anyway."
_OTHER_DIRECTORY = "d in the list of artifacts downloads it into another directory."
_KEPT = " · R resumes it; U resumes or discards it, also after a restart"
_BY_CHECKSUM = "by the files' checksums; GitHub's digest covers only the whole artifact"
_VERIFIED = {
    True: "yes, by digest: the SHA-256 is the one GitHub reports",
    False: "no: the SHA-256 is not the one GitHub reports",
    None: "not by digest, because there is none; the length and the checksums in a zip match",
}


def transfer_fields(transfer: Transfer, now: datetime) -> tuple[Field, ...]:
    """Return the fields, most important first, because the pane of a small terminal has few lines."""
    return tuple(_fields(transfer, now))


def _fields(transfer: Transfer, now: datetime) -> Iterator[Field]:
    yield "Name", printable(transfer.title, 2000)
    attempt = f" · attempt {transfer.attempts:,}" if transfer.attempts > 1 else ""
    kept = _KEPT if transfer.kept else ""
    yield "State", f"{state_words(transfer, now)}{_until(transfer)}{attempt}{kept}"
    if transfer.problem:
        is_of_disk = isinstance(transfer.error, DiskTrouble | DownloadedElsewhere)
        on_screen = _UNPACK_ANYWAY if transfer.over_limit else _OTHER_DIRECTORY if is_of_disk else ""
        steps = (transfer.problem, transfer.next_step, on_screen)
        label = "Problem" if transfer.finished else "Last error"
        yield label, printable(" ".join(filter(None, steps)), 2000)
    if transfer.kind is Kind.DOWNLOAD:
        yield "Bytes", _bytes(transfer)
        if transfer.state is State.DONE:
            by_checksum = transfer.verified is None and transfer.inside
            yield "Verified", _BY_CHECKSUM if by_checksum else _VERIFIED[transfer.verified]
        if transfer.finished and transfer.path:
            yield "Path", printable(str(transfer.path), 2000)
    yield "Repository", printable(str(transfer.repository))
    yield "Artifact ID", str(transfer.artifact.id)


def _until(transfer: Transfer) -> str:
    """Return the remaining wait: a clock time says little if the machine is in another time zone than its user."""
    if transfer.state is not State.PARKED or transfer.seconds_left is None:
        return ""
    return f", {span(timedelta(seconds=transfer.seconds_left))} from now"


def _bytes(transfer: Transfer) -> str:
    parts = [f"{transfer.received:,} of {'?' if transfer.total is None else f'{transfer.total:,}'}"]
    if transfer.received and transfer.fraction is not None:
        parts.append(percent(transfer.fraction))
    if transfer.rate:
        parts.append(f"{size(int(transfer.rate))}/s")
    if transfer.active and transfer.state is State.DOWNLOADING and transfer.seconds_left is not None:
        parts.append(f"{clock_time(transfer.seconds_left)} left")
    return " · ".join(parts)
