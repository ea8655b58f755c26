"""How a cell looks, and the shortest way to say so to a terminal (SGR: ECMA-48, 8.3.117)."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

_ENDS = {
    "1": "22",
    "2": "22",
    "3": "23",
    "4": "24",
    "21": "24",
    "5": "25",
    "6": "25",
    "7": "27",
    "8": "28",
    "9": "29",
    "51": "54",
    "52": "54",
    "53": "55",
}
"""The code that ends each attribute; some end two at once."""
_SEEN_ON_BLANK = frozenset({"4", "21", "7", "9", "51", "52", "53"})
_EXTENDED = {"5": 2, "2": 4}
"""How many further numbers follow 38 or 48: ``5;index`` or ``2;red;green;blue``."""


class Sgr(NamedTuple):
    """Attributes and colors as SGR parameters; an empty color is the terminal's own."""

    attributes: frozenset[str]
    foreground: str
    background: str

    @property
    def is_fill(self) -> bool:
        """Whether a blank in this look is its background and nothing else."""
        return not self.attributes & _SEEN_ON_BLANK

    def shows_blank_as(self, other: Sgr) -> bool:
        """Whether a blank looks the same in both."""
        return self.background == other.background and self.is_fill and other.is_fill


PLAIN = Sgr(frozenset(), "", "")


@lru_cache(maxsize=4096)
def parse_look(parameters: str) -> Sgr:
    """Return the look that SGR parameters make on a plain terminal, as in ``1;38;2;255;0;0``.

    ValueError if one is unknown.
    """
    attributes, foreground, background = set[str](), "", ""
    codes = iter(parameters.split(";") if parameters else ())
    for code in codes:
        if code in {"38", "48"}:
            kind = next(codes, "")
            color = ";".join((code, kind, *(next(codes, "") for _ in range(_EXTENDED.get(kind, 0) - 1))))
            foreground, background = (color, background) if code == "38" else (foreground, color)
        elif code in _ENDS:
            attributes.add(code)
        elif code[:-1] in {"3", "9"}:
            foreground = "" if code == "39" else code
        elif code[:-1] in {"4", "10"}:
            background = "" if code == "49" else code
        else:
            raise ValueError(f"unknown SGR parameter {code!r}")
    return Sgr(frozenset(attributes), foreground, background)


@lru_cache(maxsize=4096)
def change_look(now: Sgr, wanted: Sgr) -> str:
    """Return the shortest sequence from one look to another; empty when they are the same."""
    if now == wanted:
        return ""
    fresh = ["", *sorted(wanted.attributes), *filter(None, (wanted.foreground, wanted.background))]
    ends = {_ENDS[code] for code in now.attributes - wanted.attributes}
    lost = {code for code in now.attributes if _ENDS[code] in ends}
    steps = [*sorted(ends), *sorted(wanted.attributes - (now.attributes - lost))]
    if now.foreground != wanted.foreground:
        steps.append(wanted.foreground or "39")
    if now.background != wanted.background:
        steps.append(wanted.background or "49")
    return f"\x1b[{min(';'.join(fresh), ';'.join(steps), key=len)}m"
