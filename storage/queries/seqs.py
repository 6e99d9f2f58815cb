"""Positions in long lists. Seqs and times grow together."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, func, select

from engine.errors import InvalidQuery

LAST_SEQ = 10**18
"""Beyond every one."""


def seq_of(cursor: str) -> int:
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 18:
        raise InvalidQuery("cursor", "Give what the page before named as `next`.")
    return int(cursor)


def first_seq(session: Session, seq: Any, at: Any, moment: datetime) -> int:
    """The first row created at or after `moment`, by binary search, since seqs and times grow together."""
    low, high = 0, (session.exec(select(func.max(seq))).one() or 0) + 1
    while low < high:
        middle = (low + high) // 2
        found = session.exec(select(seq, at).where(seq >= middle).order_by(seq).limit(1)).first()
        if found is None or found[1] >= moment:
            high = middle
        else:
            low = (found[0] or 0) + 1
    return low
