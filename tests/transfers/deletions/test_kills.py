"""Killed at any point and started again: the runs together delete the plan, all of it and nothing else."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from random import Random

import msgspec
import pytest

from artifact_tui.domain.models import RepositoryName
from artifact_tui.transfers.deletions.models import DeletePlan, Deletion
from tests.double.loopback import Loopback
from tests.transfers.deletions.driver import write_plan
from tests.transfers.deletions.program import adds_up
from tests.transfers.deletions.recording_server import KESTREL, RECORDER, STUDIO, RecordingServer

ROOT = Path(__file__).parents[3]


class Executioner:
    """Kills a running driver at a random one of its next requests: when it comes, is answered, or soon after."""

    def __init__(self, server: RecordingServer, random: Random, most: int) -> None:
        self._random = random
        self._most = most
        self._left = 0
        self._when = ""
        self._victim: subprocess.Popen[bytes] | None = None
        self._timer: threading.Timer | None = None
        server.before = lambda method: self._count()
        server.after = lambda method: self._strike("answered")

    def watch(self, victim: subprocess.Popen[bytes]) -> None:
        self._left = self._random.randint(1, self._most)
        self._when = self._random.choice(["came", "answered", "later"])
        self._victim = victim

    def rest(self) -> None:
        self._victim = None
        if self._timer is not None:
            self._timer.join()

    def _count(self) -> None:
        self._left -= 1
        self._strike("came")
        if self._left == 0 and self._when == "later" and self._victim is not None:
            self._timer = threading.Timer(self._random.uniform(0, 0.02), self._kill, (self._victim,))
            self._timer.start()

    def _strike(self, moment: str) -> None:
        if self._left == 0 and self._when == moment and self._victim is not None:
            self._kill(self._victim)

    def _kill(self, victim: subprocess.Popen[bytes]) -> None:
        with suppress(ProcessLookupError):
            os.kill(victim.pid, signal.SIGKILL)


def run(state: Path, api: str, executioner: Executioner | None) -> tuple[int, bytes]:
    command = [sys.executable, "-m", "tests.transfers.deletions.driver", str(state), api]
    victim = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)
    if executioner is not None:
        executioner.watch(victim)
    out, _ = victim.communicate(timeout=120)
    if executioner is not None:
        executioner.rest()
    return victim.returncode, out


@pytest.mark.parametrize(
    ("deletes", "kills", "most", "repositories"),
    [
        (40, 4, 12, (KESTREL,)),
        pytest.param(1000, 50, 60, (KESTREL,), marks=pytest.mark.slow),
        pytest.param(400, 50, 30, (KESTREL, STUDIO, RECORDER), marks=pytest.mark.slow),
    ],
)
def test_d18_killed_and_started_again_the_runs_together_are_the_plan(
    tmp_path: Path, deletes: int, kills: int, most: int, repositories: tuple[RepositoryName, ...]
) -> None:
    server = RecordingServer()
    turns = itertools.islice(itertools.cycle(repositories), deletes)
    plan = DeletePlan.across(DeletePlan.of(name, server.put(1, name)) for name in turns)
    planned, spared = plan.artifacts, server.put(5)
    write_plan(tmp_path, plan)
    executioner = Executioner(server, Random(deletes), most)
    with Loopback(server) as loopback:
        ends = [run(tmp_path, loopback.api, executioner)[0] for _ in range(kills)]
        code, out = run(tmp_path, loopback.api, None)
    assert ends == [-signal.SIGKILL] * kills
    assert code == 0
    server.judge(planned)
    names = [artifact.id for artifact in planned]
    assert sorted(server.sent("DELETE")) == names
    assert not set(names) & set(server.store.artifacts)
    assert {artifact.id for artifact in spared} <= set(server.store.artifacts)
    report = msgspec.json.decode(out, type=Deletion)
    assert adds_up(report)
    assert (report.planned, report.done) == (deletes, deletes)
    lines = [json.loads(line) for line in (tmp_path / "deletions.jsonl").read_bytes().splitlines()]
    assert sorted(line["id"] for line in lines) == names
    assert {line["result"] for line in lines} == {"deleted"}
    assert {(line["repository"], line["id"]) for line in lines} == {(str(one[0]), one[1].id) for one in plan.items}
