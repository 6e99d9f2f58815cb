"""What is stored of requests and responses: values under secret names are masked, everything else stays as it is."""

import json

import pytest

from engine.model import Method, Request, Response
from engine.secrets.names import is_secret_name, is_secret_parameter, may_name_secrets
from engine.secrets.redaction import (
    MASK,
    Redaction,
    host_of,
    request_without_secrets,
    response_without_secrets,
)


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "Proxy-Authorization",
        "X-Api-Key",
        "apikey",
        "X-Auth-Token",
        "Cookie",
        "Set-Cookie",
        "access_token",
        "refreshToken",
        "client_secret",
        "X-Hub-Signature-256",
        "password",
        "db_passwd",
        "private_key",
        "Ocp-Apim-Subscription-Key",
        "x-functions-key",
        "credentials",
        "jwt",
        "sig",
        "authorisation",
    ],
)
def test_what_is_secret_by_its_name(name: str) -> None:
    assert is_secret_name(name)
    assert is_secret_name(name.upper())
    assert may_name_secrets(f'{{"{name}": 1}}')


@pytest.mark.parametrize(
    "name", ["", "name", "author_id", "token_type", "X-Ratelimit-Remaining-Tokens", "webhook-signature", "key", "code"]
)
def test_what_is_not(name: str) -> None:
    assert not is_secret_name(name)


def test_an_address_has_more_of_them() -> None:
    assert is_secret_parameter("key")
    assert is_secret_parameter("api_key")
    assert not is_secret_parameter("page")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"access_token": "abc", "token_type": "Bearer"}', f'{{"access_token": "{MASK}", "token_type": "Bearer"}}'),
        ('{"a":[{"secret":{"x":["y",5]}}],"b":"y"}', f'{{"a":[{{"secret":{{"x":["{MASK}",5]}}}}],"b":"y"}}'),
        ('{"password": "cut of', f'{{"password": "{MASK}'),
        ('{"password":"","token":null,"n":1}', '{"password":"","token":null,"n":1}'),
        ('{"tokens":["a"],"c":"d"}', f'{{"tokens":["{MASK}"],"c":"d"}}'),
        ('{"api_key": "{{ key }}", "n": "{{ n }}"}', f'{{"api_key": "{MASK}", "n": "{{{{ n }}}}"}}'),
        ('}]"token":"x"', f'}}]"token":"{MASK}"'),
        ("grant=x&client_secret=a%20b&empty=", f"grant=x&client_secret={MASK}&empty="),
        ("token=&a", "token=&a"),
        ("The token is here: abc", "The token is here: abc"),
        ("no names", "no names"),
        ('{"token": "\\ud8"}', f'{{"token": "{MASK}"}}'),
    ],
)
def test_a_body_is_masked_under_secret_names_alone(text: str, shown: str) -> None:
    assert Redaction().body(text) == shown


def test_json_within_json_is_read_and_no_deeper_than_it_can_be_followed() -> None:
    text = '{"token": "abc", "n": "x"}'
    for _ in range(2):
        text = json.dumps({"inner": text})
    deep = text
    for _ in range(3):
        deep = json.dumps({"inner": deep})

    assert "abc" not in Redaction().body(text)
    assert json.loads(json.loads(json.loads(Redaction().body(text))["inner"])["inner"]) == {"token": MASK, "n": "x"}
    assert Redaction().body(deep) == deep
    unchanged = json.dumps({"inner": json.dumps({"cookies": "accepted", "tokenType": 1})}).replace("accepted", "")
    assert Redaction().body(unchanged) == unchanged


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://x.com/a?api_key=abc&page=2", f"https://x.com/a?api_key={MASK}&page=2"),
        ("https://u:p@x.com/a", f"https://{MASK}@x.com/a"),
        ("https://x.com/a@b", "https://x.com/a@b"),
        ("{{ address }}?access%5Ftoken=x", f"{{{{ address }}}}?access%5Ftoken={MASK}"),
    ],
)
def test_an_address_is_masked_in_its_query_and_before_its_host(url: str, shown: str) -> None:
    assert Redaction().address(url) == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://hooks.example.com/services/T0/B0/xyz?a=1", "https://hooks.example.com/…"),
        ("https://u:p@example.com:8443/", "https://example.com:8443"),
        ("https://example.com", "https://example.com"),
        ("https://example.com?key=1", "https://example.com/…"),
        ("{{ address }}", "…"),
    ],
)
def test_of_an_address_its_host_may_show(url: str, shown: str) -> None:
    assert host_of(url) == shown


def test_a_request_and_a_response_say_what_was_masked_in_them() -> None:
    request = Request(
        method=Method.POST,
        url="https://x.com/?token=abc",
        headers={"X-Api-Key": "k", "X-Team": "sales", "Cookie": MASK, "X-Token": ""},
        body='{"password": "p\\"w"}',
    )
    response = Response(status=200, headers={"set-cookie": "s=1", "etag": "e"}, body="ok")

    shown, found = request_without_secrets(request)
    assert dict(shown.headers) == {"X-Api-Key": MASK, "X-Team": "sales", "Cookie": MASK, "X-Token": ""}
    assert (shown.url, shown.body) == (f"https://x.com/?token={MASK}", f'{{"password": "{MASK}"}}')
    assert found >= {"abc", "k", 'p"w'}
    assert MASK not in found
    assert response_without_secrets(response)[0].headers == {"set-cookie": MASK, "etag": "e"}
    assert request_without_secrets(Request(method=Method.GET, url="https://x.com/", headers={}, body=None))[1] == set()
