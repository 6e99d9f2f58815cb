"""Secrets at rest and in every answer: sealed on disk, masked where they are shown, whole where they are sent."""

import json
import logging
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine import MASK, Engine, EngineSettings, InvalidHook, Role, SecretLost
from engine.actions.http import parse_networks
from engine.secrets.vault import is_sealed
from storage.store import SqlStore
from tests.engine.conftest import ADMIN, Api, Receiver, eventually

TOKEN = "tok_5f2c9e41aa77"
BEARER = f"Bearer {TOKEN}"
EVENT = {"type": "call.ended", "data": {"first_name": "Zoë", "pin": "774411"}}


def body(url: str, **headers: str) -> dict[str, Any]:
    action = {
        "url": url,
        "headers": {"Authorization": BEARER, "X-Pin": "{{ pin }}", "X-Team": "sales", **headers},
        "secret_headers": ["authorization", "X-Pin"],
    }
    return {"title": "Witness", "trigger": "call.ended", "actions": [action]}


async def create(api: Api, raw: dict[str, Any]) -> dict[str, Any]:
    answer = await api.post("/hooks", json=raw)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def put(api: Api, hook: dict[str, Any], role: Role = Role.ADMIN, **changes: Any) -> Any:
    return await api.call("PUT", f"/api/v1/hooks/{hook['id']}", role=role, json={**hook, **changes})


async def fire(api: Api, receiver: Receiver) -> str:
    """What arrived, head and body."""
    before = len(receiver.requests)
    await api.post("/events", role=Role.AGENT, json=EVENT)
    assert await eventually(lambda: len(receiver.requests) > before)
    return receiver.requests[-1].decode()


async def finished(api: Api) -> dict[str, Any]:
    async def done() -> bool:
        items = (await api.get("/executions")).json()["items"]
        return bool(items) and items[0]["finished_at"] is not None

    for _ in range(200):
        if await done():
            break
    return (await api.get("/executions")).json()["items"][0]


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.name.startswith("test.db"))


async def test_a_secret_is_sent_whole_and_shown_to_nobody(api: Api, receiver: Receiver) -> None:
    receiver.answers["/in"] = (200, json.dumps({"you sent": BEARER, "or only": TOKEN, "pin": "774411"}).encode())
    hook = await create(api, body(receiver.url))

    sent = await fire(api, receiver)
    execution = await finished(api)

    assert f"authorization: {BEARER}" in sent
    assert "x-pin: 774411" in sent
    attempt = (await api.get(f"/executions/{execution['id']}")).json()["attempts"][0]
    assert attempt["request"]["headers"]["authorization"] == MASK
    assert attempt["request"]["headers"]["x-pin"] == MASK
    assert attempt["request"]["headers"]["x-team"] == "sales"
    assert json.loads(attempt["response"]["body"]) == {"you sent": MASK, "or only": MASK, "pin": MASK}
    dry = await api.post(f"/hooks/{hook['id']}/test", json={"data": EVENT["data"], "role": "agent"})
    assert dry.json()["requests"][0]["headers"]["authorization"] == MASK
    for path in ("", "?limit=5", f"/{hook['id']}", f"/{hook['id']}/versions"):
        answer = await api.get(f"/hooks{path}")
        assert MASK in answer.text
        assert TOKEN not in answer.text
    for path in (f"/executions/{execution['id']}", "/executions", "/audit"):
        assert TOKEN not in (await api.get(path)).text


async def test_admins_may_look_and_are_noted(api: Api, receiver: Receiver) -> None:
    hook = await create(api, body(receiver.url))
    path = f"/hooks/{hook['id']}?secrets=true"

    shown = (await api.get(path)).json()
    refused = await api.call("GET", f"/api/v1{path}", role=Role.MANAGER)

    assert shown["actions"][0]["headers"]["Authorization"] == BEARER
    assert shown["secret"].startswith("whsec_")
    assert refused.status_code == 403
    noted = (await api.get("/audit?action=hook.secret_shown")).json()["items"]
    assert len(noted) == 1


