"""All platforms, in the order in which people choose among them. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import orjson

from engine.events.bounds import Bounds, shape_problem
from engine.events.catalogue import Catalogue
from engine.events.draft import EventDraft
from engine.events.sources.bland import BLAND
from engine.events.sources.cal_com import CAL_COM
from engine.events.sources.calendly import CALENDLY
from engine.events.sources.elevenlabs import ELEVENLABS
from engine.events.sources.generic import generic
from engine.events.sources.highlevel import HIGHLEVEL
from engine.events.sources.hubspot import HUBSPOT
from engine.events.sources.platform import Platform, Reading
from engine.events.sources.plivo import PLIVO
from engine.events.sources.retell import RETELL
from engine.events.sources.synthflow import SYNTHFLOW
from engine.events.sources.telnyx import TELNYX
from engine.events.sources.twilio import TWILIO
from engine.events.sources.vapi import VAPI
from engine.events.sources.vonage import VONAGE

KNOWN: Final = (
    RETELL,
    VAPI,
    BLAND,
    ELEVENLABS,
    SYNTHFLOW,
    TWILIO,
    TELNYX,
    VONAGE,
    PLIVO,
    CAL_COM,
    CALENDLY,
    HIGHLEVEL,
    HUBSPOT,
)


def platforms(catalogue: Catalogue, bounds: Bounds) -> Mapping[str, Platform]:
    return {one.key: one for one in (*KNOWN, generic(catalogue, bounds))}


def within(reading: Reading, bounds: Bounds) -> Reading:
    """An event that is too large with `raw` goes without it; if it is too large even so, it is ignored."""
    fitting = [(draft, _fitted(draft, bounds)) for draft in reading.drafts]
    too_large = tuple(f"{draft.type}: larger than an event may be" for draft, fitted in fitting if fitted is None)
    drafts = tuple(fitted for _, fitted in fitting if fitted is not None)
    return Reading(drafts=drafts, ignored=(*reading.ignored, *too_large))


def _fitted(draft: EventDraft, bounds: Bounds) -> EventDraft | None:
    without = replace(draft, data={name: value for name, value in draft.data.items() if name != "raw"})
    return next((one for one in (draft, without) if _fits(one, bounds)), None)


def _fits(draft: EventDraft, bounds: Bounds) -> bool:
    return not shape_problem(dict(draft.data), bounds.fields) and len(orjson.dumps(draft.data)) <= bounds.bytes
