"""The progress of the scan of an owner, in its three forms."""

from __future__ import annotations

import json

from artifact_tui.cli.line.usage_progress import ScanProgress
from artifact_tui.demo.fixed_clock import demo_clock
from artifact_tui.domain.models import Artifact, Page, Repository
from artifact_tui.storage.columns import ArtifactColumns
from artifact_tui.storage.scan import OwnerScan
from tests.double.server import FakeGitHub
from tests.github.stage import provider
from tests.storage.owners import scan_of

NOW = demo_clock()


def halfway() -> OwnerScan:
    """A scan that has read one repository, a page of another, and nothing of a third."""
    scan = scan_of(provider(FakeGitHub()))
    scan.use_list([Repository(id=number, full_name=f"acme/{number}") for number in (1, 2, 3)], NOW)
    scan.repositories[0].finish(NOW, "", ArtifactColumns([Artifact(id=number) for number in range(1200)]))
    scan.repositories[1].add(Page((Artifact(id=7),), total=200))
    return scan


def progress(form: str, scan: OwnerScan, width: int = 80) -> ScanProgress:
    return ScanProgress(form, width, scan=lambda: scan, requests=lambda: 14)


WORDS = "1 of 3 repositories read, 1,201 artifacts, 14 requests"


def test_a_line_is_redrawn_only_if_it_has_changed_and_is_removed_in_the_end() -> None:
    scan = halfway()
    bar = progress("bar", scan)
    assert [bar.tick((), 0.5, NOW), bar.tick((), 0.7, NOW)] == [f"\r{WORDS}", ""]
    scan.repositories[1].finish(NOW, "")
    assert bar.tick((), 1.0, NOW) == f"\r{WORDS.replace('1 of', '2 of', 1)}"
    assert bar.erase() == f"\r{' ' * len(WORDS)}\r"
    assert bar.erase() == ""
    assert progress("bar", scan, width=20).tick((), 0.5, NOW) == "\r2 of 3 repositories"


def test_lines_come_every_half_minute_and_events_every_second() -> None:
    scan = halfway()
    lines, events = progress("lines", scan), progress("json", scan)
    assert [lines.tick((), at, NOW) for at in (0.5, 29.0, 30.5, 31.0)] == ["", "", f"artifact-tui: {WORDS}\n", ""]
    told = [events.tick((), at, NOW) for at in (0.5, 0.8, 1.6)]
    assert told[1] == ""
    assert [told[0] == told[2], lines.erase() + events.erase()] == [True, ""]
    event = json.loads(told[0])
    assert (event["event"], event["read"], event["artifacts"], event["requests"]) == ("progress", 1, 1201, 14)
