"""``python -m artifact_tui`` is ``artifact-tui``."""

import sys

from artifact_tui.cli.main import main

sys.exit(main())
