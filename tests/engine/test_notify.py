"""/notify through the whole pipeline: the bell, whom it is for, and mails by a real server on loopback."""

from collections.abc import AsyncGenerator, Callable, Generator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from engine import Engine, EngineSettings, Role, Status
from engine.errors import StoreUnavailable
from engine.events.draft import EventDraft
from engine.messages.mail import SmtpSettings
from engine.messages.mailer import FEW, PAUSES, Mailer
from engine.model import Actor, NewMail
from storage.queries import mails
from storage.store import SqlStore
from tests.engine.conftest import ADMIN, eventually
from tests.engine.test_internal import AGENT, answer_of, ended, run, save
from tests.server import free_port

MANAGER = Actor(kind="user", id=2, name="mia@example.com", role=Role.MANAGER)


@dataclass
class Post:
    """A mail server that keeps what it takes; `answers` maps an address to what it says instead of taking."""

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    tries: list[str] = field(default_factory=list)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802
        self.tries.append(address)
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [one for one in self.taken if one["To"] == address]


@pytest.fixture
def post() -> Generator[Post]:
    post = Post(port=free_port())
    server = Controller(post, hostname="127.0.0.1", port=post.port)
    server.start()
    yield post
    server.stop()


def settings_of(post: Post | None) -> EngineSettings:
    smtp = post and SmtpSettings(host="127.0.0.1", port=post.port, sender="hooks@example.com", tls="none")
    return EngineSettings(version="0", public_url="https://hooks.example.com", smtp=smtp)


@pytest.fixture
async def engine(tmp_path: Path, post: Post) -> AsyncGenerator[Engine]:
    engine = Engine(SqlStore(f"sqlite:///{tmp_path / 'test.db'}"), settings_of(post))
    await engine.start()
    yield engine
    await engine.stop()


async def test_everyone_is_told_with_a_link_to_what_happened(engine: Engine) -> None:
    told: list[str] = []
    engine.notices.subscribe(lambda notice: told.append(notice.title))

    execution = await run(engine, "/notify?title=Lead%20{{ lead_id }}%20wants%20a%20call&tone=good")

    assert answer_of(execution) == {"told": "everyone", "mails": 0}
    (notice,) = await engine.notices.newest()
    assert (notice.tone, notice.title, notice.link, notice.to) == (
        "good",
        "Lead L1 wants a call",
        f"/executions/{execution.id}",
        None,
    )
    assert told == [notice.title]


async def test_those_of_one_role_are_told_and_count_it_as_unread(engine: Engine) -> None:
    await run(engine, "/notify?title=Budget&to=manager")

    assert [await engine.notices.unread(who) for who in (ADMIN, MANAGER)] == [0, 1]
    assert await engine.notices.newest(actor=ADMIN) == []
    assert [one.title for one in await engine.notices.newest(actor=MANAGER)] == ["Budget"]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", "title: Missing."),
        ("title=a%0Ab", "title: A title is one line of plain text"),
        ("title=%E2%80%8B", "title: This title has nothing that shows"),
        ("title=a&link=/ev%0Aents", "link: This is one line of text"),
        ("title=a&tone=loud", "tone: "),
        ("title=a&link=javascript:alert(1)", "link: A link is a page of the dashboard"),
        ("title=a&link=//evil.example", "link: A link is a page of the dashboard"),
        ("title=a&email=maria", "email: “maria” is no e-mail address"),
        ("title=a&email=a@b.example%0ABcc:%20x@y.example", "email: “a@b.example"),
        ("title=a&email=" + ",".join(f"a{n}@b.example" for n in range(11)), "email: At most 10 addresses"),
    ],
)
async def test_what_is_wrong_is_told(engine: Engine, post: Post, query: str, told: str) -> None:
    execution = await run(engine, f"/notify?{query}")

    assert execution.status is Status.FAILED
    (attempt,) = execution.attempts
    assert attempt.error is not None
    assert told in attempt.error.message
    assert post.tries == []
    assert await engine.notices.newest() == []


async def test_without_a_mail_server_a_mail_is_refused(tmp_path: Path) -> None:
    engine = Engine(SqlStore(f"sqlite:///{tmp_path / 'other.db'}"), settings_of(None))
    await engine.start()

    execution = await run(engine, "/notify?title=a&email=maria@example.com")

    (attempt,) = execution.attempts
    assert attempt.error is not None
    assert "No mail server is set" in attempt.error.message
    await engine.stop()


