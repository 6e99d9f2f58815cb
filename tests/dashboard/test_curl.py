"""A request as a command line says to curl what was sent, and nothing to the shell."""

import shlex
import subprocess

from dashboard.curl.command_line import curl_of
from engine import Method, Request


def test_a_shell_reads_back_what_was_sent() -> None:
    body = """{"note": "it's $(rm -rf ~) `id`\\n"}"""
    request = Request(method=Method.POST, url="https://a.example/x?y='1'&z=$HOME", headers={"x-team": "a'b"}, body=body)

    line = f"curl() {{ printf '%s\\0' \"$@\"; }}; {curl_of(request)}"
    words = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True).stdout.split("\0")[:-1]

    assert words == ["-X", "POST", request.url, "-H", "x-team: a'b", "--data-raw", body]


def test_brackets_are_no_patterns_and_no_body_is_sent_where_there_is_none() -> None:
    request = Request(method=Method.GET, url="https://a.example/x?ids[]={1}", headers={}, body=None)

    assert shlex.split(curl_of(request)) == ["curl", "-g", "-X", "GET", request.url]
