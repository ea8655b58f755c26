"""What happened in the demo's other repositories."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from artifact_tui.demo.data import VIEWER
from artifact_tui.demo.dice import Dice
from artifact_tui.demo.fixed_clock import DEMO_NOW
from tests.tools import cast
from tests.tools.plans import (
    MIB,
    MIDDLE,
    SMALL,
    Item,
    Plan,
    change,
    conclusion,
    schedule,
    working_moments,
)


def plans(dice: Dice) -> Iterator[Plan]:
    """Every run of every repository but the main one."""
    by_name = {repository.name: repository.id for repository in cast.REPOSITORIES if not repository.parent}
    yield from _docs(dice, by_name["kestrel-docs"])
    yield from _studio(dice, by_name["kestrel-studio"])
    yield from _recorder(dice, by_name["flight-recorder"])
    yield from _fuzz(dice, by_name["fuzz-corpus"])
    yield from _quiet(dice, by_name["infrastructure"], by_name["dotfiles"])
    yield from _own(dice, by_name["notes-to-pdf"])
    yield from _legacy(dice, by_name["kestrel-legacy"])


def _docs(dice: Dice, repository: int) -> Iterator[Plan]:
    for index, moment in enumerate(working_moments(dice, 80, 1)):
        if index % 5 == 0:
            yield schedule(repository, "links.yml", moment, "Link check", Item("broken-links", "bench"))
        site = Item("github-pages", "site", dice.skewed(MIDDLE), 1 if index % 3 else 90)
        yield change(dice, repository, "docs.yml", moment, site)


def _studio(dice: Dice, repository: int) -> Iterator[Plan]:
    """Installers and screens, with names as people write them."""
    for index, moment in enumerate(working_moments(dice, 34, 1)):
        names = [cast.STUDIO_NAMES[(index * 2 + step) % len(cast.STUDIO_NAMES)] for step in range(2)]
        yield change(dice, repository, "build.yml", moment, *(_studio_item(dice, name) for name in names))
        ending, late = conclusion(dice), moment + timedelta(minutes=21)
        screens = (Item("screens", "screens", dice.skewed(SMALL), 3),) if ending == "failure" else ()
        plan = Plan(repository, "e2e.yml", late, "End-to-end", "github-actions[bot]", screens)
        yield replace(plan, event="workflow_run", conclusion=ending)


def _studio_item(dice: Dice, name: str) -> Item:
    if name.startswith("Kestrel"):
        return Item(name, "build", dice.skewed((48 * MIB, 72 * MIB, 88 * MIB)), 30)
    return Item(name, "screens", dice.skewed(MIDDLE), 10)


def _recorder(dice: Dice, repository: int) -> Iterator[Plan]:
    for index, moment in enumerate(working_moments(dice, 30, 1)):
        results = Item("go-test", "junit", dice.skewed(SMALL), 30)
        cover = Item("cover.out", "raw-log", dice.skewed(SMALL), 30)
        plan = replace(change(dice, repository, "ci.yml", moment, results, cover), conclusion=conclusion(dice))
        if index % 2:
            yield replace(plan, branch=dice.pick(cast.BRANCHES), event="pull_request", pull=90 + index)
        else:
            yield replace(plan, branch="trunk")


def _fuzz(dice: Dice, repository: int) -> Iterator[Plan]:
    """The repository of everything that once broke a program: names, missing fields, no bytes."""
    for index in range(0, len(cast.HOSTILE_NAMES), 8):
        moment = DEMO_NOW - timedelta(days=1 + index // 4, hours=2)
        names = cast.HOSTILE_NAMES[index : index + 8]
        title, branch = cast.HOSTILE_TITLES[index // 8 % len(cast.HOSTILE_TITLES)]
        items = (Item(name, "corpus", dice.skewed(SMALL)) for name in names)
        yield replace(schedule(repository, "fuzz.yml", moment, title, *items), branch=branch)
    odd = [Item(f"oddity-{oddity}", "corpus", dice.skewed(SMALL), oddity=oddity) for oddity in cast.ODDITIES]
    odd += [Item("same-name", "corpus", dice.skewed(SMALL), attempt=attempt) for attempt in (1, 2, 3)]
    plan = schedule(repository, "fuzz.yml", DEMO_NOW - timedelta(hours=5), "Fuzz", *odd, Item("no-bytes", "empty"))
    yield replace(plan, attempt=3)


def _quiet(dice: Dice, infrastructure: int, dotfiles: int) -> Iterator[Plan]:
    """Runs that leave nothing."""
    for moment in working_moments(dice, 20, 1):
        plan = change(dice, infrastructure, dice.pick(("plan.yml", "apply.yml")), moment)
        yield replace(plan, title=dice.pick(("Rotate runner images", "Grow the cache bucket")))
    yield Plan(dotfiles, "lint.yml", DEMO_NOW - timedelta(days=3), "Prompt: shorter paths", VIEWER)


def _own(dice: Dice, notes: int) -> Iterator[Plan]:
    """The viewer's own work, some of it in a fork of the main repository."""
    for index, moment in enumerate(working_moments(dice, 13, 1)):
        sample = Item("sample-notes", "site", dice.skewed(SMALL), 14)
        yield Plan(notes, "ci.yml", moment, "Smaller margins", VIEWER, (sample,))
        if index % 2:
            plan = change(dice, cast.FORK, "ci.yml", moment + timedelta(hours=1), Item("test-results", "junit", 0, 14))
            yield replace(plan, actor=VIEWER, branch=dice.pick(cast.BRANCHES))


def _legacy(dice: Dice, repository: int) -> Iterator[Plan]:
    """An archived repository: everything has expired, and it was uploaded before digests existed."""
    for step in range(8):
        moment = DEMO_NOW - timedelta(days=400 + step * 9)
        items = (Item(name, "build", dice.skewed(SMALL), oddity="null-digest") for name in ("linux", "macos"))
        plan = Plan(repository, "ci.yml", moment, "Last call", "oskar-lindqvist", tuple(items))
        yield replace(plan, branch="master")