async def test_a_mail_says_what_happened_and_where(engine: Engine, post: Post) -> None:
    body = '{"title": "Überfällig: {{ lead_id }}", "text": "Since noon.", "email": "maria@example.com, a@b.example"}'
    execution = await run(engine, "/notify", action={"body": body})

    assert await eventually(lambda: len(post.taken) == 2)
    (mail,) = post.to("maria@example.com")
    assert (mail["Subject"], mail["From"], mail["Auto-Submitted"]) == (
        "Überfällig: L1",
        "hooks@example.com",
        "auto-generated",
    )
    assert f"Since noon.\n\nhttps://hooks.example.com/executions/{execution.id}\n" in mail.get_content().replace(
        "\r\n", "\n"
    )
    assert await eventually_async(engine.mail_waiting, 0)


async def test_many_to_one_address_become_one(engine: Engine, post: Post) -> None:
    hook_id = await save(engine, "/notify?title=Call%20{{ n }}&email=maria@example.com")
    drafts = [EventDraft(type="call.ended", data={"n": n}, id=None, occurred_at=None) for n in range(30)]
    await engine.accept(drafts, AGENT)
    await ended(engine, hook_id)

    assert await eventually(lambda: "notifications" in post.taken[-1]["Subject"] if post.taken else False)
    assert len(post.taken) <= FEW
    assert "\n2. Call " in post.taken[-1].get_content()


async def test_an_address_that_is_refused_is_told_and_holds_up_no_other(engine: Engine, post: Post) -> None:
    post.answers["gone@example.com"] = "550 no such user"
    await run(engine, "/notify?title=a&email=gone@example.com,maria@example.com")

    assert await eventually(lambda: post.to("maria@example.com"))
    assert await eventually_async(engine.mail_waiting, 0)
    assert post.tries.count("gone@example.com") == 1
    titles = [one.title for one in await engine.notices.newest()]
    assert "No mail reached gone@example.com" in titles


async def test_a_mail_that_is_put_off_is_sent_later_and_given_up_in_the_end(tmp_path: Path, post: Post) -> None:
    post.answers["busy@example.com"] = "451 try later"
    engine = Engine(SqlStore(f"sqlite:///{tmp_path / 'other.db'}"), settings_of(post))
    await engine.open()
    mailer, store = await waiting_mail(engine, "busy@example.com"), engine._store
    moment = engine._now()
    mailer._now = lambda: moment

    for pause in (*PAUSES, 0):
        await mailer._round()
        assert await store.mail_due(moment, 10) == []
        moment += timedelta(seconds=pause + 1)

    assert post.tries == ["busy@example.com"] * (len(PAUSES) + 1)
    assert await store.mail_waiting() == 0
    assert [one.title for one in await engine.notices.newest()] == ["No mail reached busy@example.com"]
    await engine.close()


async def test_what_was_sent_is_not_sent_again_while_the_disk_refuses(
    tmp_path: Path, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine(SqlStore(f"sqlite:///{tmp_path / 'other.db'}"), settings_of(post))
    await engine.open()
    mailer = await waiting_mail(engine, "maria@example.com")
    drop = SqlStore.drop_mail
    monkeypatch.setattr(SqlStore, "drop_mail", refuse)
    for _ in range(3):
        with pytest.raises(StoreUnavailable):
            await mailer._round()

    monkeypatch.setattr(SqlStore, "drop_mail", drop)
    await mailer._round()

    assert len(post.taken) == 1
    assert await engine.mail_waiting() == 0
    await engine.close()


async def refuse(*_: object) -> None:
    raise StoreUnavailable("The disk is full.")


async def test_nothing_goes_out_in_the_clear_where_encryption_is_asked_for(tmp_path: Path, post: Post) -> None:
    settings = settings_of(post)
    assert settings.smtp is not None
    settings = replace(settings, smtp=replace(settings.smtp, tls="starttls"))
    engine = Engine(SqlStore(f"sqlite:///{tmp_path / 'other.db'}"), settings)
    await engine.open()
    mailer = await waiting_mail(engine, "maria@example.com")

    await mailer._round()

    assert (post.tries, post.taken) == ([], [])
    assert await engine.mail_waiting() == 1
    await engine.close()


async def waiting_mail(engine: Engine, address: str) -> Mailer:
    """One mail waits; the mailer is not running by itself."""
    store, smtp = engine._store, engine.settings.smtp
    assert isinstance(store, SqlStore) and smtp is not None
    await store._write(mails.add, NewMail(address=address, subject="a", text=""), engine._now())
    return Mailer(store, smtp, engine.notices, place="x", now=engine._now, steady=lambda: 0.0)


async def eventually_async(ask: Callable[[], Any], wanted: object) -> bool:
    async def same() -> bool:
        return await ask() == wanted

    return await eventually(same)
