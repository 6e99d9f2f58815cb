"""How many examples a property takes: `quick` is the profile by default, `full` that of `make soak`."""

from typing import Final

from hypothesis import HealthCheck, settings

QUICK: Final = 100
FULL: Final = 1_000


def register_profiles() -> None:
    """How long an example takes says nothing on a machine that does other things besides."""
    settings.register_profile("quick", deadline=None, max_examples=QUICK, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("full", settings.get_profile("quick"), max_examples=FULL)
    settings.load_profile("quick")


def times(quick: int) -> int:
    """More of them in `full`, by as much as a property that says nothing takes more."""
    return quick * settings().max_examples // QUICK


def checked(quick: int, *ignored: HealthCheck) -> settings:
    """In `quick` the same examples at each run, in `full` others."""
    known = settings().max_examples == QUICK
    suppressed = [HealthCheck.too_slow, *ignored]
    return settings(derandomize=known, database=None, max_examples=times(quick), suppress_health_check=suppressed)
