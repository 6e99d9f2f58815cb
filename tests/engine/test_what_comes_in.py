"""Requests as senders really make them: compressed, in other encodings, as forms, very long, with ids in headers."""

import base64
import gzip
import zlib
from typing import Any

import orjson
import pytest

from engine import Role
from tests.engine.conftest import Api, Receiver, eventually

EVENT = {"type": "call.ended", "data": {"first_name": "Zoë", "text": "x" * 1_000}}
BODY = orjson.dumps(EVENT)
LATIN = BODY.decode().encode("latin-1")


async def send(api: Api, body: bytes, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await api.post("/events", role=Role.AGENT, content=body, headers=named)


async def data_of(api: Api, answer: Any) -> dict[str, Any]:
    assert answer.status_code == 202, answer.text
    return (await api.get(f"/events/{answer.json()['events'][0]['id']}")).json()["data"]


def gzipped(body: bytes) -> bytes:
    """The same at whatever second it is collected: workers compare the names of tests."""
    return gzip.compress(body, mtime=0)


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (gzipped(BODY), "gzip"),
        (gzipped(BODY[:50]) + gzipped(BODY[50:]), "x-gzip"),
        (zlib.compress(BODY), "deflate"),
        (raw_deflate(BODY), "Deflate"),
        (gzipped(zlib.compress(BODY)), "deflate, gzip"),
        (BODY, "identity"),
    ],
)
async def test_a_compressed_body_is_read(api: Api, body: bytes, coding: str) -> None:
    assert await data_of(api, await send(api, body, content_encoding=coding)) == EVENT["data"]


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (b"\xef\xbb\xbf" + BODY, ""),
        (b"\xef\xbb\xbf" + BODY, "utf-8"),
        (BODY.decode().encode("utf-16"), "utf-16"),
        (BODY.decode().encode("utf-16-be"), "UTF-16"),
        (BODY.decode().encode("utf-16-le"), ""),
        (BODY.decode().encode("utf-32"), "utf-32"),
        (LATIN, "latin-1"),
        (LATIN, '"ISO-8859-1"'),
        (LATIN, "windows-1252"),
    ],
)
async def test_another_encoding_is_read(api: Api, body: bytes, charset: str) -> None:
    kind = f"application/json; charset={charset}" if charset else "application/json"

    assert await data_of(api, await send(api, body, content_type=kind)) == EVENT["data"]


@pytest.mark.parametrize(
    ("headers", "named"),
    [
        ({"content_encoding": "br"}, "br"),
        ({"content_encoding": "zstd"}, "zstd"),
        ({"content_encoding": "gzip, br"}, "br"),
        ({"content_type": "application/json; charset=klingon"}, "klingon"),
        ({"content_type": "application/json; charset=punycode"}, "punycode"),
    ],
)
async def test_what_cannot_be_decoded_is_named(api: Api, headers: dict[str, str], named: str) -> None:
    answer = await send(api, BODY, **headers)

    assert answer.status_code == 415
    assert f" {named} " in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (BODY, {"content_encoding": "gzip"}),
        (gzipped(BODY)[:-9], {"content_encoding": "gzip"}),
        (gzipped(BODY) + b"more", {"content_encoding": "gzip"}),
        (gzipped(b"") * 200, {"content_encoding": "gzip"}),
        (zlib.compress(BODY) + b"more", {"content_encoding": "deflate"}),
        (BODY[:-1] + b"\xd8", {"content_type": "application/json; charset=utf-16"}),
    ],
)
async def test_a_body_that_is_not_what_its_headers_say(api: Api, body: bytes, headers: dict[str, str]) -> None:
    answer = await send(api, body, **headers)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body")


