"""The file manager of the desktop."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path


def show_folder(path: Path) -> str:
    """Show a directory, or the directory of a file; return why that failed, or an empty string."""
    if sys.platform == "darwin":
        command = ["open", "-R", str(path)]  # reveals the path, because opening a directory named X.app would run it
    else:
        command = ["xdg-open", str(path if path.is_dir() else path.parent)]
    null = subprocess.DEVNULL
    try:
        window = subprocess.Popen(command, stdin=null, stdout=null, stderr=null, start_new_session=True)
    except OSError:
        return f"Cannot show the directory: {command[0]} not found."
    threading.Thread(target=window.wait, name="file manager", daemon=True).start()  # some run until the window closes
    return ""
