"""An estimate of the quota that a deletion saves, from sizes and expiry dates.

GitHub adds up GB-hours over a calendar month for the whole account and divides them by the hours of the month. Past
hours stay counted; deleted bytes add no more. A gigabyte is 2^30 bytes: GitHub meters in binary units (documentation,
"GitHub Actions billing", section "Storage measurement units").
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from artifact_tui.domain.artifact_filter import is_expired
from artifact_tui.domain.models import Artifact

GIB = 2**30
"""Bytes of the gigabyte that GitHub bills."""
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
    def average_bytes(self) -> int:
        """The saving of this month as GitHub bills it: the average over the month, in bytes."""
        return round(self.this_month / self.month_hours * GIB)


def estimate_saving(artifacts: Iterable[Artifact], at: datetime) -> Saving:
    """Return the saving if these artifacts are deleted at ``at``; months change at midnight UTC.

    Expired artifacts count as nothing, although GitHub may meter them for some days after their expiry.
    """
    moment = at.astimezone(UTC)
    first = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    turn = (first + timedelta(days=32)).replace(day=1)
    this_month = in_all = 0.0
    endless = 0
    for artifact in artifacts:
        if is_expired(artifact, moment):
            continue
        gigabytes = artifact.size_in_bytes / GIB
        endless += artifact.expires_at is None
        end = artifact.expires_at or turn
        this_month += gigabytes * ((min(end, turn) - moment) / _HOUR)
        in_all += gigabytes * ((end - moment) / _HOUR)
    hours = round((turn - first) / _HOUR)
    return Saving(this_month=this_month, in_all=in_all, month_hours=hours, without_expiry=endless)
