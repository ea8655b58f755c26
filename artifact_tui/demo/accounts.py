"""The accounts of the demo server and their permissions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from artifact_tui.demo.data import ORGANIZATION, VIEWER, DemoRepository


@dataclass(frozen=True)
class DemoAccount:
    """A token and its permissions.

    A `classic` token has `scopes`, a `fine-grained` one a permission on Actions (`read` or `write`). `orgs` are the
    organizations whose repositories the account may write to; `bills` are the owners whose bills the token can read.
    """

    login: str
    token: str = field(repr=False)
    scopes: tuple[str, ...] = ("repo", "workflow")
    kind: Literal["classic", "fine-grained"] = "classic"
    actions: Literal["read", "write"] = "write"
    orgs: tuple[str, ...] = (ORGANIZATION,)
    bills: tuple[str, ...] = ()

    def belongs(self, repository: DemoRepository) -> bool:
        """Whether the account, if not its token, may write to the repository."""
        return repository.owner == self.login or repository.owner in self.orgs

    def sees(self, repository: DemoRepository) -> bool:
        """Whether the token can read the repository; private ones need membership, and `repo` if classic."""
        if not repository.private:
            return True
        return self.belongs(repository) and (self.kind == "fine-grained" or "repo" in self.scopes)

    def may_download(self) -> bool:
        """Whether the token can download artifacts; a classic token needs a repository scope."""
        return self.kind == "fine-grained" or bool({"repo", "public_repo"} & set(self.scopes))


DEMO_TOKEN = "demo-token-of-mira-holm"  # noqa: S105, valid for the demo only
READ_ONLY_TOKEN = "demo-token-that-only-reads"  # noqa: S105
NO_SCOPE_TOKEN = "demo-token-without-scopes"  # noqa: S105
OUTSIDER_TOKEN = "demo-token-of-an-outsider"  # noqa: S105

ACCOUNTS = (
    DemoAccount(VIEWER, DEMO_TOKEN, bills=(ORGANIZATION,)),
    DemoAccount(VIEWER, READ_ONLY_TOKEN, (), "fine-grained", "read"),
    DemoAccount(VIEWER, NO_SCOPE_TOKEN, ()),
    DemoAccount("lena-marchetti", OUTSIDER_TOKEN, ("repo",), orgs=()),
)


def token_of(headers: Mapping[str, str]) -> str:
    """Return the token of an Authorization header (`Bearer x` or `token x`), empty without one."""
    _, _, token = headers.get("authorization", "").partition(" ")
    return token.strip()
