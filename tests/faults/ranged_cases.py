"""Big archives, which are fetched over several connections at once: the same faults, in one of them."""

from __future__ import annotations

import gzip

from tests.faults.case import BIG, Case
from tests.faults.replies import EXPIRED_ADDRESS, HONEST, End, Reply, answer, sent_with

_MEGABYTE = 1024 * 1024
_RESET = Reply(after=_MEGABYTE, end=End.RESET)
_CLOSE = Reply(after=_MEGABYTE + 1, end=End.CLOSE)
_NEW_ETAG = {"ETag": '"0x8DD"'}
_FORBIDDEN = answer(403, "<Error/>", Content_Type="application/xml")
_PAGE = answer(200, "<html>", Content_Type="text/html")
_GZIP = answer(200, gzip.compress(BIG, 0), Content_Type="application/zip", Content_Encoding="gzip")
_TOTAL = f"bytes 0-9/{len(BIG) + 1}"
_DAMAGED = Reply(flip=5)

_FAULTS = {
    "T2-T10 reset": (_RESET, 0),
    "T2-T10 closed": (_CLOSE, 0),
    "T2-T10 no answer": (Reply(end=End.NO_ANSWER), 0),
    "T2-T10 cut in the headers": (Reply(end=End.CUT_HEAD), 0),
    "T11 silence": (Reply(after=_MEGABYTE, end=End.SILENCE), 0),
    "T12 one byte at a time": (Reply(drip=(1, 0.05)), _MEGABYTE),
    "T15 Range ignored": (Reply(ranges=False), None),
    "T16 416": (answer(416), None),
    "T17 the range is another": (sent_with(Content_Range=_TOTAL), None),
    "T17 the range is missing": (sent_with(Content_Range=None), None),
    "T18 another ETag": (Reply(headers=_NEW_ETAG, conditions=False), None),
    "T18 412": (answer(412), None),
    "T23 gzip unasked": (_GZIP, None),
    "T24 a web page": (_PAGE, None),
    "T25 the address has expired": (EXPIRED_ADDRESS, None),
    "T31 500": (answer(500), 0),
    "T31 503 that wants no pause": (answer(503, Retry_After="0"), 0),
}

_PLACES = {"first": 0, "third": 2}


def _case(name: str, *blob: Reply, **more: object) -> Case:
    return Case(f"{name}, big", blob, data=BIG, stall=0.5, least_rate=1000, **more)  # type: ignore[arg-type]  # by name


RANGED = [
    _case("T1 nothing special", resent=0),
    *(
        _case(f"{name} at the {place}", *[HONEST] * before, reply, resent=resent if before else None)
        for name, (reply, resent) in _FAULTS.items()
        for place, before in _PLACES.items()
    ),
    _case("T2-T10 each of ten connections is cut", *[_RESET, _CLOSE] * 5, resent=0),
    _case("T15 Range always ignored", blob_always=Reply(ranges=False), resent=0),
    _case("T15 Range always ignored but at the first", HONEST, blob_always=Reply(ranges=False)),
    _case("T19 no ETag", stored={"etag": None}),
    _case("T19 weak ETag", stored={"etag": 'W/"0x8DC"'}),
    _case("T19 no ETag, no digest", stored={"etag": None, "digest": None}),
    _case("T20 one wrong byte, once", _DAMAGED),
    _case("T21 one wrong byte, always", blob_always=_DAMAGED, says="Digest mismatch twice", parts=False),
    _case("T22 one byte more than size_in_bytes", stored={"size": len(BIG) - 1}, says="bytes", parts=False),
    _case("T22 one byte less than size_in_bytes", stored={"size": len(BIG) + 1}, says="bytes", parts=False),
    _case("T26 fresh addresses are refused", HONEST, blob_always=_FORBIDDEN, says="refuses even a new URL"),
    _case("T31 500 always but at the first", HONEST, blob_always=answer(500), says="status 500"),
]
