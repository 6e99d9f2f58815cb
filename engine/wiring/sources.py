"""Sources: where platforms post as they are."""

from dataclasses import dataclass

from engine.events.sources.platforms import platforms
from engine.hooks.commands import Hooks
from engine.sources.commands import Sources
from engine.sources.drift import FieldDrift
from engine.sources.journal import Journal
from engine.sources.mappings import Mappings
from engine.sources.silence import SourceSilence
from engine.wiring.ground import Ground


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceParts:
    sources: Sources
    journal: Journal
    silence: SourceSilence
    mappings: Mappings
    drift: FieldDrift


def build_sources(ground: Ground, hooks: Hooks) -> SourceParts:
    settings, journal = ground.settings, Journal(ground.store, ground.now)
    known = platforms(ground.catalogue, settings.bounds)
    sources = Sources(
        ground.store, known, ground.catalogue, ground.vault, ground.audit, journal, ground.now, settings.public_url
    )
    silence = SourceSilence(ground.store, sources, ground.notices, ground.now)
    drift = FieldDrift(
        ground.store,
        ground.store,
        sources,
        hooks,
        ground.catalogue,
        ground.notices,
        ground.drifted,
        ground.now,
        ground.steady,
    )
    mappings = Mappings(ground.catalogue, ground.now)
    return SourceParts(sources=sources, journal=journal, silence=silence, mappings=mappings, drift=drift)
