"""Rate limits of each token, as on GitHub."""

from dataclasses import dataclass
from datetime import datetime

LIMITS = {"core": (5000, 3600), "search": (30, 60)}
"""Requests and seconds of each resource (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api)."""
ANONYMOUS = {"core": 60, "search": 10}


@dataclass
class Quota:
    """The quota of one resource for one token."""

    resource: str
    limit: int
    used: int = 0
    reset: int = 0

    def roll(self, now: datetime) -> None:
        """Start a new window if the old one is over."""
        if now.timestamp() >= self.reset:
            self.used, self.reset = 0, int(now.timestamp()) + LIMITS[self.resource][1]

    @property
    def remaining(self) -> int:
        """The remaining requests of this window."""
        return max(0, self.limit - self.used)

    def values(self) -> dict[str, int]:
        """Return the values as in `/rate_limit`."""
        return {"limit": self.limit, "used": self.used, "remaining": self.remaining, "reset": self.reset}

    def headers(self) -> dict[str, str]:
        """Return the headers of every answer."""
        values = self.values() | {"resource": self.resource}
        return {f"x-ratelimit-{name}": str(value) for name, value in values.items()}
