"""A process of its own that decodes a picture with Pillow, so that a hostile one costs no more than its limits.

It is started by its path and imports nothing of the program. It reads the picture from stdin and writes to stdout its
width and height after scaling down, two bytes each, then red, green and blue of each pixel. Whatever is wrong with the
picture ends it without output.
"""

from __future__ import annotations

import contextlib
import resource
import struct
import sys

MEMORY = 512 * 1024 * 1024
"""Bytes of address space; systems that do not know this limit keep that of Pillow, 179 million pixels."""
SECONDS = 5
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")


def main(width: int, height: int) -> None:
    """Scale the picture down to fit, never up; what is transparent is shown on black."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    from PIL import Image

    with Image.open(sys.stdin.buffer, formats=FORMATS) as picture:
        picture.draft("RGB", (width, height))
        picture.thumbnail((width, height))
        black = Image.new("RGBA", picture.size, "black")
        black.alpha_composite(picture.convert("RGBA"))
        sys.stdout.buffer.write(struct.pack(">HH", *picture.size) + black.convert("RGB").tobytes())


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
