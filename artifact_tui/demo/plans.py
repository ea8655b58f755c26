"""What happened in the demo's repositories: each run with the artifacts that it left."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from artifact_tui.demo import cast
from artifact_tui.demo.data import DEMO_NOW
from artifact_tui.demo.dice import Dice

KIB, MIB = 1 << 10, 1 << 20
SMALL = (0, 4 * KIB, 24 * KIB, 90 * KIB, 400 * KIB)
MIDDLE = (40 * KIB, 300 * KIB, MIB, 3 * MIB, 9 * MIB, 30 * MIB)
LARGE = (4 * MIB, 12 * MIB, 30 * MIB, 70 * MIB)
MEMBERS_OF_STAFF = (cast.VIEWER, "jonas-veit", "aiko-tanabe", "priya-ramanan", "oskar-lindqvist")
_EPOCH = datetime(2026, 6, 15, tzinfo=UTC)


def run_id(moment: datetime) -> int:
    """A run id that grows with time at about GitHub's pace in 2026 (some thirty thousand runs an hour)."""
    return 27_553_073_284 + int((moment - _EPOCH).total_seconds()) * 9


def artifact_id(moment: datetime) -> int:
    """An artifact id that grows with time at about GitHub's pace in 2026."""
    return 7_641_180_843 + int((moment - _EPOCH).total_seconds()) * 5


@dataclass(frozen=True)
class Item:
    """An artifact to make; `attempt` is the run attempt that uploaded it (0: the last one)."""

    name: str
    kind: str
    weight: int = 0
    days: int = 90
    oddity: str = ""
    attempt: int = 0


@dataclass(frozen=True)
class Plan:
    """A run to make."""

    repository: int
    file: str
    moment: datetime
    title: str
    branch: str | None
    event: str
    actor: str
    status: str = "completed"
    conclusion: str | None = "success"
    attempt: int = 1
    head: int = 0
    pull: int = 0
    first_number: int = 300
    items: list[Item] = field(default_factory=list)


def plans(dice: Dice) -> Iterator[Plan]:
    """Every run of every repository."""
    by_name = {repository.name: repository.id for repository in cast.REPOSITORIES if not repository.parent}
    yield from _kestrel(dice)
    yield from _present()
    yield from _docs(dice, by_name["kestrel-docs"])
    yield from _studio(dice, by_name["kestrel-studio"])
    yield from _recorder(dice, by_name["flight-recorder"])
    yield from _fuzz(dice, by_name["fuzz-corpus"])
    yield from _quiet(dice, by_name["infrastructure"], by_name["dotfiles"])
    yield from _own(dice, by_name["notes-to-pdf"])
    yield from _legacy(dice, by_name["kestrel-legacy"])


