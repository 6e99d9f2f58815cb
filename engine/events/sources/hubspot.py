"""HubSpot: arrays of up to a hundred changes. HMAC-SHA256 of method, URL, body and time, five minutes either way.

It sends ids alone; the rest of a contact is a call to its API.
"""

from typing import Final
from urllib.parse import unquote

from engine.events.sources.documents import NO_JSON, document_of, draft, ignoring, joined
from engine.events.sources.fields import at, choice, entries, text
from engine.events.sources.platform import Incoming, Platform, Reading, Verification
from engine.events.sources.signing import age_problem, mac, mismatch, moment_of
from engine.events.times import read_epoch
from engine.model import Json

_MOST: Final = 1_000
_CREATED: Final = ("contact.creation", "object.creation")
_CHANGED: Final = ("contact.propertyChange", "object.propertyChange")
_STATUS: Final = "hs_lead_status"
_CHANGED_BY: Final = {
    "crm": "user",
    "crm_ui": "user",
    "integration": "api",
    "api": "api",
    "automation_platform": "automation",
    "workflows": "automation",
}


def verify(incoming: Incoming, against: Verification) -> str | None:
    stamp = incoming.headers.get("x-hubspot-request-timestamp", "")
    head, tail = f"{incoming.method}{unquote(incoming.url)}".encode(errors="replace"), stamp.encode()
    message = head + incoming.body + tail
    given = [incoming.headers.get("x-hubspot-signature-v3", "")]
    wrong = mismatch(given, against.secrets, lambda secret: mac(secret, message, "sha256", "base64"))
    return wrong or age_problem(moment_of(stamp, "milliseconds"), against.now)


def read(incoming: Incoming) -> Reading:
    document = document_of(incoming)
    if document is None:
        return ignoring(NO_JSON)
    changes = entries(document) or [document]
    return joined(_read_one(incoming, place, change) for place, change in enumerate(changes[:_MOST]))


def _read_one(incoming: Incoming, place: int, change: Json) -> Reading:
    kind, named = at(change, "subscriptionType"), at(change, "propertyName")
    is_contact = at(change, "objectTypeId") in (None, "0-1")
    if kind in _CREATED and is_contact:
        return _one("lead.generated", incoming, place, change, {})
    if kind in _CHANGED and is_contact and named == _STATUS:
        fields: dict[str, Json] = {
            "new_status": text(at(change, "propertyValue")),
            "changed_by": choice(at(change, "changeSource"), _CHANGED_BY),
        }
        return _one("lead.status_changed", incoming, place, change, fields)
    return ignoring(f"{kind} {named}" if isinstance(kind, str) and isinstance(named, str) else kind)


def _one(type: str, incoming: Incoming, place: int, change: Json, fields: dict[str, Json]) -> Reading:
    same = ("portalId", "subscriptionId", "eventId", "objectId")
    parts = [text(at(change, name)) for name in same]
    id = ("hubspot", *(part or "-" for part in parts)) if parts[2] else ("hubspot", None)
    made = draft(
        type,
        incoming,
        id=id,
        fields={"contact_id": text(at(change, "objectId")), **fields},
        raw=change,
        occurred_at=read_epoch(at(change, "occurredAt")),
        place=place,
    )
    return Reading(drafts=(made,))


HUBSPOT: Final = Platform(
    key="hubspot",
    verify=verify,
    read=read,
)
