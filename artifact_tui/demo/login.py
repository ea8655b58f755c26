"""The device flow of the demo server.

https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#device-flow
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl

from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.demo.messages import DemoAnswer, json_answer

CLIENT_ID = "demo-client-of-artifact-tui"
USER_CODE = "WDJB-MJHT"
DEVICE_CODE = "3584d83530557fdd1f46af8289938c8ef79f9dc5"

Outcome = Literal["granted", "access_denied", "expired_token", "device_flow_disabled", "unauthorized_client"]


@dataclass
class Login:
    """The course of the next sign-ins: `slow` polls answer `slow_down`, then `pending` polls, then the `outcome`.

    With the outcome None, nobody ever enters the code. `address` replaces the server's own URL.
    `interval` is the time between polls, in seconds.
    """

    web: Callable[[], str]
    pending: int = 1
    slow: int = 0
    outcome: Outcome | None = "granted"
    token: str = field(default=DEMO_TOKEN, repr=False)
    address: str = ""
    interval: int = 5
    polls: int = 0

    def answer(self, path: str, body: bytes) -> DemoAnswer:
        """Return the answer to a POST request with a form in its body."""
        form = dict(parse_qsl(body.decode()))
        if form.get("client_id") != CLIENT_ID:
            return json_answer({"error": "Not Found"}, 404)
        if path == "/login/device/code":
            return self._begin()
        return self._poll(form) if path == "/login/oauth/access_token" else json_answer({"error": "Not Found"}, 404)

    def _begin(self) -> DemoAnswer:
        if self.outcome in {"device_flow_disabled", "unauthorized_client"}:
            return json_answer({"error": self.outcome})
        codes = {"device_code": DEVICE_CODE, "user_code": USER_CODE, "expires_in": 900, "interval": self.interval}
        return json_answer(codes | {"verification_uri": self.address or f"{self.web()}/login/device"})

    def _poll(self, form: dict[str, str]) -> DemoAnswer:
        self.polls += 1
        if form.get("device_code") != DEVICE_CODE:
            return json_answer({"error": "incorrect_device_code"})
        if self.slow > 0:
            self.slow -= 1
            return json_answer({"error": "slow_down", "interval": 10})
        if self.pending > 0 or self.outcome is None:
            self.pending -= 1
            return json_answer({"error": "authorization_pending"})
        if self.outcome != "granted":
            return json_answer({"error": self.outcome})
        return json_answer({"access_token": self.token, "token_type": "bearer", "scope": "repo"})
