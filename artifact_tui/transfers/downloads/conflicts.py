"""What is in the way of downloads, as far as that can be known before they begin."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from msgspec.structs import replace

from artifact_tui.transfers.downloads.download import expected_target
from artifact_tui.transfers.models import DownloadOrder, OnExisting


def existing_targets(orders: Iterable[DownloadOrder]) -> tuple[Path, ...]:
    """Those targets where something is already, each once, in the order of the orders; a dangling link counts."""
    targets = dict.fromkeys(map(expected_target, orders))
    return tuple(target for target in targets if os.path.lexists(target))


def spare_each_other(orders: Iterable[DownloadOrder]) -> tuple[DownloadOrder, ...]:
    """Skipping and overwriting are about what was there before: orders with one target among them keep all of theirs.

    Of several with the same target the first takes the place of what is there, if anything is.
    """
    orders = tuple(orders)
    targets = [expected_target(order) for order in orders]
    sharers = Counter(targets)
    taken: set[Path] = set()
    spared = []
    for order, target in zip(orders, targets, strict=True):
        is_free = sharers[target] == 1 or (target not in taken and os.path.lexists(target))
        spared.append(order if is_free else replace(order, on_existing=OnExisting.KEEP_BOTH))
        taken.add(target)
    return tuple(spared)
