"""Sources: where platforms post as they are."""

from dataclasses import dataclass

from engine.events.sources.platforms import platforms
from engine.sources.commands import Sources
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


def build_sources(ground: Ground) -> SourceParts:
    settings, journal = ground.settings, Journal(ground.store, ground.now)
    known = platforms(ground.catalogue, settings.bounds)
    sources = Sources(
        ground.store, known, ground.catalogue, ground.vault, ground.audit, journal, ground.now, settings.public_url
    )
    silence = SourceSilence(ground.store, sources, ground.notices, ground.now)
    return SourceParts(
        sources=sources, journal=journal, silence=silence, mappings=Mappings(ground.catalogue, ground.now)
    )
