"""Numbers as written, without loss. Pure."""

from decimal import Decimal
from math import isinf
from typing import Final

_EXACT: Final = 2.0**53
"""Up to here, a float has all digits of a whole number."""


def read_fraction(text: str) -> int | float:
    """A decimal number with a point or an exponent: a float, possibly infinite, or a whole number's exact value if the
    float would lose digits."""
    number = float(text)
    if abs(number) < _EXACT or isinf(number):
        return number
    written = Decimal(text)
    if Decimal(repr(number)) == written or written != written.to_integral_value():
        return number
    return int(written)
