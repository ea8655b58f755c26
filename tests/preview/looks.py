"""Styled lines as text that can be compared and read: ``‹error:words›``."""

from __future__ import annotations

from msgspec import structs

from artifact_tui.preview.line import Rendered, Style, StyledLine


def look(page: Rendered, width: int = 80) -> str:
    """The page's own words, then its lines; ``!`` before an error, the timestamp in brackets."""
    head = " · ".join(word for word in (page.kind, page.encoding, *page.notes) if word)
    return "\n".join([head, *(look_of_line(line) for line in page.at(width))]) + "\n"


def look_of_line(line: StyledLine) -> str:
    out, at = "", 0
    for start, end, style in line.runs:
        assert at <= start < end <= len(line.text)
        out += line.text[at:start] + f"‹{_words(style)}:{line.text[start:end]}›"
        at = end
    stamp = f"[{line.stamp}]" if line.stamp else ""
    return f"{'!' if line.is_error else ' '}{stamp}{out}{line.text[at:]}".rstrip()


def _words(style: Style) -> str:
    values = structs.asdict(style)
    words = [str(values.pop("tone"))] if style.tone else []
    for name, value in values.items():
        if value is True:
            words.append(name)
        elif value is not False and value is not None:
            words.append(f"{name[:4]}={value}".replace(" ", ""))
    return " ".join(words)
