"""The environment of a benchmark: the server, the link in front of it, a home directory, and programs."""

from __future__ import annotations

import json
import os
import resource
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.shelf import PLACE, Shelf
from tests.benchmarks.terminal import DIRECT, Line, Terminal

TOKEN = "a-token-for-loopback"  # nothing checks it
MADE_WITH = (
    "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost "
    "-addext subjectAltName=DNS:localhost -keyout key.pem -out certificate.pem"
)


class Spent(NamedTuple):
    """Seconds that a process took, and seconds of processor time that it used."""

    wall: float
    cpu: float


class LocalGitHub:
    """One server and the programs that talk to it."""

    def __init__(self, work: Path, program: Sequence[str], port: int, *, tls: bool) -> None:
        self.work = work
        self._program = program
        self._tls = tls
        self._port = port
        self.api = f"https://localhost:{port}/api/v3" if tls else f"http://127.0.0.1:{port}"
        self.host = f"localhost:{port}"
        self.blob = f"{'https://localhost' if tls else 'http://127.0.0.1'}:{port}/blobs/{{}}.zip"

    @property
    def environ(self) -> dict[str, str]:
        """The environment of all programs, without tokens, settings or a proxy of this machine."""
        trusted = {"SSL_CERT_FILE": str(self.work / "certificate.pem")} if self._tls else {}
        return environment(self.work) | trusted | {"GH_ENTERPRISE_TOKEN": TOKEN, "GH_HOST": self.host}

    def home(self, settings: str = "") -> Path:
        """Return a new home directory."""
        home = Path(tempfile.mkdtemp(prefix="home-", dir=self.work))
        config = home / ".config" / "artifact-tui"
        config.mkdir(parents=True)
        (config / "config.toml").write_text(settings)
        return home

    def start(self, home: Path, *options: str, line: Line = DIRECT) -> Terminal:
        """Start the program in a terminal."""
        command = [*self._program, str(PLACE), "--api-url", self.api, "--dir", str(home / "out"), *options]
        return Terminal(command, self.environ | {"HOME": str(home)}, home, line)

    def demo(self, home: Path, *options: str) -> Terminal:
        """Start the demo in a terminal."""
        return Terminal([*self._program, "--demo", *options], self.environ | {"HOME": str(home)}, home)

    def other(self, command: Sequence[str], line: Line = DIRECT) -> Terminal:
        """Start another program in a terminal."""
        return Terminal(command, self.environ, self.work, line)

    def line(self, home: Path, *words: str) -> Spent:
        """Run a command of line mode to its end, in a home directory; raise if it fails."""
        return spent(self._command(words), self.environ | {"HOME": str(home)}, home)

    def open_line(self, home: Path, *words: str, through: Sequence[str] = ()) -> subprocess.Popen[bytes]:
        """Start a command of line mode, by itself or as arguments of a program, and read its standard output."""
        environ = self.environ | {"HOME": str(home)}
        return subprocess.Popen([*through, *self._command(words)], env=environ, cwd=home, stdout=subprocess.PIPE)

    def _command(self, words: Sequence[str]) -> list[str]:
        command, *rest = words
        place = [] if command == "usage" else [str(PLACE)]  # which is about an owner
        where = [] if command == "verify" else [*place, "--api-url", self.api]
        return [*self._program, command, *where, *rest]

    def run(self, *command: str) -> Spent:
        """Run another program to its end; raise if it fails."""
        return spent(command, self.environ, self.work)

    def asked(self) -> list[str]:
        """Return the paths of all requests to the API so far."""
        asked: list[str] = json.loads(self._get("counts"))["asked"]
        return asked

    def sent(self) -> int:
        """Return the bytes of archives that were sent so far."""
        sent: int = json.loads(self._get("counts"))["sent"]
        return sent

    def publish(self) -> None:
        """Add one artifact to the lists."""
        self._get("publish")

    def _get(self, path: str) -> bytes:
        trusted = ssl.create_default_context(cafile=str(self.work / "certificate.pem")) if self._tls else None
        with urllib.request.urlopen(self.api + "/" + path, context=trusted) as answer:
            body: bytes = answer.read()
        return body


@contextmanager
def serving(
    work: Path, program: Sequence[str], shelf: Shelf, *, tls: bool = True, round_trip: float = 0.0, rate: int = 0
) -> Iterator[LocalGitHub]:
    """Serve a shelf, behind a link if there is a ``round_trip`` in seconds or a ``rate`` in bytes per second."""
    shelf.save()
    with ExitStack() as stack:
        options = ["--certificate", str(make_certificate(work))] if tls else []
        port = stack.enter_context(_listening("tests.benchmarks.blob_server", str(shelf.directory), *options))
        if round_trip or rate:
            link = ["--round-trip", str(round_trip), "--rate", str(rate)]
            port = stack.enter_context(_listening("tests.benchmarks.slow_link", str(port), *link))
        yield LocalGitHub(work, program, port, tls=tls)


@contextmanager
def _listening(module: str, *options: str) -> Iterator[int]:
    """Run a server in a process of its own, which ends with the context or with this process; yield its port."""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-m", module, *options], stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout
        yield int(process.stdout.readline())
        process.communicate()


def make_certificate(work: Path) -> Path:
    """Make a certificate for localhost, and return the file that holds it and its key."""
    both = work / "both.pem"
    if not both.exists():
        subprocess.run(MADE_WITH.split(), cwd=work, check=True, stderr=subprocess.DEVNULL)
        both.write_text((work / "key.pem").read_text() + (work / "certificate.pem").read_text())
    return both


def environment(home: Path) -> dict[str, str]:
    """Return an environment without tokens, settings or a proxy of this machine."""
    terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
    return terminal | {"HOME": str(home), "PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1"}


def spent(
    command: Sequence[str], environ: Mapping[str, str], directory: Path, expected: Container[int] = (0,)
) -> Spent:
    """Run a program to its end; raise if it does not end with an expected status."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, env=dict(environ), cwd=directory, capture_output=True, check=False)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in expected:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.decode(errors='replace')[-500:]}")
    return Spent(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
