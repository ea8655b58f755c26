"""What a run in the demo's world is planned from, before it has numbers and bytes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from artifact_tui.demo.dice import Dice
from artifact_tui.demo.fixed_clock import DEMO_NOW
from tests.tools import cast

KIB, MIB = 1 << 10, 1 << 20
SMALL = (0, 4 * KIB, 24 * KIB, 90 * KIB, 400 * KIB)
MIDDLE = (40 * KIB, 300 * KIB, MIB, 3 * MIB, 9 * MIB, 30 * MIB)
LARGE = (4 * MIB, 12 * MIB, 30 * MIB, 70 * MIB)
_EPOCH = datetime(2026, 6, 15, tzinfo=UTC)


def run_id(moment: datetime) -> int:
    """A run id that grows with time at about GitHub's pace in 2026 (some thirty thousand runs an hour)."""
    return 27_553_073_284 + int((moment - _EPOCH).total_seconds()) * 9


def artifact_id(moment: datetime) -> int:
    """An artifact id that grows with time at about GitHub's pace in 2026."""
    return 7_641_180_843 + int((moment - _EPOCH).total_seconds()) * 5


@dataclass(frozen=True)
class Item:
    """An artifact to make, kept for `days`; `attempt` is the run attempt that left it (0: the last one)."""

    name: str
    kind: str
    weight: int = 0
    days: int = 90
    oddity: str = ""
    attempt: int = 0


@dataclass(frozen=True)
class Plan:
    """A run to make: a push to main that went well, unless it says otherwise."""

    repository: int
    file: str
    moment: datetime
    title: str
    actor: str
    items: tuple[Item, ...] = ()
    branch: str = "main"
    event: str = "push"
    status: str = "completed"
    conclusion: str | None = "success"
    attempt: int = 1
    head: int = 0
    pull: int = 0


def working_moments(dice: Dice, days: int, each: int) -> Iterator[datetime]:
    """Working moments from `days` ago until yesterday, about `each` a day, fewer at weekends."""
    for day in range(days, 0, -1):
        start = DEMO_NOW.replace(hour=0) - timedelta(days=day)
        for slot in range(each if start.weekday() < 5 else max(1, each // 4)):
            minute = 400 + slot * 700 // each + dice.below(60)
            yield start + timedelta(minutes=minute, seconds=dice.below(60))


def conclusion(dice: Dice, *, fork: bool = False) -> str:
    """How a run ended: mostly well, sometimes badly, now and then oddly."""
    if fork and dice.below(4) == 0:
        return "action_required"
    odd = ("cancelled", "skipped", "timed_out", "neutral", "stale", "startup_failure", "cancelled")
    roll = dice.below(100)
    return "success" if roll < 70 else "failure" if roll < 88 else odd[roll % len(odd)]


def change(dice: Dice, repository: int, file: str, moment: datetime, *items: Item) -> Plan:
    """Somebody of the staff pushed something."""
    return Plan(repository, file, moment, dice.pick(cast.TITLES), dice.pick(cast.STAFF), items)


def schedule(repository: int, file: str, moment: datetime, title: str, *items: Item) -> Plan:
    """The clock started something."""
    return Plan(repository, file, moment, title, "github-actions[bot]", items, event="schedule")
