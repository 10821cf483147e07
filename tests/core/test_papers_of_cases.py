"""Case files, reports and ledgers on paper: what a reader may not see is not printed, every rate has its base."""

from __future__ import annotations

from typing import Any

import pytest
from tests.core.suggesting import (
    CHAIR,
    LI,
    OFFICE,
    PUBLIC,
    ROADS,
    WANG,
    draft,
    evaluated,
    evaluated_many,
    with_settings,
)
from tests.core.test_papers import HOSTILE, RARE, pages, squeezed
from tests.plugins.livelihood import GOVERNMENT, JULY, PRESIDIUM, adopted, marks, opened, ready, there

from renda_core import papers
from renda_core.domain.case import Actor
from renda_core.errors import Invalid, NotAllowed, NotFound
from renda_core.files.workbook import Page
from renda_core.services import ballots, ledgers, reports
from renda_core.services import papers as gathering
from renda_core.services.papers.words import in_chinese
from renda_core.testing import Bench
from renda_plugins import livelihood_ballot

CLERK = Bench.actor("clerk", "office assigner")


def printed(b: Bench, who: Actor, case: Any, **rest: Any) -> str:
    """Print a case file for somebody, and read it back without spaces."""
    paper = b.ask(gathering.case_paper, who, case.id, **rest)
    return squeezed("".join(pages(papers.render(paper))))


def test_a_case_file_tells_the_whole_case(county):
    b = with_settings(county)
    case = evaluated(b, title="关于修桥的建议")
    said = printed(b, OFFICE, case, names={WANG.id: "王秀英", OFFICE.id: "张主任", ROADS.id: "赵局长"})
    for part in (
        "关于修桥的建议",
        case.number,
        "领衔代表王秀英",
        "城东石桥多年失修",
        "答复文号:2026-7",
        "答复分类:A(已经解决或者基本解决)",
        "等次:不满意",
        "评价人:王秀英",
        "打印:张主任",
        "2026-01-20起算+3个月=2026-04-20(交办;代表法51)",
        "审核:",
        "第1页,共",
    ):
        assert squeezed(part) in said, part
    assert "unsatisfied" not in said
    assert "workday" not in said


def test_the_handling_unit_prints_no_evaluation(county):
    b = with_settings(county)
    case = evaluated(b)
    for reader in (ROADS, LI, Actor(id=OFFICE.id, roles={"office"}, unit=ROADS.unit)):
        said = printed(b, reader, case)
        for veiled in ("不满意", "满意度", "等次", "评价人"):
            assert veiled not in said, (reader, veiled)
    assert "不满意" in printed(b, OFFICE, case)
    assert "不满意" in printed(b, WANG, case)


def test_what_one_may_not_find_one_cannot_print(county):
    b = with_settings(county)
    case = draft(b)
    for reader in (PUBLIC, LI):
        with pytest.raises(NotFound):
            b.ask(gathering.case_paper, reader, case.id)


def test_personal_data_are_masked_on_paper(county):
    b = county({"reception": {}})
    body = {"text": "路灯不亮", "voter": "周桂兰", "phone": "13907240000"}
    case = b.open("opinion", OFFICE, body)
    said = printed(b, OFFICE, case)
    assert "****0000" in said
    assert "13907240000" not in said
    assert "1390724" not in said
    assert "周桂兰" not in said


def test_rare_and_hostile_texts_survive_the_road_from_the_store(county):
    b = with_settings(county)
    case = draft(b, title=HOSTILE, text=f"{RARE}\n{HOSTILE}")
    said = printed(b, WANG, case)
    assert said.count(squeezed(HOSTILE)) == 2
    assert squeezed(RARE) in said


def test_a_case_that_is_tied_to_another_names_it_only_to_whoever_finds_it(county):
    b = with_settings(county)
    case, lead = draft(b, title="修第二座桥"), draft(b, LI, title="修第一座桥")
    case, lead = (b.run(c, ("submit", by), ("accept", OFFICE)) for c, by in ((case, WANG), (lead, LI)))
    case = b.step(case, "merge", OFFICE, links={"merged_into": (lead.id,)})
    said = printed(b, OFFICE, case)
    assert f"并入{lead.number}修第一座桥" in said
    assert lead.id not in said


def test_every_rate_of_the_report_stands_with_both_numbers_and_its_base(county):
    b = with_settings(county)
    evaluated_many(b, satisfied=6, basically=2, unsatisfied=1)
    report = b.ask(reports.yearly, OFFICE, 2026)
    said = squeezed("".join(pages(papers.render(b.ask(gathering.report_paper, OFFICE, 2026)))))
    for line in report.headline:
        hits, base, of, shown = line.rate.to_row()
        assert squeezed(f"{line.title}{shown}{hits}{base}{of}") in said
    for group in report.units:
        assert (
            squeezed(f"{group.first_satisfied.shown}{group.first_satisfied.hits}/{group.first_satisfied.base}") in said
        )
    assert squeezed("首轮满意率：收回的评价") in said
    for reader in (WANG, ROADS, PUBLIC):
        with pytest.raises(NotAllowed):
            b.ask(gathering.report_paper, reader, 2026)
    assert b.ask(gathering.report_paper, CHAIR, 2026)


