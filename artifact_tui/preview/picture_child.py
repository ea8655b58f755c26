"""A child process that decodes a picture with Pillow, within limits that hold for hostile pictures too.

It is started by its path and imports nothing from the program. It reads the picture from stdin and writes to stdout:
the scaled width and height, two bytes each, then red, green and blue of each pixel. On any error it writes nothing.
"""

from __future__ import annotations

import contextlib
import resource
import struct
import sys

MEMORY = 512 * 1024 * 1024
"""Bytes of address space; where the system has no such limit, Pillow's limit of 179 million pixels applies."""
SECONDS = 5
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")


def main(width: int, height: int) -> None:
    """Scale the picture down to fit, but never up, on a black background."""
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
