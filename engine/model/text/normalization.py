"""Unicode normalization in linear time. Pure.

Sorting a run of combining marks takes quadratic time, and no language writes more than a few in a row: a text with a
longer run stays as it is.
"""

import re
import unicodedata
from functools import cache
from typing import Final, Literal

MOST_MARKS: Final = 12

_ALSO_MARKS: Final = (
    "\u0f73\u0f75\u0f81\uff9e\uff9f\U000101fd\U000102e0\U00010376-\U0001037a\U00010a0d-\U00010a3f\U00010ae5-\U00010ae6"
    "\U00010d24-\U00010d6d\U00010eab-\U00010eff\U00010f46-\U00010f85\U00011046-\U00011fff\U00016af0-\U00016b36"
    "\U00016ff0\U00016ff1\U0001bc9e\U0001d165-\U0001d1ad\U0001d242-\U0001d244\U0001e000-\U0001e94a"
)
"""What stands for marks alone; and beyond the first plane, the blocks in which marks are."""


def normalized(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    return text if text.isascii() or _has_many_marks(text) else unicodedata.normalize(form, text)


def _has_many_marks(text: str) -> bool:
    """A run of so many includes one of the sampled characters."""
    mark, run = _marks()
    return len(text) > MOST_MARKS and bool(mark.search(text[MOST_MARKS :: MOST_MARKS + 1]) and run.search(text))


@cache
def _marks() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """One mark, and more than the most in a row."""
    found = "".join(mark for mark in map(chr, range(0x300, 0x10000)) if unicodedata.combining(mark))
    mark = f"[{found}{_ALSO_MARKS}]"
    return re.compile(mark), re.compile(f"{mark}{mark}{{{MOST_MARKS}}}")  # the first apart, so that `re` skips to it
