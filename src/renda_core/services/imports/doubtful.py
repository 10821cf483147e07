"""What a row says of a person that cannot be, or that somebody should look at before it is believed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from renda_core.domain.identity import citizen_born_on
from renda_core.files.columns import Problem
from renda_core.services.imports.nouns import Row
from renda_core.services.imports.people import Asked
from renda_core.services.imports.planned import File, PlannedRow

CARD = "copy both from the identity card"
RENAMED = "leave it so if the name was changed or corrected; if it is somebody else, correct the ID number"


def unborn(file: File, asked: Asked, today: dt.date, key: str) -> PlannedRow | None:
    """Refuse somebody who is not born yet."""
    if asked.born is None or asked.born <= today:
        return None
    return file.error(asked.read, "born", f"lies in the future; today is {today}", "correct the year", key)


def looks(file: File, asked: Asked, found: Row | None, today: dt.date, day: str) -> Iterator[Problem]:
    """Warn of an ID number that tells another birth date or belongs to another name, and of a *day* yet to come."""
    read = asked.read
    if asked.whole and asked.born and (told := citizen_born_on(asked.whole)) != asked.born:
        yield file.problem(read, "born", f"the ID number says {told}", CARD, "warning")
    if found is not None and asked.index and found["id_index"] == asked.index and found["match_key"] != asked.key:
        yield file.problem(read, "name", f"so far the name to this ID number is {found['name']}", RENAMED, "warning")
    if isinstance(since := read.values[day], dt.date) and since > today:
        yield file.problem(read, day, f"lies in the future; today is {today}", "correct the year", "warning")
