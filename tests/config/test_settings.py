"""Settings that cannot be used are named; what is remembered survives a start."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from artifact_tui.cli.help_topics import topic_text
from artifact_tui.config.keymap_rules import check_keys
from artifact_tui.config.paths import MOST_DIRECTORIES, MOST_RECENT, Memory, MemoryFile
from artifact_tui.config.settings import Columns, Settings, SettingsError, check_columns, is_set, read_settings
from artifact_tui.demo.fixed_clock import DEMO_NOW
from artifact_tui.keymap import KEYS, PRESETS, default_keys, key_name

KNOWN = {
    "artifacts.download": "d",
    "artifacts.delete": "D,delete",
    "runs.open": "enter",
    "runs.show": "v",
    "confirm.delete": "E",
    "storage.retention": "R",
    "retention.set": "S",
}


def read(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "config.toml"
    path.write_text(text)
    return read_settings(path)


def test_no_file_means_defaults(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "config.toml") == Settings()


def test_settings_are_read(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        'api-version = "2022-11-28"\nconcurrency = 2\non-existing = "ask"\n[keys]\n"artifacts.download" = "f5"\n',
    )
    assert (settings.api_version, settings.concurrency, settings.on_existing) == ("2022-11-28", 2, "ask")
    assert settings.connections == 8
    assert settings.keys == {"artifacts.download": "f5"}


@pytest.mark.parametrize(
    ("text", "cloud", "server", "other"),
    [
        ("", 1.0, 0.25, 0.25),
        ("delete-interval = 2.0", 2.0, 2.0, 2.0),
        ("delete-interval = 0", 0.0, 0.0, 0.0),
        ('[delete-intervals]\n"ghe.acme.example" = 0.1', 1.0, 0.1, 0.25),
        ('delete-interval = 3\n[delete-intervals]\n"github.com" = 5', 5.0, 3.0, 3.0),
    ],
    ids=["nothing set", "set for all", "no pause", "set for one", "set for all and one"],
)
def test_the_pace_of_deletes_is_the_hosts_own(
    tmp_path: Path, text: str, cloud: float, server: float, other: float
) -> None:
    """A second on GitHub's own hosts, less on an Enterprise Server, whatever is set goes first."""
    settings = read(tmp_path, text)
    hosts = (("github.com", True), ("ghe.acme.example", False), ("other.example", False))
    assert [settings.delete_interval_at(host, is_cloud=is_cloud) for host, is_cloud in hosts] == [cloud, server, other]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("zzz = 1", "unknown setting zzz. Correct or remove that line."),
        ("concurency = 1", "unknown setting concurency. Did you mean concurrency? Correct or remove that line."),
        ('concurrency = "four"', "concurrency must be a whole number. Correct or remove that line."),
        ('delete-interval = "slow"', "delete-interval must be a number."),
        ('read-only = "yes"', "read-only must be true or false."),
        ("hosts = [1]", "each of hosts must be text in quotes."),
        ("keys = 3", "keys must be a table."),
        ('[keys]\nartifacts.download = "f5"', 'names in [keys] need quotes, as in "artifacts.download" = "f5".'),
        ('[delete-intervals]\n"ghe.acme.example" = "x"', "each of delete-intervals must be a number."),
        ("host = 1\nhost = 2", "invalid TOML: cannot overwrite a value"),
        ("concurrency = 99", "concurrency must be from 1 to 16, not 99"),
        ("unpack-limit = 0", "unpack-limit must be a number of bytes, as in unpack-limit = 20_000_000_000."),
        ("connections = 0", "connections must be from 1 to 16, not 0"),
        (
            'on-existing = "replace"',
            """on-existing must be "keep both" or "skip" or "overwrite" or "ask", not 'replace'.""",
        ),
        ("delete-interval = -1.0", "delete-interval must be from 0"),
        ("delete-interval = 4000", "delete-interval must be from 0 to 3600 seconds"),
        ('[delete-intervals]\n"ghe.acme.example" = -1', "delete-intervals of ghe.acme.example must be from 0"),
        ("delete-grace = 4000", "delete-grace must be from 0 to 3600 seconds"),
        ('pinned = "release-*"', 'pinned must be a list, as in ["one", "two"].'),
        ('pinned = ["a", " "]', 'pinned has an empty pattern. Use names, as in pinned = ["release-*"]'),
        ("theme = ", "invalid value"),
        ('columns = "name"', "columns must be a table."),
        ('[columns]\ntransfers = ["name"]', "unknown setting transfers in columns."),
        ('[policies.old]\noldr = "30d"', "unknown setting oldr in policies. Did you mean older?"),
        ("[policies.old]\nolder = 30", "older in policies must be text in quotes."),
        ('[policies.old]\nper = "branch"', """per in policies must be "name" or "name+branch", not 'branch'."""),
        ("[policies.old]\nname = [1]", "each of name in policies must be text in quotes."),
        ("[policies]\nold = 3", "each of policies must be a table."),
        ('[policies.old]\nolder = "30"', 'policies.old: older must be an age, as in older = "30d".'),
        ('[policies.old]\nolder = "a while"', 'policies.old: older must be an age, as in older = "30d".'),
        ('[policies.old]\nlarger = "big"', 'policies.old: larger must be a size, as in larger = "10M".'),
        ("[policies.old]\nkeep-newest = 0", "policies.old: keep-newest must be a whole number, 1 or more."),
        ('[policies.old]\nfilter = "size>big"', "policies.old: filter is invalid: 'big' is not valid"),
        ("\x00", "config.toml"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=r"config\.toml") as caught:
        read(tmp_path, text)
    assert said in str(caught.value)


