"""The bytes of each artifact, generated on demand from its entry in `world.json`.

A recipe returns the files of an artifact as members, and fills the large ones up to the artifact's `weight`: `logs`
with repeated lines, all others with noise. Kinds that start with `raw-` are single files that are not zipped
(upload-artifact v7 with `archive: false`); `empty` has no bytes.
"""

import io
import tarfile
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from artifact_tui.demo import sample_files as files
from artifact_tui.demo.blob import Blob, BlobMember, Filler, Piece, make_zip
from artifact_tui.demo.data import DemoArtifact, parse_time
from artifact_tui.demo.dice import Dice

WHEELS = (
    "wheel-cp311-abi3-macosx_11_0_arm64", "wheel-cp311-abi3-macosx_11_0_x86_64",
    "wheel-cp311-abi3-manylinux_2_28_aarch64", "wheel-cp311-abi3-manylinux_2_28_x86_64",
    "wheel-cp311-abi3-musllinux_1_2_x86_64", "wheel-cp311-abi3-win_amd64",
)  # fmt: skip


def members(artifact: DemoArtifact) -> list[BlobMember]:
    """Return the files inside an artifact, in the order of the zip."""
    return _RECIPES[artifact.kind](artifact, Dice(artifact.id), parse_time(artifact.created_at))


@lru_cache(maxsize=8)
def download(artifact: DemoArtifact) -> Blob:
    """Return the bytes of a download, to which `size` and `digest` belong."""
    if artifact.raw:
        return Blob(piece for member in members(artifact) for piece in member.pieces)
    return zipped(artifact)


@lru_cache(maxsize=8)
def zipped(artifact: DemoArtifact) -> Blob:
    """Return the artifact as a zip even if it is a single raw file, as older servers do."""
    moment = parse_time(artifact.created_at)
    stamp = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
    return make_zip(members(artifact), stamp)


def _filling(seed: int, length: int) -> tuple[Piece, ...]:
    return (Filler(files.noise(seed % 4), length),)


