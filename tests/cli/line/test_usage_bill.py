"""``artifact-tui usage --bill``: what the owner's bill says about a repository."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from artifact_tui.cli.backends import LaunchPlan, demo_backend
from artifact_tui.cli.line import usage
from artifact_tui.cli.line.arguments import parse
from artifact_tui.cli.line.command import run_command
from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.stderr import Messages
from artifact_tui.cli.line.table import NAMES
from artifact_tui.config.settings import Settings
from artifact_tui.demo import flavors
from artifact_tui.demo.accounts import ACCOUNTS, DEMO_TOKEN, OUTSIDER_TOKEN, DemoAccount
from artifact_tui.demo.fixed_clock import DEMO_NOW, demo_clock
from artifact_tui.domain.backend import Start
from artifact_tui.domain.models import RepositoryName
from artifact_tui.domain.provider import NotFound
from tests.cli.line.program import KESTREL, Line, Ran
from tests.double.faults import SECONDARY_LIMIT
from tests.double.server import FakeGitHub
from tests.github.stage import provider

STUDIO, SMALL = RepositoryName("fernwood-labs", "kestrel-studio"), RepositoryName("mira-holm", "notes-to-pdf")
PLAN, USAGE, BUDGETS = (
    "/orgs/fernwood-labs",
    *(f"/organizations/fernwood-labs/settings/billing/{part}" for part in ("usage", "budgets")),
)
SAID = "kestrel-studio: 520 GB-hours through 19 Nov, 0.05 USD charged"
OF_OWNER = ["Budget: 5 USD for Actions; once used up, uploads are refused", "Plan: 2 GB included in the team plan"]


class Cloud:
    """Runs ``usage --bill --json`` of a repository, or of an owner, against a github.com in this process."""

    def __init__(self, capture: pytest.CaptureFixture[bytes], home: Path) -> None:
        self.github = FakeGitHub()
        self.token = DEMO_TOKEN
        self.now = DEMO_NOW
        self._capture = capture
        self._home = home

    def clock(self) -> datetime:
        """The time of the command."""
        return self.now

    def __call__(self, named: RepositoryName | str, *arguments: str) -> Ran:
        self.github.requests.clear()
        options = parse(NAMES["usage"], ["--bill", "--json", *arguments])
        options.settings = Settings()
        options.owner = "" if isinstance(named, RepositoryName) else named
        messages = Messages(quiet=options.quiet, in_json=True, all_json=False, clock=self.clock)
        client = provider(self.github, token=self.token)
        backend = demo_backend(Settings(), self.clock)._replace(
            provider=lambda: client, mark=lambda key: f"{self.token} {key.hex()}"
        )
        plan = LaunchPlan(backend, Start(named if isinstance(named, RepositoryName) else None), self.clock)
        context = LineContext(options, {"HOME": str(self._home)}, messages, plan)
        code = asyncio.run(usage.run(context))
        said = self._capture.readouterr()
        return Ran(code, said.out, said.err.decode())

    @property
    def billing(self) -> list[str]:
        """The paths that the last command requested, without those of its list and of the server's release."""
        paths = [request.path for request in self.github.requests]
        return [path for path in paths if "/repos/" not in path and path != "/meta"]


