"""Objections of Prism's that are the description's fault, each with the reason why it is let pass."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.integration.wire import Exchange, Violation


@dataclass(frozen=True)
class Allowance:
    """Lets pass what matches it wholly: `request` is "METHOD path STATUS" and `objection` "place: message"."""

    request: str
    objection: str
    reason: str

    def covers(self, exchange: Exchange, violation: Violation) -> bool:
        """Whether this is about that objection."""
        request = f"{exchange.method} {exchange.url.path} {exchange.status}"
        objection = f"{violation.place}: {violation.message}"
        return bool(re.fullmatch(self.request, request) and re.fullmatch(self.objection, objection))


_ARTIFACT = r"/repos/[^/]+/[^/]+/actions/artifacts/\d+"
_STATUS = r"response: Unable to match the returned status code .*"

ALLOWED = (
    Allowance(
        r"GET /repos/[^/]+/[^/]+/actions/workflows/\d+/runs \d+",
        r"request\.path\.workflow_id: .* must match exactly one schema in oneOf",
        "The id is described as oneOf integer and string, and a number in an address is both.",
    ),
    Allowance(
        r"GET /.* 304",
        _STATUS,
        'Few operations list it, but all answer a conditional request with 304 (documentation, "Best practices").',
    ),
    Allowance(
        rf"(GET {_ARTIFACT}|DELETE {_ARTIFACT}|GET {_ARTIFACT}/zip) 404",
        _STATUS,
        "Only success is listed for artifacts, yet what was deleted is not found.",
    ),
    Allowance(
        r"(GET|DELETE) /.* 400",
        _STATUS,
        'An API version that the server does not have is answered with 400 (documentation, "API versions").',
    ),
)


def objections(exchanges: list[Exchange]) -> list[str]:
    """What Prism objects to and no allowance covers, in words."""
    return [
        f"{exchange.method} {exchange.url} {exchange.status}: {violation.place}: {violation.message}"
        for exchange in exchanges
        for violation in exchange.violations
        if not any(allowance.covers(exchange, violation) for allowance in ALLOWED)
    ]
