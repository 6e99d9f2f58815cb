"""The audit log as a page and as files: searched, in pages, for Admins alone, and no formula for a spreadsheet."""

import csv
import io
import json
from datetime import UTC, datetime

import httpx
import pytest
from nicegui.testing import User

from dashboard.components.audit.files import csv_head, csv_lines, json_lines
from dashboard.entrance.session import COOKIE
from dashboard.pages.audit import audit_file, audit_page
from engine import Actor, AuditEntry, Engine, Role
from tests.dashboard.conftest import ADMIN, MANAGER, PASSWORD

STYLE = "/style.css"


async def signed_in(user: User, engine: Engine, who: Actor = ADMIN) -> str:
    audit_page(engine, STYLE)
    audit_file(engine, STYLE)
    token = (await engine.accounts.sign_in(email=who.name, password=PASSWORD, address="10.0.0.7")).token
    user.http_client.cookies.set(COOKIE, token)
    return token


async def noted(engine: Engine, *subjects: str, action: str = "task.made") -> None:
    for subject in subjects:
        await engine.audit.note(MANAGER, action, subject, before={"open": True}, after={"open": False})


async def test_entries_say_who_did_what_and_what_it_was_before(user: User, engine: Engine) -> None:
    await signed_in(user, engine)
    await noted(engine, "task <b>7</b>")
    await user.open("/audit")

    for words in ("Task made", "task <b>7</b>", "mia@example.com", "signed in as Manager", "Before", '"open": true'):
        await user.should_see(words)
    await user.should_see("from 10.0.0.7")


@pytest.mark.parametrize(
    ("query", "seen", "unseen"),
    [
        ("action=task", "task one", "Lead Qualification"),
        ("q=one", "task one", "task two"),
        ("actor=mia@example.com", "task two", "Lead Qualification"),
        ("q=nothing9", "Nothing was found.", "task one"),
        ("period=hour&action=hook", "Lead Qualification", "task one"),
    ],
)
async def test_it_is_searched(user: User, engine: Engine, query: str, seen: str, unseen: str) -> None:
    await signed_in(user, engine)
    await noted(engine, "task one", "task two")
    await user.open(f"/audit?{query}")

    await user.should_see(seen)
    await user.should_not_see(unseen)


async def test_older_entries_are_a_page_away(user: User, engine: Engine) -> None:
    await signed_in(user, engine)
    await noted(engine, *[f"task {number}" for number in range(60)])
    await user.open("/audit?action=task")
    await user.should_see("task 59")
    (older,) = user.find("Older").elements
    await user.open(older.props["href"])

    await user.should_see("task 9")
    await user.should_not_see("task 10")


async def test_a_cursor_that_is_none_leads_to_the_first_page(user: User, engine: Engine) -> None:
    await signed_in(user, engine)
    answer = await user.http_client.get("/audit?cursor=x")

    assert (answer.status_code, answer.headers["location"]) == (303, "/audit")


async def test_all_that_is_found_is_taken_away_in_steps(
    user: User, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(audit_file.__globals__, "STEP", 2)
    await signed_in(user, engine)
    await noted(engine, "one", "two", "=cmd|' /C calc'!A0", "four", "five")

    table = await user.http_client.get("/audit/file?action=task&form=csv")
    lines = await user.http_client.get("/audit/file?action=task&form=jsonl")

    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in table.headers["content-disposition"]
    assert [row["subject"] for row in rows] == ["five", "four", "'=cmd|' /C calc'!A0", "two", "one"]
    assert rows[0]["before"] == '{"open":true}'
    found = [json.loads(line) for line in lines.text.splitlines()]
    assert [one["subject"] for one in found] == ["five", "four", "=cmd|' /C calc'!A0", "two", "one"]
    assert found[0]["at"].endswith("Z")


@pytest.mark.parametrize("path", ["/audit", "/audit/file", "/audit/file?form=jsonl"])
async def test_it_is_for_admins_alone(user: User, engine: Engine, path: str) -> None:
    await noted(engine, "a secret task")
    await signed_in(user, engine, MANAGER)
    refused = await user.http_client.get(path)
    user.http_client.cookies.clear()
    nobody = await user.http_client.get(path)

    assert (refused.status_code, nobody.status_code) == (403, 303)
    assert "a secret task" not in refused.text + nobody.text


async def test_who_is_signed_out_meanwhile_gets_no_more(
    user: User, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(audit_file.__globals__, "STEP", 2)
    token = await signed_in(user, engine)
    await noted(engine, *[f"task {number}" for number in range(9)])
    read = engine.audit.entries

    async def once(query, *, actor):
        page = await read(query, actor=actor)
        await engine.accounts.sign_out(token)
        return page

    monkeypatch.setattr(engine.audit, "entries", once)
    answer: httpx.Response = await user.http_client.get("/audit/file?action=task")

    assert len(answer.text.splitlines()) == 3


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_is_a_formula(sign: str) -> None:
    entry = AuditEntry(
        seq=1,
        at=datetime(2026, 1, 1, tzinfo=UTC),
        actor=f"{sign}1+1",
        kind="user",
        role=Role.ADMIN,
        address="",
        action="hook.saved",
        subject=f"{sign}cmd",
        before=f"{sign}x",
        after=None,
    )
    (row,) = csv.DictReader(io.StringIO(csv_head() + csv_lines([entry]), newline=""))

    assert (row["actor"], row["subject"], row["before"]) == (f"'{sign}1+1", f"'{sign}cmd", f"'{sign}x")
    assert row["at"] == "2026-01-01T00:00:00Z"
    assert json.loads(json_lines([entry]))["subject"] == f"{sign}cmd"
