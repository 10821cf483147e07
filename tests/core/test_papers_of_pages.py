"""Pages of practices on paper: facts, tables, rates with their base; only for whom the page is."""

from __future__ import annotations

import attrs
import pytest
from tests.core.test_papers import pages, squeezed

from renda_core import hookimpl, papers
from renda_core.domain.fields import titled
from renda_core.domain.rates import Rate
from renda_core.errors import Invalid, NotFound
from renda_core.records import Page
from renda_core.services.papers import MOST_ROWS
from renda_core.services.papers.pages import page_paper
from renda_plugins import suggestion_handling


@attrs.frozen(kw_only=True)
class Sum:
    of: str = titled("名目")
    fen: int = titled("金额")


@attrs.frozen(kw_only=True)
class Row:
    name: str = titled("项目")
    n: int = titled("件数")
    rate: Rate = titled("办结率")
    sums: tuple[Sum, ...] = titled("资金", default=())
    untitled: str = ""


@attrs.frozen(kw_only=True)
class Shown:
    total: int = titled("合计")
    closing: Rate = titled("总办结率")
    best: Sum = titled("最大一笔")
    rows: tuple[Row, ...] = titled("明细")
    nothing: tuple[Row, ...] = titled("待办")
    hidden: str = titled("空着", default="")


class Printing:
    """A practice with one page."""

    many = 1

    @hookimpl
    def register_pages(self):
        async def view(context, desk):
            line = Row(
                name="供水管网改造工程一期", n=2, rate=Rate(hits=1, base=2, of="件"), sums=(Sum(of="财政", fen=7),)
            )
            return Shown(
                total=2,
                closing=Rate(hits=1, base=2, of="全部"),
                best=Sum(of="财政", fen=7),
                rows=(line,) * self.many,
                nothing=(),
            )

        yield Page(name="shown", title="一览", shows=Shown, view=view, who="office")


@pytest.fixture
def b(county):
    Printing.__name__ = "printing"
    one = Printing()
    one.__name__ = "printing"
    return county(suggestion_handling, one)


def test_a_page_is_printed_in_the_words_of_its_fields(b):
    clerk = b.actor("clerk", "office")
    paper = b.ask(page_paper, clerk, "shown", names={clerk.id: "张主任"})
    said = squeezed("".join(pages(papers.render(paper))))
    for part in (
        *("一览", "合计2", "总办结率50.00%(1/2全部)", "最大一笔名目财政,金额7"),
        *("明细", "供水管网改造工程一期", "50.00%", "1/2", "待办", "(无)", "打印:张主任"),
    ):
        assert squeezed(part) in said, part
    assert "空着" not in said
    assert not paper.across


def test_only_for_whom_the_page_is(b):
    for name, who in (("shown", "deputy"), ("no such page", "office")):
        with pytest.raises(NotFound):
            b.ask(page_paper, b.actor("x", who), name)


def test_nobody_prints_more_than_can_be_read(b):
    b.catalogue.modules["printing"].many = MOST_ROWS + 1
    with pytest.raises(Invalid, match="明细: 2001 rows are more than the 2000"):
        b.ask(page_paper, b.actor("x", "office"), "shown")
