"""Times from outside."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from engine.model.text.times import read_moment

_DAY: Final = timedelta(days=1)
_FIRST: Final = datetime.min.replace(tzinfo=UTC) + _DAY
_LAST: Final = datetime.max.replace(tzinfo=UTC) - _DAY


def fits_calendar(moment: datetime) -> bool:
    """Whether it has a date in every zone, even if it has no zone yet."""
    return _FIRST <= moment.replace(tzinfo=moment.tzinfo or UTC) <= _LAST


def read_written(value: Any) -> Any:
    """A time in any spelling that events may use as a datetime; anything else unchanged."""
    found = read_moment(value) if isinstance(value, str) else None
    return found[0] if found and isinstance(found[0], datetime) else value


def _checked(moment: datetime) -> datetime:
    if not fits_calendar(moment):
        raise PydanticCustomError("datetime_bounds", "Give a time within the years 1 to 9999, in every zone.")
    return moment


Moment = Annotated[datetime, BeforeValidator(read_written), AfterValidator(_checked)]