def _logs(artifact: DemoArtifact, dice: Dice, started: datetime) -> list[BlobMember]:
    """Return the shards of an integration run: large traces, many small logs, and one failed shard."""
    block = files.log(dice, started, 120, failed=False)
    shards = max(2, min(80, artifact.weight // (8 << 20)))
    share, found = artifact.weight // (shards * 8), []
    failed = dice.below(shards)
    for shard in range(shards):
        folder = f"shard-{shard + 1:02d}"
        heavy = share * (1 + (shard * 5) % 14)
        tail = files.log(dice, started, 40, failed=shard == failed)
        found.append(BlobMember(f"{folder}/setup.log", (block[: dice.between(2, 9) * 1000], b"\n")))
        found.append(BlobMember(f"{folder}/pytest.log", (block, Filler(block, min(heavy // 40, 380_000)), tail)))
        found.append(BlobMember(f"{folder}/trace.log", (block, Filler(block, heavy))))
    found.append(BlobMember("summary.md", (files.summary(dice, artifact.name),)))
    return found


def _junit(artifact: DemoArtifact, dice: Dice, started: datetime) -> list[BlobMember]:
    failures = int(dice.below(5) == 0)
    found = [BlobMember("junit.xml", (files.junit(dice, started, dice.between(60, 400), failures),))]
    found.append(BlobMember("pytest.log", (files.log(dice, started, dice.between(30, 90), failures > 0),)))
    found.append(BlobMember("summary.md", (files.summary(dice, artifact.name),)))
    return [*found, *_ballast("durations.bin", artifact)]


def _coverage(artifact: DemoArtifact, dice: Dice, _started: datetime) -> list[BlobMember]:
    found = [BlobMember("coverage.xml", (files.coverage_xml(dice),)), BlobMember("lcov.info", (files.lcov(dice),))]
    return [*found, BlobMember("html/index.html", (files.page(dice, "Coverage"),)), *_ballast(".coverage", artifact)]


def _wheel(artifact: DemoArtifact, dice: Dice, started: datetime) -> list[BlobMember]:
    tag = artifact.name.removeprefix("wheel-")
    version = f"{started.year % 100}.{started.month}.{started.day}"
    info = f"kestrel_db-{version}.dist-info"
    metadata = f"Metadata-Version: 2.4\nName: kestrel-db\nVersion: {version}\nRequires-Python: >=3.11\n".encode()
    inside = [BlobMember("kestrel/__init__.py", (b'"""Columnar queries."""\n\nfrom kestrel._core import connect\n',))]
    inside += [BlobMember(f"kestrel/{module}.py", (f'"""{module}"""\n'.encode(),)) for module in files.MODULES]
    inside.append(BlobMember("kestrel/_core.abi3.so", (b"\x7fELF", *_filling(artifact.id, artifact.weight))))
    inside.append(BlobMember(f"{info}/METADATA", (metadata,)))
    inside.append(BlobMember(f"{info}/WHEEL", (f"Wheel-Version: 1.0\nTag: {tag}\nBuild: {dice.below(9)}\n".encode(),)))
    stamp = (started.year, started.month, started.day, started.hour, started.minute, 0)
    nested = make_zip(inside, stamp)
    return [BlobMember(f"kestrel_db-{version}-{tag}.whl", tuple(nested.pieces))]


def _sums(artifact: DemoArtifact, dice: Dice, _started: datetime) -> list[BlobMember]:
    lines = "".join(f"{dice.hex(64)}  {name}\n" for name in WHEELS)
    return [BlobMember("SHA256SUMS", (lines.encode(),))]


def _bench(artifact: DemoArtifact, dice: Dice, _started: datetime) -> list[BlobMember]:
    found = [BlobMember("results.json", (files.benchmarks(dice),))]
    found.append(BlobMember("timings.csv", (files.table(dice, 220),)))
    found.append(BlobMember("README.md", (files.summary(dice, "Benchmarks"),)))
    return [*found, *_ballast("flamegraph.perf", artifact)]


def _scan(artifact: DemoArtifact, dice: Dice, _started: datetime) -> list[BlobMember]:
    return [BlobMember("results.sarif", (files.sarif(dice),)), *_ballast("database.zip", artifact)]


def _site(artifact: DemoArtifact, dice: Dice, _started: datetime) -> list[BlobMember]:
    found = [BlobMember(f"{module}.html", (files.page(dice, module.title()),)) for module in ("index", *files.MODULES)]
    return [*found, BlobMember("assets/logo.png", (files.picture(dice),)), *_ballast("assets/search.idx", artifact)]


def _screens(artifact: DemoArtifact, dice: Dice, _started: datetime) -> list[BlobMember]:
    names = [f"{side}/{dice.pick(files.MODULES)}-{index}.png" for index in range(3) for side in ("actual", "expected")]
    return [*(BlobMember(name, (files.picture(dice),)) for name in names), *_ballast("video.webm", artifact)]


def _build(artifact: DemoArtifact, dice: Dice, _started: datetime) -> list[BlobMember]:
    notes = f"commit {dice.hex(40)}\nprofile release\n".encode()
    main, side = artifact.weight * 3 // 4, artifact.weight - artifact.weight * 3 // 4
    found = [BlobMember("BUILD", (notes,)), BlobMember("bin/kestrel", (b"\x7fELF", *_filling(artifact.id, main)))]
    return [*found, BlobMember("lib/libkestrel.so", (b"\x7fELF", *_filling(artifact.id + 1, side)))]


def _corpus(artifact: DemoArtifact, dice: Dice, _started: datetime) -> list[BlobMember]:
    found = [BlobMember(f"corpus/{dice.hex(40)}", (files.noise(0)[: dice.between(8, 600)],)) for _ in range(24)]
    return [*found, *_ballast("crashes/slow-unit", artifact)]


def _raw_tar(artifact: DemoArtifact, dice: Dice, started: datetime) -> list[BlobMember]:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        inside = {"README.md": files.summary(dice, "Kestrel"), "src.bin": files.noise(1) * (artifact.weight >> 16)}
        for name, data in inside.items():
            entry = tarfile.TarInfo(f"kestrel/{name}")
            entry.size, entry.mtime = len(data), int(started.timestamp())
            tar.addfile(entry, io.BytesIO(data))
    return [BlobMember(artifact.name, (files.gzip(packed.getvalue()),))]


def _raw_log(artifact: DemoArtifact, dice: Dice, started: datetime) -> list[BlobMember]:
    block = files.log(dice, started, 400, failed=True)
    return [BlobMember(artifact.name, (block, Filler(block, artifact.weight)))]


def _raw_png(artifact: DemoArtifact, dice: Dice, _started: datetime) -> list[BlobMember]:
    return [BlobMember(artifact.name, (files.picture(dice, 320, 180),))]


def _ballast(name: str, artifact: DemoArtifact) -> list[BlobMember]:
    return [BlobMember(name, _filling(artifact.id, artifact.weight))] if artifact.weight else []


_RECIPES: dict[str, Callable[[DemoArtifact, Dice, datetime], list[BlobMember]]] = {
    "logs": _logs, "junit": _junit, "coverage": _coverage, "wheel": _wheel, "bench": _bench, "scan": _scan,
    "site": _site, "screens": _screens, "build": _build, "corpus": _corpus, "raw-tar": _raw_tar,
    "raw-log": _raw_log, "raw-png": _raw_png, "sums": _sums, "empty": lambda artifact, dice, started: [],
}  # fmt: skip