async def test_a_small_body_does_not_become_a_huge_one(api: Api) -> None:
    layer = zlib.compress(b"0" * 200_000_000, 9)

    assert (await send(api, layer, content_encoding="deflate")).status_code == 413
    assert (await send(api, gzipped(layer), content_encoding="deflate, gzip")).status_code == 413


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
async def test_a_form_is_pointed_to_sources(api: Api, kind: str) -> None:
    answer = await send(api, b"CallSid=CA31&CallStatus=completed", content_type=kind)

    assert answer.status_code == 415
    assert "This route takes JSON" in answer.json()["detail"] and "source" in answer.json()["detail"]


async def test_json_under_the_label_that_curl_gives_it_is_read(api: Api) -> None:
    assert (await send(api, BODY, content_type="application/x-www-form-urlencoded")).status_code == 202


async def test_routes_of_hooks_read_the_same(api: Api) -> None:
    hook = orjson.dumps({"title": "Zoë", "trigger": "call.ended", "actions": [{"url": "https://example.com"}]})
    headers = {"content-encoding": "gzip", "content-type": "application/json; charset=utf-16"}

    answer = await api.post("/hooks", content=gzipped(hook.decode().encode("utf-16")), headers=headers)

    assert (answer.status_code, answer.json().get("title")) == (201, "Zoë")


def call_of(minutes: int) -> dict[str, Any]:
    """As Retell sends a call: the transcript as text, twice word by word with its times, and once with tool calls."""
    turns = [
        {
            "role": ("agent", "user")[turn % 2],
            "content": " ".join(f"word{turn * 25 + n}" for n in range(25)),
            "words": [
                {
                    "word": f"word{turn * 25 + n} ",
                    "start": (turn * 25 + n) * 0.4123,
                    "end": (turn * 25 + n) * 0.4123 + 0.31,
                }
                for n in range(25)
            ],
        }
        for turn in range(minutes * 6)
    ]
    text = "\n".join(f"{turn['role']}: {turn['content']}" for turn in turns)
    call = {
        "call_id": "call_7be1",
        "to_number": "+14155550132",
        "duration_ms": minutes * 60_000,
        "retell_llm_dynamic_variables": {"customer_name": "Zoë"},
        "transcript": text,
        "transcript_object": turns,
        "transcript_with_tool_calls": [*turns, {"role": "tool_call_invocation", "arguments": "{}"}],
        "scrubbed_transcript_with_tool_calls": turns,
        "call_analysis": {"user_sentiment": "Positive"},
    }
    return {"event": "call.ended", "timestamp": 1757428020123, "data": {"phone_number": "+14155550132", "call": call}}


async def test_a_call_of_an_hour_is_taken_as_it_comes(api: Api) -> None:
    event = call_of(60)
    assert 50_000 < orjson.dumps(event).count(b'":') < 200_000

    answer = await send(api, orjson.dumps(event))

    assert await data_of(api, answer) == event["data"]


async def test_more_fields_than_are_set_are_refused(api: Api) -> None:
    many = {"type": "call.ended", "data": {"calls": [{"a": 1}] * 200_001}}

    answer = await send(api, orjson.dumps(many))

    assert answer.json()["errors"] == [{"field": "data", "message": "Too many fields: at most 200,000 in all."}]


@pytest.mark.parametrize("header", ["webhook-id", "Idempotency-Key"])
async def test_the_id_of_the_request_is_that_of_its_event(api: Api, header: str) -> None:
    async def post(body: object) -> Any:
        answer = await api.post("/events", role=Role.AGENT, json=body, headers={header: "msg_1"})
        return [(one["id"], one["status"]) for one in answer.json()["events"]]

    assert await post(EVENT) == [("msg_1", "accepted")]
    assert await post(EVENT) == [("msg_1", "duplicate")]
    assert await post({**EVENT, "id": "own"}) == [("own", "accepted")]
    assert await post([EVENT, {**EVENT, "id": "other"}]) == [("msg_1/0", "accepted"), ("other", "accepted")]
    assert await post([EVENT, {**EVENT, "id": "other"}]) == [("msg_1/0", "duplicate"), ("other", "duplicate")]


