"""Times from outside."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

_DAY: Final = timedelta(days=1)
_FIRST: Final = datetime.min.replace(tzinfo=UTC) + _DAY
_LAST: Final = datetime.max.replace(tzinfo=UTC) - _DAY


def fits_calendar(moment: datetime) -> bool:
    """Whether it has a date in every zone, even if it has no zone yet."""
    return _FIRST <= moment.replace(tzinfo=moment.tzinfo or UTC) <= _LAST


def _checked(moment: datetime) -> datetime:
    if not fits_calendar(moment):
        raise PydanticCustomError("datetime_bounds", "Give a time within the years 1 to 9999, in every zone.")
    return moment


Moment = Annotated[datetime, AfterValidator(_checked)]
