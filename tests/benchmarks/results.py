"""The results of the benchmarks: figures with goals, as a table or as JSON."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple


class Goal(NamedTuple):
    """A limit for a value; ``unit`` is "x" for a ratio."""

    limit: float
    unit: str = "x"
    at_least: bool = False

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {_number(self.limit, self.unit)}"

    def is_met_by(self, value: float) -> bool:
        """Return whether a value reaches the goal."""
        return value >= self.limit if self.at_least else value <= self.limit


class Figure(NamedTuple):
    """One line of the table; a figure without a goal is for information."""

    what: str
    value: float
    goal: Goal | None
    ours: str = ""
    anchor: str = ""

    @property
    def verdict(self) -> str:
        """``met`` or ``missed``, if there is a goal."""
        return "" if self.goal is None else "met" if self.goal.is_met_by(self.value) else "missed"


class Result(NamedTuple):
    """The figures of a row, or the reason why there are none."""

    row: str
    what: str
    figures: Sequence[Figure] = ()
    reason: str = ""

    @property
    def lines(self) -> list[str]:
        """The row as lines of the table."""
        if self.reason:
            return [f"{self.row:>2}  {self.what}: {self.reason}"]
        return [f"{self.row:>2}  {self.what}", *(f"      {_line(each)}".rstrip() for each in self.figures)]


HEADER = f"{'':6}{'what':<36} {'measured':>10} {'goal':>12} {'':<6}  {'artifact-tui':<12} against"


def ratio(what: str, ours: Sequence[float], theirs: Sequence[float], name: str, goal: Goal | None) -> Figure:
    """Return the ratio of two medians of seconds."""
    mine, other = statistics.median(ours), statistics.median(theirs)
    value = other / mine if goal and goal.at_least else mine / other
    return Figure(what, value, goal, seconds(mine), f"{seconds(other)} {name}")


def absolute(what: str, values: Sequence[float], goal: Goal, anchor: str = "") -> Figure:
    """Return the median of values in the unit of the goal."""
    return Figure(what, statistics.median(values), goal, anchor=anchor)


def interleaved(rounds: int, **steps: Callable[[], float]) -> dict[str, list[float]]:
    """Run each step once per round, so that slow moments of the machine affect all of them."""
    found: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            found[name].append(step())
    return found


def as_json(results: Sequence[Result], program: str, anchors: Mapping[str, str]) -> str:
    """Return all results, with the machine and the versions that were measured."""
    rows = [
        {
            "row": result.row,
            "what": result.what,
            "reason": result.reason,
            "figures": [
                {**each._asdict(), "goal": str(each.goal or ""), "verdict": each.verdict} for each in result.figures
            ],
        }
        for result in results
    ]
    machine = {"system": platform.platform(), "python": platform.python_version(), "processors": os.cpu_count()}
    return json.dumps({"program": program, "machine": machine, "anchors": anchors, "rows": rows}, indent=2) + "\n"


def seconds(value: float) -> str:
    """Return a duration for people to read."""
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.1f} ms"


def _line(figure: Figure) -> str:
    unit = figure.goal.unit if figure.goal else "x"
    goal = str(figure.goal) if figure.goal else ""
    told = f"{figure.what:<36} {_number(figure.value, unit):>10} {goal:>12} {figure.verdict:<6}"
    return f"{told}  {figure.ours:<12} {figure.anchor}"


def _number(value: float, unit: str) -> str:
    if unit == "x":
        return f"{value:.3g}x"
    return f"{value:,.{0 if value >= 100 or value == int(value) else 1}f} {unit}".rstrip()
