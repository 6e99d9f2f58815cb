"""What hooks can do: call others, and the endpoints of our own."""

from dataclasses import dataclass

from engine.actions.composer import Composer
from engine.actions.http import HttpClient, host_of
from engine.actions.internal import InternalApp
from engine.actions.internal.create_task import create_task
from engine.actions.internal.echo import echo
from engine.actions.internal.emit import emit
from engine.actions.internal.notify import notify
from engine.actions.internal.process_lead import process_lead
from engine.actions.internal.record_metric import record_metric
from engine.actions.own_endpoints import OwnEndpoints
from engine.actions.targets import Targets
from engine.hooks.commands import Hooks
from engine.leads.commands import Leads
from engine.metrics.commands import Metrics
from engine.privacy.sensitive import Sensitive
from engine.tasks.commands import Tasks
from engine.wiring.ground import Ground


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionParts:
    leads: Leads
    metrics: Metrics
    tasks: Tasks
    internal: InternalApp
    own_endpoints: OwnEndpoints
    client: HttpClient
    targets: Targets
    composer: Composer


def build_actions(ground: Ground, hooks: Hooks, sensitive: Sensitive) -> ActionParts:
    store, settings, changes = ground.store, ground.settings, ground.changes
    audit, ids, now = ground.audit, ground.ids, ground.now
    leads = Leads(
        store=store, events=store, make=changes.make, catalogue=ground.catalogue, audit=audit, ids=ids, now=now
    )
    metrics = Metrics(store=store, make=changes.make, audit=audit, ids=ids, now=now)
    internal = build_internal(ground, leads, metrics, sensitive)
    folder = settings.data_dir and settings.data_dir / "endpoints"
    host = host_of(settings.internal_url)
    client = HttpClient(networks=settings.allowed_networks, internal={host: internal}, calls=settings.most_calls)
    return ActionParts(
        leads=leads,
        metrics=metrics,
        tasks=Tasks(store=store, changes=changes, audit=audit, ids=ids, now=now),
        internal=internal,
        own_endpoints=OwnEndpoints(internal, folder, audit),
        client=client,
        targets=Targets(internal, client, settings.internal_url),
        composer=Composer(hooks, ground.catalogue, ground.vault, version=settings.version, now=now),
    )


def build_internal(ground: Ground, leads: Leads, metrics: Metrics, sensitive: Sensitive) -> InternalApp:
    settings, catalogue = ground.settings, ground.catalogue
    built_in = (
        echo,
        emit(catalogue, settings.bounds),
        create_task(catalogue),
        notify(settings.public_url, mails=settings.smtp is not None),
        process_lead(leads.process),
        record_metric(metrics.admits),
    )
    return InternalApp(
        built_in,
        inheriting=sensitive.inheriting,
        changes=ground.changes,
        backlog=ground.backlog,
        supervisor=ground.supervisor,
    )
