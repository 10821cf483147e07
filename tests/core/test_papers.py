"""Papers as PDF, read back: texts stay texts, no character is lost without a word, the same paper is the same file."""

from __future__ import annotations

import ctypes
import datetime as dt
import unicodedata
from collections.abc import Iterator
from importlib import resources

import attrs
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdfium2 import raw

from renda_core import papers as p
from renda_core.errors import ConfigError
from renda_core.papers import fonts, press
from renda_core.testing import ZONE

MADE = dt.datetime(2026, 1, 20, 9, tzinfo=ZONE)
RARE = (
    "𠮷䶮㛃龘𬱖𰻝"  # Ext B, A, the last of the URO, E, G
    "龴龵龶龷龸龹龺龻𠂇𠂉𠃌𡗗𢦏𤇾"  # those that GB 18030-2022 took out of private use
    "阿卜杜拉·买买提•"
    "，。；：？！（）《》〈〉「」『』【】——……、〇"
    "國學廳體龜"
    "éñüőșŁžЯаБ αβγ ①②⑩㎡㎏℃№‰￥"
)
HOSTILE = '#eval("1+1") $x^2$ @ref *粗* _斜_ \\ `raw` #image("/etc/passwd") <label> // 注 /* */ = 题 - 项 + 1. [x] #{'
LACKED = "\U0002a6d6"
"""𪛖, the last character of Extension B as it was published in 2001."""


def paper(*blocks: object, **rest: object) -> p.Paper:
    """Make a paper of one section."""
    given = {"name": "试印", "tenant": "清河县人大", "title": "试印", "made": MADE, "by": "王秀英"}
    return p.Paper(**{**given, "sections": (p.Section(title="内容", blocks=blocks),), **rest})


def pages(pdf: bytes) -> list[str]:
    """Read the text of each page."""
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_range() for page in document]


