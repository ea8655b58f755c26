"""The look of a cell, and its shortest encoding (SGR: ECMA-48, 8.3.117)."""

from __future__ import annotations

from functools import lru_cache

_ENDED = {"22": "1 2", "23": "3", "24": "4 21", "25": "5 6", "27": "7", "28": "8", "29": "9", "54": "51 52", "55": "53"}
"""The attributes that each code ends."""
_ENDS = {code: end for end, codes in _ENDED.items() for code in codes.split()}
_SEEN_ON_BLANK = frozenset({"4", "21", "7", "9", "51", "52", "53"})
_LOOKS: dict[tuple[frozenset[str], str, str], Sgr] = {}
_EXTENDED = {"5": 2, "2": 4}
"""The number of parameters after 38 or 48: ``5;index`` or ``2;red;green;blue``."""


class Sgr:
    """Attributes and colors as SGR parameters; an empty color is the terminal's default.

    Equal looks are one object, because millions of cells are compared.
    """

    __slots__ = ("attributes", "background", "foreground", "is_fill")
    attributes: frozenset[str]
    foreground: str
    background: str
    is_fill: bool
    """Whether a blank in this look shows only its background."""

    def __new__(cls, attributes: frozenset[str], foreground: str, background: str) -> Sgr:
        """Return the one object of this look."""
        key = (attributes, foreground, background)
        if (known := _LOOKS.get(key)) is None:
            known = _LOOKS[key] = super().__new__(cls)
            known.attributes, known.foreground, known.background = key
            known.is_fill = not attributes & _SEEN_ON_BLANK
        return known

    def shows_blank_as(self, other: Sgr) -> bool:
        """Whether a blank looks the same in both."""
        return self.background == other.background and self.is_fill and other.is_fill


PLAIN = Sgr(frozenset(), "", "")


@lru_cache(maxsize=4096)
def parse_look(parameters: str) -> Sgr:
    """Return the look of SGR parameters such as ``1;38;2;255;0;0``; raise ValueError for an unknown one."""
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
    """Return the shortest sequence from one look to another; empty if they are equal."""
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
