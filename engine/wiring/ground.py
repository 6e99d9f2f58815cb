"""What any part may stand on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from engine.access.audit import Audit
from engine.events.catalogue import Catalogue, load_catalogue
from engine.events.drifted import DriftedFields
from engine.events.seen import SeenFields
from engine.feed import Feed
from engine.messages.notices import Notices
from engine.ports import Store
from engine.process.backlog import Backlog
from engine.process.changes import Changes
from engine.process.ids import Ids
from engine.process.supervisor import Supervisor
from engine.secrets.renewal import Sealing
from engine.secrets.vault import Vault
from engine.settings import EngineSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What any part may stand on. `now` is the wall clock; `steady`, in seconds, never jumps."""

    store: Store
    settings: EngineSettings
    now: Callable[[], datetime]
    steady: Callable[[], float]
    ids: Ids
    supervisor: Supervisor
    catalogue: Catalogue
    seen: SeenFields
    drifted: DriftedFields
    vault: Vault
    sealing: Sealing
    audit: Audit
    feed: Feed
    notices: Notices
    changes: Changes
    backlog: Backlog


def lay_ground(
    store: Store, settings: EngineSettings, now: Callable[[], datetime], steady: Callable[[], float]
) -> Ground:
    vault = Vault(settings.secret_keys)
    return Ground(
        store=store,
        settings=settings,
        now=now,
        steady=steady,
        ids=Ids(),
        supervisor=Supervisor(),
        catalogue=load_catalogue(),
        seen=SeenFields(),
        drifted=DriftedFields(),
        vault=vault,
        sealing=Sealing(store, vault),
        audit=Audit(store, now),
        feed=Feed(),
        notices=Notices(store, now),
        changes=Changes(store, now),
        backlog=Backlog(
            count=store.count_undecided,
            disk_use=store.disk_use,
            most_waiting=settings.most_waiting,
            least_free=settings.least_free,
        ),
    )
