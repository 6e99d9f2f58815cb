"""The form's part for hooks on a schedule: what it writes, what it shows, and the role that goes with it."""

from typing import Any

import pytest
from nicegui.testing import User

from dashboard.components.basics.combobox import Combobox
from dashboard.components.basics.sentence import in_a_sentence
from dashboard.components.events.picker import EventPicker
from dashboard.components.times.schedule_editor import ScheduleEditor
from engine import Engine, Role
from engine.model import Timetable
from tests.dashboard.conftest import ADMIN, ECHO, USER
from tests.dashboard.test_hook_form import closed, one, opened, save, saved_as, write
from tests.engine.conftest import eventually

WEEKDAYS = {"cron": "0 9 * * 1-5", "timezone": "Europe/Berlin"}


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What comes of a schedule, as the browser is told."""
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr(ScheduleEditor, "run_method", lambda _, name, view: shown.append(view))
    return shown


def choose(user: User, trigger: str) -> None:
    user.find(EventPicker).trigger("change", trigger)


def schedule(user: User, value: dict[str, Any]) -> None:
    user.find(ScheduleEditor).trigger("change", value)


def roles(user: User) -> tuple[str, list[str]]:
    """The role that is chosen, and those that are offered."""
    (chooser,) = [found for found in user.find(Combobox).elements if found.props["label"] == "Role"]
    return chooser.value, [option["value"] for option in chooser.props["options"]]


async def on_schedule(engine: Engine) -> int:
    raw = {"title": "Report", "trigger": "schedule.due", "schedule": WEEKDAYS, "actions": [{"url": ECHO}]}
    return (await engine.hooks.save(raw, actor=ADMIN)).id


async def test_a_hook_on_a_schedule_is_saved_with_the_role_that_goes_with_it(
    user: User, engine: Engine, shown: list[dict[str, Any]]
) -> None:
    await opened(user, engine)
    write(user, "title", "Morning report")
    write(user, "actions[0].url", ECHO)
    choose(user, "schedule.due")
    await user.should_see(ScheduleEditor)
    schedule(user, WEEKDAYS)
    assert await eventually(lambda: shown)
    assert roles(user) == ("system", ["system"])
    save(user)

    hook = await saved_as(user, engine, 4)
    assert hook.definition.schedule == Timetable(cron="0 9 * * 1-5", timezone="Europe/Berlin")
    assert hook.definition.role is Role.SYSTEM
    assert shown[-1]["words"] == "Every weekday at 09:00, Europe/Berlin"
    assert len(shown[-1]["times"]) == 5
    assert all(time.split(" ")[2:4] == ["09:00", "AM"] for time in shown[-1]["times"])


async def test_what_is_wrong_is_said_at_once_and_keeps_it_from_being_saved(
    user: User, engine: Engine, shown: list[dict[str, Any]]
) -> None:
    await opened(user, engine)
    write(user, "title", "Morning report")
    write(user, "actions[0].url", ECHO)
    choose(user, "schedule.due")
    await user.should_see(ScheduleEditor)
    schedule(user, {"cron": "61 9 * * *", "timezone": "UTC"})
    await user.should_see("This is no minute")
    save(user)
    await user.should_see("One field needs a change")
    assert len(engine.hooks.all()) == 3
    assert shown[-1] == {"words": "", "times": []}


async def test_another_trigger_takes_the_schedule_away_and_brings_the_role_back(
    user: User, engine: Engine, shown: list[dict[str, Any]]
) -> None:
    await opened(user, engine, template={"role": "user", "trigger": "call.ended", "title": "Report"})
    write(user, "actions[0].url", ECHO)
    choose(user, "schedule.due")
    await user.should_see(ScheduleEditor)
    schedule(user, WEEKDAYS)
    choose(user, "call.started")
    await user.should_not_see(ScheduleEditor)
    assert roles(user) == ("user", [str(role) for role in Role])
    save(user)

    hook = await saved_as(user, engine, 4)
    assert (hook.definition.trigger, hook.definition.schedule, hook.definition.role) == ("call.started", None, "user")


async def test_a_hook_that_is_opened_shows_its_times_and_is_not_changed_by_that(
    user: User, engine: Engine, shown: list[dict[str, Any]]
) -> None:
    await opened(user, engine, await on_schedule(engine))
    await user.should_see(ScheduleEditor)
    assert one(user, ScheduleEditor).props["initial"] == WEEKDAYS
    user.find(ScheduleEditor).trigger("look", WEEKDAYS)
    assert await eventually(lambda: shown)
    user.find("Cancel").click()

    await closed(user)


async def test_whoever_only_looks_cannot_write_it(user: User, engine: Engine) -> None:
    await opened(user, engine, await on_schedule(engine), actor=USER)

    await user.should_see(ScheduleEditor)
    assert one(user, ScheduleEditor).props["disabled"] is True


async def test_the_sentence_says_when(engine: Engine) -> None:
    raw = engine.hooks.raw(engine.hooks.get(await on_schedule(engine)).definition)

    assert in_a_sentence(raw, engine.catalogue).startswith("Every weekday at 09:00, Europe/Berlin, POST to ")
    half = {**raw, "schedule": {"cron": "x"}}
    assert in_a_sentence(half, engine.catalogue).startswith("When the time has come")
