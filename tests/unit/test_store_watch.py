"""What people hear where nothing can be stored until someone acts: once, and once more when it is over."""

from engine.errors import StoreUnavailable
from engine.process.store_watch import StoreWatch


async def test_it_is_told_once_and_once_more_when_it_is_over() -> None:
    tones, troubles = list[str](), [False, True, True, False, False, True]

    async def check() -> None:
        if troubles.pop(0):
            raise StoreUnavailable("It was deleted.")

    async def tell(tone: str, title: str, text: str) -> None:
        tones.append(tone)

    watch = StoreWatch(check, tell)
    while troubles:
        await watch.look()

    assert tones == ["bad", "good", "bad"]
