"""代表之家和联络站: files of homes and stations, the place's own standard, coverage, the public board and its code.

Source: 沧州 (article 000: 八有, unlisted, 202 + 96), 咸宁 (article 003: 70 + 371, what stations offer beside
receptions), 通河 (article 004: 8 + 82, every township covered); 咸安 for the list of the eight; 督导 (article 000).
"""

from collections.abc import Iterator

from renda_core import hookimpl
from renda_core.domain.signs import Sign
from renda_core.records import CaseRecord, Context, Desk, Found, Page, Watch
from renda_plugins.deputies_homes import steps
from renda_plugins.deputies_homes.attainment import Attainment, OfVersion, attainment
from renda_plugins.deputies_homes.board import (
    DeputyBoard,
    OfDeputy,
    OfStation,
    StationBoard,
    deputy_board,
    station_board,
)
from renda_plugins.deputies_homes.coverage import Coverage, OnDay, coverage, files
from renda_plugins.deputies_homes.settings import Settings
from renda_plugins.deputies_homes.signs import deputy_sign, station_sign
from renda_plugins.deputies_homes.stationfile import KIND, StationFile

OVERSEERS = "office station inspector deputy overseer director committee presidium"
EVERYBODY = f"public {OVERSEERS} assigner congress member government expert"


async def unfiled(context: Context[Settings], desk: Desk) -> list[Found]:
    """Find every station without a file; it gets one, once, whatever becomes of it later."""
    if not context.settings.opens_files:
        return []
    filed = files(await desk.cases(KIND, "set_up"))
    return [
        Found(key=s.id, title=s.name, body=StationFile(station=s.id))
        for s in await desk.stations(context.today)
        if s.id not in filed
    ]


@hookimpl
def register_settings() -> type:
    """Offer the parameters."""
    return Settings


@hookimpl
def register_cases() -> Iterator[CaseRecord]:
    """Offer the files of homes and stations."""
    yield from steps.records()


@hookimpl
def register_watches() -> Iterator[Watch]:
    """Open a file for every station."""
    yield Watch(name="unfiled_stations", kind=KIND, find=unfiled)


@hookimpl
def register_pages() -> Iterator[Page]:
    """Show coverage and attainment to those who oversee, boards and signs to everybody."""
    yield Page(name="station_coverage", title="家站覆盖", shows=Coverage, view=coverage, who=OVERSEERS, asks=OnDay)
    yield Page(
        name="station_standard", title="达标情况", shows=Attainment, view=attainment, who=OVERSEERS, asks=OfVersion
    )
    for name, title, shows, view, asks in (
        ("station_board", "公示栏", StationBoard, station_board, OfStation),
        ("deputy_board", "代表公示", DeputyBoard, deputy_board, OfDeputy),
        ("station_sign", "家站二维码牌", Sign, station_sign, OfStation),
        ("deputy_sign", "代表二维码牌", Sign, deputy_sign, OfDeputy),
    ):
        yield Page(name=name, title=title, shows=shows, view=view, who=EVERYBODY, asks=asks)