async def test_an_id_in_a_header_that_cannot_be_one(api: Api) -> None:
    answer = await send(api, BODY, webhook_id="x" * 201)

    assert answer.json()["errors"][0]["field"] == "webhook-id"
    assert (await send(api, BODY, webhook_id="", idempotency_key='"quoted"')).json()["events"][0]["id"] == "quoted"


async def test_cloud_events_without_data_in_base64_and_in_an_empty_batch(api: Api) -> None:
    cloud = {"specversion": "1.0", "type": "call.ended", "source": "dialer"}
    structured = {"content_type": "application/cloudevents+json"}
    binary = {f"ce_{name}": value for name, value in cloud.items()}
    packed = base64.b64encode(b'{"a": 1}').decode()

    assert await data_of(api, await send(api, orjson.dumps({**cloud, "id": "1"}), **structured)) == {}
    assert await data_of(api, await send(api, b"", **binary, ce_id="2")) == {}
    assert await data_of(
        api, await send(api, orjson.dumps({**cloud, "id": "3", "data_base64": packed}), **structured)
    ) == {"a": 1}
    empty = await send(api, b"[]", content_type="application/cloudevents-batch+json")
    assert (empty.status_code, empty.json()) == (202, {"events": []})
    assert (await send(api, b"[]")).status_code == 422


async def test_one_source_however_its_header_is_written(api: Api) -> None:
    head = {b"ce-specversion": b"1.0", b"ce-type": b"call.ended", b"ce-id": b"1"}
    head[b"authorization"] = f"Bearer {api.keys[Role.AGENT]}".encode()

    async def post(source: bytes) -> Any:
        answer = await api.client.post("/api/v1/events", content=b"{}", headers={**head, b"ce-source": source})
        return answer.json()["events"][0]

    assert await post("/agents/ü".encode()) == {"id": "/agents/ü|1", "status": "accepted"}
    assert await post(b"/agents/%C3%BC") == {"id": "/agents/ü|1", "status": "duplicate"}
    assert await post(b'"/agents/%C3%BC"') == {"id": "/agents/ü|1", "status": "duplicate"}
    assert await post(b"/agents/\xe4") == {"id": "/agents/ä|1", "status": "accepted"}
    assert await post(b"/agents/%EB") == {"id": "/agents/ë|1", "status": "accepted"}


async def test_a_call_of_an_hour_is_found_tested_and_handed_on(api: Api, receiver: Receiver) -> None:
    event = call_of(60)
    emit = {"url": "https://internal.ai-sync.com/emit?type=lead.qualified"}
    hook = {"title": "x", "trigger": "call.ended", "role": "agent", "actions": [emit, {"url": receiver.url}]}
    hook_id = (await api.post("/hooks", json=hook)).json()["id"]

    for _ in range(4):
        assert (await api.post("/events", role=Role.AGENT, json=event)).status_code == 202
    tested = await api.post(f"/hooks/{hook_id}/test", json={"data": event["data"], "role": "agent"})
    kept = await api.post(f"/hooks/{hook_id}/cases", json={"name": "x", "data": event["data"], "fires": True})

    async def handed_on() -> bool:
        return len(receiver.requests) == 4

    assert await eventually(handed_on, 60)
    said, known = [{"q": words, "type": "lead.qualified"} for words in ("word8999", "call_7be1")]
    assert len((await api.get("/events", params=said, role=Role.MANAGER)).json()["items"]) == 4
    assert (await api.get("/events", params=said, role=Role.USER)).json()["items"] == []
    found = (await api.get("/events", params=known, role=Role.USER)).json()
    assert len(found["items"]) == 4
    assert "word8999" not in str(found)
    assert found["items"][0]["data"]["call"]["transcript"].startswith("•••")
    assert tested.json()["decision"]["fired"] and kept.status_code == 201
