"""T46 to T49 and T52: the whole program in a terminal that is closed, or not read, in the midst of downloads."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.faults.answers import RUN
from tests.faults.case import DATA, HALF
from tests.faults.ledger import Ledger
from tests.faults.replies import hold
from tests.faults.site import TOKEN, Site
from tests.faults.stage import finals
from tests.pty_program import PROGRAM, Terminal, environment
from tests.slow_cases import slow_but
from tests.timeouts import TIMEOUT

RUN_OPEN = ("--run", str(RUN))


def program(site: Site, home: Path, *more: str) -> Terminal:
    """The program at the workflow runs of the site's repository."""
    arguments = ("--api-url", site.api.address, "octo/app", "--dir", str(home / "dist"), *more)
    return Terminal((*PROGRAM, *arguments), environment(home, GH_ENTERPRISE_TOKEN=TOKEN), home)


def download_all(terminal: Terminal, count: int) -> None:
    """Mark all, ask for the download, agree."""
    terminal.until_shown(f"{count} artifact", "wheel")
    terminal.type("a")
    terminal.until_shown(f"{count} marked")
    terminal.type("d")
    terminal.until_shown("Download")
    terminal.type("\r")


def wait_for_files(directory: Path, names: list[str]) -> None:
    """Look at the directory only, not at the terminal."""
    end = time.monotonic() + TIMEOUT
    while [path.name for path in finals(directory)] != names:
        assert time.monotonic() < end, finals(directory)
        time.sleep(0.01)


def test_t52_downloads_finish_while_nobody_reads_the_terminal(site: Site, tmp_path: Path, ledger: Ledger) -> None:
    names = [f"wheel {n}" for n in range(6)]
    for name in names:
        site.put(DATA, name, blob=[hold(HALF)])
    with program(site, tmp_path, *RUN_OPEN) as terminal:
        download_all(terminal, len(names))
        for _ in range(4):
            site.until_held()
        terminal.type("?\x1b" * 200)  # far more to draw than the terminal and the queue before it take
        site.release()
        wait_for_files(tmp_path / "dist", names)
        verdict = ledger.judge("T52 nobody reads", tmp_path / "dist", [DATA] * 6, said=False, leaks=site.leaks)
        assert verdict == "right"


def end(terminal: Terminal, how: signal.Signals | str) -> int:
    """End the program by a signal or by keys; its exit code."""
    if isinstance(how, str):
        terminal.type(how)
    else:
        terminal.process.send_signal(how)
    return terminal.exit_code()


ENDS = {"SIGKILL": signal.SIGKILL, "SIGHUP": signal.SIGHUP, "SIGTERM": signal.SIGTERM, "ctrl+c twice": "\x03\x03"}


@pytest.mark.parametrize("how", slow_but(1, ENDS.values()), ids=ENDS.keys())
def test_t46_the_next_program_offers_to_go_on(
    how: signal.Signals | str, site: Site, tmp_path: Path, ledger: Ledger, request: pytest.FixtureRequest
) -> None:
    name = f"T46 the program, {request.node.callspec.id}"
    stored = [site.put(DATA, f"wheel {n}", blob=[hold(HALF)]) for n in range(2)]
    with program(site, tmp_path, *RUN_OPEN) as terminal:
        download_all(terminal, 2)
        site.until_held()
        site.until_held()
        assert end(terminal, how) != 0
    assert ledger.judge(f"{name}, before", tmp_path / "dist", [], said=True, leaks=site.leaks) == "right"
    site.release()
    with program(site, tmp_path) as terminal:
        terminal.until_shown("2 unfinished downloads")
        terminal.type("U")
        terminal.until_shown("Resume earlier downloads?", "2 unfinished downloads")
        terminal.type("\r")
        wait_for_files(tmp_path / "dist", ["wheel 0", "wheel 1"])
    assert all(len(each.asked) == 2 for each in stored)
    assert ledger.judge(name, tmp_path / "dist", [DATA] * 2, said=False, leaks=site.leaks) == "right"


@pytest.mark.parametrize(
    ("how", "code"),
    slow_but(1, [(signal.SIGTERM, 143), ("\x03\x03", 130), (signal.SIGHUP, 129)]),
    ids=["SIGTERM", "ctrl+c twice", "SIGHUP"],
)
def test_t46_the_program_ends_with_its_code_and_leaves_the_terminal_as_it_was(
    how: signal.Signals | str, code: int, site: Site, tmp_path: Path
) -> None:
    site.put(DATA, "wheel 0", blob=[hold(HALF)])
    with program(site, tmp_path, *RUN_OPEN) as terminal:
        download_all(terminal, 1)
        site.until_held()
        assert end(terminal, how) == code
        assert terminal.is_restored


def test_t49_quitting_asks_and_keeps(site: Site, tmp_path: Path, ledger: Ledger) -> None:
    site.put(DATA, "wheel 0", blob=[hold(HALF)])
    with program(site, tmp_path, *RUN_OPEN) as terminal:
        download_all(terminal, 1)
        site.until_held()
        terminal.type("q")
        terminal.until_shown("Quit?", "Keep for later")
        terminal.type("\t\r")
        assert terminal.exit_code() == 0
    assert [path.name for path in (tmp_path / "dist").iterdir()] == ["wheel 0.zip.part"]
    assert ledger.judge("T49 quit", tmp_path / "dist", [], said=True, leaks=site.leaks) == "right"
