"""The download host behind `/zip`, with signed URLs, ranges, conditions and XML errors like Azure Blob Storage.

Rules: https://learn.microsoft.com/rest/api/storageservices/get-blob and
.../specifying-the-range-header-for-blob-service-operations
"""

import hashlib
import hmac
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from artifact_tui.demo.data import DemoArtifact, format_time, parse_time
from artifact_tui.demo.flavors import Flavor
from artifact_tui.demo.messages import DemoAnswer, DemoRequest, chunks
from artifact_tui.demo.state import Store

if TYPE_CHECKING:
    from artifact_tui.demo.blob import Blob

VALID_FOR = timedelta(minutes=10)
_KEY = b"the demo signs with a key that everybody may know"


class Blobs:
    """Signs URLs and serves their bytes."""

    def __init__(self, flavor: Flavor, store: Store, clock: Callable[[], datetime], rate: float) -> None:
        self.flavor, self.store, self.clock, self.rate = flavor, store, clock, rate
        self._known: dict[int, DemoArtifact] = {}

    def sign(self, artifact: DemoArtifact) -> str:
        """Return a new URL of the artifact's bytes, valid for ten minutes."""
        self._known[artifact.id] = artifact
        raw = artifact.raw and not self.flavor.enterprise
        name = artifact.name if raw or artifact.name.endswith(".zip") else f"{artifact.name}.zip"
        path = f"/{artifact.run}/artifacts/{artifact.id}" + ("" if raw else ".zip")
        ends = format_time(self.clock() + VALID_FOR)
        kind = artifact.content_type if raw else "application/zip"
        query = {"rscd": disposition(name), "rsct": kind, "se": ends, "sp": "r", "sv": "2025-11-05"}
        return f"{self.flavor.blobs}{path}?{urlencode(query, quote_via=quote)}&sig={_signature(path, ends)}"

    def answer(self, request: DemoRequest) -> DemoAnswer:
        """Return the answer to a GET request of a signed URL."""
        if "authorization" in request.headers:
            return _refuse(403, "AuthenticationFailed", "Server failed to authenticate the request.")
        ends = request.query.get("se", "")
        if not hmac.compare_digest(request.query.get("sig", "").encode(), _signature(request.path, ends).encode()):
            return _refuse(403, "AuthenticationFailed", "Signature did not match.")
        if parse_time(ends) <= self.clock():
            return _refuse(403, "AuthenticationFailed", "Signature not valid in the specified time frame.")
        artifact = self._known.get(int(request.path.rpartition("/")[2].removesuffix(".zip")))
        if artifact is None:
            return _refuse(404, "BlobNotFound", "The specified blob does not exist.")
        return self._serve(artifact, request)

    def _serve(self, artifact: DemoArtifact, request: DemoRequest) -> DemoAnswer:
        from artifact_tui.demo import archives  # imported late: it costs a third of the start

        if self.flavor.enterprise:  # it zips while it sends: no length, no ranges, nothing to resume
            return self._give(200, _described(request), archives.zipped(artifact))
        tag = f'"0x8D{artifact.digest[:13].upper()}"'
        if request.headers.get("if-match", tag) not in (tag, "*"):
            message = "The condition specified using HTTP conditional header(s) is not met."
            return _refuse(412, "ConditionNotMet", message)
        return self._stored(archives.download(artifact), tag, request)

    def _stored(self, blob: "Blob", tag: str, request: DemoRequest) -> DemoAnswer:
        headers = _described(request) | {"ETag": tag, "Accept-Ranges": "bytes"}
        span = _range(request.headers.get("range", "")) if request.headers.get("if-range", tag) == tag else None
        if span is None:
            return self._give(200, headers | {"Content-Length": str(blob.size)}, blob)
        start, end = span[0], min(span[1] + 1 if span[1] is not None else blob.size, blob.size)
        if start >= blob.size:
            message = "The range specified is invalid for the current size of the resource."
            answer = _refuse(416, "InvalidRange", message)
            answer.headers["Content-Range"] = f"bytes */{blob.size}"
            return answer
        headers |= {"Content-Range": f"bytes {start}-{end - 1}/{blob.size}", "Content-Length": str(end - start)}
        return self._give(206, headers, blob, start, end)

    def _give(
        self, status: int, headers: dict[str, str], blob: "Blob", start: int = 0, end: int | None = None
    ) -> DemoAnswer:
        return DemoAnswer(status, headers, flow=lambda: chunks(blob.read(start, end), self.rate))


def disposition(name: str) -> str:
    """Return a Content-Disposition with the name in ASCII, and in UTF-8 if that differs (RFC 6266)."""
    plain = re.sub(r'[^ -~]|["\\]', "_", name)
    return f'attachment; filename="{plain}"' + (f"; filename*=UTF-8''{quote(name, safe='')}" if plain != name else "")


def _described(request: DemoRequest) -> dict[str, str]:
    return {"Content-Type": request.query.get("rsct", ""), "Content-Disposition": request.query.get("rscd", "")}


def _signature(path: str, ends: str) -> str:
    return hmac.new(_KEY, f"{path}\n{ends}".encode(), hashlib.sha256).hexdigest()


def _range(header: str) -> tuple[int, int | None] | None:
    """Return the first and last byte of a Range header; None for a range that Azure does not support."""
    found = re.fullmatch(r"bytes=(\d+)-(\d*)", header)
    if found is None:
        return None
    start, end = int(found[1]), int(found[2]) if found[2] else None
    return (start, end) if end is None or end >= start else None


def _refuse(status: int, code: str, text: str) -> DemoAnswer:
    body = f'<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>{text}</Message></Error>'
    return DemoAnswer(status, {"Content-Type": "application/xml", "x-ms-error-code": code}, body.encode())
