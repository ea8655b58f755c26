"""Conflicts of downloads with existing files and with each other, as far as known before they start."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from msgspec.structs import replace

from artifact_tui.transfers.downloads.download import expected_target
from artifact_tui.transfers.models import DownloadOrder, OnExisting


def existing_targets(orders: Iterable[DownloadOrder]) -> tuple[Path, ...]:
    """Return the targets that exist, each once, in the order of the orders; a dangling link counts."""
    targets = dict.fromkeys(map(expected_target, orders))
    return tuple(target for target in targets if os.path.lexists(target))


def spare_each_other(orders: Iterable[DownloadOrder]) -> tuple[DownloadOrder, ...]:
    """Keep all downloads with the same target: skipping and overwriting are for files that existed before."""
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
