"""Hours that a case takes of people: nobody receives voters at two places at once."""

import datetime as dt
from collections.abc import Iterator

import attrs

from renda_core.errors import Invalid

QUARTER = 15
"""Minutes of one slot: hours of a reception are set to the quarter."""
_DAY = 24 * 60


@attrs.frozen(kw_only=True)
class Hours:
    """From when to when a case keeps some people busy on a day.

    Attributes:
        who: Ids of the people.

    Raises:
        Invalid: It ends before it begins.
    """

    on: dt.date
    begins: dt.time
    ends: dt.time
    who: tuple[str, ...]

    def __attrs_post_init__(self) -> None:
        if self.ends <= self.begins:
            raise Invalid(f"{self.on}: it ends at {self.ends:%H:%M}, not after {self.begins:%H:%M}", field="ends")

    def slots(self) -> Iterator[int]:
        """Number the quarters of an hour that are taken, since 0001-01-01; a part of one takes all of it."""
        day = self.on.toordinal() * (_DAY // QUARTER)
        first = (self.begins.hour * 60 + self.begins.minute) // QUARTER
        begun = bool(self.ends.second or self.ends.microsecond)  # a minute that has begun
        last = -(-(self.ends.hour * 60 + self.ends.minute + begun) // QUARTER)
        return iter(range(day + first, day + last))
