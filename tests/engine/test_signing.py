"""Signatures as receivers verify them: with the libraries of Standard Webhooks and of Svix, not with our own code."""

from datetime import UTC, datetime, timedelta

import pytest
import standardwebhooks
import svix.webhooks

from engine.model import Role, SigningSecret
from engine.secrets.signatures import new_secret, rotated, signature
from tests.engine.conftest import Api, Receiver, eventually

NOW = datetime.now(UTC)
EVENT = {"type": "call.ended", "data": {"first_name": "Zoë", "text": 'ünï\n"quotes" 🎉'}}


def sent(receiver: Receiver) -> tuple[dict[str, str], bytes]:
    head, _, body = receiver.requests[-1].partition(b"\r\n\r\n")
    return dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:]), body


def verify(secret: str, headers: dict[str, str], body: bytes) -> None:
    """Raises where either library does not agree."""
    lower = {name.lower(): value for name, value in headers.items()}
    standardwebhooks.Webhook(secret).verify(body, lower, json_parse=bool(body))
    if body:
        svix.webhooks.Webhook(secret).verify(body, lower)


async def hook(api: Api, receiver: Receiver, **changes: object) -> tuple[int, str]:
    body = {"title": "Witness", "trigger": "call.ended", "actions": [{"url": receiver.url}], **changes}
    hook_id = (await api.post("/hooks", json=body)).json()["id"]
    return hook_id, (await api.get(f"/hooks/{hook_id}?secrets=true")).json()["secret"]


async def fire(api: Api, receiver: Receiver) -> None:
    before = len(receiver.requests)
    await api.post("/events", role=Role.AGENT, json=EVENT)
    assert await eventually(lambda: len(receiver.requests) > before)


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_two_libraries_verify_what_a_hook_sends(api: Api, receiver: Receiver, method: str) -> None:
    _, secret = await hook(api, receiver, actions=[{"url": receiver.url, "method": method}])
    await fire(api, receiver)

    verify(secret, *sent(receiver))


async def test_another_secret_or_a_changed_body_does_not_verify(api: Api, receiver: Receiver) -> None:
    _, secret = await hook(api, receiver)
    await fire(api, receiver)
    headers, body = sent(receiver)

    with pytest.raises(standardwebhooks.WebhookVerificationError):
        verify(new_secret(), headers, body)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        verify(secret, headers, body.replace(b"Zo", b"Zu"))


async def test_after_a_rotation_both_secrets_verify(api: Api, receiver: Receiver) -> None:
    hook_id, before = await hook(api, receiver)
    after = (await api.post(f"/hooks/{hook_id}/rotate-secret")).json()["secret"]
    await fire(api, receiver)

    assert before != after
    verify(before, *sent(receiver))
    verify(after, *sent(receiver))
    assert (await api.get(f"/hooks/{hook_id}?secrets=true")).json()["secret"] == after


def test_the_secret_before_counts_for_a_day() -> None:
    secret = rotated(SigningSecret(current=new_secret()), NOW)

    def signatures(at: datetime) -> int:
        return len(signature(secret, webhook_id="exe_1", at=at, body="").split(" "))

    assert signatures(NOW + timedelta(hours=23)) == 2
    assert signatures(NOW + timedelta(hours=24)) == 1


async def test_a_secret_is_kept_over_edits_and_shown_to_admins_alone(api: Api, receiver: Receiver) -> None:
    hook_id, secret = await hook(api, receiver)
    current = (await api.get(f"/hooks/{hook_id}")).json()
    await api.call("PUT", f"/api/v1/hooks/{hook_id}", json={**current, "title": "Renamed"})

    assert "secret" not in current
    assert (await api.get(f"/hooks/{hook_id}?secrets=true")).json()["secret"] == secret
    for role in (Role.MANAGER, Role.USER):
        assert (await api.get(f"/hooks/{hook_id}?secrets=true", role=role)).status_code == 403
        assert (await api.post(f"/hooks/{hook_id}/rotate-secret", role=role)).status_code == 403


async def test_every_hook_has_a_secret_of_its_own_that_survives_a_restart(api: Api, receiver: Receiver) -> None:
    first, second = await hook(api, receiver), await hook(api, receiver)

    await api.engine.hooks.load()

    assert first[1] != second[1]
    assert api.engine.hooks.secret_of(first[0]) == SigningSecret(current=first[1])
    assert first[1] not in repr(api.engine.hooks.secret_of(first[0]))
