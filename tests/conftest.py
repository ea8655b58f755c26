"""Clock times on the screen are those of one time zone wherever the tests run, no test leaves anything behind, and what
the cases of faults came to stands at the end, whichever process has seen it.

Property tests try the same examples each time, few by default and four times as many among the slow tests.
``HYPOTHESIS_PROFILE=random`` tries new ones, by hand; what it finds becomes an ``@example``.
"""

from __future__ import annotations

import gc
import os
import random
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests.collection import PROGRAM  # noqa: F401  # read before it is changed below
from tests.faults.ledger import LEDGER, Ledger

os.environ["TZ"] = "UTC"
time.tzset()
REPEATABLE = hypothesis.settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=25,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
"""Every run tries the same examples, in the README's test command and all of ``.ci/run``, and keeps none of them."""
hypothesis.settings.register_profile("repeatable", REPEATABLE)
hypothesis.settings.register_profile("many", REPEATABLE, max_examples=100)
hypothesis.settings.register_profile("random", REPEATABLE, max_examples=100, derandomize=False, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


def heed_signals() -> None:
    """Let programs under test start with default dispositions where nohup, cron or ``&`` made us ignore signals.

    A handler that does nothing ignores a signal here as before, but unlike SIG_IGN no program we start inherits it.
    """
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda number, frame: None)


heed_signals()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[LEDGER] = Ledger()
    if config.option.markexpr == "slow" and "HYPOTHESIS_PROFILE" not in os.environ:
        hypothesis.settings.load_profile("many")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Count property tests among the slow ones where they try many examples for that."""
    for item in items if config.option.markexpr == "slow" else ():
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("slow")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Let the garbage collector pass over what stays to the end, a third of the time of each test of the screen."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process that only runs tests hands over what it has seen."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["ledger"] = asdict(session.config.stash[LEDGER])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Without the ledger it has crashed, which is told elsewhere."""
    output = getattr(node, "workeroutput", {})
    if "ledger" in output:
        node.config.stash[LEDGER].add(Ledger(**output["ledger"]))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    ledger = config.stash[LEDGER]
    if ledger.verdicts or ledger.skipped:
        terminalreporter.section("transfers under fault")
        for line in ledger.lines():
            terminalreporter.write_line(line)


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """As pytest's own, with a path that is short, equally long, without words or digits: screens show and fold it."""
    path = Path("/tmp", "t" + "".join(random.SystemRandom().choices("bcdfghjkmnpqrstvwxz", k=8)))
    path.mkdir(mode=0o700)
    yield path.resolve()
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(autouse=True)
def nothing_is_left_in_the_working_directory() -> Iterator[None]:
    """A download without a directory of the test's own would go there."""
    here = Path.cwd()
    before = set(here.iterdir())
    yield
    assert [path for path in here.iterdir() if path not in before and not path.name.startswith(".")] == []
