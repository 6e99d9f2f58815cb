"""Every event of a source passes the watch over its fields, within one process; and none is a change by chance."""

import random
import time
from datetime import UTC, datetime

from engine.events.catalogue import load_catalogue
from engine.rules.drift.watch import FieldWatch

NOW = datetime(2025, 9, 9, tzinfo=UTC)
EVENTS = 1_000_000


def main() -> None:
    chance, sample = random.Random(1), load_catalogue().get("call.ended").sample
    shares = {name: chance.choice((1, 1, 0.98, 0.9, 0.7, 0.5, 0.2)) for name in sample}
    kinds = [{name: value for name, value in sample.items() if chance.random() < shares[name]} for _ in range(5_003)]
    events = [chance.choice(kinds) for _ in range(EVENTS)]
    watch, found = FieldWatch(), 0
    watch.learn([], 1)
    began = time.process_time()
    for data in events:
        if watch.note(data, NOW):
            found += len(watch.look()[0])
    took = (time.process_time() - began) / EVENTS * 1_000_000
    print(f"fields of {EVENTS:,} events watched: {took:.1f} µs each, bar: at most 5 µs; {found} false changes, bar: 0")


if __name__ == "__main__":
    main()
