"""A command line of curl, read as bash or cmd would read it: the request that it makes, and what of it is left out."""

import re
import string
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.curl.command import FORM, NotCurl
from dashboard.curl.command_line import curl_of
from dashboard.curl.reader import looks_like_curl, read_curl
from dashboard.curl.shell_words import words_of
from engine import Method, Request

URL = "https://api.example.com/leads"
JSON = {"Content-Type": "application/json"}

CHROME_BASH = r"""curl 'https://api.example.com/leads?x=1&y=%20' \
  -H 'accept: */*' \
  -H 'content-type: application/json' \
  -b 'session=abc; theme=dark' \
  -H $'x-note: it\'s \u0021 here' \
  --data-raw $'{"name":"Zo\u00eb","text":"a\\nb\u0021"}' \
  --compressed"""

CHROME_CMD = r"""curl ^"https://api.example.com/leads?x=1^&y=^%^20^" ^
  -H ^"accept: */*^" ^
  -H ^"content-type: application/json^" ^
  -H ^"sec-ch-ua: ^\^"Chromium^\^";v=^\^"138^\^"^" ^
  --data-raw ^"^{^\^"name^\^":^\^"O'Hara ^& Co^\^",^\^"path^\^":^\^"C:^\^\^\^\x^\^"^}^" ^
  --compressed"""

OLD_CMD = """curl "https://api.example.com/leads" ^
  -X "PUT" ^
  -H "content-type: application/json" ^
  --data-raw "{""name"": ""Zoe""}" ^
  --compressed"""


def taken(command: str) -> tuple[str, str, dict[str, str], str | None]:
    request = read_curl(command).request
    return str(request.method), request.url, dict(request.headers), request.body


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (f"curl {URL}", ("GET", URL, {}, None)),
        (f"$ curl.exe {URL}", ("GET", URL, {}, None)),
        ("curl example.com/x", ("GET", "http://example.com/x", {}, None)),
        (f"curl -sSL -X PUT {URL} | jq .", ("PUT", URL, {}, None)),
        (f"curl -XDELETE {URL} > out.json", ("DELETE", URL, {}, None)),
        (f"curl --request=PATCH {URL}", ("PATCH", URL, {}, None)),
        (f"curl {URL} -d a=1 -d 'b=2 3'", ("POST", URL, {"Content-Type": FORM}, "a=1&b=2 3")),
        (f"curl {URL} -d'{{}}' -H 'content-type: text/plain'", ("POST", URL, {"content-type": "text/plain"}, "{}")),
        (
            f"curl --json '{{\"a\": 1}}' {URL}",
            ("POST", URL, JSON | {"Accept": "application/json"}, '{"a": 1}'),
        ),
        (f"curl -G {URL} -d a=1 --data-urlencode 'b=2 &'", ("GET", f"{URL}?a=1&b=2+%26", {}, None)),
        (f"curl -G '{URL}?x=1#top' -d a=1", ("GET", f"{URL}?x=1&a=1#top", {}, None)),
        (
            f"curl --data-urlencode '=a b' --data-urlencode 'c d' {URL}",
            ("POST", URL, {"Content-Type": FORM}, "a+b&c+d"),
        ),
        (f"curl -u user:pa:ss {URL}", ("GET", URL, {"Authorization": "Basic dXNlcjpwYTpzcw=="}, None)),
        (
            "curl https://us%40er:p@api.example.com/x",
            ("GET", "https://api.example.com/x", {"Authorization": "Basic dXNAZXI6cA=="}, None),
        ),
        (f"curl --oauth2-bearer tok {URL}", ("GET", URL, {"Authorization": "Bearer tok"}, None)),
        (
            f"curl -A me -e https://a/ -b a=1 {URL}",
            ("GET", URL, {"User-Agent": "me", "Referer": "https://a/", "Cookie": "a=1"}, None),
        ),
        (f"curl -H 'X-Empty;' -H 'Accept:' {URL}", ("GET", URL, {"X-Empty": ""}, None)),
        (f'curl {URL} --data-raw "cost \\$5 \\"x\\""', ("POST", URL, {"Content-Type": FORM}, 'cost $5 "x"')),
        (f"curl {URL} \\\n  -H 'a: b' \\\r\n  --data-raw @at", ("POST", URL, {"a": "b", "Content-Type": FORM}, "@at")),
        (
            CHROME_BASH,
            (
                "POST",
                f"{URL}?x=1&y=%20",
                {
                    "accept": "*/*",
                    "content-type": "application/json",
                    "Cookie": "session=abc; theme=dark",
                    "x-note": "it's ! here",
                },
                '{"name":"Zoë","text":"a\\nb!"}',
            ),
        ),
        (
            CHROME_CMD,
            (
                "POST",
                f"{URL}?x=1&y=%20",
                {
                    "accept": "*/*",
                    "content-type": "application/json",
                    "sec-ch-ua": '"Chromium";v="138"',
                },
                '{"name":"O\'Hara & Co","path":"C:\\\\x"}',
            ),
        ),
        (OLD_CMD, ("PUT", URL, {"content-type": "application/json"}, '{"name": "Zoe"}')),
    ],
)
def test_a_command_is_the_request_that_it_makes(command: str, expected: object) -> None:
    assert taken(command) == expected


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("-F file=@a.png", "Parts of a form"),
        ("-d @body.json", "The data from the file “body.json” was left out."),
        ("--data-urlencode name@file", "The data from the file “file” was left out."),
        ("-T a.txt", "The file that is sent"),
        ("-b cookies.txt", "The file with cookies"),
        ("-c jar.txt", "The file for cookies"),
        ("-H @headers.txt", "Headers from a file"),
        ("-u user", "-u has no password"),
        ("-k", "certificates are always checked"),
        ("-L", "redirects are not followed"),
        ("-x http://proxy:3128", "The proxy was left out."),
        ("-X OPTIONS", "The method OPTIONS is not there"),
        ("-I", "The method HEAD is not there"),
        ("-X GET -d a=1", "The body was left out: GET carries none here."),
        ("-H 'A: 1' -H 'a: 2'", "The header a stands twice"),
        ("https://b.example.com/", "Of several addresses the first one was taken."),
        ("--no-such-thing", "--no-such-thing is not known here"),
        ("-Q", "-Q is not known here"),
    ],
)
def test_what_cannot_be_taken_is_said(options: str, said: str) -> None:
    taken = read_curl(f"curl {URL} {options}")

    assert taken.request.url == URL
    assert len(taken.left_out) == 1
    assert said in taken.left_out[0]


