"""Many calls of the command line in one process on one terminal, where the start of a process is not what is tried."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.pty_program import Terminal, environment

COMMANDS = """
import json, os, sys
from pathlib import Path
from artifact_tui.cli.main import main
usual = dict(os.environ)
for name, arguments, config, environ in json.loads(sys.argv[1]):
    Path(sys.argv[2]).write_text(config, encoding="utf-8")
    os.environ.clear()
    os.environ.update(usual | environ)
    code = main(arguments)
    sys.stdout.flush()
    print("ended:", name, code, flush=True)
"""
"""Calls of the program one after the other, each with its own settings and environment."""


class Call(NamedTuple):
    """One call of the command line, on a terminal."""

    name: str
    arguments: tuple[str, ...]
    config: str = ""
    environ: Mapping[str, str] = {}


def outputs(calls: Sequence[Call], home: Path, **environ: str) -> Iterator[tuple[str, int, bytes]]:
    """The name of each call, its exit code and what it wrote to the terminal."""
    config = home / ".config" / "artifact-tui" / "config.toml"
    config.parent.mkdir(parents=True)
    command = (sys.executable, "-c", COMMANDS, json.dumps(calls), str(config))
    with Terminal(command, environment(home, **environ), home) as terminal:
        assert terminal.exit_code() == 0, terminal.text
        output = terminal.output
    for call in calls:
        told, end, output = output.partition(f"ended: {call.name} ".encode())
        assert end, f"{call.name} is missing"
        code, _, output = output.partition(b"\r\n")
        yield call.name, int(code), told
