"""What happened in the demo's main repository, the one that most screens show."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from artifact_tui.demo.archives import WHEELS
from artifact_tui.demo.data import VIEWER
from artifact_tui.demo.dice import Dice
from artifact_tui.demo.fixed_clock import DEMO_NOW
from tests.tools import cast
from tests.tools.plans import (
    KIB,
    LARGE,
    MIB,
    MIDDLE,
    SMALL,
    Item,
    Plan,
    conclusion,
    schedule,
    working_moments,
)

_DAYS = 97
_WITHOUT_ARTIFACTS = ("skipped", "action_required", "stale", "startup_failure", "neutral")
_CONTRIBUTORS = (("corvid-hops", 711_608_233), ("lena-marchetti", 718_442_051))
_GIANTS = {0: 2_140_000_000, 11: 910_000_000, 38: 1_380_000_000}
"""Days ago of the nights whose logs were huge, and how huge."""


def plans(dice: Dice) -> Iterator[Plan]:
    """Every run of the main repository."""
    for index, moment in enumerate(working_moments(dice, _DAYS, 5)):
        yield _work(dice, index, moment)
    for day in range(_DAYS, -1, -1):
        yield _night(dice, DEMO_NOW.replace(hour=2, minute=17) - timedelta(days=day), day)
    for week in range(13, -1, -1):
        yield _release(dice, DEMO_NOW.replace(hour=14, minute=8) - timedelta(days=week * 7 + 2), week)
        yield _bench(dice, DEMO_NOW.replace(hour=5, minute=40) - timedelta(days=week * 7 + 1))
    yield from _present()


def _work(dice: Dice, index: int, moment: datetime) -> Plan:
    """A push or a pull request: CI, sometimes the website or code scanning instead."""
    plan = _trigger(dice, index, moment)
    if index % 13 == 6 and plan.event == "push":
        return replace(plan, file="docs.yml", items=(Item("github-pages", "site", dice.skewed(MIDDLE), 1),))
    if index % 17 == 3:
        scans = (Item(f"codeql-{language}", "scan", dice.skewed(SMALL), 30) for language in ("python", "rust"))
        return replace(plan, file="codeql.yml", items=tuple(scans))
    ending = conclusion(dice, fork=bool(plan.head))
    attempt = 3 if index % 41 == 9 else 2 if index % 9 == 2 else 1
    days = 90 if plan.event == "push" else 7 if plan.actor == "dependabot[bot]" else 14
    items = () if ending in _WITHOUT_ARTIFACTS else tuple(_ci_items(dice, index, ending, days, attempt))
    return replace(plan, conclusion=ending, attempt=attempt, items=items)


def _trigger(dice: Dice, index: int, moment: datetime) -> Plan:
    """Who started it and why: main, a branch, a pull request of ours, of a fork, of a bot."""
    plan = Plan(cast.KESTREL, "ci.yml", moment, dice.pick(cast.TITLES), dice.pick(cast.STAFF))
    if index % 3 == 0:
        return plan
    plan = replace(plan, branch=dice.pick(cast.BRANCHES))
    request = replace(plan, event="pull_request", pull=4100 + index)
    if index % 11 == 4:
        version = f"{50 + index % 9}.{index % 4}.0"
        branch, title = f"dependabot/cargo/arrow-{version}", f"Bump arrow to {version}"
        return replace(request, actor="dependabot[bot]", branch=branch, title=title)
    if index % 7 == 5:
        actor, head = dice.pick(_CONTRIBUTORS)
        return replace(request, actor=actor, head=head)
    return request if index % 2 else plan


def _ci_items(dice: Dice, index: int, ending: str, days: int, attempt: int) -> Iterator[Item]:
    system = cast.SYSTEMS[index % 3]
    for upload in range(1, attempt + 1):
        yield Item(f"test-results-{system}", "junit", dice.skewed(SMALL), days, attempt=upload)
    if ending in ("failure", "timed_out"):
        yield Item(f"logs-{system}", "logs", dice.skewed(MIDDLE), days)
        if dice.below(3) == 0:
            yield Item(f"core-dump-{system}", "build", dice.skewed(LARGE), 7)
    elif ending == "success":
        yield Item("coverage", "coverage", dice.skewed(SMALL), days)
        if index % 3 == 0:
            yield Item(f"kestrel-cli-{system}", "build", dice.skewed(MIDDLE), days)
    if index % 29 == 8:
        yield Item("clippy.log", "raw-log", dice.skewed(SMALL), days)
    if index % 37 == 5:
        yield Item(f"kestrel-src-{index}.tar.gz", "raw-tar", dice.skewed((64 * KIB, 256 * KIB, MIB)), days)


def _night(dice: Dice, moment: datetime, day: int) -> Plan:
    """The nightly run; last night's failed and left two gigabytes of logs."""
    date, items = f"{moment:%Y-%m-%d}", []
    failed = day == 0 or dice.below(6) == 0
    weight = _GIANTS.get(day) or dice.skewed(LARGE)
    if failed or day % 3 == 0:
        items.append(Item(f"logs-integration-{date}", "logs", weight, 14 if failed else 5))
    items.append(Item(f"nightly-kestrel-{date}", "build", dice.skewed((9 * MIB, 14 * MIB, 21 * MIB)), 30))
    if day % 2 == 0:
        items.append(Item("fuzz-findings", "corpus", dice.skewed(SMALL)))
    if day % 9 == 1:
        items.append(Item("flamegraph.png", "raw-png", days=30))
    if day % 31 == 7:
        items.append(Item("heap-profile", "empty"))
    plan = schedule(cast.KESTREL, "nightly.yml", moment, "Nightly", *items)
    return replace(plan, conclusion="failure" if failed else "success")


