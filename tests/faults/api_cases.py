"""T27 to T33: what the API and the storage say instead of giving the bytes."""

from __future__ import annotations

from tests.faults.case import HALF, Case
from tests.faults.replies import HONEST, Reply, answer, close, complaint, sent_with

_SSO = {"X_GitHub_SSO": "required; url=https://github.com/orgs/octo/sso?authorization_request=x"}
_FINAL = {
    "T27 404": (complaint(404, "Not Found"), "not found"),
    "T27 410": (complaint(410, "Artifact has expired"), "has expired"),
    "T29 403 of the token": (complaint(403, "Resource not accessible by personal access token"), "lacks a permission"),
    "T29 403 of single sign-on": (complaint(403, "Resource protected by SAML", **_SSO), "single sign-on"),
    "400": (complaint(400, "Bad Request"), "did not understand"),
    "415": (complaint(415, "Unsupported Media Type"), "form"),
    "422": (complaint(422, "Unprocessable"), "does not accept"),
    "451": (complaint(451, "Unavailable"), "legal reasons"),
}
_FINAL_AT_THE_STORAGE = {
    "T27 404": (answer(404, "<Error/>"), "no longer has the artifact's files"),
    "T27 410": (answer(410, "<Error/>"), "no longer has the artifact's files"),
    "401": (answer(401, "<Error/>"), "status 401"),
    "409": (answer(409, "<Error/>"), "status 409"),
    "451": (answer(451, "<Error/>"), "status 451"),
    "T32 redirect": (answer(302, Location="http://127.0.0.1:9/other"), "not followed"),
}
_PASSING = {
    "500": answer(500, "<html>"),
    "502": answer(502, "<html>", Content_Type="text/html"),
    "503 without a time": answer(503, "<Error/>"),
    "503 that wants no pause": answer(503, "<Error/>", Retry_After="0"),
}
_ASTRAY = {
    "plain http elsewhere": ("http://blobs.example/x.zip", "an unencrypted URL"),
    "a file": ("file:///etc/passwd", "an unencrypted URL"),
    "ftp": ("ftp://127.0.0.1/x.zip", "an unencrypted URL"),
    "a user name": ("http://user:word@127.0.0.1:9/x.zip", "an invalid URL"),
    "a bad port": ("http://127.0.0.1:99999/x.zip", "without a valid target"),
    "nowhere": (None, "without a valid target"),
}
_UNREADABLE = {
    "a script": ("javascript:alert(1)", "Invalid response"),
    "control characters": ("http://127.0.0.1:9/\x01x.zip", "lost"),
}
_CIRCLE = answer(301, Location="/repos/octo/app/actions/artifacts/1/zip")
_COOKIE = {"Set_Cookie": "session=of-the-api; Path=/; Domain=127.0.0.1"}

REFUSALS = [
    *(Case(f"{name} of the API", api_always=reply, says=says, calls=1, starts=(), parts=False)
      for name, (reply, says) in _FINAL.items()),
    *(Case(f"{name} of the storage", blob_always=reply, says=says, calls=1, starts=(0,), parts=False)
      for name, (reply, says) in _FINAL_AT_THE_STORAGE.items()),
    Case("T27 404 of the API after half", (close(HALF),), (HONEST, complaint(404, "Not Found")), starts=(0,), calls=2,
         says="not found"),
    *(Case(f"T31 {name} of the API, three times", api=(reply,) * 3, starts=(0,)) for name, reply in _PASSING.items()),
    *(Case(f"T31 {name} of the storage, three times", (reply,) * 3, starts=(0,) * 4)
      for name, reply in _PASSING.items()),
    Case("T31 500 of the storage after half", (close(HALF), answer(500), answer(500)), starts=(0, HALF, HALF, HALF)),
    Case("T31 500 always, of the storage", blob_always=answer(500), says="status 500", starts=(0,) * 8, parts=False),
    Case("T31 500 always, of the API", api_always=answer(500), says="status 500", starts=(), parts=False),
    *(Case(f"T32 the API redirects to {name}", api_always=answer(302, Location=place), says=says, starts=(), calls=1,
           parts=False) for name, (place, says) in _ASTRAY.items()),
    *(Case(f"T32 the API redirects to {name}", api_always=answer(302, Location=place), says=says, starts=(),
           parts=False) for name, (place, says) in _UNREADABLE.items()),
    Case("T32 the API redirects in a circle", api_always=_CIRCLE, says="in a circle", starts=(), parts=False),
    Case("T33 cookies of both", (close(HALF).but(headers={"Set-Cookie": "a=b; Path=/"}),),
         api_always=sent_with(**_COOKIE), starts=(0, HALF)),
    Case("T33 cookies with refusals", (Reply(status=500, headers={"Set-Cookie": "a=b; Path=/"}),),
         (complaint(502, "no", **_COOKIE),), starts=(0, 0)),
]  # fmt: skip