def _moments(dice: Dice, days: int, each: int) -> Iterator[datetime]:
    """Working moments from `days` ago until yesterday, about `each` a day, fewer at weekends."""
    for day in range(days, 0, -1):
        start = DEMO_NOW.replace(hour=0) - timedelta(days=day)
        for slot in range(each if start.weekday() < 5 else max(1, each // 4)):
            yield start + timedelta(minutes=400 + slot * 700 // each + dice.below(60), seconds=dice.below(60))


def _kestrel(dice: Dice) -> Iterator[Plan]:
    for index, moment in enumerate(_moments(dice, 97, 5)):
        yield _change(dice, index, moment)
    for day in range(97, -1, -1):
        yield _night(dice, DEMO_NOW.replace(hour=2, minute=17) - timedelta(days=day), day)
    for week in range(13, -1, -1):
        yield _release(dice, DEMO_NOW.replace(hour=14, minute=8) - timedelta(days=week * 7 + 2), week)
        yield _bench(dice, DEMO_NOW.replace(hour=5, minute=40) - timedelta(days=week * 7 + 1))


def _change(dice: Dice, index: int, moment: datetime) -> Plan:
    """A push or a pull request: CI, sometimes docs or code scanning instead."""
    title, actor, branch = dice.pick(cast.TITLES), dice.pick(MEMBERS_OF_STAFF), dice.pick(cast.BRANCHES)
    event, head, pull, days = "push", 0, 0, 90
    if index % 3 == 0:
        branch = "main"
    elif index % 11 == 4:
        event, actor, pull, days = "pull_request", "dependabot[bot]", 4100 + index, 7
        branch, title = (
            f"dependabot/cargo/arrow-{50 + index % 9}.{index % 4}.0",
            f"Bump arrow to {50 + index % 9}.{index % 4}.0",
        )
    elif index % 7 == 5:
        actor, head = dice.pick((("corvid-hops", 711_608_233), ("lena-marchetti", 718_442_051)))
        event, pull, days = "pull_request", 4100 + index, 14
    elif index % 2:
        event, pull, days = "pull_request", 4100 + index, 14
    conclusion = _conclusion(dice, fork=bool(head))
    if index % 13 == 6 and event == "push":
        return Plan(
            cast.KESTREL,
            "docs.yml",
            moment,
            title,
            branch,
            event,
            actor,
            items=[Item("github-pages", "site", dice.skewed(MIDDLE), 1)],
        )
    if index % 17 == 3:
        items = [
            Item(f"codeql-{language}", "scan", dice.skewed(SMALL), 30) for language in ("python", "rust")
        ]
        return Plan(
            cast.KESTREL, "codeql.yml", moment, title, branch, event, actor, head=head, pull=pull, items=items
        )
    attempt = 3 if index % 41 == 9 else 2 if index % 9 == 2 else 1
    items = _ci_items(dice, index, conclusion, days, attempt)
    return Plan(
        cast.KESTREL,
        "ci.yml",
        moment,
        title,
        branch,
        event,
        actor,
        "completed",
        conclusion,
        attempt,
        head,
        pull,
        2871,
        items,
    )


def _conclusion(dice: Dice, *, fork: bool) -> str:
    if fork and dice.below(4) == 0:
        return "action_required"
    odd = ("cancelled", "skipped", "timed_out", "neutral", "stale", "startup_failure", "cancelled")
    roll = dice.below(100)
    return "success" if roll < 70 else "failure" if roll < 88 else odd[roll % len(odd)]


def _ci_items(dice: Dice, index: int, conclusion: str, days: int, attempt: int) -> list[Item]:
    if conclusion in ("skipped", "action_required", "stale", "startup_failure", "neutral"):
        return []
    system = cast.SYSTEMS[index % 3]
    items = [Item(f"test-results-{system}", "junit", dice.skewed(SMALL), days, attempt=1)]
    if conclusion in ("failure", "timed_out"):
        items.append(Item(f"logs-{system}", "logs", dice.skewed(MIDDLE), days))
        if dice.below(3) == 0:
            items.append(Item(f"core-dump-{system}", "build", dice.skewed(LARGE), 7))
    elif conclusion == "success":
        items.append(Item("coverage", "coverage", dice.skewed(SMALL), days))
        if index % 3 == 0:
            items.append(Item(f"kestrel-cli-{system}", "build", dice.skewed(MIDDLE), days))
    if attempt > 1:
        items += [
            Item(f"test-results-{system}", "junit", dice.skewed(SMALL), days) for _ in range(attempt - 1)
        ]
    if index % 29 == 8:
        items.append(Item("clippy.log", "raw-log", dice.skewed(SMALL), days))
    if index % 37 == 5:
        items.append(
            Item(f"kestrel-src-{index}.tar.gz", "raw-tar", dice.skewed((64 * KIB, 256 * KIB, MIB)), days)
        )
    return items


def _night(dice: Dice, moment: datetime, day: int) -> Plan:
    """The nightly run; last night's failed and left two gigabytes of logs."""
    date = f"{moment:%Y-%m-%d}"
    failed = day == 0 or dice.below(6) == 0
    weight = 2_140_000_000 if day == 0 else {11: 910_000_000, 38: 1_380_000_000}.get(day, dice.skewed(LARGE))
    items = (
        [Item(f"logs-integration-{date}", "logs", weight, 14 if failed else 5)]
        if failed or day % 3 == 0
        else []
    )
    items.append(Item(f"nightly-kestrel-{date}", "build", dice.skewed((9 * MIB, 14 * MIB, 21 * MIB)), 30))
    if day % 2 == 0:
        items.append(Item("fuzz-findings", "corpus", dice.skewed(SMALL), 90))
    if day % 9 == 1:
        items.append(Item("flamegraph.png", "raw-png", 0, 30))
    if day % 31 == 7:
        items.append(Item("heap-profile", "empty", 0, 90))
    conclusion = "failure" if failed else "success"
    return Plan(cast.KESTREL, "nightly.yml", moment, "Nightly", "main", "schedule", "jonas-veit", "completed", conclusion,
                first_number=1204, items=items)  # fmt: skip


def _release(dice: Dice, moment: datetime, week: int) -> Plan:
    """A release: six wheels, the source, checksums; older ones were built from a tag, two needed a second attempt."""
    tag = f"v0.14.{max(0, 2 - week)}" if week < 3 else f"v0.13.{13 - week}"
    branch, event, actor = (
        ("main", "workflow_dispatch", cast.VIEWER) if week % 3 == 0 else (tag, "push", "aiko-tanabe")
    )
    attempt = 2 if week in (1, 6) else 1
    conclusion = "failure" if week in (3, 8) else "success"
    wheels = cast.WHEELS[: 4 if conclusion == "failure" else 6]
    items = [Item(name, "wheel", dice.between(1_200 * KIB, 3_900 * KIB)) for name in wheels]
    if attempt == 2:
        items = [Item(items[0].name, "wheel", dice.between(MIB, 2 * MIB), attempt=1), *items]
    items += [Item("sdist", "build", dice.between(300 * KIB, 420 * KIB)), Item("checksums", "bench", 0)]
    return Plan(cast.KESTREL, "release.yml", moment, f"Release {tag}", branch, event, actor, "completed", conclusion, attempt,
                first_number=61, items=items)  # fmt: skip


def _bench(dice: Dice, moment: datetime) -> Plan:
    items = [Item(f"bench-{machine}", "bench", dice.skewed(SMALL)) for machine in ("c7g", "m3", "epyc")]
    return Plan(
        cast.KESTREL,
        "bench.yml",
        moment,
        "Benchmarks",
        "main",
        "schedule",
        "github-actions[bot]",
        first_number=90,
        items=items,
    )


def _present() -> Iterator[Plan]:
    """What is going on this very moment."""
    begun = [
        Item("test-results-ubuntu-24.04", "junit", 6 * KIB, 14),
        Item("kestrel-cli-ubuntu-24.04", "build", 5 * MIB, 14),
    ]
    states = (
        (
            "in_progress",
            "Push filters below the join",
            "filter-pushdown",
            "pull_request",
            "priya-ramanan",
            begun,
        ),
        ("in_progress", "Say which file is damaged", "main", "push", cast.VIEWER, begun[:1]),
        ("queued", "Bind parameters by name", "bind-names", "pull_request", "aiko-tanabe", []),
        ("waiting", "Release v0.14.3", "main", "workflow_dispatch", cast.VIEWER, []),
        ("pending", "Window functions over ranges", "window-ranges", "push", "oskar-lindqvist", []),
        ("requested", "Typing for the Python API", "typing", "push", "jonas-veit", []),
    )
    for place, (status, title, branch, event, actor, items) in enumerate(states):
        moment = DEMO_NOW - timedelta(minutes=14 - place * 2, seconds=11)
        file = "release.yml" if status == "waiting" else "ci.yml"
        pull = 4790 + place if event == "pull_request" else 0
        yield Plan(
            cast.KESTREL, file, moment, title, branch, event, actor, status, None, pull=pull, items=items
        )


def _docs(dice: Dice, repository: int) -> Iterator[Plan]:
    for index, moment in enumerate(_moments(dice, 80, 1)):
        items = [Item("github-pages", "site", dice.skewed(MIDDLE), 1 if index % 3 else 90)]
        if index % 5 == 0:
            yield Plan(
                repository,
                "links.yml",
                moment,
                "Link check",
                "main",
                "schedule",
                "github-actions[bot]",
                items=[Item("broken-links", "bench")],
            )
        yield Plan(
            repository,
            "docs.yml",
            moment,
            dice.pick(cast.TITLES),
            "main",
            "push",
            dice.pick(MEMBERS_OF_STAFF),
            items=items,
        )


def _studio(dice: Dice, repository: int) -> Iterator[Plan]:
    sizes = (48 * MIB, 72 * MIB, 88 * MIB)
    for index, moment in enumerate(_moments(dice, 34, 1)):
        names = [cast.STUDIO_NAMES[(index * 2 + step) % len(cast.STUDIO_NAMES)] for step in range(2)]
        items = [Item(name, "build", dice.skewed(sizes), 30) for name in names if name.startswith("Kestrel")]
        items += [
            Item(name, "screens", dice.skewed(MIDDLE), 10) for name in names if not name.startswith("Kestrel")
        ]
        conclusion = _conclusion(dice, fork=False)
        yield Plan(
            repository,
            "build.yml",
            moment,
            dice.pick(cast.TITLES),
            "main",
            "push",
            dice.pick(MEMBERS_OF_STAFF),
            items=items,
        )
        late = moment + timedelta(minutes=21)
        screens = [Item("screens", "screens", dice.skewed(SMALL), 3)] if conclusion == "failure" else []
        yield Plan(
            repository,
            "e2e.yml",
            late,
            "End-to-end",
            "main",
            "workflow_run",
            "github-actions[bot]",
            "completed",
            conclusion,
            items=screens,
        )


def _recorder(dice: Dice, repository: int) -> Iterator[Plan]:
    for index, moment in enumerate(_moments(dice, 30, 1)):
        event = "pull_request" if index % 2 else "push"
        branch = dice.pick(cast.BRANCHES) if index % 2 else "trunk"
        items = [
            Item("go-test", "junit", dice.skewed(SMALL), 30),
            Item("cover.out", "raw-log", dice.skewed(SMALL), 30),
        ]
        yield Plan(repository, "ci.yml", moment, dice.pick(cast.TITLES), branch, event, dice.pick(MEMBERS_OF_STAFF),
                   conclusion=_conclusion(dice, fork=False), pull=90 + index if index % 2 else 0, items=items)  # fmt: skip


def _fuzz(dice: Dice, repository: int) -> Iterator[Plan]:
    """The repository of everything that once broke a program: names, missing fields, no bytes."""
    oddities = ("no-digest", "null-digest", "null-run", "no-run", "partial-run", "null-dates", "extra-keys")
    for index in range(0, len(cast.HOSTILE_NAMES), 8):
        moment = DEMO_NOW - timedelta(days=1 + index // 4, hours=2)
        items = [
            Item(name, "corpus", dice.skewed(SMALL), 90) for name in cast.HOSTILE_NAMES[index : index + 8]
        ]
        branch = ("main", "bidi/\u202efeature", "[red]branch[/]", "a\x1b[31mb", "x" * 200)[index // 8 % 5]
        title = ("Fuzz", "Fuzz \x1b[5mblink", "[bold]Fuzz[/bold]", "Fuzz\nnewline", "\u202eevil title")[
            index // 8 % 5
        ]
        yield Plan(repository, "fuzz.yml", moment, title, branch, "schedule", "jonas-veit", items=items)
    items = [Item(f"oddity-{oddity}", "corpus", dice.skewed(SMALL), 90, oddity) for oddity in oddities]
    items += [Item("same-name", "corpus", dice.skewed(SMALL)) for _ in range(3)] + [Item("no-bytes", "empty")]
    yield Plan(
        repository,
        "fuzz.yml",
        DEMO_NOW - timedelta(hours=5),
        "Fuzz",
        "main",
        "schedule",
        "jonas-veit",
        attempt=3,
        items=items,
    )


def _quiet(dice: Dice, infrastructure: int, dotfiles: int) -> Iterator[Plan]:
    """Runs that leave nothing."""
    for moment in _moments(dice, 20, 1):
        yield Plan(infrastructure, dice.pick(("plan.yml", "apply.yml")), moment, dice.pick(("Rotate runner images", "Grow the cache bucket")),
                   "main", "push", dice.pick(MEMBERS_OF_STAFF))  # fmt: skip
    yield Plan(
        dotfiles,
        "lint.yml",
        DEMO_NOW - timedelta(days=3),
        "Prompt: shorter paths",
        "main",
        "push",
        cast.VIEWER,
    )


def _own(dice: Dice, notes: int) -> Iterator[Plan]:
    for index, moment in enumerate(_moments(dice, 13, 1)):
        yield Plan(
            notes,
            "ci.yml",
            moment,
            "Smaller margins",
            "main",
            "push",
            cast.VIEWER,
            items=[Item("sample.pdf", "build", dice.skewed(SMALL), 14)],
        )
        if index % 2:
            items = [Item("test-results", "junit", 0, 14)]
            late = moment + timedelta(hours=1)
            yield Plan(
                cast.FORK,
                "ci.yml",
                late,
                dice.pick(cast.TITLES),
                dice.pick(cast.BRANCHES),
                "push",
                cast.VIEWER,
                items=items,
            )


def _legacy(dice: Dice, repository: int) -> Iterator[Plan]:
    """An archived repository: everything has expired, and it was uploaded before digests existed."""
    for step in range(8):
        moment = DEMO_NOW - timedelta(days=400 + step * 9)
        items = [Item(name, "build", dice.skewed(SMALL), 90, "null-digest") for name in ("linux", "macos")]
        yield Plan(
            repository, "ci.yml", moment, "Last call", "master", "push", "oskar-lindqvist", items=items
        )
