"""A session bus with the real gnome-keyring-daemon on it, in a home of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_DAEMON = "exec gnome-keyring-daemon --foreground --components=secrets --control-directory={control} {unlock}"
_BARE_BUS = """\
<busconfig><type>session</type><listen>unix:dir={folder}</listen><auth>EXTERNAL</auth><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
"""
"""No services that start when they are called: the keyring of Debian is one."""
_ANNOUNCE = 'echo "$DBUS_SESSION_BUS_ADDRESS" > {announced}; '


def bare(home: Path) -> dict[str, str]:
    """The environment of a headless login."""
    runtime = home / "runtime"
    runtime.mkdir(exist_ok=True, mode=0o700)
    return {"HOME": str(home), "PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": str(runtime), "LANG": "C.UTF-8"}


@contextmanager
def session_bus(home: Path, command: str = "exec sleep 600", said: bytes = b"") -> Iterator[dict[str, str]]:
    """The environment of a login with a bus, on which ``command`` runs as long as the context lasts."""
    if shutil.which("dbus-run-session") is None:
        pytest.skip("dbus-run-session is not installed (apt-get install dbus)")
    announced = home / "announced"
    os.mkfifo(announced)
    settings = home / "bus.conf"
    settings.write_text(_BARE_BUS.format(folder=home))
    process = subprocess.Popen(
        [
            "dbus-run-session",
            f"--config-file={settings}",
            "--",
            "sh",
            "-c",
            _ANNOUNCE.format(announced=announced) + command,
        ],
        env=bare(home),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        address = announced.read_text().strip()
        assert process.stdin is not None
        process.stdin.write(said)
        process.stdin.close()
        yield bare(home) | {"DBUS_SESSION_BUS_ADDRESS": address}
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        announced.unlink()


@contextmanager
def gnome_keyring(home: Path, *, password: str = "") -> Iterator[dict[str, str]]:
    """The same with the keyring on the bus, unlocked where a password is given."""
    if not (shutil.which("gnome-keyring-daemon") and shutil.which("gdbus")):
        pytest.skip("gnome-keyring-daemon is not installed (apt-get install gnome-keyring libglib2.0-bin)")
    unlock = "--unlock" if password else ""
    daemon = _DAEMON.format(control=home / "runtime", unlock=unlock)
    with session_bus(home, daemon, password.encode()) as environ:
        wait = ["gdbus", "wait", "--session", "--timeout", "20", "org.freedesktop.secrets"]
        subprocess.run(wait, env=environ, check=True)
        yield environ
