"""The desktop's own window on a folder, where the program runs on a desktop."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path


def show_folder(path: Path) -> str:
    """Show ``path``, or the folder it is in when it is a file; why that failed, or empty.

    macOS is asked to reveal and not to open: a folder whose name ends in ``.app`` would be run.
    """
    if sys.platform == "darwin":
        command = ["open", "-R", str(path)]
    else:
        command = ["xdg-open", str(path if path.is_dir() else path.parent)]
    try:
        window = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return f"There is no {command[0]} on this machine to show the folder with."
    threading.Thread(target=window.wait, name="file manager", daemon=True).start()  # some stay as long as their window
    return ""
