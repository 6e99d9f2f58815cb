"""Who may be connected: quiet connections make room, those at work stay, and whoever is known has a reserve."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.api.doors import KNOWN_SECONDS, Doors, Guest


class Street:
    """Doors of 16 places, of which 2 are in reserve and 4 for one address, and those who came."""

    def __init__(self, *shared: str) -> None:
        from engine.actions.http import parse_networks

        self.now = 0.0
        self.doors = Doors(most=16, most_of_address=4, shared=parse_networks(" ".join(shared)), clock=lambda: self.now)
        self.sent_away: list[Guest] = []

    def come(self, address: str) -> tuple[Guest, bool]:
        guest = Guest(address, lambda: self.sent_away.append(guest))
        return guest, self.doors.enter(guest)

    def come_to_work(self, address: str) -> bool:
        guest, inside = self.come(address)
        self.doors.works(guest)
        return inside


def test_the_one_that_has_waited_longest_makes_room() -> None:
    street = Street()
    guests = [street.come("127.0.0.1")[0] for _ in range(14)]

    assert street.come("127.0.0.1")[1]
    assert street.sent_away == [guests[0]]


def test_an_idle_one_makes_room_before_one_that_waits() -> None:
    street = Street()
    guests = [street.come("127.0.0.1")[0] for _ in range(14)]
    street.doors.idles(guests[7])

    assert street.come("127.0.0.1")[1]
    assert street.sent_away == [guests[7]]


def test_what_is_at_work_stays_and_others_are_refused() -> None:
    street = Street()
    assert all(street.come_to_work("127.0.0.1") for _ in range(14))

    assert not street.come_to_work("203.0.113.7")
    assert street.sent_away == []


def test_whoever_was_recognised_lately_has_the_reserve() -> None:
    street = Street()
    friend, _ = street.come("203.0.113.7")
    street.doors.recognise(friend)
    street.doors.left(friend)
    for _ in range(14):
        street.come_to_work("127.0.0.1")

    assert [street.come_to_work("203.0.113.7") for _ in range(3)] == [True, True, False]


def test_whoever_is_connected_still_is_known_for_as_long() -> None:
    street = Street()
    friend, _ = street.come("203.0.113.7")
    street.doors.recognise(friend)
    street.now = KNOWN_SECONDS * 2

    assert street.doors.is_known("203.0.113.7")
    street.doors.left(friend)
    assert street.doors.is_known("203.0.113.7")


def test_nobody_is_known_for_ever() -> None:
    street = Street()
    friend, _ = street.come("203.0.113.7")
    street.doors.recognise(friend)
    street.doors.left(friend)
    street.now = KNOWN_SECONDS

    assert not street.doors.is_known("203.0.113.7")


def test_one_address_takes_its_share_and_makes_room_for_itself_alone() -> None:
    street = Street()
    other, _ = street.come("198.51.100.1")
    guests = [street.come("203.0.113.7")[0] for _ in range(4)]

    assert street.come("203.0.113.7")[1]
    assert street.sent_away == [guests[0]]
    assert other.inside


@pytest.mark.parametrize(
    ("address", "more"),
    [
        ("203.0.113.7", False),
        ("::ffff:203.0.113.7", False),
        ("127.0.0.1", True),
        ("::1", True),
        ("10.1.2.3", True),
        ("2001:db8::1", False),
        ("", True),
    ],
)
def test_an_address_that_stands_for_many_is_not_bounded_by_itself(address: str, more: bool) -> None:
    street = Street("10.0.0.0/8")
    for _ in range(4):
        street.come_to_work(address)

    assert street.come_to_work(address) is more


def test_all_addresses_of_a_v6_network_are_one() -> None:
    street = Street()
    for number in range(4):
        street.come_to_work(f"2001:db8::{number:x}")

    assert not street.come_to_work("2001:db8::ffff:1")
    assert street.come_to_work("2001:db8:0:1::1")


def test_an_address_with_somebody_known_has_no_bound_of_its_own() -> None:
    street = Street()
    friend, _ = street.come("203.0.113.7")
    street.doors.recognise(friend)

    assert all(street.come_to_work("203.0.113.7") for _ in range(10))


@given(st.lists(st.tuples(st.sampled_from(["127.0.0.1", "203.0.113.7", "2001:db8::1"]), st.integers(0, 4))))
def test_whatever_happens_no_bound_is_passed_and_all_can_leave(steps: list[tuple[str, int]]) -> None:
    street = Street()
    guests: list[Guest] = []
    for address, step in steps:
        guest, _ = street.come(address)
        guests.append(guest)
        chosen = guests[len(guests) * step // 5]
        act = (street.doors.works, street.doors.idles, street.doors.waits, street.doors.left, street.doors.recognise)
        act[step](chosen)
        inside = [one for one in guests if one.inside]
        assert len(inside) <= 16
        assert not any(one in inside for one in street.sent_away)
    for guest in guests:
        street.doors.left(guest)

    assert all(street.come_to_work("127.0.0.1") for _ in range(14))
