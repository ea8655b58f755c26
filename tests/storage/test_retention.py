"""What the retention dialog says about another retention."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from artifact_tui.domain.models import Artifact, HostKind, RepositoryName
from artifact_tui.domain.storage_models import Retention
from artifact_tui.storage import retention
from artifact_tui.storage.growth import growth_of, growth_with
from artifact_tui.storage.retention import ListedArtifacts, RetentionTarget, target_of

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MB = 1_000_000
STUDIO, NOTES = RepositoryName("acme", "studio"), RepositoryName("acme", "notes")
numbers = iter(range(1, 10**9))


def made(name: str, *, hours: float, days: float, size: int = MB) -> Artifact:
    """Created so many hours ago, kept so many days."""
    created = NOW.timestamp() - hours * 3600
    return Artifact(id=next(numbers), name=name, size_in_bytes=size, created=created, expires=created + days * 86400)


def daily(name: str, *, days: float, size: int = MB) -> list[Artifact]:
    """One a day for as long as it is kept."""
    return [made(name, hours=hour, days=days, size=size) for hour in range(1, int(days * 24), 24)]


def target(
    artifacts: list[Artifact], *, days: int = 90, most: int = 400, repository: RepositoryName = STUDIO
) -> RetentionTarget:
    return target_of(repository, Retention(days=days, maximum_allowed_days=most), ListedArtifacts(artifacts), NOW)


def test_recent_artifacts_tell_the_same_growth_as_all() -> None:
    everything = daily("logs", days=90) + daily("docs", days=1) + [Artifact(id=7, name="undated")]
    found = target(everything)
    assert len(found.recent) == 8
    assert found.level == growth_of(everything, NOW).levels_off_at
    assert growth_with(found.recent, NOW, 7) == growth_with(everything, NOW, 7)


@pytest.mark.parametrize(
    ("size", "days", "words"),
    [
        (100 * MB, 7, "levels off at 9.0 → 0.7 GB"),
        (100 * MB, 1, "levels off at 9.0 → 0.1 GB"),
        (10 * MB, 7, "levels off at 900 → 70.0 MB"),
        (12 * MB, 7, "levels off at 1.1 GB → 84.0 MB"),
        (100 * MB, 90, "levels off at 9.0 GB"),
        (100 * MB, 400, "levels off at 9.0 GB"),
        (100 * MB, None, "levels off at 9.0 GB"),
    ],
)
def test_the_effect_names_both_levels_in_one_unit_where_that_says_enough(
    size: int, days: int | None, words: str
) -> None:
    assert retention.effect(target(daily("logs", days=90, size=size)), NOW, days) == words


def test_without_recent_artifacts_nothing_is_said_about_the_level() -> None:
    assert retention.effect(target([]), NOW, 7) == ""
    assert retention.effect(target([made("once", hours=1, days=90)]), NOW, 7) == ""


def test_names_that_are_kept_longer_are_told_longest_first() -> None:
    first = target([
        made("release-bundle", hours=2, days=90, size=2 * MB),
        made("dist", hours=2, days=30),
        made("docs", hours=2, days=7),
    ])  # fmt: skip
    second = target(
        [made("bench-baseline", hours=1, days=90), *(made(f"nightly-{n}", hours=n, days=14) for n in range(1, 4)),
         made("coverage", hours=1, days=8)],
        repository=NOTES,
    )  # fmt: skip
    assert retention.clamped([first, second], 7) == (
        "Workflows that request more get 7 days: release-bundle (90 d), bench-baseline (90 d), dist (30 d) "
        "and 2 more names."
    )
    assert retention.clamped([first, second], 14) == (
        "Workflows that request more get 14 days: release-bundle (90 d), bench-baseline (90 d), dist (30 d)."
    )
    assert retention.clamped([first], 1).startswith("Workflows that request more get 1 day: ")
    assert retention.clamped([first, second], 90) == ""


def test_a_name_of_a_stranger_is_printable() -> None:
    assert "\x1b" not in retention.clamped([target([made("\x1b[31mred", hours=1, days=90)])], 7)


LOWERED = "This setting also removes logs, workflow runs, checks and commit statuses after 7 days. Existing items keep "
LOWERED += "their expiry date."


@pytest.mark.parametrize(
    ("kind", "days", "words"),
    [
        (HostKind.GITHUB, 7, LOWERED),
        (HostKind.DATA_RESIDENCY, 7, LOWERED),
        (HostKind.ENTERPRISE_SERVER, 7, "Logs are also removed after 7 days. Existing items keep their expiry date."),
        (HostKind.ENTERPRISE_SERVER, 1, "Logs are also removed after 1 day. Existing items keep their expiry date."),
        (HostKind.GITHUB, 90, "Existing items keep their expiry date."),
        (HostKind.GITHUB, 400, "Existing items keep their expiry date."),
    ],
)
def test_whoever_lowers_the_retention_is_told_what_else_it_removes(kind: HostKind, days: int, words: str) -> None:
    assert retention.warning([target([], days=90), target([], days=3)], kind, days) == words


def test_the_limit_is_the_lowest_of_all() -> None:
    both = [target([], most=400), target([], most=90)]
    assert retention.most_days(both) == 90
    assert retention.limit(both) == "2 repositories; acme allows at most 90 days."
    assert retention.limit(both[:1]) == "1 repository; acme allows at most 400 days."


def test_only_other_values_are_changed() -> None:
    both = [target([], days=7), target([], days=30)]
    assert retention.changed(both, 7) == (both[1],)
    assert retention.changed(both, 8) == tuple(both)


@pytest.mark.parametrize(
    ("older", "words"),
    [
        (1204, "1,204 artifacts are already older than 7 days. Press K to mark them."),
        (1, "1 artifact is already older than 7 days. Press K to mark it."),
        (0, ""),
    ],
)
def test_afterwards_the_older_ones_are_offered(older: int, words: str) -> None:
    week = timedelta(days=7).total_seconds() / 3600
    artifacts = [made("log", hours=week + 1, days=90) for _ in range(older)] + [made("log", hours=week - 1, days=90)]
    assert retention.offer([ListedArtifacts(artifacts)], NOW, 7, "K") == words
    part = ListedArtifacts(artifacts, is_whole=False)
    assert retention.offer([part], NOW, 7, "K") == (f"At least {words}" if words else "")


def test_without_all_recent_artifacts_it_says_that_the_effect_is_unknown() -> None:
    setting = Retention(days=90, maximum_allowed_days=400)
    found = target_of(STUDIO, setting, ListedArtifacts(daily("logs", days=90), has_recent=False, is_whole=False), NOW)
    assert retention.effect(found, NOW, 7) == ""
    assert retention.clamped([found, target([])], 7) == retention.UNKNOWN


@pytest.mark.parametrize("size", [0, 2**63 - 1])
def test_absurd_sizes_are_told_too(size: int) -> None:
    forever = [made("log", hours=n, days=10**6, size=size) for n in range(1, 9)]
    found = retention.effect(target(forever), NOW, 1)
    assert found.startswith("levels off at ")
