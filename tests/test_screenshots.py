"""The screenshots of the README show the program as it is."""

from __future__ import annotations

import re

import pytest

from screenshots.take import HERE, SHOTS, take
from tests.slow_cases import slow_but


@pytest.mark.parametrize("name", slow_but(3, SHOTS))
async def test_screenshots_are_fresh(name: str) -> None:
    kept = (HERE / f"{name}.svg").read_text(encoding="utf-8")
    assert await take(name) == kept, "python -m screenshots.take makes them anew"


def test_the_readme_shows_only_screenshots_that_are_there() -> None:
    readme = (HERE.parent / "README.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"screenshots/(\w+)\.svg", readme))
    assert shown
    assert shown <= SHOTS.keys()
