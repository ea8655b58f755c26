"""How fast, how big and how quiet downloads are: ``python -m tests.benchmarks.transfers [SECTION...] [--size ...]``.

Everything runs over plain http on loopback, the server in a process of its own; what is compared ran right before or
after in the same run, so read the ratios. Seconds of ours are from the order to the final name, proven and synced to
the disk; those of curl are whole processes, which prove and sync nothing by themselves.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.transfer_sections import MIB, SECTIONS, Row, Sizes


def main() -> None:
    """Print the table, a row as soon as it is there."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("sections", nargs="*", default=[], metavar="SECTION", help=", ".join(SECTIONS))
    arguments.add_argument("--directory", type=Path, help="where to download to; the disk matters (default: temporary)")
    defaults = Sizes(1024 * MIB, 5 * 1024 * MIB, 100 * 1024, 1000, 256 * MIB, 3 * 1024 * MIB, 200, 10, 3)
    for name, value in defaults._asdict().items():
        arguments.add_argument(f"--{name}", type=int, default=value, help=f"default {value}")
    options = arguments.parse_args()
    if unknown := set(options.sections) - set(SECTIONS):
        arguments.error(f"no section {', '.join(sorted(unknown))}")
    sizes = Sizes(**{name: getattr(options, name) for name in Sizes._fields})
    _print(Row("what", "ours", "against", "ratio", "goal"))
    for name in options.sections or SECTIONS:
        with tempfile.TemporaryDirectory(dir=options.directory) as work:
            for row in SECTIONS[name](Path(work), sizes):
                _print(row)


def _print(row: Row) -> None:
    sys.stdout.write(f"{row.what:<44} {row.ours:>9}   {row.against:<34} {row.ratio:>6}  {row.goal}".rstrip() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
