"""Who and what appears in the demo: people, repositories, workflows and the names of artifacts."""

from artifact_tui.demo.data import ORGANIZATION, VIEWER, DemoRepository, DemoWorkflow, Person

_POCKET = "A columnar query engine that fits in your pocket"

STAFF = (VIEWER, "jonas-veit", "aiko-tanabe", "priya-ramanan", "oskar-lindqvist")

PEOPLE = (
    Person(2_406_118, "jonas-veit", "User", "Jonas Veit"),
    Person(7_730_452, VIEWER, "User", "Mira Holm"),
    Person(11_902_377, "aiko-tanabe", "User", "Aiko Tanabe"),
    Person(15_118_806, "priya-ramanan", "User", "Priya Ramanan"),
    Person(22_640_915, "oskar-lindqvist", "User", "Oskar Lindqvist"),
    Person(41_898_282, "github-actions[bot]", "Bot", "github-actions"),
    Person(49_699_333, "dependabot[bot]", "Bot", "dependabot"),
    Person(58_204_661, "corvid-hops", "User", "Cor van Hops"),
    Person(63_870_244, "lena-marchetti", "User", "Lena Marchetti"),
    Person(80_551_093, ORGANIZATION, "Organization", "Fernwood Labs"),
)


def _repository(
    number: int,
    owner: str,
    name: str,
    description: str | None,
    language: str | None,
    traits: str = "",
    parent: int = 0,
    former_name: str = "",
) -> DemoRepository:
    since = f"202{number % 4 + 1}-0{number % 8 + 1}-1{number % 9}T10:2{number % 6}:41Z"
    stars = 0 if "private" in traits else (number * number * 7919) % 260
    return DemoRepository(
        number, owner, name, description, language, "private" in traits, "archived" in traits, parent,
        6_842 if name == "kestrel" and not parent else stars, number % 90_000, since, since, former_name,
    )  # fmt: skip


KESTREL, FORK = 611_204_338, 702_118_560

REPOSITORIES = (
    _repository(402_771_906, ORGANIZATION, "kestrel-legacy", "The first Kestrel", "C++", "archived"),
    _repository(KESTREL, ORGANIZATION, "kestrel", _POCKET, "Rust", "", 0, "kestrel-db"),
    _repository(655_930_127, ORGANIZATION, "kestrel-docs", "Documentation, tutorials and the website", "MDX"),
    _repository(FORK, VIEWER, "kestrel", _POCKET, "Rust", "", KESTREL),
    _repository(711_608_233, "corvid-hops", "kestrel", _POCKET, "Rust", "", KESTREL),
    _repository(718_442_051, "lena-marchetti", "kestrel", _POCKET, "Rust", "", KESTREL),
    _repository(730_015_488, ORGANIZATION, "kestrel-studio", "The desktop application", "TypeScript", "private"),
    _repository(758_266_019, ORGANIZATION, "flight-recorder", "Traces of queries, recorded and replayed", "Go"),
    _repository(790_347_702, ORGANIZATION, "fuzz-corpus", "Inputs and names that broke something once", "Python"),
    _repository(801_993_364, ORGANIZATION, "infrastructure", "Runners, buckets and dashboards", "HCL", "private"),
    _repository(844_120_575, VIEWER, "notes-to-pdf", "Turns a folder of notes into one PDF", "Python"),
    _repository(852_731_440, VIEWER, "dotfiles", None, "Shell"),
    _repository(903_556_218, ORGANIZATION, "sandbox", "Nothing here yet", None),
)

_FILES = {

    "kestrel": (("CI", "ci.yml"), ("Release", "release.yml"), ("Nightly", "nightly.yml"),
                ("Docs", "docs.yml"), ("Benchmarks", "bench.yml"),
                ("CodeQL", "codeql.yml"), ("Close stale issues", "stale.yml")),
    "kestrel-legacy": (("CI", "ci.yml"),),
    "kestrel-docs": (("Docs", "docs.yml"), ("Link check", "links.yml")),
    "kestrel-studio": (("Build", "build.yml"), ("End-to-end", "e2e.yml")),
    "flight-recorder": (("CI", "ci.yml"), ("CodeQL", "codeql.yml")),
    "fuzz-corpus": (("Fuzz", "fuzz.yml"),),
    "infrastructure": (("Plan", "plan.yml"), ("Apply", "apply.yml")),
    "notes-to-pdf": (("CI", "ci.yml"),),
    "dotfiles": (("Lint", "lint.yml"),),
}  # fmt: skip


