"""How many examples a property is tried with: as many as it says, or twenty times as many by `make soak`."""

import os

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "quick")
TIMES = 20 if PROFILE == "full" else 1


def examples(usual: int) -> int:
    return usual * TIMES
