"""What a request becomes by a mapping. Pure: whatever the bytes are, it never raises."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, cast

from engine.events.catalogue import Catalogue
from engine.events.cloud_events import attributes_of, from_headers, header_text, is_binary
from engine.events.draft import EventDraft
from engine.events.parsing import MAX_EVENTS
from engine.events.request_ids import request_id
from engine.events.sources.documents import NO_JSON, document_of, draft, fields_of, ignoring, joined
from engine.events.sources.fields import entries, members
from engine.events.sources.platform import Incoming, Reading
from engine.events.times import read_epoch, read_time
from engine.expressions.reaching import OWN, own_fields
from engine.expressions.values import as_text
from engine.model import Json
from engine.rules.mapping.compiled import CompiledMapping
from engine.rules.mapping.values import fitted

REQUEST: Final = "request"
NO_OBJECT: Final = "no object to be mapped"
TOO_MANY: Final = f"more than {MAX_EVENTS:,} entries"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What may become one event: its document, all that expressions can read, and what marks a repeat by default."""

    document: Mapping[str, Json]
    names: Mapping[str, Json]
    usual_id: str | None


def mapped(incoming: Incoming, mapping: CompiledMapping, catalogue: Catalogue, now: datetime) -> Reading:
    """What cannot be mapped is ignored, with its type or the reason."""
    parts = parts_of(incoming, mapping, now)
    if isinstance(parts, str):
        return ignoring(parts)
    return joined(_read_one(incoming, part, mapping, catalogue, place) for place, part in enumerate(parts))


def parts_of(incoming: Incoming, mapping: CompiledMapping, now: datetime) -> Sequence[Part] | str:
    """For each event that the request may be; or why there is none."""
    content = content_of(incoming)
    if content is None:
        return NO_JSON
    context: dict[str, Json] = {REQUEST: _request(incoming, content), "now": now}
    found = entries(content) if isinstance(content, list) else [content]
    if mapping.each is not None:
        found = entries(mapping.each.value(_names(members(content), context)))
    if len(found) > MAX_EVENTS:
        return TOO_MANY
    key = request_id(incoming.headers)
    many = len(found) > 1
    return [
        Part(
            document=members(one),
            names=_names(members(one), context),
            usual_id=_usual_id(members(one), f"{key}/{place}" if key and many else key),
        )
        for place, one in enumerate(found)
        if isinstance(one, dict)
    ] or NO_OBJECT


def content_of(incoming: Incoming) -> Json:
    """The body as JSON, a form as an object of texts, and a CloudEvent in either mode as its fields; None for others.

    An empty body is an empty object: the query and the headers may say enough.
    """
    if is_binary(incoming.headers):
        return from_headers(_plain(incoming.headers), document_of(incoming))
    if not incoming.body.strip():
        return {}
    if incoming.has_json:
        content = document_of(incoming)
        return cast("Json", content) if isinstance(content, dict | list) else None
    is_form = "form" in incoming.headers.get("content-type", "") or b"=" in incoming.body
    return (fields_of(incoming.form) or None) if is_form else None


def type_of(part: Part, mapping: CompiledMapping) -> tuple[str | None, str | None]:
    """The sender's name for it, and the event type that this stands for, which the catalogue may lack."""
    theirs = as_text(mapping.type.value(part.names))
    return theirs, mapping.types.get(theirs, theirs) if theirs else None


def id_of(part: Part, mapping: CompiledMapping) -> str | None:
    """What makes it the same when it comes again."""
    return as_text(mapping.id.value(part.names)) if mapping.id else part.usual_id


def time_of(part: Part, mapping: CompiledMapping) -> datetime | None:
    """As mapped, else that of a CloudEvent."""
    usual = part.document.get("time") if _is_cloud_event(part.document) else None
    value = mapping.occurred_at.value(part.names) if mapping.occurred_at else usual
    if isinstance(value, datetime):
        return value if value.tzinfo else None
    return read_time(value) or read_epoch(value)


def _read_one(incoming: Incoming, part: Part, mapping: CompiledMapping, catalogue: Catalogue, place: int) -> Reading:
    theirs, ours = type_of(part, mapping)
    if ours is None or not catalogue.may_send(ours):
        return ignoring(theirs)
    known = catalogue.get(ours).fields
    fields = {name: fitted(name, one.value(part.names), known.get(name)) for name, one in mapping.fields.items()}
    made = draft(
        ours,
        incoming,
        id=[mapping.owner, id_of(part, mapping)],
        fields=fields,
        raw=dict(part.document),
        occurred_at=time_of(part, mapping),
        place=place,
    )
    return Reading(drafts=(_with_attributes(made, part.document),))


def _with_attributes(made: EventDraft, document: Mapping[str, Json]) -> EventDraft:
    """Those of a CloudEvent; none where one of them is invalid."""
    problems: dict[str, str] = {}
    attributes = attributes_of(document, problems) if _is_cloud_event(document) else {}
    return made if problems else replace(made, attributes=attributes)


def _usual_id(document: Mapping[str, Json], key: str | None) -> str | None:
    """That of a CloudEvent, which is its source and id together; else that of the request."""
    if not _is_cloud_event(document):
        return key
    source, own = as_text(document.get("source")), as_text(document.get("id"))
    return f"{source}|{own}" if source and own else own


def _is_cloud_event(document: Mapping[str, Json]) -> bool:
    return "specversion" in document


def _names(part: dict[str, Json], context: Mapping[str, Json]) -> Mapping[str, Json]:
    return {**part, OWN: own_fields(part), **context}


def _plain(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Without NUL, which no stored text may have, also where it is percent-encoded."""
    return {name: value.replace("%00", "").replace("\0", "") for name, value in headers.items()}


def _request(incoming: Incoming, content: Json) -> Json:
    headers = {name: header_text(value) for name, value in _plain(incoming.headers).items()}
    return {"method": incoming.method, "headers": headers, "query": fields_of(incoming.query), "body": content}