async def test_what_was_read_can_be_put_back_and_keeps_its_secrets(api: Api, receiver: Receiver) -> None:
    hook = await create(api, body(receiver.url))

    for role in (Role.ADMIN, Role.MANAGER):
        assert (await put(api, hook, role, title=f"Renamed by {role}")).status_code == 200
    copy = (await api.post(f"/hooks/{hook['id']}/duplicate", json={})).json()
    await api.call("DELETE", f"/api/v1/hooks/{hook['id']}")
    assert (await put(api, copy, enabled=True)).status_code == 200

    assert f"authorization: {BEARER}" in await fire(api, receiver)


async def test_a_mask_needs_something_that_it_stands_for(api: Api, receiver: Receiver) -> None:
    hook = await create(api, body(receiver.url))
    action = hook["actions"][0]
    place = "actions[0].headers"

    async def problems(answer: Any) -> dict[str, str]:
        assert answer.status_code == 422, answer.text
        return {one["field"]: one["message"] for one in answer.json()["errors"]}

    def with_headers(secret: list[str], **headers: str) -> dict[str, Any]:
        return {**action, "headers": headers, "secret_headers": secret}

    new = await problems(await api.post("/hooks", json={**body(receiver.url), "actions": [action]}))
    renamed = await problems(await put(api, hook, actions=[with_headers(["X-Other"], **{"X-Other": MASK})]))
    bared = await problems(await put(api, hook, actions=[with_headers([], **{"X-Team": MASK})]))
    strange = await problems(await put(api, hook, actions=[with_headers(["X-Gone"])]))

    assert "Type the value" in new[f"{place}.Authorization"]
    assert "none under this name" in renamed[f"{place}.X-Other"]
    assert "Mark this header as secret" in bared[f"{place}.X-Team"]
    assert "X-Gone" in strange["actions[0].secret_headers"]


async def test_only_admins_take_a_kept_value_to_another_host(api: Api, receiver: Receiver) -> None:
    hook = await create(api, body("https://api.example.com/leads"))
    elsewhere = [{**hook["actions"][0], "url": receiver.url}]
    nearby = [{**hook["actions"][0], "url": "https://api.example.com/other"}]

    assert (await put(api, hook, Role.MANAGER, actions=nearby)).status_code == 200
    refused = await put(api, hook, Role.MANAGER, actions=elsewhere)
    assert "another host" in refused.text
    assert (await put(api, hook, Role.ADMIN, actions=elsewhere)).status_code == 200
    assert f"authorization: {BEARER}" in await fire(api, receiver)


async def test_a_draft_stands_for_its_hook_under_the_same_rule(api: Api, engine: Engine) -> None:
    hook = await create(api, body("https://api.example.com/leads"))
    manager = replace(ADMIN, role=Role.MANAGER)
    draft = {**hook, "title": "Not saved", "role": "manager"}
    elsewhere = {**draft, "actions": [{**hook["actions"][0], "url": "https://elsewhere.example/"}]}

    result = await engine.testing.test(draft, data=EVENT["data"], role=Role.MANAGER, send=False, actor=manager)

    assert result.requests[0].headers["authorization"] == MASK
    with pytest.raises(InvalidHook, match="another host"):
        await engine.testing.test(elsewhere, data=EVENT["data"], role=Role.MANAGER, send=False, actor=manager)


async def test_secrets_go_with_their_actions_when_these_change_places(api: Api, engine: Engine) -> None:
    def action(host: str) -> dict[str, Any]:
        return {"url": f"https://{host}/", "headers": {"X-Api-Key": f"key of {host}"}, "secret_headers": ["X-Api-Key"]}

    raw = {"title": "Two", "trigger": "call.ended", "actions": [action("a.example"), action("b.example")]}
    hook = await create(api, raw)

    answer = await put(api, hook, actions=hook["actions"][::-1])

    assert answer.status_code == 200
    shown = await engine.hooks.with_secrets(hook["id"], actor=ADMIN)
    assert [one["headers"]["X-Api-Key"] for one in shown["actions"]] == ["key of b.example", "key of a.example"]


