"""How much upkeep goes into one step, so that the writer is free for others again within a few milliseconds."""

STEP_SECONDS = 0.008
"""What a step may take by itself; its commit comes on top."""
MOST_GROWTH = 1.5


class Pace:
    """Begins small, and follows the time that the last step took."""

    def __init__(self, first: int, most: int) -> None:
        self.size, self._most = min(first, most), most

    def took(self, done: int, seconds: float) -> None:
        """`done` is what the step came to, which may be less than `size`: then it is no reason to try more."""
        if done >= self.size or seconds > STEP_SECONDS:
            growth = min(STEP_SECONDS / max(seconds, 1e-6), MOST_GROWTH)
            self.size = max(1, min(int(done * growth), self._most))
