"""Answers as bytes: those that an honest API and an honest storage give, and their distortions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

import msgspec

from artifact_tui.domain.artifact_record import record_of
from tests.faults.replies import Reply
from tests.faults.stored import Data, Stored
from tests.faults.wire import Request

RUN = 7
_BLOCK = 256 * 1024
_MADE = "2026-03-01T12:00:00Z"
_RUN: dict[str, object] = {
    "id": RUN,
    "name": "ci",
    "display_title": "Build",
    "run_number": 1,
    "run_attempt": 1,
    "status": "completed",
    "conclusion": "success",
    "head_branch": "main",
    "head_sha": "0" * 40,
    "created_at": _MADE,
    "run_started_at": _MADE,
}
_PAGES: dict[str, object] = {
    "meta": {"installed_version": "3.19.0"},
    "user": {"login": "octo"},
    "app": {"id": 1, "full_name": "octo/app", "default_branch": "main", "pushed_at": _MADE},
    str(RUN): _RUN,
    "runs": {"total_count": 1, "workflow_runs": [_RUN]},
    "workflows": {"total_count": 0, "workflows": []},
}


@dataclass(frozen=True)
class Answer:
    """Status, headers and body; ``start`` is the place of the body's first byte in the blob."""

    status: int
    headers: Mapping[str, str | None]
    body: Data
    start: int = 0

    @property
    def head(self) -> bytes:
        """All up to the body; a length is given unless the headers say otherwise."""
        headers = {"Content-Length": str(len(self.body)), **self.headers}
        lines = [f"{name}: {value}" for name, value in headers.items() if value is not None]
        first = f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}"
        return "\r\n".join([first, *lines, "", ""]).encode("latin-1")

    def blocks(self, first: int, last: int | None) -> Iterator[bytes | memoryview]:
        """The body from ``first`` up to ``last``, in pieces."""
        end = len(self.body) if last is None else min(last, len(self.body))
        for start in range(first, end, _BLOCK):
            span = slice(start, min(start + _BLOCK, end))
            yield memoryview(self.body)[span] if isinstance(self.body, bytes) else bytes(self.body[span])


def blob_answer(request: Request, stored: Stored, reply: Reply) -> Answer:
    """As Azure's "Get Blob" answers, with the differences of ``reply``."""
    head = {**stored.head, **reply.headers}
    if reply.status is not None:
        return Answer(reply.status, reply.headers, reply.body or b"")
    data = _flipped(stored.data, reply.flip) if reply.body is None else reply.body
    wanted = request.headers.get("if-match", '"any"')
    if reply.conditions and wanted not in {'"any"', head["ETag"]}:
        return Answer(412, {}, b"")
    span = request.range if reply.ranges else None
    if span is None:
        return Answer(200, head, data)
    if span[0] >= len(data) or reply.unsatisfiable:
        return Answer(416, {"Content-Range": f"bytes */{len(data)}"}, b"")
    last = len(data) - 1 if span[1] is None else min(span[1], len(data) - 1)
    there = {"Content-Range": f"bytes {span[0]}-{last}/{len(data)}"}
    return Answer(206, {**there, **head}, data[span[0] : last + 1], span[0])


def api_answer(path: str, listed: list[Stored], stored: Stored | None, address: str) -> Answer:
    """As GitHub answers; ``stored`` is the artifact the path is about, ``address`` a fresh one for its bytes."""
    last = path.rpartition("/")[2]
    if stored is not None:
        return Answer(302, {"Location": address}, b"") if last == "zip" else json_answer(record_of(stored.artifact))
    if last == "artifacts":
        return json_answer({"total_count": len(listed), "artifacts": [record_of(each.artifact) for each in listed]})
    return json_answer(_PAGES[last]) if last in _PAGES else json_answer({"message": "Not Found"}, 404)


def json_answer(value: object, status: int = 200) -> Answer:
    return Answer(status, {"Content-Type": "application/json"}, msgspec.json.encode(value))


def _flipped(data: Data, at: int | None) -> Data:
    if at is None or not isinstance(data, bytes):
        return data
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
