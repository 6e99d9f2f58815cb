"""Looking back, and running again."""

from dataclasses import dataclass

from engine.history.executions import Executions
from engine.history.look_back import Insight
from engine.history.replays import Replays
from engine.history.retention import Retention
from engine.history.silence import Silence
from engine.history.text_index import TextIndex
from engine.hooks.commands import Hooks
from engine.wiring.actions import ActionParts
from engine.wiring.delivery import DeliveryParts
from engine.wiring.ground import Ground


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryParts:
    executions: Executions
    insight: Insight
    replays: Replays
    silence: Silence
    retention: Retention
    text_index: TextIndex


def build_history(ground: Ground, hooks: Hooks, actions: ActionParts, delivery: DeliveryParts) -> HistoryParts:
    store, catalogue, now = ground.store, ground.catalogue, ground.now
    insight = Insight(store, hooks, catalogue, ground.seen, now)
    replays = Replays(
        store=store,
        audit=ground.audit,
        executions=store,
        hooks=hooks,
        catalogue=catalogue,
        lanes=delivery.lanes,
        release=delivery.release,
        feed=ground.feed,
        ids=ground.ids,
        supervisor=ground.supervisor,
        now=now,
    )
    return HistoryParts(
        executions=Executions(store, actions.composer, catalogue),
        insight=insight,
        replays=replays,
        silence=Silence(store, hooks, insight, ground.notices, now),
        retention=Retention(store, store, ground.settings.retention_days, now, ground.steady),
        text_index=TextIndex(store),
    )
