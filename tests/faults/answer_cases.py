"""T15 to T26: answers of the storage that are not what was asked for."""

from __future__ import annotations

import gzip

from tests.faults.case import DATA, HALF, SIZE, Case
from tests.faults.replies import EXPIRED_ADDRESS, End, Reply, answer, close, sent_with

_NO_RANGES = Reply(ranges=False)
_WEAK = {"etag": 'W/"0x8DC"'}
_NONE = {"etag": None}
_PAGE = answer(200, "<html>Please sign in</html>", Content_Type="text/html; charset=utf-8")
_EMPTY = answer(200, b"", Content_Type="application/zip")
_GZIP = answer(200, gzip.compress(DATA, 0), Content_Type="application/zip", Content_Encoding="gzip")
_FORBIDDEN = answer(403, "<?xml version='1.0'?><Error/>", Content_Type="application/xml")
_WRONG_RANGES = {
    "starts elsewhere": f"bytes {HALF - 1}-{SIZE - 1}/{SIZE}",
    "starts at 0": f"bytes 0-{SIZE - 1}/{SIZE}",
    "ends elsewhere": f"bytes {HALF}-{SIZE - 2}/{SIZE}",
    "has another total": f"bytes {HALF}-{SIZE - 1}/{SIZE + 1}",
    "is in other units": f"items {HALF}-{SIZE - 1}/{SIZE}",
    "is no range": "nonsense",
    "is missing": None,
}
_NEW_ETAG = {"ETag": '"0x8DD"'}

RESUMING = [
    Case("T15 Range is ignored", (close(HALF), _NO_RANGES), starts=(0, HALF)),
    Case("T15 Range is always ignored", (close(HALF), close(HALF)), blob_always=_NO_RANGES, starts=(0, HALF, HALF)),
    Case(
        "T15 Range is ignored and it is cut again",
        (close(HALF), Reply(ranges=False, stop=9, end=End.CLOSE), close(4096)),
        starts=(0, HALF, 9, 4096),
    ),
    Case("T16 416", (close(HALF), answer(416, Content_Range=f"bytes */{SIZE}")), starts=(0, HALF, 0)),
    Case("T16 416 to every range", (close(HALF),), blob_always=Reply(unsatisfiable=True), starts=(0, HALF, 0)),
    *(
        Case(f"T17 the range {how}", (close(HALF), sent_with(Content_Range=text)), starts=(0, HALF, 0))
        for how, text in _WRONG_RANGES.items()
    ),
    *(
        Case(f"T17 the range always {how}", (close(HALF),), blob_always=sent_with(Content_Range=text))
        for how, text in _WRONG_RANGES.items()
    ),
    Case("T17 a range that nobody asked for", (sent_with().but(status=206, body=DATA),), says=""),
    Case("T18 another ETag", (close(HALF).but(headers=_NEW_ETAG),), starts=(0, HALF, 0)),
    Case(
        "T18 another ETag, and conditions are ignored",
        (close(HALF), Reply(headers=_NEW_ETAG, conditions=False)),
        starts=(0, HALF, 0),
    ),
    Case("T18 412 to the range", (close(HALF), answer(412)), starts=(0, HALF, 0)),
    Case(
        "T18 the blob was changed",
        (close(HALF),),
        blob_always=Reply(body=DATA[::-1]),
        says="Digest mismatch twice",
        parts=False,
    ),
    Case("T19 weak ETag, digest", (close(HALF),), stored=_WEAK),
    Case("T19 no ETag, digest", (close(HALF),), stored=_NONE),
    Case("T19 weak ETag, no digest", (close(HALF),), stored=_WEAK | {"digest": None}, starts=(0, 0)),
    Case("T19 no ETag, no digest", (close(HALF),), stored=_NONE | {"digest": None}, starts=(0, 0)),
    Case("T19 strong ETag, no digest", (close(HALF),), stored={"digest": None}, starts=(0, HALF)),
]

DAMAGE = [
    Case("T20 one wrong byte, once", (Reply(flip=HALF),), starts=(0, 0)),
    Case("T20 the first byte wrong, once", (Reply(flip=0),), starts=(0, 0)),
    Case("T20 the last byte wrong, once", (Reply(flip=SIZE - 1),), starts=(0, 0)),
    Case("T20 one wrong byte before a cut", (close(HALF).but(flip=5),), starts=(0, HALF, 0)),
    Case("T20 one wrong byte after a cut", (close(HALF), Reply(flip=SIZE - 5)), starts=(0, HALF, 0)),
    Case("T20 one wrong byte, once, no digest", (Reply(flip=HALF),), stored={"digest": None}, starts=(0, 0)),
    Case(
        "T21 one wrong byte, always",
        blob_always=Reply(flip=HALF),
        says="Digest mismatch twice",
        starts=(0, 0),
        parts=False,
    ),
    Case(
        "T21 one wrong byte, always, no digest",
        blob_always=Reply(flip=HALF),
        stored={"digest": None},
        says="Checksum mismatch twice",
        starts=(0, 0),
        parts=False,
    ),
    Case("T21 the digest is of something else", stored={"digest": f"sha256:{0:064}"}, says="digest", parts=False),
    *(
        Case(f"T22 {more:+} bytes against size_in_bytes", stored={"size": SIZE + more}, says="bytes", parts=False)
        for more in (-SIZE + 1, -1, 1, SIZE)
    ),
    Case("T22 announces more than comes", (sent_with(Content_Length=str(SIZE + 9)).but(end=End.CLOSE),)),
    Case("T22 announces less than comes", (sent_with(Content_Length=str(SIZE - 9)).but(end=End.CLOSE),)),
    Case("T22 announces nothing, cut", (sent_with(Content_Length=None).but(stop=HALF, end=End.CLOSE),)),
    Case(
        "T22 announces nothing, cut, no digest",
        (sent_with(Content_Length=None).but(stop=HALF, end=End.CLOSE),),
        blob_always=sent_with(Content_Length=None).but(end=End.CLOSE),
        stored={"digest": None},
    ),
    Case("T23 gzip unasked", blob_always=_GZIP, says="compressed", parts=False),
    Case("T23 gzip unasked, once", (_GZIP,)),
    Case("T24 a web page", blob_always=_PAGE, says="web page", parts=False),
    Case("T24 a web page, once, after half", (close(HALF), _PAGE), starts=(0, HALF, HALF)),
    Case("T24 nothing", blob_always=_EMPTY, says="application/zip", parts=False),
    Case("T24 nothing, once, after half", (close(HALF), _EMPTY), starts=(0, HALF, HALF)),
]

ADDRESSES = [
    Case("T25 the address has expired", (EXPIRED_ADDRESS,), starts=(0, 0), calls=2),
    Case("T25 the address expires mid-way", (close(HALF), EXPIRED_ADDRESS), starts=(0, HALF, HALF), calls=3),
    Case("T26 a fresh address is refused as well", (close(HALF), _FORBIDDEN, _FORBIDDEN), starts=(0, HALF, HALF),
         says="refuses even a new URL", calls=3),
    Case("T26 every address is refused", blob_always=_FORBIDDEN, starts=(0, 0), calls=2, parts=False,
         says="refuses even a new URL"),
]  # fmt: skip