def squeezed(text: str) -> str:
    """Leave out what typesetting may add or take: spaces, line breaks, and the forms of equal characters."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def embedded(pdf: bytes) -> dict[str, bool]:
    """Say of each font of a document whether it is inside the file."""
    found: dict[str, bool] = {}
    for page in pypdfium2.PdfDocument(pdf):
        for one in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
            font = raw.FPDFTextObj_GetFont(one.raw)
            name = ctypes.create_string_buffer(128)
            raw.FPDFFont_GetBaseFontName(font, name, 128)
            found[name.value.decode()] = bool(raw.FPDFFont_GetIsEmbedded(font))
    return found


def table(rows: int) -> p.Table:
    """Make a table of numbered rows."""
    columns = (p.Column(title="名称", width=1), p.Column(title="办复率", under="办复 / 交办", side="right"))
    return p.Table(columns=columns, rows=[(f"第{n}单位", p.Figure("92.74 %", f"{n} / 200")) for n in range(rows)])


def test_rare_characters_are_printed_and_read_back():
    assert p.missing(RARE) == frozenset()
    made = p.render(paper(p.Prose(RARE)))
    assert squeezed(RARE) in squeezed("".join(pages(made)))
    assert "缺字说明" not in "".join(pages(made))


def test_every_character_of_the_levels_one_and_two_of_the_national_table_has_a_form():
    # GB 18030 level 1 and the whole of GBK's ideographs: everything that a county's old files can hold.
    gbk = []
    for high in range(0x81, 0xFF):
        for low in (*range(0x40, 0x7F), *range(0x80, 0xFF)):
            try:
                gbk.append(bytes((high, low)).decode("gbk"))
            except UnicodeDecodeError:
                continue
    ideographs = "".join(c for c in gbk if "\u3400" <= c <= "\u9fff")
    assert len(ideographs) > 20_000
    assert p.missing(ideographs) == frozenset()


@pytest.mark.parametrize("sign", [LACKED, "\ue123", "\u202e", "\x07", "\U0010ffff"])
def test_what_no_font_has_is_shown_by_its_code_and_said(sign):
    code = f"U+{ord(sign):04X}"
    assert p.missing(f"王{sign}") == {sign}
    said = "".join(pages(p.render(paper(p.Prose(f"代表王{sign}，说明")))))
    assert squeezed(f"王{code}，说明") in squeezed(said)
    assert "缺字说明" in said
    assert said.count(code) == 2  # where it stands, and in the note


def test_every_rare_character_has_a_form_of_its_own():
    """Empty boxes would all look the same."""
    seen = {sign: looks(p.render(paper(p.Prose(sign)))) for sign in "𠮷䶮㛃龘𬱖𰻝龴𠂉"}
    assert len(set(seen.values())) == len(seen)


def looks(pdf: bytes) -> bytes:
    """Draw the first page."""
    drawn: bytes = pypdfium2.PdfDocument(pdf)[0].render(scale=2).to_numpy().tobytes()
    return drawn


@pytest.fixture
def _fresh() -> Iterator[None]:
    """Load fonts anew, in the test and after it."""
    for cached in (fonts.loaded, fonts.covered, press._press):
        cached.cache_clear()
    yield
    for cached in (fonts.loaded, fonts.covered, press._press):
        cached.cache_clear()


@pytest.mark.usefixtures("_fresh")
def test_a_place_adds_fonts_of_its_own(monkeypatch, tmp_path):
    own = next(path for path in fonts.folders() if path.name == "manimgx_fonts_cjk")
    monkeypatch.setattr(fonts, "PACKAGES", fonts.PACKAGES[:1])
    assert p.missing("王𠮷") == {"𠮷"}
    for cached in (fonts.loaded, fonts.covered):
        cached.cache_clear()
    monkeypatch.setenv("RENDA_FONTS", str(own))
    assert p.missing("王𠮷") == frozenset()
    assert "王𠮷" in "".join(pages(p.render(paper(p.Prose("王𠮷")))))
    monkeypatch.setenv("RENDA_FONTS", str(tmp_path / "gone"))
    with pytest.raises(ConfigError, match="gone: there is no such folder"):
        fonts.folders()


def test_half_a_character_does_not_stop_a_paper():
    said = "".join(pages(p.render(paper(p.Prose("王\ud842代表"), name="王\ud842"))))
    assert "王U+D842代表" in squeezed(said)


def test_what_is_never_drawn_is_no_missing_character():
    assert p.missing("葛\U000e0100 \u200b\ufe0f\n\t") == frozenset()


def test_every_glyph_is_a_glyph():
    """A glyph 0 is drawn as an empty box; the fonts' own tables say that none of these is one."""
    from fontTools.ttLib import TTFont

    for font in fonts.loaded().fonts():
        with TTFont(font.path, fontNumber=font.index, lazy=True) as opened:
            drawn = {code for code, name in opened.getBestCmap().items() if name != opened.getGlyphName(0)}
        assert drawn <= fonts.covered()


@pytest.mark.parametrize("block", [p.Prose, lambda text: p.Facts(((p.Fact(text, text),),))])
def test_no_text_becomes_markup(block):
    made = p.render(paper(block(HOSTILE), name=HOSTILE, title=HOSTILE, tenant=HOSTILE, by=HOSTILE))
    said = squeezed("".join(pages(made)))
    assert said.count(squeezed(HOSTILE)) >= 4
    assert "root:" not in said
    assert pypdfium2.PdfDocument(made).get_metadata_dict()["Title"] == HOSTILE


@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=60))
def test_any_text_can_be_printed(text):
    made = p.render(paper(p.Prose(text), p.Entries((p.Entry(day=text, title=text, lines=(p.Fact("", text),)),))))
    shown = "".join(c if not p.missing(c) else press.code(c) for c in text if unicodedata.category(c)[0] in "LN")
    if text.isascii():
        assert squeezed(shown) in squeezed("".join(c for c in "".join(pages(made)) if c.isalnum()))


def test_the_same_paper_is_the_same_file():
    one, other = paper(table(3), p.Prose(RARE)), paper(table(3), p.Prose(RARE))
    assert p.render(one) == p.render(other)
    assert p.render(attrs.evolve(one, made=MADE + dt.timedelta(days=1))) != p.render(one)