def test_a_report_of_an_empty_year_is_a_report(county):
    b = with_settings(county)
    said = squeezed("".join(pages(papers.render(b.ask(gathering.report_paper, OFFICE, 2026)))))
    assert "受理率—00提出的建议" in said


@pytest.mark.parametrize("rows", [0, 1, 200])
def test_a_ledger_repeats_its_header_and_counts_its_rows(county, rows):
    b = with_settings(county)
    cells = [(f"2026-{n}", f"第{n}件{RARE[:6]}", b.today, n, True) for n in range(rows)]
    page = Page("代表建议台账", ("编号", "标题", "提出日期", "轮次", "是否办结"), cells, widths=(18, 60, 12, 8, 10))
    found = pages(papers.render(b.ask(gathering.ledger_paper, OFFICE, page)))
    assert len(found) == (1 if rows < 2 else 8)
    assert all("编号" in text and "提出日期" in text for text in found)
    assert squeezed(f"共 {rows} 件") in squeezed(found[0])
    assert all("审核" in text for text in found)


def test_a_ledger_that_nobody_would_print_is_refused(county):
    b = with_settings(county)
    page = Page("台账", ("编号",), [(n,) for n in range(gathering.MOST_ROWS + 1)])
    with pytest.raises(Invalid, match="2001 rows are more than the 2000 of a printed ledger"):
        b.ask(gathering.ledger_paper, OFFICE, page)


def test_a_printed_ledger_shows_what_its_reader_was_given(county):
    b = with_settings(county)
    evaluated(b, title="修桥")
    rows = b.ask(ledgers.ledger, OFFICE, ledgers.Ask(kind="suggestion"))
    page = reports.ledger_page(b.tenant, "suggestion", rows)
    said = squeezed("".join(pages(papers.render(b.ask(gathering.ledger_paper, OFFICE, page)))))
    assert f"{rows[0].number}修桥" in said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "2026-01-20 start + 3 months = 2026-04-20 (assign; 代表法 51)",
            "2026-01-20 起算 + 3 个月 = 2026-04-20（交办；代表法 51）",
        ),
        ("2026-02-01 pause (assign)", "2026-02-01 中止（交办）"),
        ("2026-02-09 resume + 1 day left = 2026-04-28", "2026-02-09 恢复 + 剩余 1 日 = 2026-04-28"),
        ("2026-02-09 resume gives no time back", "2026-02-09 恢复 中止的时间不顺延"),
        ("2026-02-09 resume after 2026-02-01 had passed", "2026-02-09 恢复 此前 2026-02-01 已到期"),
        (
            "2026-03-01 extend + 6 months from 2026-01-20 = 2026-07-28 (assign)",
            "2026-03-01 延长 + 6 个月（自 2026-01-20 起算） = 2026-07-28（交办）",
        ),
        ("2026-04-01 stop (closed)", "2026-04-01 停止（结案）"),
        ("2026-02-20 is a day off, so 2026-02-24", "2026-02-20 为休息日，顺延至 2026-02-24"),
        (
            "2027 has no official holiday table: provisional (weekends only)",
            "2027 年节假日安排尚未公布，暂定（只按周末计算）",
        ),
        ("something else", "something else"),
    ],
)  # fmt: skip
def test_deadlines_are_explained_in_chinese(line, said):
    assert in_chinese(line, {"assign": "交办"}) == said


def test_what_is_within_a_field_is_told_by_its_own_titles(bench):
    b = bench(livelihood_ballot, today=JULY)
    cases = [ready(b, t) for t in ("路灯", "桥")]
    ballot = opened(b, cases, adopted(b, places=1, surplus=1), places=1)
    b.do(ballots.declare, PRESIDIUM, ballot.id, there(), marks((40, 10), 57))
    case = b.step(cases[0], "announce", PRESIDIUM, payload={"document": "公告"})
    cut = {"change": "changed", "reason": "higher_budget_cut", "of": "committee", "text": "缩短 1 公里"}
    case = b.step(case, "ask_adjustment", GOVERNMENT, payload=cut)
    said = printed(b, GOVERNMENT, case)
    for part in (
        "层级县级",
        "来源群众",
        "条件以政府财政性资金投入为主,符合是,理由材料齐全",
        "资金来源本级财政",
        "原因:上级资金削减",
    ):
        assert squeezed(part) in said, part
    for code in ("higher_budget_cut", "county", "investment", "met"):
        assert code not in said