@pytest.fixture
def cloud(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """Commands in an empty home directory."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    return Cloud(capsysbinary, tmp_path)


def billed(document: dict[str, Any]) -> tuple[float | None, float | None]:
    return document["billed_gb_hours"], document["billed_net"]


def test_three_requests_tell_what_the_bill_says_and_then_none_for_an_hour(cloud: Cloud) -> None:
    ran = cloud(STUDIO)
    assert (ran.code, cloud.billing) == (0, [PLAN, USAGE, BUDGETS])
    gb_hours, net = billed(ran.document)
    assert (round(gb_hours or 0), round(net or 0, 2)) == (520, 0.05)
    assert ran.document["notes"] == [SAID, *OF_OWNER]
    assert ran.err.splitlines() == [f"artifact-tui: note: {note}" for note in ran.document["notes"]]
    again = cloud(STUDIO)
    assert (cloud.billing, again.document["notes"], billed(again.document)) == ([], [SAID, *OF_OWNER], (gb_hours, net))
    cloud.now += timedelta(hours=1)
    cloud(STUDIO)
    assert cloud.billing == [PLAN, USAGE, BUDGETS]


def test_without_the_option_nothing_is_requested_and_nothing_known(line: Line) -> None:
    ran = line("usage", KESTREL, "--json")
    assert (billed(ran.document), [request for request in line.requests if "bill" in request]) == ((None, None), [])


@pytest.mark.parametrize(
    ("token", "repository", "said", "requests"),
    [
        (
            OUTSIDER_TOKEN,
            RepositoryName("fernwood-labs", "fuzz-corpus"),
            "only owners of fernwood-labs can read its bill (403)",
            2,
        ),
        (
            DEMO_TOKEN,
            SMALL,
            'cannot read the bill: a classic token needs the scope "user", a fine-grained token needs "Plan: read" '
            "(404)",
            3,
        ),
        (OUTSIDER_TOKEN, SMALL, "only mira-holm can read the bill of this account", 2),
        ("", SMALL, "cannot read the bill for mira-holm without a token", 0),
        (DEMO_TOKEN, RepositoryName("fernwood-labs", "sandbox"), "sandbox is not on this month's bill", 3),
    ],
)
def test_what_the_bill_does_not_tell_is_unknown(
    cloud: Cloud, token: str, repository: RepositoryName, said: str, requests: int
) -> None:
    cloud.token = token
    ran = cloud(repository)
    assert (ran.code, ran.document["notes"][0], billed(ran.document)) == (0, said, (None, None))
    assert len(cloud.billing) == requests
    cloud(repository)
    assert cloud.billing == []


def test_a_failure_is_said_and_costs_no_exit_code(cloud: Cloud) -> None:
    cloud.github.fault(f"GET {USAGE}", status=503, body="{}", times=9)
    ran = cloud(STUDIO)
    assert (ran.code, ran.document["notes"]) == (0, ["cannot read the bill for fernwood-labs (503)"])
    cloud.github.faults.clear()
    cloud.github.fault(f"GET {USAGE}", **SECONDARY_LIMIT)
    ran = cloud(STUDIO)
    assert ran.document["notes"][0].startswith("cannot read the bill for fernwood-labs: Rate limit")
    assert cloud(STUDIO).document["notes"][0] == SAID


def test_lines_that_cannot_be_read_are_counted(cloud: Cloud) -> None:
    line = '"sku":"Actions storage","product":"actions","unitType":"GigabyteHours","date":"2026-11-19T00:00:00Z"'
    figures = '"grossAmount":0,"discountAmount":0,"netAmount":0,"repositoryName":"kestrel-studio"'
    body = f'{{"usageItems":[{{{line},{figures},"quantity":1}},{{{line},{figures},"quantity":null}}]}}'
    cloud.github.fault(f"GET {USAGE}", status=200, body=body)
    ran = cloud(STUDIO)
    assert billed(ran.document) == (1.0, 0.0)
    assert ran.document["notes"][1] == "1 line of the bill could not be read; sums do not include them"


def test_a_list_that_breaks_off_asks_for_no_bill(cloud: Cloud) -> None:
    cloud.github.fault("GET /repos/*/actions/artifacts", status=404, body="{}", page=2, times=9)
    with pytest.raises(NotFound):
        cloud(RepositoryName("fernwood-labs", "kestrel"))
    assert cloud.billing == []


@pytest.mark.parametrize(
    ("flavor", "said", "requests"),
    [
        (
            flavors.GHES_3_19,
            "no GitHub quota: this server keeps artifacts in its owner's storage, and deleting frees space there",
            0,
        ),
        (
            flavors.DATA_RESIDENCY,
            "cannot read the bill for fernwood-labs: no permission, or an enterprise pays for it (404)",
            2,
        ),
    ],
)
def test_servers_without_bills(cloud: Cloud, flavor: flavors.Flavor, said: str, requests: int) -> None:
    cloud.github = FakeGitHub(flavor)
    ran = cloud(STUDIO)
    assert (ran.code, ran.document["notes"], len(cloud.billing)) == (0, [said], requests)


def test_the_demo_keeps_nothing_and_its_requests_can_be_limited(
    line: Line, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    for limit, said, requests in (("9", SAID, 4), ("2", "cannot read the bill for fernwood-labs: the limit of", 2)):
        arguments = ["--demo", "-R", str(STUDIO), "--bill", "--json", "--max-requests", limit]
        assert run_command("usage", arguments, line.environ, demo_clock) == 0
        document = json.loads(capsysbinary.readouterr().out)
        assert (document["notes"][0][: len(said)], document["requests"]) == (said, requests)
    assert not list(tmp_path.rglob("*.list"))


def test_the_token_goes_nowhere_else(cloud: Cloud, tmp_path: Path) -> None:
    canary = "canary-token-that-would-be-noticed"
    cloud.github = FakeGitHub(accounts=[*ACCOUNTS, DemoAccount("mira-holm", canary, bills=("fernwood-labs",))])
    cloud.token = canary
    for _ in range(2):
        ran = cloud(STUDIO)
        assert canary not in ran.err + ran.out.decode()
        for request in cloud.github.requests:
            assert request.place == "api"
            assert canary not in request.url
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.suffix == ".list" for path in files)
    assert not any(canary.encode() in path.read_bytes() for path in files)
    assert {path.stat().st_mode & 0o777 for path in files if "lists" in path.parts} == {0o600}


OWNER_NOTES = [
    "Bill for fernwood-labs, 1 to 19 November: 1,163 GB-hours, 2.6 GiB on average; currently listed: 4.7 GiB",
    "The rest: artifacts removed since, days until GitHub removes them, and storage that is not Actions storage.",
    "Charged: 0.05 USD (0.39 less 0.34 included or discounted)",
    "By repository: kestrel-studio 0.05 USD, all others 0.00",
    "Actions cache storage: 460.75 GigabyteHours, 0.04 USD charged",
    "Actions snapshot storage: 114.00 GigabyteHours, 0.04 USD charged",
    "Packages storage: 237.50 gigabyte-hours, 0.08 USD charged",
    *OF_OWNER,
]


def test_the_bill_of_an_owner_is_told_and_gives_each_repository_its_share(cloud: Cloud) -> None:
    ran = cloud("fernwood-labs")
    assert (ran.code, ran.document["notes"], cloud.billing[:3]) == (0, OWNER_NOTES, [PLAN, USAGE, BUDGETS])
    rows = {row["name"]: billed(row) for row in ran.document["repositories"]}
    assert rows["infrastructure"] == rows["sandbox"] == (None, None)
    assert [round(figure or 0, 2) for figure in rows["kestrel-studio"]] == [520.04, 0.05]
    known = [row for row in rows.values() if row[0] is not None]
    for place, total in enumerate(billed(ran.document["totals"])):
        assert total == pytest.approx(sum(row[place] or 0 for row in known))
    alone = cloud(STUDIO)
    assert (billed(alone.document), cloud.billing) == (rows["kestrel-studio"], [])


def test_what_costs_most_is_read_first(cloud: Cloud) -> None:
    cloud("fernwood-labs")
    read = [request.path.split("/")[3] for request in cloud.github.requests if request.path.endswith("/artifacts")]
    assert read[:3] == ["kestrel", "kestrel-studio", "kestrel-docs"]


def test_other_groups_of_an_owner_come_with_the_bill_too(cloud: Cloud) -> None:
    ran = cloud("fernwood-labs", "--by", "family")
    assert ran.document["notes"] == OWNER_NOTES
    assert "billed_net" not in ran.document["groups"][0]


def test_the_table_of_an_owner_has_columns_for_the_bill(line: Line, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run_command("usage", ["fernwood-labs", "--demo", "--bill", "--top", "2"], line.environ, demo_clock) == 0
    head, first, second, *rest = capsysbinary.readouterr().out.decode().splitlines()
    assert head.split()[-2:] == ["GB-HOURS", "CHARGED"]
    assert (first.split()[0], first.split()[-3:]) == ("kestrel", ["545", "0.00", "USD"])
    assert (second.split()[0], second.split()[-3:]) == ("kestrel-studio", ["520", "0.05", "USD"])
    assert rest[-1].split()[-3:] == ["1,106", "0.05", "USD"]


@pytest.mark.parametrize(
    ("token", "said"),
    [
        (OUTSIDER_TOKEN, "only owners of fernwood-labs can read its bill (403)"),
        ("", "cannot read the bill for fernwood-labs without a token"),
    ],
)
def test_an_owner_whose_bill_cannot_be_read_is_added_up_all_the_same(cloud: Cloud, token: str, said: str) -> None:
    cloud.token = token
    ran = cloud("fernwood-labs")
    assert (ran.code, ran.document["notes"], billed(ran.document["totals"])) == (0, [said], (None, None))
    assert ran.document["totals"]["bytes"] > 0


def test_a_month_without_lines_yet_says_so(cloud: Cloud) -> None:
    cloud.now = datetime(2026, 12, 1, tzinfo=UTC)
    ran = cloud("fernwood-labs")
    assert ran.document["notes"] == ["Bill for fernwood-labs, December: nothing on this month's bill yet", *OF_OWNER]
    assert billed(ran.document["totals"]) == (None, None)
