"""What is secret is left out of whatever is written, and all the rest stays as it is."""

from __future__ import annotations

import io
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.log_file import RedactingFormatter
from artifact_tui.redaction import Redaction
from artifact_tui.terminal.crash import crash_report

SECRET = "a/secret+with=odd&signs"
SAS = (
    "https://productionresultssa3.blob.core.windows.net/actions-results/x/artifacts/y.zip?se=2026-06-28&sig=abc%3D&sp=r"
)


def knowing(*secrets: str, own: tuple[str, ...] = ()) -> Redaction:
    redaction = Redaction()
    for secret in secrets:
        redaction.learn(secret)
    redaction.trust(own)
    return redaction


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"token {SECRET} was sent", "token *** was sent"),
        ("q=a%2Fsecret%2Bwith%3Dodd%26signs", "q=***"),
        ("ghp_16C7e42F292c6912E7710c838347Ae178B4a.", "ghp_***."),
        ("gho_16C7e42F292c6912E7710c838347Ae178B4a", "gho_***"),
        ("github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWX", "github_pat_***"),
        ("ghs_1234567_eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxMjM0NTYifQ.c2lnbmF0dXJlLWhlcmU", "ghs_***"),
        (f"GET {SAS} failed", f"GET {SAS.partition('?')[0]}?*** failed"),
        ("'https://pipelines.example/a?artifactName=x&urlSignature=abc'", "'https://pipelines.example/a?***'"),
        ("Illegal header value b'Bearer x' of {'Authorization': 'Bearer abc123'}", None),
        ("http://me:secretive@proxy.example:8080 refused", "http://***@proxy.example:8080 refused"),
        ("sig=abcdef&x=1", "sig=***&x=1"),
        ("?X-Amz-Signature=abcdef", "?X-Amz-Signature=***"),
    ],
)  # fmt: skip
def test_secrets_are_left_out(text: str, said: str | None) -> None:
    redacted = knowing(SECRET)(text)
    assert "abc123" not in redacted
    if said is not None:
        assert redacted == said


@pytest.mark.parametrize(
    "text",
    [
        "https://github.com/orgs/acme/sso?authorization_request=A1",
        "https://api.github.com/repos/a/b/actions/artifacts?per_page=100&page=2",
        "https://github.com/acme/tool/actions/runs/7",
        'curl -fL -H "Authorization: Bearer $GH_TOKEN" -o 7.zip https://api.github.com/x/zip',
        "wheel-cp311 ghp_short design=1 what?sig",
        "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    ],
)
def test_what_people_need_stays(text: str) -> None:
    assert knowing(SECRET, own=("github.com", "api.github.com"))(text) == text


def test_a_signature_on_an_own_host_is_one_too() -> None:
    """Storages of Enterprise Servers may be on the very same host."""
    redaction = knowing(own=("ghe.acme.example",))
    assert redaction("https://ghe.acme.example/x?urlSignature=abc") == "https://ghe.acme.example/x?urlSignature=***"


@given(st.text(alphabet=st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=8, max_size=40), st.text())
def test_a_known_secret_never_gets_through(secret: str, around: str) -> None:
    redaction = knowing(secret)
    for text in (f"{around}{secret}{around}", f"https://x.example/{secret}?a={secret}", repr({"key": secret})):
        assert secret not in redaction(text).replace("***", "")


def test_a_log_line_is_filtered_as_a_whole() -> None:
    """Message, arguments and traceback."""
    from artifact_tui.redaction import redact

    redact.learn("a-canary-in-the-log")
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(RedactingFormatter("%(message)s"))
    logger = logging.Logger("test")
    logger.addHandler(handler)
    try:
        raise ValueError("a-canary-in-the-log")
    except ValueError:
        logger.exception("failed with %s at %s", "a-canary-in-the-log", SAS)
    assert "canary" not in stream.getvalue()
    assert "sig=" not in stream.getvalue()
    assert "ValueError: ***" in stream.getvalue()


def test_a_crash_report_has_neither_secrets_nor_locals() -> None:
    from artifact_tui.redaction import redact

    redact.learn("a-canary-in-a-crash")

    def crash(token: str, other: str) -> None:
        raise RuntimeError(f"Illegal header value b'Bearer {token}\n'") from OSError(SAS)

    with pytest.raises(RuntimeError) as error:
        crash("a-canary-in-a-crash", "-".join(("a", "local", "value")))
    report = crash_report(error.value)
    assert "RuntimeError: Illegal header value b'Bearer ***" in report
    for secret in ("canary", "a-local-value", "sig=abc"):
        assert secret not in report
