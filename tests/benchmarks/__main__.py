"""The installed program compared with programs that do parts of its work: ``python -m tests.benchmarks``.

Everything runs on this machine: the program in a pseudo-terminal of 80x24, as people run it, against a local server.
Compared programs run in turns, and medians are reported. Compare ratios: absolute figures depend on the machine.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks import anchors
from tests.benchmarks.results import HEADER, Result, as_json
from tests.benchmarks.rows import ROWS, Row
from tests.benchmarks.sizes import TINY, Sizes

PROGRAM = Path(sys.executable).with_name("artifact-tui")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, and return 0 unless a row failed; a missed goal is not a failure."""
    options = _parser().parse_args(arguments)
    if options.install:
        anchors.install()
    sizes = TINY if options.tiny else Sizes()
    print(HEADER, flush=True)
    results = []
    for row in _chosen(options.only):
        results.append(measure(row, [str(options.program)], sizes, options.directory))
        print("\n".join(results[-1].lines), flush=True)
    if options.json:
        said = subprocess.run([options.program, "--version"], capture_output=True, text=True, check=True).stdout
        options.json.write_text(as_json(results, said.strip(), anchors.versions()))
    return int(any(result.reason.startswith("failed") for result in results))


def measure(row: Row, program: Sequence[str], sizes: Sizes, directory: Path | None) -> Result:
    """Measure one row in a separate directory; return a failure as the result."""
    if absent := anchors.missing(row.needs):
        return Result(row.name, row.what, reason=f"skipped, not installed: {', '.join(absent)} (use --install)")
    with tempfile.TemporaryDirectory(dir=directory, ignore_cleanup_errors=True) as work:
        try:
            return Result(row.name, row.what, row.measure(Path(work), program, sizes))
        except (OSError, RuntimeError, subprocess.SubprocessError) as error:
            return Result(row.name, row.what, reason=f"failed: {error}")


def _chosen(names: Sequence[str]) -> list[Row]:
    return [row for row in ROWS if not names or row.name in names]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [row.name for row in ROWS]
    parser.add_argument("--only", action="append", choices=names, default=[], metavar="ROW", help="a row (repeatable)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results to this file")
    parser.add_argument("--install", action="store_true", help="first install the other programs, from Debian and PyPI")
    parser.add_argument("--program", type=Path, default=PROGRAM, help="the installed program (default: %(default)s)")
    parser.add_argument("--directory", type=Path, help="where to download to (default: the temporary directory)")
    parser.add_argument("--tiny", action="store_true", help="tiny sizes, to test that everything runs")
    return parser


if __name__ == "__main__":
    sys.exit(main())
