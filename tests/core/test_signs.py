"""Signs: the code is read back as a telephone reads it, the poster is one sheet, everybody may know it."""

from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree as ET
from typing import Any

import attrs
import pypdfium2
import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from tests.core.reading_codes import read, seen
from tests.core.test_papers import pages, squeezed

from renda_core import hookimpl, papers
from renda_core.catalogue import Catalogue
from renda_core.domain.fields import titled
from renda_core.domain.signs import LONGEST, Line, Sign, filled, form_faults
from renda_core.errors import Invalid, Misuse, NotFound
from renda_core.records import Page
from renda_core.services import signs
from renda_core.testing import ZONE

MADE = dt.datetime(2026, 3, 2, tzinfo=ZONE)
ADDRESS = "https://renda.example.cn/public/qinghe/stations/110101001-01"
HOSTILE = "<script>alert(1)</script>]]>&\"' 㑇𠮷"
SIGN = Sign(
    address=ADDRESS,
    title="城关镇东风社区",
    of="人大代表联络站",
    lines=(Line(label="地址", text="东风路 12 号"), Line(label="代表", text="王秀英、㑇明、𠮷田海")),
)
PATH = re.compile(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?")


def drawn(svg: bytes) -> list[list[int]]:
    """Read the squares that an SVG draws, its border checked and left out."""
    root = ET.fromstring(svg)  # noqa: S314 - our own
    side = int(root.get("viewBox", "").split()[2])
    found = [[0] * side for _ in range(side)]
    strokes = next(e for e in root if e.get("class") == "qrline")
    x = y = 0.0
    for do, a, b in PATH.findall(strokes.get("d", "")):
        if do == "M":
            x, y = float(a), float(b)
        elif do == "m":
            x, y = x + float(a), y + float(b)
        else:
            for at in range(int(x), int(x + float(a))):
                found[int(y)][at] = 1
            x += float(a)
    quiet = signs.QUIET
    border = [
        v
        for n, row in enumerate(found)
        for m, v in enumerate(row)
        if not (quiet <= n < side - quiet and quiet <= m < side - quiet)
    ]
    assert not any(border)
    return [row[quiet : side - quiet] for row in found[quiet : side - quiet]]


def picture(pdf: bytes, scale: float = 2) -> Any:
    """Rasterise the first page, as brightness."""
    return pypdfium2.PdfDocument(pdf)[0].render(scale=scale).to_numpy()[:, :, :3].mean(axis=2)


# -- the code


@pytest.mark.parametrize(
    "address",
    [ADDRESS, "http://localhost:8000/a", "https://a.cn/%E7%AB%99", f"https://renda.example.cn/{'x' * 100}"],
)
def test_a_code_says_its_address_when_it_is_read_back(address):
    sign = attrs.evolve(SIGN, address=address)
    squares = drawn(signs.svg(sign))
    assert read(squares) == address
    assert squares == [list(row) for row in segno.make(address, error="q", micro=False, boost_error=False).matrix]


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=90))
def test_any_address_is_read_back(rest):
    address = f"https://a.example/{rest}"
    assert read(drawn(signs.svg(attrs.evolve(SIGN, address=address)))) == address


@pytest.mark.parametrize("title", ["城关镇东风社区", HOSTILE])
def test_the_picture_names_nothing_outside_itself_and_runs_nothing(title):
    made = signs.svg(attrs.evolve(SIGN, title=title))
    root = ET.fromstring(made)  # noqa: S314 - our own
    names = [e.tag.rpartition("}")[2] for e in root.iter()]
    assert names == ["svg", "title", "path", "path"]
    assert next(e for e in root.iter() if e.tag.endswith("title")).text == f"{title}　扫码找代表"
    told = made.decode().replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"href|url\(|<script|<!|<\?xml-|https?:|style=|on\w+=", told)
    assert made == signs.svg(attrs.evolve(SIGN, title=title))


# -- the poster


def test_a_poster_is_one_sheet_that_a_telephone_reads():
    pdf = papers.render(signs.poster(SIGN, "清河县人大常委会", MADE))
    (page,) = pages(pdf)
    for told in (
        "清河县人大常委会",
        "城关镇东风社区",
        "人大代表联络站",
        "扫码找代表",
        "东风路",
        "王秀英",
        "㑇明",
        "𠮷",
        ADDRESS,
    ):
        assert squeezed(told) in squeezed(page), told
    assert "打印" not in page
    assert "页" not in page
    assert (*map(round, pypdfium2.PdfDocument(pdf)[0].get_size()),) == (595, 842)
    assert read(seen(picture(pdf))) == ADDRESS


def test_printed_twice_it_is_the_same_file():
    first, second = (papers.render(signs.poster(SIGN, "清河县", MADE)) for _ in range(2))
    assert first == second


def test_a_full_poster_is_still_one_sheet():
    days = "\n".join(f"{n}月16日（周一）　09:00—11:00　欧阳建国、王秀英" for n in range(1, 7))
    full = (
        Line(label="接待", text=days),
        Line(label="代表", text="、".join(["王秀英", "欧阳建国"] * 15) + "等 86 名代表"),
    )
    pdf = papers.render(signs.poster(attrs.evolve(SIGN, lines=(SIGN.lines[0], *full)), "清河县", MADE))
    assert len(pages(pdf)) == 1
    assert read(seen(picture(pdf))) == ADDRESS


