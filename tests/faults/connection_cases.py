"""T1 to T14: connections that end, hang or crawl."""

from __future__ import annotations

from tests.faults.case import HALF, SIZE, Case
from tests.faults.replies import End, Reply, close, reset, silence

_PLACES = (0, 1, 4095, 4096, 65_535, 65_536, 131_072, HALF, SIZE - 1)
_NO_ANSWER = Reply(end=End.NO_ANSWER)
_CUT_HEAD = Reply(end=End.CUT_HEAD)
_LOST_ANSWERS = {"reset": reset(0), "closed": close(0), "cut in the headers": _CUT_HEAD}
_SHORT = 0.3

CONNECTIONS = [
    Case("T1 nothing special", starts=(0,), calls=1),
    *(Case(f"T2-T10 reset at byte {at}", (reset(at),), starts=(0, at)) for at in _PLACES),
    *(Case(f"T2-T10 closed at byte {at}", (close(at),), starts=(0, at)) for at in _PLACES),
    Case("T2-T10 cut at three places", (reset(4096), close(65_536), reset(HALF)), starts=(0, 4096, 65_536, HALF)),
    Case("T2-T10 cut at one place again and again", (close(HALF), *[reset(HALF)] * 5), starts=(0, *[HALF] * 6)),
    Case("T2-T10 cut in the headers", (_CUT_HEAD,), starts=(0, 0)),
    Case("T2-T10 cut at half, then in the headers", (close(HALF), _CUT_HEAD), starts=(0, HALF, HALF)),
    Case("T2-T10 no answer", (_NO_ANSWER,), starts=(0, 0), stall=_SHORT),
    Case("T2-T10 no answer to the second request", (close(HALF), _NO_ANSWER), starts=(0, HALF, HALF), stall=_SHORT),
    *(Case(f"T2-T10 the API's answer is {how}", api=(reply,), starts=(0,)) for how, reply in _LOST_ANSWERS.items()),
    Case("T2-T10 no answer of the API", api=(_NO_ANSWER,), starts=(0,), stall=_SHORT),
    Case("T2-T10 always closed at once", blob_always=close(0), says="lost"),
    Case("T11 silence after half", (silence(HALF),), starts=(0, HALF), stall=_SHORT),
    Case("T11 silence after the headers", (silence(0),), starts=(0, 0), stall=_SHORT),
    Case("T11 silence before the last byte", (silence(SIZE - 1),), starts=(0, SIZE - 1), stall=_SHORT),
    Case("T12 one byte at a time", (Reply(drip=(1, 0.05)),), stall=0.5, least_rate=1000),
    Case("T13 slow but honest", (Reply(drip=(4096, 0.02)),), starts=(0,), stall=0.6, least_rate=1000),
]