async def test_neither_the_disk_nor_the_log_nor_a_printed_hook_has_a_secret(
    api: Api, engine: Engine, receiver: Receiver, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    receiver.status = 500
    hook = await create(api, body(receiver.url))
    await put(api, hook, title="Changed")
    secrets = [(await api.get(f"/hooks/{hook['id']}?secrets=true")).json()["secret"]]
    secrets.append((await api.post(f"/hooks/{hook['id']}/rotate-secret", json={})).json()["secret"])
    await fire(api, receiver)
    await api.get("/executions")

    stored = on_disk(tmp_path)
    assert b"Witness" in stored
    for secret in (TOKEN, *secrets):
        assert secret.encode() not in stored
        assert secret not in caplog.text
    assert TOKEN not in repr(engine.hooks.get(hook["id"]))
    assert is_sealed(engine.hooks.get(hook["id"]).definition.actions[0].headers["Authorization"])


def engine_with(folder: Path, *keys: str) -> Engine:
    settings = EngineSettings(version="0", allowed_networks=parse_networks("127.0.0.0/8"), secret_keys=keys)
    return Engine(SqlStore(f"sqlite:///{folder / 'test.db'}"), settings)


async def run_once(engine: Engine) -> None:
    await engine.start()
    await engine.stop()


async def test_a_new_first_key_takes_over_and_the_old_one_can_go(tmp_path: Path) -> None:
    engine = engine_with(tmp_path, "old")
    await engine.start()
    hook = await engine.hooks.save(body("https://api.example.com/"), actor=ADMIN)
    await engine.hooks.rotate_secret(hook.id, actor=ADMIN)
    before = await engine.hooks.with_secrets(hook.id, actor=ADMIN)
    await engine.stop()

    await run_once(engine_with(tmp_path, "new", "old"))
    engine = engine_with(tmp_path, "new")
    await engine.start()

    assert await engine.hooks.with_secrets(hook.id, actor=ADMIN) == before
    versions = await engine.hooks.versions(hook.id)
    assert engine.vault.open(versions[0].definition.actions[0].headers["Authorization"]) == BEARER
    await engine.stop()


async def test_with_a_lost_key_nothing_starts_and_nothing_is_changed(tmp_path: Path) -> None:
    await run_once(engine_with(tmp_path, "right"))
    before = on_disk(tmp_path)
    wrong = engine_with(tmp_path, "wrong")

    with pytest.raises(SecretLost, match="TRIGGER_HOOKS_SECRET_KEY"):
        await wrong.start()
    await wrong.close()

    assert on_disk(tmp_path) == before
    await run_once(engine_with(tmp_path, "right"))


async def test_whoever_lost_the_key_for_good_starts_again_without_the_secrets(tmp_path: Path) -> None:
    engine = engine_with(tmp_path, "lost")
    await engine.start()
    hook = await engine.hooks.save(body("https://api.example.com/"), actor=ADMIN)
    before = await engine.hooks.with_secrets(hook.id, actor=ADMIN)
    await engine.stop()

    engine = engine_with(tmp_path, "new")
    forgotten = await engine.forget_secrets()
    await engine.close()
    engine = engine_with(tmp_path, "new")
    await engine.start()

    after = await engine.hooks.with_secrets(hook.id, actor=ADMIN)
    assert forgotten == 5  # one that signs, and two header values in the hook and in its version
    assert after["secret"].startswith("whsec_")
    assert after["secret"] != before["secret"]
    assert after["actions"][0]["headers"]["Authorization"] != BEARER
    assert after["actions"][0]["headers"]["X-Team"] == "sales"
    assert after["title"] == before["title"]
    await engine.stop()


async def test_what_was_stored_in_clear_is_sealed_at_the_start_and_leaves_no_trace(tmp_path: Path) -> None:
    engine = engine_with(tmp_path, "key")
    await engine.start()
    for n in range(30):
        await engine.hooks.save({**body("https://api.example.com/"), "title": f"Hook {n}"}, actor=ADMIN)
    shown = await engine.hooks.with_secrets(1, actor=ADMIN)
    open_again = engine.vault.open
    await engine.stop()
    with sqlite3.connect(tmp_path / "test.db") as database:
        for hook_id, current in database.execute("SELECT hook_id, current FROM hook_secret").fetchall():
            database.execute("UPDATE hook_secret SET current = ? WHERE hook_id = ?", (open_again(current), hook_id))
        for table in ("hook", "hook_version"):
            for row, text in database.execute(f"SELECT rowid, definition FROM {table}").fetchall():
                definition = json.loads(text)
                for action in definition["actions"]:
                    action["headers"]["Authorization"] = BEARER
                stored = json.dumps(definition, separators=(",", ":"))
                database.execute(f"UPDATE {table} SET definition = ? WHERE rowid = ?", (stored, row))
        database.execute("DELETE FROM setting")
    database.close()
    assert TOKEN.encode() in on_disk(tmp_path)

    await run_once(engine_with(tmp_path, "key"))

    stored = on_disk(tmp_path)
    assert TOKEN.encode() not in stored
    assert b"whsec_" not in stored
    engine = engine_with(tmp_path, "key")
    await engine.start()
    assert await engine.hooks.with_secrets(1, actor=ADMIN) == shown
    await engine.stop()


async def test_what_is_secret_by_its_name_is_masked_before_it_is_stored_and_sent_as_it_is(
    api: Api, engine: Engine, receiver: Receiver, tmp_path: Path
) -> None:
    ticket = "ticket-9d81c07b"
    receiver.answers["/in"] = (200, json.dumps({"access_token": ticket, "expires_in": 60}).encode())
    signs_in = {
        "url": f"{receiver.url}?api_key={TOKEN}&page=2",
        "headers": {"X-Auth-Token": TOKEN, "X-Team": "sales"},
        "body": json.dumps({"client_secret": TOKEN, "name": "{{ first_name }}"}),
    }
    uses_it = {
        "url": receiver.url + "?ticket={{ steps[0].json.access_token }}",
        "headers": {"Authorization": "Bearer {{ steps[0].json.access_token }}"},
        "body": '{"note": "{{ steps[0].json.access_token }}"}',
    }
    hook = await create(api, {"title": "Two", "trigger": "call.ended", "actions": [signs_in, uses_it]})
    assert hook["actions"][0]["headers"] == {"X-Auth-Token": MASK, "X-Team": "sales"}

    await api.post("/events", role=Role.AGENT, json=EVENT)
    assert await eventually(lambda: len(receiver.requests) == 2)
    execution = await finished(api)
    shown = (await api.get(f"/executions/{execution['id']}")).text

    first, second = (one.decode() for one in receiver.requests)
    assert first.count(TOKEN) == 3
    assert second.count(ticket) == 3
    assert TOKEN not in shown
    assert ticket not in shown
    assert "sealed" not in shown
    assert '"expires_in\\": 60' in shown
    with sqlite3.connect(tmp_path / "test.db") as connection:
        rows = repr(connection.execute("SELECT request, response FROM attempt").fetchall())
    assert (TOKEN in rows, ticket in rows, "page=2" in rows) == (False, False, True)


async def test_users_see_of_an_address_its_host(api: Api, receiver: Receiver) -> None:
    key = "T0123-B0456-xyz"
    actions = [{"url": f"{receiver.url}/services/{key}", "body": '{"password": "hunter2hunter2", "n": 1}'}]
    hook = await create(api, {"title": "Posts", "trigger": "call.ended", "actions": actions})
    await api.post("/events", role=Role.AGENT, json=EVENT)
    execution = await finished(api)
    dry_run = ("POST", f"/hooks/{hook['id']}/test")
    paths = ("/hooks", f"/hooks/{hook['id']}", f"/hooks/{hook['id']}/versions", "/executions")

    for method, path in (*(("GET", one) for one in paths), ("GET", f"/executions/{execution['id']}"), dry_run):
        seen = (await api.call(method, f"/api/v1{path}", role=Role.USER, json={} if method == "POST" else None)).text
        assert key not in seen, path
        assert "hunter2" not in seen, path
        assert "127.0.0.1" in seen, path
        all_of_it = await api.call(method, f"/api/v1{path}", role=Role.MANAGER, json={} if method == "POST" else None)
        assert key in all_of_it.text, path
