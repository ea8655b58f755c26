"""The types of GitHub servers that the demo server can imitate.

Sources: https://docs.github.com/en/rest/about-the-rest-api/api-versions and the official OpenAPI descriptions of
api.github.com and of each GitHub Enterprise Server release.
"""

from dataclasses import dataclass, replace

V2022, V2026 = "2022-11-28", "2026-03-10"


@dataclass(frozen=True)
class Flavor:
    """One server: its URLs and its parts of the API.

    `api` and `blobs` are base URLs without a final slash. `versions` are the accepted API versions, oldest first; it is
    empty for a server without API versions, which ignores the header unless `strict_version`. `release` is the
    Enterprise Server release, empty in the cloud. With `lists_expired`, expired artifacts can be listed, read and
    deleted; on github.com, they are not found since 24 September 2026 (GitHub's changelog of that day). With `bills`,
    accounts have a bill of their own: not with data residency, where an enterprise pays, and not on Enterprise Server.
    """

    name: str
    api: str
    web: str
    blobs: str
    versions: tuple[str, ...] = (V2022, V2026)
    release: str = ""
    digest: bool = True
    direction: bool = True
    retention: bool = True
    strict_version: bool = False
    lists_expired: bool = False
    bills: bool = True

    @property
    def enterprise(self) -> bool:
        """Whether this is an Enterprise Server: no rate limits, no `/versions`, and zips without a length."""
        return bool(self.release)


_CLOUD = ("https://api.github.com", "https://github.com", "https://results.blob.example/actions-results")

GITHUB = Flavor("github.com", *_CLOUD)
GITHUB_EARLY = Flavor("github.com 2024", *_CLOUD, versions=(V2022,), digest=False, direction=False, retention=False)
GITHUB_2022 = Flavor("github.com 2022-11-28", *_CLOUD, versions=(V2022,))
GITHUB_2026 = Flavor("github.com 2026-03-10", *_CLOUD, versions=(V2026,))
GITHUB_UNTIL_SEPTEMBER = replace(GITHUB, name="github.com until September 2026", lists_expired=True)
DATA_RESIDENCY = Flavor("data residency", "https://api.acme.ghe.com", "https://acme.ghe.com", _CLOUD[2], bills=False)


def enterprise_server(release: str, *, strict_version: bool = False) -> Flavor:
    """Return GitHub Enterprise Server `3.8`, `3.10`, ... at https://ghe.acme.example/api/v3."""
    minor = int(release.split(".")[1])
    versions = () if minor < 9 else (V2022,) if minor < 21 else (V2022, V2026)
    web = "https://ghe.acme.example"
    return Flavor(
        f"GHES {release}", f"{web}/api/v3", web, f"{web}/_services/pipelines", versions, f"{release}.2",
        digest=False, direction=minor >= 17, retention=minor >= 19, strict_version=strict_version,
        lists_expired=True, bills=False,
    )  # fmt: skip


GHES_3_8 = enterprise_server("3.8")
GHES_3_10 = enterprise_server("3.10")
GHES_3_17 = enterprise_server("3.17")
GHES_3_19 = enterprise_server("3.19")
FLAVORS = (
    GITHUB_EARLY, GITHUB_2022, GITHUB_2026, GITHUB_UNTIL_SEPTEMBER, DATA_RESIDENCY, GHES_3_8, GHES_3_10, GHES_3_19
)  # fmt: skip
