"""Which characters a title or a name may have, so that it displays as what it is. Pure."""

import re
from typing import Final
from unicodedata import category

_CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_BLANKS: Final = frozenset("\u034f\u115f\u1160\u2800\u3164\uffa0")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Mn", "Me", "Zl", "Zp", "Zs"})


def name_problem(text: str, what: str) -> str | None:
    """`what` is named in the message: "title", "name"."""
    if _CONTROLS.search(text):
        return f"A {what} is one line of plain text; this has a control character."
    if text and not any(map(_shows, text)):
        return f"This {what} has nothing that shows. Write at least one letter."
    return None


def plain_name(text: str) -> str:
    """A name taken from an event, on one line: control characters become blanks. Empty if nothing of it shows."""
    plain = " ".join(_CONTROLS.sub(" ", text).split())
    return plain if any(map(_shows, plain)) else ""


def _shows(character: str) -> bool:
    return category(character) not in _UNSEEN and character not in _BLANKS