def workflows() -> list[DemoWorkflow]:
    """The workflows of every repository that has any."""
    found = []
    for repository in REPOSITORIES:
        names = _FILES.get(repository.name, ()) if repository.parent in (0, KESTREL) else ()
        if repository.parent:
            names = _FILES["kestrel"][:1] if repository.id == FORK else ()
        for place, (name, file) in enumerate(names):
            state = "disabled_inactivity" if file == "stale.yml" else "active"
            found.append(DemoWorkflow(repository.id // 7 + place * 613, repository.id, name, file, state))
    return sorted(found, key=lambda workflow: workflow.id)


TITLES = (
    "Push filters below the join", "Read dictionaries without a copy", "Spill sorted runs to disk",
    "Fix a leak in the buffer pool", "Plan: keep the order of partitions",
    "Parquet: skip pages by their index", "Faster casts from text to decimal",
    "Session: close cursors when dropped", "Explain shows the bytes that were read",
    "Catalog: list schemas lazily", "Docs: how statistics are used", "Tests for empty batches",
    "Arrow: zero-copy strings", "Refuse overlapping row groups", "Make the optimizer's rules a list",
    "CI: split the slow shard", "Typing for the Python API", "Retry object-store reads once",
    "Less work for COUNT(*)", "Window functions over ranges", "Bind parameters by name",
    "Say which file is damaged",
)  # fmt: skip

BRANCHES = (
    "filter-pushdown", "dictionary-reads", "spill-runs", "fix/buffer-leak", "planner/partition-order",
    "page-index", "decimal-casts", "session-cursors", "explain-bytes", "lazy-catalog", "docs/statistics",
    "arrow-strings",
)  # fmt: skip

SYSTEMS = ("ubuntu-24.04", "macos-15", "windows-2025")

STUDIO_NAMES = (
    "Kestrel Studio (macOS, arm64)", "Kestrel Studio (Windows)", "Kestrel Studio (Linux, AppImage)",
    "Testergebnisse (große Matrix)", "rapport d'accessibilité", "测试报告", "スクリーンショット",
    "отчёт о сборке",
    "Übersetzungen",
)  # fmt: skip

HOSTILE_NAMES = (
    "crash\x1b[31mred\x1b[0m", "title\x1b]0;owned\x07", "clip\x1b]52;c;aGVsbG8=\x07", "clear\x1b[2J\x1b[H",
    "c1-csi\x9b31m", "[bold red]markup[/]", "[@click=app.quit]press me[/]", "[/nope]",
    "[link=https://example.org]docs[/link]", "line one\nline two", "carriage\rreturn", "tab\tseparated",
    "bell\x07", "back\x08\x08space", "null\x00byte", "delete\x7f", "bidi\u202egpj.exe",
    "isolate\u2066left\u2069", "zero\u200bwidth\u200djoiner", "combining" + "e" + "\u0301" * 40,
    "nbsp\u00a0space", "line\u2028separator", "\ufeffbom", "..", ".", "../../etc/passwd", "/absolute/path",
    "C:\\windows\\win.ini", "CON", "nul.txt", "-rf", "~", "$(id)", "`id`", "%2e%2e%2f", "a" * 240,
    "很长的名字" * 45, "مرحبا بالعالم", "שלום עולם", "नमस्ते", "👩‍👩‍👧‍👦 family", "🏴‍☠️", "🇫🇮 flag",
    "ﬀ ligature",
    "ｆｕｌｌｗｉｄｔｈ", " leading", "trailing ", "dots...", "quote\"'`", "semi;colon&amp", "question?.txt",
    "star*.log", "pipe|less", "<script>alert(1)</script>", "\ue000private", "emoji\ufe0f",
)  # fmt: skip

HOSTILE_TITLES = (
    ("Fuzz", "main"), ("Fuzz \x1b[5mblink", "bidi/\u202efeature"), ("[bold]Fuzz[/bold]", "[red]branch[/]"),
    ("Fuzz\nnewline", "a\x1b[31mb"), ("\u202eevil title", "x" * 200),
)  # fmt: skip
"""Titles and branches of runs that try the terminal."""

ODDITIES = ("no-digest", "null-digest", "null-run", "no-run", "partial-run", "null-dates", "extra-keys")
"""The ways in which `answers.Templates.artifact` can be odd."""
