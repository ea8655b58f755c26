"""``python -m artifact_tui`` is ``artifact-tui``."""

import sys

from artifact_tui.cli import main

sys.exit(main())
