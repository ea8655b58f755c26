"""An estimate of the quota that a deletion saves, from sizes and expiry dates.

GitHub adds up GB-hours over a calendar month for the whole account and divides them by the hours of the month
(documentation, "About billing for GitHub Actions"). Past hours stay counted; deleted bytes add no more.
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
    """GB-hours saved, in the rest of this month and until everything would have expired.

    ``month_hours`` are the hours of this month, by which GitHub divides. ``without_expiry`` artifacts never expire:
    they count for this month only, so ``in_all`` is a minimum.
    """

    this_month: float = 0.0
    in_all: float = 0.0
    month_hours: int = 720
    without_expiry: int = 0

    @property
    def gigabytes(self) -> float:
        """The saving of this month as GitHub bills it: average gigabytes over the month."""
        return self.this_month / self.month_hours


def estimate_saving(artifacts: Iterable[Artifact], at: datetime) -> Saving:
    """Return the saving if these artifacts are deleted at ``at``; months change at midnight UTC."""
    moment = at.astimezone(UTC)
    first = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    turn = (first + timedelta(days=32)).replace(day=1)
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
