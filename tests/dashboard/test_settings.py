"""The settings page, without a browser: who may change what, what is refused and where, and what it shows."""

from datetime import UTC, datetime
from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from dashboard.components.basics.combobox import Combobox
from dashboard.components.basics.text import Text
from dashboard.components.basics.unsaved import Unsaved
from dashboard.components.settings.lane_fields import LaneFields
from dashboard.components.settings.lanes_card import LanesCard
from dashboard.components.settings.paused_targets import PausedTargets
from dashboard.components.settings.storage_card import StorageCard, size_in_words
from dashboard.entrance.session import COOKIE
from dashboard.pages.settings import settings_page
from engine import Actor, DiskUse, Engine, HookType, LaneSettings, Preset, SilentSource, StoreUnavailable
from tests.dashboard.conftest import ADMIN, MANAGER, PASSWORD, USER

STYLE = "/style.css"
CRM = HookType.CRM_INTEGRATION


async def opened(user: User, engine: Engine, who: Actor = ADMIN) -> str:
    """The token of the session."""
    settings_page(engine, STYLE)
    token = (await engine.accounts.sign_in(email=who.name, password=PASSWORD)).token
    user.http_client.cookies.set(COOKIE, token)
    await user.open("/settings")
    return token


def lane(user: User, type: HookType = CRM) -> LaneFields:
    (fields,) = user.find(kind=LaneFields, marker=f"lane-{type}").elements
    return fields


def within(user: User, element: Any, kind: type[Any], about: str | None = None) -> UserInteraction[Any]:
    """What is inside that element; `about` is its marker or its text."""
    found = {
        one
        for one in element.descendants()
        if isinstance(one, kind) and (about is None or about in one._markers or about == getattr(one, "text", None))
    }
    return UserInteraction(user, found, about)


def write(user: User, field: str, text: str, type: HookType = CRM) -> None:
    within(user, lane(user, type), ui.input, field).clear().type(text)


def choose(user: User, retries: str, type: HookType = CRM) -> None:
    within(user, lane(user, type), Combobox).trigger("change", retries)


def save(user: User) -> None:
    (card,) = user.find(kind=LanesCard).elements
    within(user, card, Text, "Save").click()


async def test_no_page_without_a_session(user: User, engine: Engine) -> None:
    settings_page(engine, STYLE)

    answer = await user.http_client.get("/settings")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fsettings")


async def test_every_type_has_its_lane_as_usual(user: User, engine: Engine) -> None:
    await opened(user, engine)
    await user.should_see("A lane is what all hooks of one type share")

    usual = {"concurrency": 64, "timeout": 15, "retries": "standard"}
    assert {fields.type: fields.raw for fields in user.find(kind=LaneFields).elements} == dict.fromkeys(HookType, usual)
    await user.should_see("As usual")
    await user.should_not_see("Changed")
    await user.should_not_see("Back to usual")


async def test_an_admin_changes_lanes(user: User, engine: Engine) -> None:
    await opened(user, engine)
    write(user, "concurrency", "20")
    choose(user, "own")
    write(user, "retries", "5 s, 1 min")
    write(user, "timeout", "30 s", HookType.OTHER)
    await user.should_see("Not saved")
    assert any(one.props["dirty"] for one in user.find(kind=Unsaved).elements)
    save(user)

    await user.should_see("2 lanes are saved.")
    assert engine.lane_settings.of(CRM) == LaneSettings(concurrency=20, timeout=15, retries=(5, 60))
    assert engine.lane_settings.of(HookType.OTHER) == LaneSettings(timeout=30)
    await user.should_see("Changed")
    await user.should_see("Usually 64")
    await user.should_see("Usually ten attempts over three days")
    assert not any(one.props["dirty"] for one in user.find(kind=Unsaved).elements)


async def test_a_lane_goes_back_to_usual(user: User, engine: Engine) -> None:
    await engine.lane_settings.save(CRM, {"concurrency": 3, "timeout": 2, "retries": [7]}, actor=ADMIN)
    await opened(user, engine)
    within(user, lane(user), Text, "Back to usual").click()
    await user.should_see("Not saved")
    assert engine.lane_settings.of(CRM).concurrency == 3
    save(user)

    await user.should_see("One lane is saved.")
    assert engine.lane_settings.of(CRM) == LaneSettings()
    await user.should_not_see("Changed")


async def test_an_empty_field_is_as_usual(user: User, engine: Engine) -> None:
    await engine.lane_settings.save(CRM, {"concurrency": 3, "timeout": 2}, actor=ADMIN)
    await opened(user, engine)
    within(user, lane(user), ui.input, "concurrency").clear()
    within(user, lane(user), ui.input, "timeout").clear()
    save(user)

    await user.should_see("One lane is saved.")
    assert engine.lane_settings.of(CRM) == LaneSettings()