def test_what_is_about_curl_itself_goes_without_a_word() -> None:
    assert read_curl(f"curl -gsSvifN -o out --compressed --retry 3 --http1.1 {URL}").left_out == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("wget https://a", "begins with curl"),
        ("curling is fun", "begins with curl"),
        ("curl -s", "no address"),
        ("curl 'https://a", "never closed"),
        (f"curl {URL} -H", "-H wants a value"),
    ],
)
def test_what_is_no_command_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(NotCurl, match=words):
        read_curl(text)


def test_an_address_is_no_command() -> None:
    assert looks_like_curl(f"  curl {URL}")
    assert not looks_like_curl("https://curl example")
    assert not looks_like_curl("curl")


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=60)
VALUE = st.text(string.printable[:95], max_size=30).map(str.strip)
NAME = st.text(string.ascii_lowercase + "-", min_size=1, max_size=10)


@given(
    method=st.sampled_from([Method.POST, Method.PUT, Method.PATCH]),
    path=st.text(string.ascii_letters + string.digits + "/-_.~?&=%'[]{}$!;", max_size=30),
    headers=st.dictionaries(NAME, VALUE, max_size=4),
    body=TEXT,
)
def test_what_we_write_we_read(method: Method, path: str, headers: dict[str, str], body: str) -> None:
    request = Request(
        method=method,
        url=f"https://api.example.com/{path}",
        headers={**headers, "content-type": "application/json"},
        body=body,
    )

    taken = read_curl(curl_of(request))

    assert taken.request == request
    assert taken.left_out == ()


@given(st.lists(TEXT, min_size=1, max_size=4))
def test_words_are_those_of_bash(words: list[str]) -> None:
    line = " \\\n".join("'" + word.replace("'", "'\\''") + "'" for word in words)

    assert words_of(line) == words


@pytest.mark.parametrize(
    "line", ["a$'b\\x41\\u00e9\\101\\n'c", '"a\\$b\\`c\\\\d\\"e" f\\ g', "'a\"b'\"c'd\"", "a\\\nb \\\n c"]
)
def test_bash_agrees(line: str) -> None:
    told = subprocess.run(
        ["bash", "-c", f"printf '%s\\0' {line}"], capture_output=True, check=True, env={"LC_ALL": "C.UTF-8"}
    )

    assert words_of(line) == told.stdout.decode().split("\0")[:-1]


def windows(text: str) -> str:
    """As Chromium writes an argument for cmd."""
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    text = re.sub(r"[^a-zA-Z0-9\s_\-:=+~'/.',?;()*`]", r"^\g<0>", text)
    text = re.sub(r"%(?=[a-zA-Z0-9_])", "%^", text)
    return '^"' + text.replace("\n", "^\n\n") + '^"'


@given(TEXT.map(lambda text: text.replace("\r", "")).filter(bool))
def test_what_browsers_copy_for_windows_is_read(body: str) -> None:
    command = f"curl {windows(URL)} ^\n  -H {windows('content-type: text/plain')} ^\n  --data-raw {windows(body)}"

    assert taken(command)[3] == body
