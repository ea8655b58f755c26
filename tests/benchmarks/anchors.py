"""The programs to compare with, and the packages that contain them."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import version

DEBIAN = {"curl": "curl", "openssl": "openssl", "aria2c": "aria2", "gh": "gh", "fzf": "fzf", "less": "less", "mc": "mc"}
PYPI = ("remotezip",)
_VERSION = re.compile(r"\d+(?:\.\d+)+")


def missing(names: Iterable[str]) -> list[str]:
    """Return those programs and packages that are not installed."""
    return [name for name in names if not (importlib.util.find_spec(name) if name in PYPI else shutil.which(name))]


def install() -> None:
    """Install what is missing, from Debian and PyPI; only report a package that cannot be installed."""
    wanted = missing([*DEBIAN, *PYPI])
    packages = [DEBIAN[name] for name in wanted if name in DEBIAN]
    commands = [["apt-get", "install", "-y", "-q", package] for package in packages]
    commands += [[sys.executable, "-m", "pip", "install", "-q", name] for name in wanted if name in PYPI]
    if packages:
        commands.insert(0, ["apt-get", "update", "-q"])
    for command in commands:
        if subprocess.run(command, check=False).returncode:
            print(f"failed: {' '.join(command)}", file=sys.stderr)


def versions() -> dict[str, str]:
    """Return the versions of installed programs and packages."""
    found = {name: version(name) for name in ("textual", *PYPI) if importlib.util.find_spec(name)}
    for name in DEBIAN:
        if shutil.which(name):
            option = "version" if name == "openssl" else "--version"
            printed = subprocess.run([name, option], capture_output=True, text=True, check=False).stdout
            match = _VERSION.search(printed) or re.search(r"\d+", printed)
            found[name] = match[0] if match else "unknown"
    return found