def test_it_is_an_archive_file_with_its_fonts_inside():
    made = p.render(paper(p.Prose(RARE), name="代表建议 2026-1 案卷"))
    fonts_used = embedded(made)
    assert fonts_used
    assert all(fonts_used.values())
    assert any("NotoSerifSC" in name for name in fonts_used)
    document = pypdfium2.PdfDocument(made)
    told = document.get_metadata_dict()
    assert told["Title"] == "代表建议 2026-1 案卷"
    assert told["Author"] == "清河县人大"
    assert told["CreationDate"].startswith("D:20260120")
    assert document.is_tagged()
    assert b"pdfaid:part>2<" in made
    assert b"pdfaid:conformance>B<" in made
    assert b"/Lang(zh-CN)" in made
    assert [mark.get_title() for mark in document.get_toc()] == ["一、 内容"]


def test_the_header_of_a_long_table_stands_on_every_page_and_pages_are_counted():
    made = p.render(paper(table(200)))
    found = pages(made)
    assert len(found) > 3
    for number, text in enumerate(found, 1):
        assert "办复 / 交办" in text
        assert f"第 {number} 页，共 {len(found)} 页" in text
    assert [sum(f"第{n}单位" in squeezed(text) for text in found) for n in (0, 99, 199)] == [1, 1, 1]


def test_sheets_are_a4():
    sizes = []
    for across in (False, True):
        page = pypdfium2.PdfDocument(p.render(paper(table(1), across=across)))[0]
        sizes.append(tuple(round(side / 72 * 25.4) for side in page.get_size()))
    assert sizes == [(210, 297), (297, 210)]


def test_who_signs_and_who_printed():
    said = squeezed("".join(pages(p.render(paper(table(1), signed=("审核", "经办"))))))
    for part in ("审核:", "经办:", "日期:年月日", "打印:王秀英,2026年01月20日09:00"):
        assert part in said


@pytest.mark.parametrize("block", ["table", "entries", "facts"])
def test_no_sheet_holds_a_signature_alone(block):
    made = {
        "table": table,
        "entries": lambda n: p.Entries(tuple(p.Entry(day="2026-01-12", title=f"第{i}单位") for i in range(n))),
        "facts": lambda n: p.Facts(tuple((p.Fact("名称", f"第{i}单位"),) for i in range(n))),
    }[block]
    lengths = set()
    for rows in range(12, 40, 2):
        found = pages(p.render(paper(made(rows), signed=("审核", "经办"))))
        lengths.add(len(found))
        last = squeezed(found[-1])
        assert f"第{rows - 1}单位" in last
        assert "审核" in last
        assert sum("经办" in squeezed(text) for text in found) == 1
    assert len(lengths) > 1


def test_facts_are_paired_where_both_are_short():
    made = p.paired([p.Fact("a", "1"), p.Fact("b", ""), p.Fact("c", "2"), p.Fact("d", "长" * 40), p.Fact("e", "3")])
    assert [[f.label for f in line] for line in made.lines] == [["a", "c"], ["d"], ["e"]]


def test_without_the_extra_one_is_told_how_to_get_it(monkeypatch):
    fonts.covered(), fonts.loaded()
    monkeypatch.setattr(fonts, "PACKAGES", ("no_such_fonts",))
    with pytest.raises(ConfigError, match=r"no_such_fonts not installed: pip install 'renda\[pdf\]'"):
        fonts.folders()


def test_the_style_is_in_the_package_and_asks_for_nothing_outside():
    style = resources.files("renda_core.papers").joinpath("style.typ").read_text("utf-8")
    for word in ("#import", "@preview", "#include", "image(", "read(", "eval("):
        assert word not in style.replace("image(bytes(", "")  # a picture that the data hold, of no file


def iterated() -> Iterator[p.Paper]:
    """Give papers that differ, as one process makes them one after another."""
    for n in range(3):
        yield paper(p.Prose(f"第{n}件"), name=f"{n}")


def test_one_paper_leaves_nothing_behind_in_the_next():
    said = [squeezed("".join(pages(p.render(one)))) for one in iterated()]
    for n, text in enumerate(said):
        assert [f"第{m}件" in text for m in range(3)] == [m == n for m in range(3)]
