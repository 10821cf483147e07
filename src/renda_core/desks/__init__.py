"""What pages, watches and rules of days may ask of the store, and the rows in which it answers."""

from renda_core.desks.asking import Desk, PersonDesk, UnitDesk
from renda_core.desks.rows import (
    CongressOn,
    DeputyOn,
    DutyCount,
    GroupOn,
    GroupsOver,
    PersonScore,
    SessionDay,
    SetDay,
    StationOn,
    StationsOver,
    UnitCount,
)

__all__ = [
    "CongressOn",
    "DeputyOn",
    "Desk",
    "DutyCount",
    "GroupOn",
    "GroupsOver",
    "PersonDesk",
    "PersonScore",
    "SessionDay",
    "SetDay",
    "StationOn",
    "StationsOver",
    "UnitCount",
    "UnitDesk",
]
