"""The page of what hooks recorded: plots that are readable without the plot, and the limits, changed by Managers."""

from typing import Any

from nicegui import ui
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from dashboard.components.basics.combobox import Combobox
from dashboard.components.metrics.card import MetricCard, number
from dashboard.components.metrics.limit_form import LimitForm
from dashboard.components.metrics.limits import MetricLimits, in_words
from dashboard.entrance.session import COOKIE
from dashboard.pages.analytics import analytics_page
from engine import Actor, Aggregate, Comparison, Engine, Limit, MetricKind, Window
from engine.model.metrics import Measurement
from tests.dashboard.conftest import ADMIN, MANAGER, PASSWORD, USER

STYLE = "/style.css"
LIMIT = {"metric": "talk", "comparison": "above", "threshold": 100}


async def opened(user: User, engine: Engine, path: str = "/analytics", who: Actor = ADMIN) -> None:
    analytics_page(engine, STYLE)
    token = (await engine.accounts.sign_in(email=who.name, password=PASSWORD)).token
    user.http_client.cookies.set(COOKIE, token)
    await user.open(path)


async def record(engine: Engine, metric: str, *values: float, kind: MetricKind = MetricKind.COUNT) -> None:
    at = engine._now()
    for value in values:
        one = Measurement(metric=metric, value=value, kind=kind, at=at, label="agent_07", label_name="Ava")
        await engine.parts.ground.changes.make((one,))


async def test_nothing_yet_says_how_to_begin(user: User, engine: Engine) -> None:
    await opened(user, engine)

    await user.should_see("Nothing has been recorded yet.")
    await user.should_see("https://internal.ai-sync.com/record-metric?metric=calls&label={{ agent_id }}")


async def test_counts_are_added_up_and_measures_averaged_unless_asked_otherwise(user: User, engine: Engine) -> None:
    await record(engine, "calls", 1, 1, 1)
    await record(engine, "talk", 10, 30, kind=MetricKind.MEASURE)
    await opened(user, engine, who=USER)

    def shown() -> dict[str, Any]:
        return {card.metric: card._chart.options["series"][0]["data"][-1][1] for card in cards(user)}

    assert shown() == {"talk": 20, "calls": 3}
    await user.should_see("Average by the quarter of an hour")
    await user.should_see("Ava")
    await user.open("/analytics?window=hour&by=sum")
    assert shown() == {"talk": 40, "calls": 3}
    await user.open("/analytics?window=week&by=average&metric=talk")
    assert shown() == {"talk": 20}
    await user.should_see("All metrics")
    await user.open("/analytics?window=strange&by=strange&metric=none")
    assert shown() == {"talk": 20, "calls": 3}


def cards(user: User) -> set[MetricCard]:
    return user.find(kind=MetricCard).elements


async def test_it_follows_what_is_recorded(user: User, engine: Engine) -> None:
    await record(engine, "calls", 1)
    await opened(user, engine)
    await record(engine, "calls", 41)
    (card,) = cards(user)
    card.show(await engine.metrics.plots("calls", Window.DAY))

    await user.should_see("42")


async def test_a_manager_adds_changes_and_deletes_a_limit(user: User, engine: Engine) -> None:
    await opened(user, engine, who=MANAGER)
    await user.should_see("There is none yet.")
    user.find("Add a limit").click()
    await user.should_see("Of the last minutes")
    write(user, "metric", "talk seconds")
    write(user, "threshold", "many")
    user.find("Save").click()
    await user.should_see("This is a number.")
    assert engine.metrics.limits == ()

    write(user, "metric", "talk")
    write(user, "threshold", "100")
    choose(user, "Tells by", "campaign.performance_alert")
    user.find("Save").click()
    await user.should_see("talk: average of 60 minutes above 100")
    await user.should_see("Within")
    (saved,) = engine.metrics.limits
    assert saved.saved_by == MANAGER.name

    user.find("Edit").click()
    write(user, "threshold", "7.5")
    user.find("Save").click()
    await user.should_see("talk: average of 60 minutes above 7.50")
    await record(engine, "talk", 30, kind=MetricKind.MEASURE)
    await engine.metrics.look()
    (box,) = user.find(kind=MetricLimits).elements
    await box.refresh()
    await user.should_see("Ava: crossed with 30")

    user.find("Delete").click()
    await user.should_see("Delete this limit?")
    dialog = next(one for one in user.find(kind=ui.dialog).elements if one.value)
    go = {one for one in dialog.descendants() if isinstance(one, ui.button) and one.text == "Delete"}
    UserInteraction(user, go, "Delete").click()
    await user.should_see("There is none yet.")
    assert engine.metrics.limits == ()


async def test_a_user_sees_limits_and_changes_none(user: User, engine: Engine) -> None:
    await engine.metrics.save_limit(LIMIT, actor=MANAGER)
    await opened(user, engine, who=USER)

    await user.should_see("talk: average of 60 minutes above 100")
    await user.should_not_see("Add a limit")
    await user.should_not_see("Edit")


def test_limits_in_words() -> None:
    limit = Limit(
        metric="calls",
        comparison=Comparison.BELOW,
        threshold=1_000.5,
        window=1,
        aggregate=Aggregate.SUM,
        label="agent_07",
    )

    assert in_words(limit) == "calls of agent_07: sum of 1 minute below 1,000.50"
    assert (number(None), number(3.0), number(0.25)) == ("–", "3", "0.25")


def write(user: User, field: str, text: str) -> None:
    user.find(kind=ui.input, marker=field).clear().type(text)


def choose(user: User, label: str, value: str) -> None:
    (form,) = user.find(kind=LimitForm).elements
    found = {one for one in form.descendants() if isinstance(one, Combobox) and one.props["label"] == label}
    UserInteraction(user, found, label).trigger("change", value)
