"""The rows of the benchmarks: what each measures, how, and which programs it needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks import commands, contents, downloads, groups, keys, lists, owners, starts
from tests.benchmarks.results import Figure
from tests.benchmarks.sizes import Sizes

Measure = Callable[[Path, Sequence[str], Sizes], list[Figure]]


class Row(NamedTuple):
    """One row; ``measure`` is called with an empty directory, the program's command, and sizes."""

    name: str
    what: str
    needs: tuple[str, ...]
    measure: Measure


ROWS = (
    Row("1", "download over TLS with SHA-256", ("curl", "openssl"), downloads.over_tls),
    Row("2", "download without TLS, with SHA-256", ("curl",), downloads.plain),
    Row("3", "download, each connection capped at 10 MiB/s", ("aria2c",), downloads.capped),
    Row("4", "20 artifacts of 5 MiB, unpacked", ("gh", "openssl"), downloads.many_small),
    Row("5", "list of 10,000 artifacts, round trip 100 ms", ("gh", "openssl"), lists.long_list),
    Row("6", "refresh of 10,000 artifacts", ("openssl",), lists.refresh),
    Row("7", "first output", ("gh", "openssl"), starts.first_sign),
    Row("8", "first live table", ("openssl",), starts.first_table),
    Row("9", "first rows from a server, round trip 100 ms", ("gh", "openssl"), starts.first_rows),
    Row("10", "quit with 100,000 rows", ("openssl",), starts.leave),
    Row("11", "filter key in 100,000 rows", ("fzf", "openssl"), keys.filter_key),
    Row("12", "cursor key, processor time", ("openssl",), keys.cursor_work),
    Row("13", "cursor key, bytes on a line of 64 kbit/s", ("less", "mc", "openssl"), keys.cursor_bytes),
    Row("14", "memory with 100,000 rows", ("openssl",), lists.memory),
    Row("15", "marking one of 100,000 rows", ("openssl",), keys.mark_work),
    Row("16", "page key; four progress bars", ("openssl",), keys.page_and_progress),
    Row("17", "files of a zip of 1 GiB with 10,000 entries", ("remotezip", "openssl"), contents.list_of_files),
    Row("18", "line mode: startup", ("openssl",), commands.startup),
    Row("19", "line mode: list, round trip 100 ms", ("gh", "openssl"), commands.listing),
    Row("20", "line mode: get, 100 ms, 10 MiB/s per connection", ("gh", "openssl"), commands.get),
    Row("21", "line mode: get of 1 GiB, verify", ("curl", "openssl"), commands.get_large),
    Row("22", "line mode: cat", ("gh", "openssl"), commands.cat),
    Row("23", "line mode: list of 260,000 artifacts", ("openssl",), commands.long_rows),
    Row("24", "line mode: owner of 200 repositories, 100 ms", ("openssl",), owners.scan),
    Row("25", "an owner with 260,000 artifacts", ("openssl",), owners.many_artifacts),
    Row("26", "storage of 260,000 artifacts by group", (), groups.counting),
)