def _release(dice: Dice, moment: datetime, week: int) -> Plan:
    """A release: six wheels, the source, checksums. Most are of a tag, two needed a second attempt."""
    tag = f"v{moment.year % 100}.{moment.month}.{moment.day}"
    failed, attempt = week in (3, 8), 2 if week in (1, 6) else 1
    wheels = [Item(name, "wheel", dice.between(1_200 * KIB, 3_900 * KIB)) for name in WHEELS]
    items = wheels[: 4 if failed else 6]
    if attempt == 2:
        items.insert(0, Item(items[0].name, "wheel", dice.between(MIB, 2 * MIB), attempt=1))
    items += [Item("sdist", "build", dice.between(300 * KIB, 420 * KIB)), Item("checksums", "sums")]
    plan = Plan(cast.KESTREL, "release.yml", moment, f"Release {tag}", VIEWER, tuple(items), attempt=attempt)
    plan = replace(plan, conclusion="failure" if failed else "success")
    if week % 3 == 0:
        return replace(plan, event="workflow_dispatch")
    return replace(plan, branch=tag, actor="aiko-tanabe")


def _bench(dice: Dice, moment: datetime) -> Plan:
    items = (Item(f"bench-{machine}", "bench", dice.skewed(SMALL)) for machine in ("c7g", "m3", "epyc"))
    return schedule(cast.KESTREL, "bench.yml", moment, "Benchmarks", *items)


def _present() -> Iterator[Plan]:
    """What is going on this very moment: two runs at work, the others in each state of waiting."""
    results = Item("test-results-ubuntu-24.04", "junit", 6 * KIB, 14)
    program = Item("kestrel-cli-ubuntu-24.04", "build", 5 * MIB, 14)
    states = (
        (
            "in_progress",
            "Push filters below the join",
            "filter-pushdown",
            "priya-ramanan",
            (results, program),
        ),
        ("in_progress", "Say which file is damaged", "main", VIEWER, (results,)),
        ("queued", "Bind parameters by name", "bind-names", "aiko-tanabe", ()),
        ("waiting", "Release v26.11.20", "main", VIEWER, ()),
        ("pending", "Window functions over ranges", "window-ranges", "oskar-lindqvist", ()),
        ("requested", "Typing for the Python API", "typing", "jonas-veit", ()),
    )
    for place, (status, title, branch, actor, items) in enumerate(states):
        moment = DEMO_NOW - timedelta(minutes=14 - place * 2, seconds=11)
        file = "release.yml" if status == "waiting" else "ci.yml"
        plan = Plan(cast.KESTREL, file, moment, title, actor, items, branch, status=status, conclusion=None)
        if branch != "main":
            plan = replace(plan, event="pull_request", pull=4790 + place)
        yield replace(plan, event="workflow_dispatch") if status == "waiting" else plan
