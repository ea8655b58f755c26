"""All that is loaded when the first table is drawn, module by module: whatever else slips in is named here."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.pty_program import Terminal, environment, not_measured

PROBE = """
import os, sys
from textual.app import App
def drawn(app):
    with open(sys.argv.pop(), "w") as file:
        file.write(" ".join(name for name, found in sys.modules.items() if found))
    os._exit(0)
App.post_display_hook = drawn
from artifact_tui.cli.main import main
main(sys.argv[1:-1])
"""
"""Ends the program at its first frame, which has the table's header."""

LIBRARIES = {"msgspec", "platformdirs", "rich", "textual", "typing_extensions"}
SYSTEM = {"_distutils_hack", "sitecustomize", "usercustomize"}
"""What an installation may load on its own at every start of Python."""
NEVER = {"sqlite3", "zipfile", "tarfile", "http", "email", "json", "xml", "html", "multiprocessing", "webbrowser"}
"""Of the standard library, what only later steps need."""
OWN = {
    "": "app daemon_thread errors keymap log_file redaction regular_file text themes",
    "cache": "list_cache",
    "cli": "backends first_frame launch line main parser standard_streams target",
    "cli.line": "dispatch options table",
    "config": "paths settings",
    "domain": "backend list_extent models provider sign_in",
    "github": "from_settings hosts rate_limit server_info",
    "github.tokens": "credentials",
    "screens": "account engine_events list_loader list_screen places server_list session start_frame suspend",
    "terminal": "ascii_fallback clipboard colors crash driver key_parser lean_app line_compositor line_filter memory "
    "restore signals stylesheet terminal_app type_ahead",
    "terminal.output": "cells encoder flow_control frame_diff renderer scroll sgr writer",
    "transfers": "models",
    "transfers.deletions": "models",
    "widgets": "column_shares distinct_texts filter_bar lazy_table row_layout row_lines row_table status_bar title_bar",
}
"""Modules by package; of transfers these two are plain values, which the status bar is told about."""
STARTS = {
    "the demo's repositories": (["--demo"], {"demo", "demo.fixed_clock", "screens.repositories"}),
    "runs of a server's repository": (
        ["--api-url", "http://127.0.0.1:9", "fernwood-labs/kestrel"],
        {
            *(
                "domain.urls",
                "cli.check_settings",
                "domain.artifact_filter",
                *(f"domain.{name}" for name in ["run_filter", "run_guess", "run_names", "run_suggestions"]),
                "screens.run_filter_input",
                "screens.run_columns",
                "screens.runs",
                "github.remotes",
                "github.sign_in",
                "github.tokens",
            ),
            *(f"github.tokens.{name}" for name in ["child_process", "gh", "sources", "keyring", "token_file"]),
        },
    ),
}
FIRST = {f"{package}.{name}".strip(".") for package, names in OWN.items() for name in names.split()}
ALLOWED = FIRST.union(*(more for _, more in STARTS.values()))
"""All modules that one of the starts may load."""


def modules_of(home: Path, arguments: list[str]) -> set[str]:
    """Of a start in a terminal, with a token in the environment."""
    found = home / "modules"
    command = (sys.executable, "-c", PROBE, *arguments, str(found))
    with Terminal(command, environment(home, GH_ENTERPRISE_TOKEN="a-token-of-nobody"), home) as terminal:
        assert terminal.exit_code() == 0
        assert found.exists(), terminal.text
    return set(found.read_text().split())


@not_measured
@pytest.mark.parametrize("start", STARTS)
def test_nothing_is_loaded_that_the_first_table_does_not_need(start: str, tmp_path: Path) -> None:
    """No transfer engine, archive, preview, dialog, http, keyring or database."""
    arguments, more = STARTS[start]
    loaded = modules_of(tmp_path, arguments)
    top = {name.partition(".")[0] for name in loaded} - {"__main__", "artifact_tui"}
    assert top - sys.stdlib_module_names - SYSTEM <= LIBRARIES
    assert not top & NEVER
    own = {name.removeprefix("artifact_tui.") for name in loaded if name.startswith("artifact_tui.")}
    assert own - (FIRST | set(OWN) | more) == set()
