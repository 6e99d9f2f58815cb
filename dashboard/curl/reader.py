"""Parses a curl command line, hand-written or copied from a browser, into the request it sends. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from dashboard.curl.command import Command, NotCurl, Taken
from dashboard.curl.shell_words import words_of

_TAKES: Final[Mapping[str, str]] = {
    "-X": "request",
    "-H": "header",
    "-d": "data",
    "-u": "user",
    "-A": "user-agent",
    "-e": "referer",
    "-b": "cookie",
    "-F": "form",
    "-T": "upload-file",
    "-o": "output",
    "-m": "max-time",
    "-x": "proxy",
    "-c": "cookie-jar",
    "-w": "write-out",
    "-E": "cert",
    "-K": "config",
    "-r": "range",
    "-D": "dump-header",
    "-y": "speed-time",
    "-Y": "speed-limit",
    "-C": "continue-at",
    "-U": "proxy-user",
    "-z": "time-cond",
}
"""Short options with a value, and their long names."""
_TAKES_LONG: Final = {
    *_TAKES.values(),
    *("data-raw", "data-ascii", "data-binary", "data-urlencode", "json", "form-string", "url", "url-query"),
    *("oauth2-bearer", "connect-timeout", "retry", "retry-delay", "retry-max-time", "resolve", "connect-to", "cacert"),
    *("key", "cert-type", "key-type", "ciphers", "interface", "max-redirs", "limit-rate", "aws-sigv4", "capath"),
    *("dns-servers", "noproxy", "unix-socket", "stderr", "trace", "trace-ascii", "variable", "tlsv1.3-ciphers"),
}
_BARE: Final[Mapping[str, str]] = {
    "-G": "get",
    "-I": "head",
    "-k": "insecure",
    "-L": "location",
    "-n": "netrc",
}
"""Short options without a value that change the request, and their long names."""
LONGEST: Final = 65_536
_ENDS: Final = {"|", "||", "&&", ";", "&", ">", ">>", "2>&1"}


def looks_like_curl(text: str) -> bool:
    return re.match(r"\s*(?:\$\s+)?curl(?:\.exe)?\s", text) is not None


def read_curl(text: str) -> Taken:
    """Raises NotCurl."""
    if len(text) > LONGEST:
        raise NotCurl(f"This command is too long: at most {LONGEST:,} characters are read.")
    if not looks_like_curl(text):
        raise NotCurl("Paste a command that begins with curl.")
    try:
        words = words_of(text)
    except ValueError:
        raise NotCurl("A quote in this command is never closed; copy the whole of it.") from None
    command = Command()
    _walk(words[2 if words[0] == "$" else 1 :], command)
    return command.taken()


def _walk(words: list[str], command: Command) -> None:
    """Each word is an option, an option's value, or a URL. Anything after the command is ignored."""
    at = 0

    def value() -> str:
        nonlocal at
        at += 1
        if at >= len(words):
            raise NotCurl(f"{words[-1]} wants a value behind it.")
        return words[at]

    while at < len(words) and words[at] not in _ENDS:
        word = words[at]
        if word.startswith("--") and len(word) > 2:
            name, equals, given = word[2:].partition("=")
            command.option(name, given if equals else value() if name in _TAKES_LONG else None)
        elif word.startswith("-") and len(word) > 1:
            _short(word, value, command)
        else:
            command.option("url", word)
        at += 1


def _short(word: str, value: Callable[[], str], command: Command) -> None:
    """`-sSXPOST`: flags without a value, then one whose value is attached or comes next."""
    for place, letter in enumerate(word[1:], start=1):
        if name := _TAKES.get(f"-{letter}"):
            command.option(name, word[place + 1 :] or value())
            return
        command.option(_BARE.get(f"-{letter}", f"-{letter}"), None)
