"""What somebody searched for, as the addresses of pages have it: sealed, since proxies and browsers keep addresses.

So a page can be loaded again, gone back to and shared, until `SECRET_KEY` changes.
"""

import json
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from cryptography.fernet import Fernet, InvalidToken
from starlette.requests import Request
from starlette.responses import RedirectResponse

from engine import Engine

PARAMETER: Final = "search"
SEALED: Final = ("q", "actor", "person")
"""Text of people's own, and names of people."""
LONGEST: Final = 300


def address_with(engine: Engine, path: str, words: Mapping[str, str]) -> str:
    """`words` are by the name of their field; empty ones are left out."""
    shown = {name: word for name, word in words.items() if word and name not in SEALED and name != PARAMETER}
    if sealed := seal(engine, words):
        shown[PARAMETER] = sealed
    return f"{path}?{urlencode(shown)}" if shown else path


def seal(engine: Engine, words: Mapping[str, str]) -> str:
    """Those of them that are sealed; empty if there are none."""
    given = {name: words[name][:LONGEST] for name in SEALED if words.get(name)}
    return _fernet(engine).encrypt(json.dumps(given).encode()).decode() if given else ""


def words_of(engine: Engine, request: Request) -> dict[str, str]:
    """All of the address, opened; what was not sealed here is ignored."""
    shown = {name: word for name, word in request.query_params.items() if name != PARAMETER}
    try:
        opened = _fernet(engine).decrypt(request.query_params.get(PARAMETER, "").encode(errors="replace"))
    except InvalidToken:
        return shown
    return {**shown, **json.loads(opened)}


def sealed_address(engine: Engine, request: Request) -> RedirectResponse | None:
    """Where words came in the clear, as in a link from elsewhere: the way to the same page without them."""
    if not any(request.query_params.get(name) for name in SEALED):
        return None
    return RedirectResponse(address_with(engine, request.url.path, words_of(engine, request)), 303)


def _fernet(engine: Engine) -> Fernet:
    return Fernet(engine.vault.key_for("words of searches"))