async def test_what_is_wrong_stands_beside_its_field_and_the_rest_is_saved(user: User, engine: Engine) -> None:
    await opened(user, engine)
    write(user, "concurrency", "many")
    write(user, "timeout", "90")
    choose(user, "own", HookType.OTHER)
    write(user, "retries", "soon", HookType.OTHER)
    choose(user, "none", HookType.ANALYTICS)
    save(user)

    await user.should_see("2 lanes need a change.")
    await user.should_see("From 1 to 512 calls.")
    await user.should_see("From 1 to 30 seconds.")
    await user.should_see("“soon” is no pause.")
    assert engine.lane_settings.of(CRM) == engine.lane_settings.of(HookType.OTHER) == LaneSettings()
    assert engine.lane_settings.of(HookType.ANALYTICS).retries is Preset.NONE
    assert within(user, lane(user), ui.input, "concurrency").elements.pop().value == "many"

    write(user, "concurrency", "8")
    await user.should_not_see("2 lanes need a change.")
    await user.should_not_see("From 1 to 512 calls.")


@pytest.mark.parametrize("who", [MANAGER, USER])
async def test_who_is_no_admin_may_only_look(user: User, engine: Engine, who: Actor) -> None:
    await engine.lane_settings.save(CRM, {"concurrency": 3}, actor=ADMIN)
    await opened(user, engine, who)
    await user.should_see("Admins may change them.")
    await user.should_see("Usually 64")
    await user.should_not_see("Save")
    await user.should_not_see("Back to usual")

    assert all(box.props["readonly"] is True for box in within(user, lane(user), ui.input).elements)
    assert all(box.props["disabled"] is True for box in within(user, lane(user), Combobox).elements)


async def test_whoever_is_signed_out_meanwhile_changes_nothing(user: User, engine: Engine) -> None:
    token = await opened(user, engine)
    await engine.accounts.sign_out(token)

    @ui.page("/sign-in")
    def door(ended: str) -> None:
        ui.label(f"ended: {ended}")

    write(user, "concurrency", "20")
    save(user)
    await user.should_see("ended: 1")

    assert engine.lane_settings.of(CRM) == LaneSettings()


async def test_somebody_elses_change_shows_unless_one_is_writing(user: User, engine: Engine) -> None:
    await opened(user, engine)
    write(user, "concurrency", "20")
    await engine.lane_settings.save(CRM, {"concurrency": 3}, actor=ADMIN)
    await engine.lane_settings.save(HookType.OTHER, {"concurrency": 4}, actor=ADMIN)
    (card,) = user.find(kind=LanesCard).elements
    with card:
        card.follow()

    assert lane(user).raw["concurrency"] == 20
    assert lane(user, HookType.OTHER).raw["concurrency"] == 4


async def test_what_lies_on_disk_and_what_waits(user: User, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    async def use() -> DiskUse:
        return DiskUse(used=12 << 20, free=80 << 30, total=256 << 30)

    monkeypatch.setattr(engine, "disk_use", use)
    await opened(user, engine)

    for words in ("12.0 MB", "80.0 GB free of 256 GB", "0 of at most 1,000,000", "30 days; what failed, 60 days"):
        await user.should_see(words)
    await user.should_not_see("nearly full")


async def test_it_says_when_the_disk_is_full_or_cannot_be_measured(
    user: User, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full() -> DiskUse:
        return DiskUse(used=1 << 30, free=1 << 20, total=2 << 30)

    async def gone() -> DiskUse:
        raise StoreUnavailable("The database does not answer.")

    monkeypatch.setattr(engine, "disk_use", full)
    await opened(user, engine)
    await user.should_see("The disk is nearly full: new events are refused.")

    monkeypatch.setattr(engine, "disk_use", gone)
    await user.find(kind=StorageCard).elements.pop().refresh()
    await user.should_see("The disk cannot be measured now. The database does not answer.")


async def test_targets_in_trouble_come_and_go(user: User, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    paused: dict[str, float] = {}
    monkeypatch.setattr(engine, "paused_targets", lambda: dict(paused))
    await opened(user, engine)
    await user.should_not_see("Targets in trouble")
    (card,) = user.find(kind=LanesCard).elements
    (targets,) = [one for one in card.client.elements.values() if isinstance(one, PausedTargets)]

    paused |= {"https://api.example.com": 4.2, "http://crm.example.com:8080": 0.0}
    targets.refresh()
    await user.should_see("Targets in trouble")
    await user.should_see("https://api.example.com")
    await user.should_see("Next try in 4 s")
    await user.should_see("Being tried")

    del paused["https://api.example.com"]
    targets.refresh()
    await user.should_not_see("https://api.example.com")
    await user.should_see("http://crm.example.com:8080")

    paused.clear()
    targets.refresh()
    await user.should_not_see("Targets in trouble")


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1_000, "1.0 KB"),
        (150 << 10, "150 KB"),
        (5 << 30, "5.0 GB"),
        (3 << 40, "3.0 TB"),
    ],
)
def test_sizes_in_words(size: int, words: str) -> None:
    assert size_in_words(size) == words


async def test_silent_sources_are_listed_for_managers(
    user: User, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = await engine.sources.create({"platform": "bland", "name": "Quiet one"}, actor=ADMIN)
    silent = SilentSource(source=source, last_at=datetime(2026, 1, 20, 14, 27, tzinfo=UTC), expected=18)

    async def found() -> list[SilentSource]:
        return [silent]

    monkeypatch.setattr(engine.source_silence, "_silent", found)
    await opened(user, engine, MANAGER)
    await user.should_see("Quiet one")
    await user.should_see("about 18 requests were expected")


async def test_users_are_not_told_of_silent_sources(user: User, engine: Engine) -> None:
    await opened(user, engine, USER)
    await user.should_not_see("Silent sources")
