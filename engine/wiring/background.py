"""What acts by itself: the tables of what runs beside the path of events, and the watch over the clock."""

from datetime import timedelta

from engine.hooks.timers import Timers
from engine.messages.mailer import Mailer
from engine.process.background import Always, Background
from engine.process.clock_watch import ClockWatch
from engine.process.store_watch import StoreWatch
from engine.process.ticks import Schedule
from engine.wiring.actions import ActionParts
from engine.wiring.delivery import DeliveryParts
from engine.wiring.ground import Ground
from engine.wiring.history import HistoryParts
from engine.wiring.people import PeopleParts
from engine.wiring.sources import SourceParts

KEY_USE_SECONDS = 60.0
MEASURE_SECONDS = 5.0
DRIFT_SECONDS = 2.0
RETENTION_SECONDS = 3_600.0
RECEIVED_SECONDS = 1.0
SILENCE_SECONDS = 300.0
STORE_SECONDS = 1.0
SWEEP_SECONDS = 0.25


def build_clock(ground: Ground, timers: Timers) -> ClockWatch:
    async def went_back(by: timedelta) -> None:
        await ground.store.advance_due(by)
        await timers.clock_went_back(by)

    return ClockWatch(now=ground.now, steady=ground.steady, went_back=went_back)


def build_background(
    ground: Ground,
    people: PeopleParts,
    sources: SourceParts,
    actions: ActionParts,
    delivery: DeliveryParts,
    history: HistoryParts,
    clock: ClockWatch,
) -> Background:
    always: list[Always] = [
        ("pipeline", delivery.pipeline.run),
        ("release", delivery.release.run),
        ("clock", clock.run),
        ("limits of metrics", actions.metrics.watch),
        ("text of events", history.text_index.run),
        ("what is due", delivery.sweep.run),
    ]
    if mailer := build_mailer(ground):
        always.append(("mails", mailer.run))
    every = (
        (KEY_USE_SECONDS, people.keys.note_use),
        (RECEIVED_SECONDS, sources.journal.store),
        (MEASURE_SECONDS, ground.backlog.measure),
        (MEASURE_SECONDS, ground.store.shrink_log),
        (STORE_SECONDS, StoreWatch(ground.store.check_files, ground.notices.tell).look),
        (SWEEP_SECONDS, delivery.sweep.look),
        (RETENTION_SECONDS, history.retention.run),
        (SILENCE_SECONDS, history.silence.look),
        (SILENCE_SECONDS, sources.silence.look),
        (DRIFT_SECONDS, sources.drift.look),
    )
    return Background(ground.supervisor, Schedule(), always=always, every=every)


def build_mailer(ground: Ground) -> Mailer | None:
    """None where there is no server for mails."""
    settings = ground.settings
    if settings.smtp is None:
        return None
    return Mailer(
        ground.store, settings.smtp, ground.notices, place=settings.public_url, now=ground.now, steady=ground.steady
    )
