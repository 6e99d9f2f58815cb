import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.components.retries.pauses import (
    PRESETS,
    UnreadablePauseError,
    delivery_in_words,
    read_pauses,
    read_seconds,
    retries_in_words,
    write_pauses,
    write_seconds,
)
from engine import LaneSettings, Preset
from engine.rules.retries import SCHEDULES


@pytest.mark.parametrize(
    ("text", "pauses"),
    [
        ("5", [5]),
        ("5 s, 1 min, 2 h", [5, 60, 7_200]),
        ("5s,1min,2h", [5, 60, 7_200]),
        (" 5 ; 90 Seconds ;", [5, 90]),
        ("1.5 h, 1 day", [5_400, 86_400]),
        ("1 m, 2 mins, 3 minutes", [60, 120, 180]),
    ],
)
def test_pauses_are_read_as_people_write_them(text: str, pauses: list[float]) -> None:
    assert read_pauses(text) == pauses


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Write at least one pause, such as 5 s, 1 min, 2 h."),
        (" , ", "Write at least one pause, such as 5 s, 1 min, 2 h."),
        ("5 s, soon", "“soon” is no pause. Write them like 5 s, 1 min, 2 h."),
        ("5 parsecs", "“5 parsecs” is no pause. Write them like 5 s, 1 min, 2 h."),
        ("-5", "“-5” is no pause. Write them like 5 s, 1 min, 2 h."),
        ("٥ s", "“٥ s” is no pause. Write them like 5 s, 1 min, 2 h."),
        ("5 s,, 6 s", "A pause is missing between two commas. Write them like 5 s, 1 min, 2 h."),
        ("9" * 50, f"“{'9' * 40}…” is no pause. Write them like 5 s, 1 min, 2 h."),
    ],
)
def test_what_is_no_pause_is_named(text: str, message: str) -> None:
    with pytest.raises(UnreadablePauseError) as refused:
        read_pauses(text)

    assert str(refused.value) == message


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        pauses = read_pauses(text)
    except UnreadablePauseError:
        return
    assert all(pause >= 0 for pause in pauses)


@given(st.lists(st.integers(1, 604_800_000).map(lambda thousandths: thousandths / 1_000), min_size=1, max_size=20))
def test_what_is_written_is_read_as_the_same(pauses: list[float]) -> None:
    assert read_pauses(write_pauses(pauses)) == pauses


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5, "5 s"), (0.25, "0.25 s"), (60, "1 min"), (90, "90 s"), (5_400, "90 min"), (86_400, "24 h"), (172_800, "2 d")],
)
def test_a_length_of_time_in_its_fitting_unit(seconds: float, words: str) -> None:
    assert write_seconds(seconds) == words


def test_one_length_of_time() -> None:
    assert (read_seconds("7.5 s"), read_seconds(" 10 "), read_seconds("soon"), read_seconds("")) == (7.5, 10, 0, 0)


@pytest.mark.parametrize("preset", Preset)
def test_the_schedules_are_those_of_the_engine(preset: Preset) -> None:
    pauses = read_pauses(PRESETS[preset]) if PRESETS[preset] else []

    assert tuple(pauses) == SCHEDULES[preset]


def test_retries_in_words() -> None:
    assert retries_in_words("standard") == "Ten attempts over three days"
    assert retries_in_words([]) == retries_in_words("none") == "One attempt, no more"
    assert retries_in_words([5]) == "Again after 5 s"
    assert retries_in_words([5, 60, 60, 60, 60]) == "Again after 5 s, 1 min, 1 min and 2 more"


def test_delivery_in_one_line() -> None:
    usual = {"retries": None, "timeout": None, "final_4xx": False, "ordered": None}
    lane = LaneSettings(timeout=20, retries=Preset.SHORT)

    assert delivery_in_words(usual, lane) == "As its lane: five attempts within three minutes, 20 s a call"
    assert delivery_in_words(usual | {"timeout": 5}, lane) == "Five attempts within three minutes, 5 s a call"
    assert delivery_in_words(usual | {"retries": "none", "final_4xx": True, "ordered": True}, lane) == (
        "One attempt, no more, 20 s a call, 4xx is final, in order"
    )
