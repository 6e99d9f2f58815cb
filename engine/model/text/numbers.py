"""Numbers as written, without loss. Pure."""

from decimal import Decimal
from math import isinf
from typing import Final

_EXACT: Final = 2.0**53
"""Below this, a float has all digits of a whole number."""


def read_fraction(text: str) -> int | float:
    """A decimal number with a point or an exponent: a float, possibly infinite, or a whole number's exact value if the
    float would lose digits."""
    number = float(text)
    if abs(number) < _EXACT or isinf(number):
        return number
    written = Decimal(text)
    kept = in_digits(number) == written or written != written.to_integral_value()
    return number if kept else int(written)


def in_digits(number: int | float) -> int | float:
    """A finite number, as the whole number that it is written as if it is a large float, which stands for several."""
    return number if type(number) is int or abs(number) < _EXACT else int(Decimal(repr(number)))
