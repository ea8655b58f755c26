"""The caches of the demo's repositories, made from a table, because nothing in them is ever downloaded."""

import hashlib
from datetime import datetime, timedelta

from artifact_tui.demo.data import DemoCache, DemoRepository, format_time, parse_time

MEGABYTES = {"kestrel-studio": (9900, 58), "kestrel": (8700, 41), "infrastructure": (1200, 17),
             "flight-recorder": (640, 9)}  # fmt: skip
"""The size and number of caches by name of the repository; all others have none."""
_KEYS = ("cargo-registry", "cargo-target", "sccache", "npm", "docker-layers", "pip")
_PLATFORMS = ("ubuntu-x64", "macos-arm64", "windows-x64")


def sample_caches(repository: DemoRepository) -> list[DemoCache]:
    """Return the caches of a repository of the demo's organization, oldest first."""
    size, count = MEGABYTES.get(repository.name, (0, 0)) if not repository.parent else (0, 0)
    weights = [number % 7 + 1 for number in range(count)]
    unit = size * 1_000_000 // max(1, sum(weights))
    last = parse_time(repository.pushed_at)
    return [_cache(repository, number, unit * weight, last) for number, weight in enumerate(weights)]


def _cache(repository: DemoRepository, number: int, size: int, last: datetime) -> DemoCache:
    key = f"{_KEYS[number % len(_KEYS)]}-{_PLATFORMS[number % len(_PLATFORMS)]}"
    digest = hashlib.sha256(f"{repository.full_name} {key} {number}".encode()).hexdigest()
    used = last - timedelta(hours=number * 3)
    return DemoCache(
        id=repository.id * 1000 + number,
        ref="refs/heads/main" if number % 3 else f"refs/pull/{1200 + number}/merge",
        key=f"{key}-{digest[:12]}",
        version=digest,
        last_accessed_at=format_time(used),
        created_at=format_time(used - timedelta(hours=number % 5)),
        size_in_bytes=size,
    )
