"""Homes and stations from the command line: listed, and their codes and posters written whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.core.reading_codes import read, seen
from tests.core.test_signs import drawn, picture

from .conftest import COUNTY

if TYPE_CHECKING:
    from .conftest import Terminal

HOMES = """
[plugins.deputies_homes]
board_address = "https://renda.example.cn/public/{county}/stations/{station}"
deputy_address = "https://renda.example.cn/public/{county}/deputies/{deputy}"
"""
STATIONS = """名称,类型,编号,所属人大,驻站代表
城关镇代表之家,代表之家,H1,清河县人民代表大会,王秀英、0002
<script>社区,代表联络站,S1,清河县人民代表大会,
"""


@pytest.fixture
def homes(county: Terminal) -> Terminal:
    """A county with a home and a station."""
    county.ok("tenant", "apply", county.write("qing.toml", COUNTY + HOMES))
    county.ok("import", "qing", "stations", county.write("stations.csv", STATIONS), "--yes")
    return county


def test_stations_are_listed_with_their_deputies(homes: Terminal) -> None:
    told = homes.json("station", "list", "qing")["stations"]
    assert [(s["code"], s["kind"], len(s["deputies"])) for s in told] == [("H1", "home", 2), ("S1", "station", 0)]
    assert "<script>社区" in homes.ok("station", "list", "qing")


def test_a_county_without_stations_has_none(county: Terminal) -> None:
    assert county.json("station", "list", "qing") == {"stations": []}
    assert "no home or station is open" in county.ok("station", "list", "qing")


@pytest.mark.parametrize("name", ["H1", "城关镇代表之家"])
def test_a_stations_code_and_poster_lead_to_its_board(homes: Terminal, name: str) -> None:
    svg, pdf = homes.folder / "a.svg", homes.folder / "a.pdf"
    told = homes.json("station", "code", "qing", name, svg)
    assert told["address"] == "https://renda.example.cn/public/qing/stations/H1"
    assert read(drawn(svg.read_bytes())) == told["address"]
    homes.ok("station", "poster", "qing", name, pdf)
    first = pdf.read_bytes()
    assert read(seen(picture(first))) == told["address"]
    homes.ok("station", "poster", "qing", name, pdf)
    assert pdf.read_bytes() == first


def test_a_deputys_code_is_made_by_certificate_number(homes: Terminal) -> None:
    told = homes.json("station", "code", "qing", "0001", homes.folder / "a.svg", "--deputy")
    assert told["title"] == "王秀英"
    assert told["address"].startswith("https://renda.example.cn/public/qing/deputies/")
    homes.ok("station", "poster", "qing", "王秀英", homes.folder / "a.pdf", "--deputy")


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (("code", "qing", "H9"), "no home or station 'H9' is open"),
        (("poster", "qing", "H9"), "no home or station 'H9' is open"),
        (("code", "qing", "陈明", "--deputy"), "陈明"),
        (("code", "qing", " "), "say which home or station"),
    ],
)
def test_what_there_is_not_writes_no_file(homes: Terminal, args: tuple[str, ...], why: str) -> None:
    name, file = args[2:3], homes.folder / "none.svg"
    result = homes("station", *args[:2], *name, file, *args[3:])
    assert result.exit_code != 0
    assert why in result.stderr
    assert not file.exists()


def test_without_an_address_it_is_said_what_to_set(county: Terminal) -> None:
    county.ok("tenant", "apply", county.write("qing.toml", COUNTY + "\n[plugins.deputies_homes]\n"))
    county.ok("import", "qing", "stations", county.write("stations.csv", STATIONS), "--yes")
    result = county("station", "code", "qing", "H1", county.folder / "a.svg")
    assert result.exit_code == 1
    assert "set board_address of deputies_homes" in result.stderr


def test_without_the_practice_there_is_no_sign(county: Terminal) -> None:
    county.ok("import", "qing", "stations", county.write("stations.csv", STATIONS), "--yes")
    assert county("station", "code", "qing", "H1", county.folder / "a.svg").exit_code != 0


def test_nothing_is_written_where_nothing_can_be(homes: Terminal) -> None:
    result = homes("station", "code", "qing", "H1", homes.folder / "no" / "a.svg")
    assert result.exit_code != 0
    assert "there is no folder" in result.stderr
