"""Provider and artifact store over the REST API of every GitHub flavor."""

import sys

# httpx also imports its own command line if click and Rich are installed, which takes 30 ms; without it, it does not.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
