"""The program behind a real sshd on loopback, whose connection is cut."""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pty_program import PROGRAM, ROOT, Terminal, environment
from tests.timeouts import TIMEOUT

SSHD = shutil.which("sshd") or "/usr/sbin/sshd"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path(SSHD).exists() or shutil.which("ssh") is None, reason="openssh is not installed"),
]


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def ssh(tmp_path: Path) -> Iterator[tuple[str, ...]]:
    """The command that logs in, up to what shall run there; keys and configuration of this test alone."""
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / name)], check=True)
    port = free_port()
    config = tmp_path / "sshd_config"
    config.write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {tmp_path}/host\nAuthorizedKeysFile {tmp_path}/user.pub\n"
        f"PidFile {tmp_path}/sshd.pid\nStrictModes no\nUsePAM no\nPermitRootLogin yes\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    server = subprocess.Popen([SSHD, "-D", "-e", "-f", str(config)], stderr=subprocess.DEVNULL)
    options = ("StrictHostKeyChecking=no", f"UserKnownHostsFile={tmp_path}/known", "LogLevel=ERROR")
    words = [word for option in options for word in ("-o", option)]
    end = time.monotonic() + TIMEOUT
    while socket.socket().connect_ex(("127.0.0.1", port)) and time.monotonic() < end:
        time.sleep(0.02)
    yield (
        "ssh",
        "-tt",
        "-F",
        "none",
        "-i",
        f"{tmp_path}/user",
        *words,
        "-p",
        str(port),
        f"{getpass.getuser()}@127.0.0.1",
    )
    server.terminate()
    server.wait()


def remote(tmp_path: Path) -> str:
    """The program, which leaves its number and its exit code in files."""
    program = f"cd {tmp_path}; export PYTHONPATH={ROOT} HOME={tmp_path} LANG=C.UTF-8; trap '' HUP; "
    return program + f"sh -c 'trap - HUP; echo $$ > pid; exec {' '.join(PROGRAM)} --demo'; echo $? > code"


def until_exists(path: Path) -> str:
    """Its text, once it has one."""
    end = time.monotonic() + TIMEOUT
    while not (path.exists() and path.read_text()):
        assert time.monotonic() < end, f"{path.name} was never written"
        time.sleep(0.02)
    return path.read_text().strip()


@pytest.mark.parametrize("ending", ["the client is killed", "~.", "frozen, then killed"])
def test_a_connection_that_is_cut_ends_the_program(ssh: tuple[str, ...], ending: str, tmp_path: Path) -> None:
    with Terminal((*ssh, remote(tmp_path)), environment(tmp_path, COLORTERM="truecolor"), tmp_path) as terminal:
        terminal.until_shown("fernwood-labs/kestrel", "mira-holm")
        process = int(until_exists(tmp_path / "pid"))
        if ending == "~.":
            terminal.type("\r~.")
        else:
            if ending.startswith("frozen"):
                terminal.process.send_signal(signal.SIGSTOP)
                terminal.type("j" * 200)
            terminal.process.kill()
        assert until_exists(tmp_path / "code") == str(128 + signal.SIGHUP)
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
