"""Between the password and the code: not for long, not for many tries, and not without bound."""

from engine.people.pending_sign_ins import MOST, SECONDS, TRIES, Pending


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_it_is_found_by_its_token_alone_until_it_ends() -> None:
    pending = Pending(Clock())
    token = pending.begin("ada@example.com", "hash")

    found = pending.get(token)
    assert found is not None
    assert (found.email, found.password_hash) == ("ada@example.com", "hash")
    assert pending.get("another") is None
    assert pending.get("") is None
    pending.end(token)
    assert pending.get(token) is None


def test_it_is_over_after_a_while() -> None:
    clock = Clock()
    pending = Pending(clock)
    token = pending.begin("ada@example.com", "hash")
    clock.now += SECONDS - 1
    assert pending.get(token)

    clock.now += 1
    assert pending.get(token) is None


def test_it_is_over_after_a_few_tries() -> None:
    pending = Pending(Clock())
    token = pending.begin("ada@example.com", "hash")
    for _ in range(TRIES):
        found = pending.get(token)
        assert found is not None
        found.tries += 1

    assert pending.get(token) is None


def test_memory_is_bounded() -> None:
    pending = Pending(Clock())
    tokens = [pending.begin("ada@example.com", "hash") for _ in range(MOST + 10)]

    assert len(set(tokens)) == len(tokens)
    assert sum(pending.get(token) is not None for token in tokens) == MOST