@pytest.mark.parametrize("lines", [(), (Line(label="地址", text=HOSTILE),)])
def test_hostile_words_are_words_on_a_poster_too(lines):
    sign = attrs.evolve(SIGN, title=HOSTILE, of="#eval(1)", lines=lines)
    (page,) = pages(papers.render(signs.poster(sign, HOSTILE, MADE)))
    assert squeezed("<script>alert(1)</script>") in squeezed(page)
    assert "#eval(1)" in page


def test_a_character_that_no_font_has_stays_told_and_the_code_stays_readable():
    pdf = papers.render(signs.poster(attrs.evolve(SIGN, title="\U0002a6d6家湾"), "清河县", MADE))
    assert "U+2A6D6" in pages(pdf)[0]
    assert read(seen(picture(pdf))) == ADDRESS


# -- the address


@pytest.mark.parametrize(
    "form",
    [
        "https://renda.example.cn/public/{county}/stations/{station}",
        "https://renda.example.cn:8443/s?c={county}&s={station}",
        "https://xn--fiqs8s/{station}",
        "http://localhost:8000/{station}",
        "http://127.0.0.1/{station}",
    ],
)
def test_forms_of_addresses_that_may_hang_on_a_wall(form):
    assert form_faults(form, "station") == ()


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ("http://renda.example.cn/{station}", "begins with https"),
        ("javascript:alert('{station}')", "begins with https"),
        ("//renda.example.cn/{station}", "begins with https"),
        ("https:///{station}", "name the host"),
        ("https://{station}.example.cn/", "name the host"),
        ("https://{county}/{station}", "name the host"),
        ("https://a:b@renda.example.cn/{station}", "names no user"),
        ("https://renda.example.cn/", "where the station stands"),
        ("https://renda.example.cn/{deputy}", "there is no {deputy}"),
        ("https://renda.example.cn/{station.__class__}", "there is no"),
        ("https://renda.example.cn/{station!r}", "nothing more in the braces"),
        ("https://renda.example.cn/{station:>99}", "nothing more in the braces"),
        ("https://renda.example.cn/{}", "there is no {}"),
        ("https://renda.example.cn/{station", "cannot be read"),
        ("https://renda.example.cn/ {station}", "no blanks"),
        ("https://renda.example.cn/\u202e{station}", "no blanks"),
        ("https://人大.中国/{station}", "in ASCII"),
        ("https://[/{station}", "is no address"),
        ("https://renda.example.cn:99999/{station}", "is no address"),
        (f"https://renda.example.cn/{'x' * LONGEST}/{{station}}", "nobody can read"),
    ],
)
def test_forms_that_lead_elsewhere_or_nowhere_are_refused(form, why):
    assert any(why in told for told in form_faults(form, "station")), form_faults(form, "station")


@given(st.text(max_size=40))
def test_what_is_filled_in_stays_one_part_of_the_path(value):
    try:
        value.encode()
    except UnicodeEncodeError:
        return
    told = filled("https://a.example/{county}/s/{station}", station=value)
    told = filled(told, county="qinghe")
    assert told.startswith("https://a.example/qinghe/s/")
    assert not set(told.removeprefix("https://a.example/qinghe/s/")) & set("/?#{} <>\"'\n")


# -- which practice says it


class Signing:
    """A practice that offers a sign."""

    shows: type = Sign

    @hookimpl
    def register_pages(self):
        @attrs.frozen
        class Asked:
            station: str = titled("家站", default="")

        async def view(context, desk, asked):
            if not asked.station:
                raise Invalid("say which", field="station")
            if asked.station == "none":
                raise NotFound("no such station")
            return SIGN if self.shows is Sign else asked

        shows = self.shows if self.shows is Sign else Asked
        yield Page(name="station_sign", title="牌", shows=shows, view=view, who="public", asks=Asked)


class Nonsense(Signing):
    """A practice whose page of that name shows something else."""

    shows = str


def test_a_sign_is_what_a_practice_says_everybody_may_know(bench):
    b = bench({"signing": {}}, catalogue=Catalogue.collect({"signing": Signing()}), name="qinghe")
    assert b.ask(signs.station_sign, "1") == SIGN
    for asked, error in (("", Invalid), ("none", NotFound)):  # a page's own answers, not its failures
        with pytest.raises(error):
            b.ask(signs.station_sign, asked)
    with pytest.raises(NotFound):
        b.ask(signs.deputy_sign, "wang")
    assert papers.render(b.ask(signs.station_poster, "1")) == papers.render(b.ask(signs.station_poster, "1"))
    assert b.verify().whole


def test_a_page_that_shows_no_sign_makes_none(bench):
    b = bench({"nonsense": {}}, catalogue=Catalogue.collect({"nonsense": Nonsense()}))
    with pytest.raises(Misuse, match="not a sign"):
        b.ask(signs.station_sign, "1")
