"""Formats a request as a command line. Pure."""

import shlex

from engine import Request


def curl_of(request: Request) -> str:
    """For a POSIX shell."""
    plain = ["-g"] if set(request.url) & set("[]{}") else []  # otherwise curl expands them as patterns
    lines = [shlex.join(["curl", *plain, "-X", str(request.method), request.url])]
    lines += [
        shlex.join(["-H", f"{name}: {value}" if value else f"{name};"]) for name, value in request.headers.items()
    ]
    if request.body:
        lines.append(shlex.join(["--data-raw", request.body]))
    return " \\\n  ".join(lines)