def test_columns_are_read(tmp_path: Path) -> None:
    settings = read(tmp_path, '[columns]\nruns = ["title", "age"]\n')
    assert settings.columns == Columns(runs=("title", "age"))


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (
            ["name", "sise"],
            "columns: unknown column 'sise' in artifacts. Use one of name, size, age. Did you mean 'size'?",
        ),
        (["age", "name", "age"], "columns: 'age' is in artifacts twice. Use each column once."),
    ],
)
def test_a_wrong_column_is_named(wanted: list[str], said: str) -> None:
    with pytest.raises(SettingsError, match="columns") as caught:
        check_columns("artifacts", wanted, ["name", "size", "age"])
    assert str(caught.value) == said


@pytest.mark.parametrize("preset", PRESETS)
def test_the_keys_of_a_preset_do_not_clash(preset: str) -> None:
    check_keys(PRESETS[preset], default_keys(), key_name)


def test_what_is_protected_and_how_long_a_deletion_can_be_taken_back(tmp_path: Path) -> None:
    settings = read(tmp_path, 'pinned = ["release-*", "sbom"]\ndelete-grace = 10\n')
    assert (settings.pinned, settings.delete_grace) == (("release-*", "sbom"), 10.0)


def test_keys_may_move() -> None:
    check_keys({"artifacts.download": "g", "artifacts.delete": "d", "confirm.delete": "X"}, KNOWN, key_name)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"artifacts.downlaod": "g"}, "Did you mean 'artifacts.download'?"),
        ({"artifacts.download": " "}, '\'artifacts.download\' needs a key, as in "artifacts.download" = "d".'),
        ({"artifacts.download": "nosuchkey"}, "'nosuchkey' is not a valid key for 'artifacts.download'. Use a letter"),
        ({"artifacts.download": "hold+d"}, "'hold+d' is not a valid key for 'artifacts.download'"),
        ({"artifacts.download": "f,,g"}, "'' is not a valid key for 'artifacts.download'"),
        (
            {"runs.open": "?", "runs.show": "question_mark"},
            "'question_mark' is used for both 'runs.open' and 'runs.show'",
        ),
        ({"artifacts.download": "D"}, "'D' is used for both"),
        *(({"confirm.delete": key}, "must be one letter other than y") for key in ("y", "Y", "enter", "E,X", "5", "é")),
        ({"confirm.delete": "D"}, "'D' is used for both 'artifacts.delete' and 'confirm.delete'"),
        ({"artifacts.delete": "E"}, "'E' is used for both 'artifacts.delete' and 'confirm.delete'"),
        ({"retention.set": "R"}, "'R' is used for both 'storage.retention' and 'retention.set'"),
        ({"retention.set": "enter"}, "'retention.set' must be one letter other than y"),
    ],
)
def test_a_rebinding_that_cannot_be_is_explained(keys: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        check_keys(keys, KNOWN, key_name)
    assert said in str(caught.value)


def test_a_key_has_one_name_however_it_is_written() -> None:
    assert [key_name(key) for key in ("?", "question_mark", "ctrl+d", "f5", " ", "é")] == [
        "question_mark",
        "question_mark",
        "ctrl+d",
        "f5",
        "space",
        "é",
    ]
    for binding in KEYS:
        assert ",".join(map(key_name, binding.keys.split(","))) == binding.keys


def test_the_last_used_repositories_are_remembered_newest_first(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "state.json"
    memory = MemoryFile(path)
    for name in ("a/1", "a/2", "a/1"):
        assert memory.change(partial(Memory.with_recent, host="github.com", repository=name)) == ""
    assert MemoryFile(path).value.recent == {"github.com": ["a/1", "a/2"]}


def test_only_so_many_are_remembered() -> None:
    memory = MemoryFile(None)
    for number in range(50):
        memory.change(partial(Memory.with_recent, host="h", repository=f"a/{number}"))
    assert len(memory.value.recent["h"]) == MOST_RECENT


def test_a_damaged_memory_is_an_empty_one(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text("{")
    assert MemoryFile(path).value.recent == {}


def test_a_memory_that_cannot_be_written_is_said_and_kept_for_the_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    memory = MemoryFile(tmp_path / "file" / "state.json")
    assert "could not be written" in memory.change(lambda value: value.with_recent("h", "a/b"))
    assert memory.value.recent == {"h": ["a/b"]}


@pytest.mark.parametrize(("value", "yes"), [("1", True), ("yes", True), ("0", False), ("", False), ("False", False)])
def test_yes_and_no_in_the_environment(value: str, yes: bool) -> None:
    assert is_set({"X": value}, "X") is yes


def test_the_settings_that_help_shows_can_be_used(tmp_path: Path) -> None:
    """As they stand there, with the keys that they bind."""
    (shown,) = re.findall(r"```toml\n(.*?)```", topic_text("settings"), re.DOTALL)
    settings = read(tmp_path, shown)
    check_keys(settings.keys, default_keys(), key_name)
    assert settings.pinned == ("release-*",)
    assert settings.policies["old"].values == {"pattern": ("debug-*",), "older": "30d", "keep-newest": 3}


def test_each_repository_has_its_own_download_directory() -> None:
    memory = Memory().with_directory("github.com", "octo/app", "/dist/app")
    memory = memory.with_directory("github.com", "octo/lib", "/dist/lib")
    assert memory.directory_of("github.com", "octo/app") == "/dist/app"
    assert memory.directory_of("github.com", "octo/lib") == "/dist/lib"
    assert memory.directory_of("github.com", "octo/new") == "/dist/lib"
    assert memory.directory_of("ghe.example.com", "octo/app") == "/dist/lib"
    assert Memory(directory="/dist").directory_of("github.com", "octo/app") == "/dist"


def test_the_directories_used_last_are_remembered() -> None:
    memory = Memory().with_directory("github.com", "octo/first", "/first")
    for number in range(MOST_DIRECTORIES - 1):
        memory = memory.with_directory("github.com", f"octo/{number}", "/other")
    memory = memory.with_directory("github.com", "octo/first", "/again")
    memory = memory.with_directory("github.com", "octo/last", "/last")
    assert len(memory.directories) == MOST_DIRECTORIES
    assert memory.directory_of("github.com", "octo/first") == "/again"
    assert "github.com/octo/0" not in memory.directories


def test_a_remembered_release_is_used_for_a_day() -> None:
    url = "https://github.example.com/api/v3"
    memory = Memory().with_release(url, "3.10.2", DEMO_NOW)
    for hours, release in ((0, "3.10.2"), (23, "3.10.2"), (24, ""), (-1, "")):
        assert memory.release_of(url, DEMO_NOW + timedelta(hours=hours)) == release
    assert memory.release_of("https://other.example.com/api/v3", DEMO_NOW) == ""
    many = memory
    for number in range(30):
        many = many.with_release(f"https://{number}.example.com", "3.17.0", DEMO_NOW)
    assert len(many.releases) == 20
