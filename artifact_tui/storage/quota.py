"""What deleting saves of the storage quota: an estimate from sizes and expiry dates.

GitHub adds up GB-hours over a calendar month for the whole account and divides them by the hours of the month
(documentation, "About billing for GitHub Actions"). What was stored until now stays counted; what is deleted adds
nothing from now on.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from artifact_tui.domain.artifact_filter import is_expired
from artifact_tui.domain.models import Artifact

_GB = 10**9
_HOUR = timedelta(hours=1)


class Saving(Struct, frozen=True, kw_only=True):
    """GB-hours that will not be counted: in the rest of this month, and in all until everything had expired.

    ``month_hours`` are the hours of the whole month, by which GitHub divides. ``without_expiry`` artifacts have no
    known end: they count for this month only, so ``in_all`` is the least that is saved.
    """

    this_month: float = 0.0
    in_all: float = 0.0
    month_hours: int = 720
    without_expiry: int = 0

    @property
    def gigabytes(self) -> float:
        """What is saved in this month, as GitHub bills it: gigabytes on average over the whole month."""
        return self.this_month / self.month_hours


def estimate_saving(artifacts: Iterable[Artifact], at: datetime) -> Saving:
    """Return what is saved when these artifacts are gone from ``at`` on; months turn at midnight UTC."""
    moment = at.astimezone(UTC)
    first, turn = _month(moment)
    this_month = in_all = 0.0
    endless = 0
    for artifact in artifacts:
        if is_expired(artifact, moment):
            continue
        gigabytes = artifact.size_in_bytes / _GB
        endless += artifact.expires_at is None
        end = artifact.expires_at or turn
        this_month += gigabytes * ((min(end, turn) - moment) / _HOUR)
        in_all += gigabytes * ((end - moment) / _HOUR)
    hours = round((turn - first) / _HOUR)
    return Saving(this_month=this_month, in_all=in_all, month_hours=hours, without_expiry=endless)


def _month(moment: datetime) -> tuple[datetime, datetime]:
    """Its first moment and that of the next."""
    first = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first, (first + timedelta(days=32)).replace(day=1)
