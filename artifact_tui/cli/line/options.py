"""The options of line mode as data, by group; it imports nothing, because it is loaded at every start."""

from __future__ import annotations


class Option:
    """An option: its names, the word for its value (empty for a switch), the kind of value, and its help.

    Kinds are ``text``, ``number``, ``seconds``, ``duration`` (30s 5m 1h 1d), ``age`` (as in filters), ``size``,
    ``limit`` (a size or none) and ``run``.
    """

    __slots__ = ("choices", "default", "help", "is_repeatable", "kind", "names", "value")

    def __init__(
        self,
        names: str,
        value: str,
        help: str,  # noqa: A002  # the word in every parser
        *,
        kind: str = "text",
        choices: tuple[str, ...] = (),
        default: str = "",
        is_repeatable: bool = False,
    ) -> None:
        self.names = tuple(names.split())
        self.value = value
        self.help = help
        self.kind = kind
        self.choices = choices
        self.default = default
        self.is_repeatable = is_repeatable

    @property
    def key(self) -> str:
        """The name of the value after parsing, such as ``latest_good``."""
        return self.names[-1].lstrip("-").replace("-", "_")


GLOBAL = (
    Option("-R --repo", "REPO", "the repository, as [HOST/]OWNER/REPO"),
    Option("--host", "HOST", "github.com, SUB.ghe.com or your own server; ACCOUNT@HOST for one of several accounts"),
    Option("--api-url", "URL", "the URL of the API, if it is not the default"),
    Option("--api-version", "DATE", "pin the API version, such as 2022-11-28"),
    Option("--ca-file", "FILE", "additional CA certificates"),
    Option("--read-only", "", "send only GET requests"),
    Option("--log-file", "FILE", "write a log of requests, without secrets; - is standard error"),
    Option("--demo", "", "use a simulated GitHub inside the program: no network, no token"),
    Option("-q --quiet", "", "write only errors to standard error"),
    Option(
        "--progress",
        "FORM",
        "how to report progress of more than 0.5 s",
        choices=("auto", "bar", "lines", "json", "none"),
        default="auto",
    ),
    Option("--color", "WHEN", "use colors in tables", choices=("auto", "always", "never"), default="auto"),
    Option("--timeout", "DURATION", "end the command after this time, such as 90s or 5m", kind="duration"),
    Option("--rate-wait", "DURATION", "wait up to this time in total for rate limits", kind="duration", default="0s"),
    Option("--max-requests", "N", "send at most N API requests", kind="number"),
    Option("--no-config", "", "ignore config.toml"),
    Option("-h --help", "", "print the help of the command"),
)
FORMS = (
    Option("--json", "", "one JSON document"),
    Option("--jsonl", "", "one JSON object per row, as soon as it is known"),
    Option("--tsv", "", "a header line and tab-separated rows"),
    Option("--ids", "", "one ID per line"),
    Option("--names", "", "one name per line"),
    Option("-0 --print0", "", "end IDs and names with NUL, and write names exactly"),
    Option("--fields", "A,B.C", "the fields of JSON and TSV, in this order"),
    Option("--no-header", "", "no header line in tables and TSV"),
)
DATA = tuple(option for option in FORMS if option.key not in {"ids", "names", "print0"})
"""The forms of rows without ID and name."""
FORMS_WITHOUT_IDS = tuple(option for option in FORMS if option.key != "ids")
RUNS = (
    Option("--run", "ID", "that workflow run: an ID, a URL, or current inside a job", kind="run", is_repeatable=True),
    Option("-w --workflow", "NAME", "runs of a workflow: its file, name or ID"),
    Option("-b --branch", "NAME", "runs on a branch"),
    Option("-e --event", "NAME", "runs started by an event, such as push"),
    Option("-u --actor", "LOGIN", "runs started by an account"),
    Option("-s --status", "STATUS", "runs in a state, such as ok, failed or running"),
    Option("-c --commit", "SHA", "runs of a commit; HEAD is that of the clone"),
    Option("--pr", "N", "runs of the latest commit of a pull request", kind="number"),
    Option("--tag", "NAME", "runs of the commit of a tag"),
    Option("--latest", "", "the newest of those runs"),
    Option("--latest-good", "", "the newest successful run; on the default branch without -b, -c, --pr or --tag"),
    Option("--runs", "N", "at most the N newest runs (default: 20)", kind="number"),
    Option("--look-back", "N", "with --latest and --latest-good: check up to N runs for matches", kind="number"),
    Option("--attempt", "N", "only artifacts that this attempt of the run made", kind="number"),
    Option("--all-attempts", "", "include all artifacts of the same name in a run, not only the newest"),
    Option("--forks", "", "let --latest-good, and --latest with --branch, find runs of forks"),
)
ALL_RUNS = tuple(
    Option("--runs", "N", "at most the N newest runs (default: all)", kind="number") if option.key == "runs" else option
    for option in RUNS
)
"""The options that select runs, for commands that need all of them."""
ONLY_RUNS = tuple(option for option in RUNS if option.key not in ("look_back", "attempt", "all_attempts"))
"""The options that select runs, without those that select artifacts of these runs."""
ARTIFACTS = (
    Option("-n --name", "NAME", "an exact name", is_repeatable=True),
    Option("-p --pattern", "GLOB", "a pattern for the whole name", is_repeatable=True),
    Option("-f --filter", "TEXT", "a filter, as in artifact-tui help filters"),
    Option("--larger", "SIZE", "larger than SIZE, such as 10M", kind="size"),
    Option("--smaller", "SIZE", "smaller than SIZE", kind="size"),
    Option("--older", "AGE", "older than AGE, such as 30d", kind="age"),
    Option("--newer", "AGE", "newer than AGE", kind="age"),
    Option("--expires-within", "AGE", "expiring within AGE", kind="age"),
    Option("--expired", "", "only expired artifacts"),
    Option("--live", "", "only artifacts that have not expired"),
    Option("--from", "FILE", "read IDs from FILE: one per line, NUL-separated, or JSON lines; - is standard input"),
    Option("--all-matches", "", "for an exact name: continue after the first match"),
)
INTERVAL = Option(
    "--interval", "DURATION", "shortest time between polls, at least 3s (default: 5s, growing to 30s)", kind="duration"
)
APPEAR = Option("--appear", "DURATION", "with --commit: wait this long for a first run", kind="duration", default="2m")
GROUPS = {"Artifacts": ARTIFACTS, "Workflow runs": RUNS, "Output": FORMS, "General": GLOBAL}
"""The groups of options that several commands share, by title."""
REPOSITORY = (
    "[OWNER/REPO]",
    "the repository, or the URL of one, of a run or an artifact; by default that of the clone",
)
OWNER_OR_REPOSITORY = (
    "[OWNER | OWNER/REPO]",
    "all repositories of an owner, or one repository, or the URL of either; by default that of the clone",
)
ONE_ARTIFACT = ("ARTIFACT", "its ID or its exact name; with run options also a pattern")
WITHOUT_MATCHES = tuple(option for option in ARTIFACTS if option.key != "all_matches")
"""The options of commands that never stop at a first match, or that never mix artifacts of several runs."""
OF_ONE_ARTIFACT = tuple(option for option in WITHOUT_MATCHES if option.key != "from")
WORDS = ("[ARTIFACT ...]", "IDs, exact names, or patterns with * ? [ ]")
