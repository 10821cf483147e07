"""A register of duty records as a file: by the rules of entering by hand, never twice, all or nothing."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.dutying import OFFICE, STATION, WANG, asking, call, counters, enter, made_anew, mark
from tests.core.importing import asked, previewed, received, shown, worked
from tests.core.registering import LINE, D, every, office, rename, seen
from tests.core.reminding import COUNTY, elect
from tests.core.suggesting import entries

from renda_core.domain.duty import heads
from renda_core.domain.figures import Figure
from renda_core.errors import ConfigError, NotAllowed
from renda_core.files.doubts import Unreadable
from renda_core.services import imports
from renda_core.services.duty import sources
from renda_core.services.imports.cell_values import figure
from renda_core.store.unit import Reader
from renda_core.testing import uid

NUMBERED = LINE | {"登记号": "2026-001"}


@pytest.fixture
def b(county: Any, tmp_path: Path) -> Any:
    return office(county, tmp_path)


def wrong(b: Any, *lines: Any, by: Any = OFFICE) -> list[Any]:
    """Look at lines that are wrong, see that nothing is done, and give their problems."""
    before = every(b), counters(b), len(entries(b))
    looked = b.look(*lines, by=by)
    assert not looked.ok, looked.counts
    with pytest.raises(ConfigError):
        b.bring(*lines, by=by)
    assert (every(b), counters(b), len(entries(b))) == before
    return [p for p in looked.problems if p.level == "error"]


def test_a_line_becomes_a_record_that_counts_at_once(b: Any) -> None:
    whole = LINE | {
        "数量": "约300", "证据": "签到表第 3 页\n照片　两张", "登记号": "2026-001", "所属人大": COUNTY, "人次": 12,
    }  # fmt: skip
    done = b.bring(whole)
    assert (done.new, done.same, len(done.digest)) == (1, 0, 64)
    (record,) = every(b)
    assert (record.person, record.kind, record.on) == (WANG.id, "visit", D(2026, 1, 5))
    assert (record.quantity, record.facts) == (300, {"approx": 1, "people": 12})
    assert (record.title, record.evidence) == ("走访东街", ("签到表第 3 页", "照片 两张"))
    assert (record.source, record.congress, record.mandates) == ("2026-001", uid("county"), (uid("mandate wang"),))
    assert (record.state, record.by) == ("confirmed", OFFICE.id)
    assert counters(b) == made_anew(b) != {}
    assert entries(b)[-1]["what"] == "import.records"


def test_the_same_file_again_finds_the_same_lines_wherever_they_stand(b: Any) -> None:
    lines = [
        LINE,
        LINE | {"日期": "2026-01-06"},
        LINE | {"代表": "li", "种类": "visit"},
        LINE | {"事由": "", "种类": "座谈"},
        NUMBERED | {"日期": "2026-01-07"},
    ]
    assert b.bring(*lines).new == 5
    before = every(b), counters(b)
    (told,) = wrong(b, lines[3], *lines)
    assert (told.row, "座谈 on 2026-01-05 is recorded already" in told.message) == (6, True)
    assert b.look(*reversed(lines)).counts == {"same": 5}
    done = b.bring(*lines)
    assert (done.new, done.same, done.digest) == (0, 5, "")
    assert (every(b), counters(b)) == before
    assert b.bring(LINE | {"日期": "2026-01-08"}, *lines).new == 1


def test_a_workbook_says_the_same_as_its_csv(b: Any, tmp_path: Path) -> None:
    b.bring(LINE | {"数量": 3, "人次": 4})
    book = openpyxl.Workbook()
    rows = [["2026年履职登记"], ["序号", "姓名", "种类", "日期", "数量", "事由", "人次"]]
    rows.append([1, "wang", "走访选民", dt.datetime(2026, 1, 5), 3.0, "走访东街", 4.0])
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    assert seen(b, tmp_path / "a.xlsx").counts == {"same": 1}


@pytest.mark.parametrize(
    ("change", "column", "told"),
    [
        ({"代表": "chen"}, "代表", "no deputy is called 'chen'"),
        ({"代表": "wang", "代表证号": "li"}, "代表", "wang has no certificate li"),
        ({"种类": "走访"}, "种类", "no kind 走访 of duty records is enabled here"),
        ({"种类": "出席人代会"}, "种类", "is recorded where it happens, and never typed in"),
        ({"日期": "2021-12-01"}, "日期", "2021-12-01 lies before the mandate, which began on 2021-12-28"),
        ({"日期": "2026-04-01"}, "日期", "2026-04-01 has not come yet"),
        ({"日期": "昨天"}, "日期", ""),
        ({"日期": ""}, "日期", ""),
        ({"数量": "0"}, "数量", "counts from 1 to 1000000"),
        ({"数量": "99999999"}, "数量", "not 99999999"),
        ({"数量": "-3"}, "数量", "no whole number"),
        ({"数量": "三次"}, "数量", "no whole number"),
        ({"数量": "1.5"}, "数量", "no whole number"),
        ({"人次": "许多"}, "人次", "no whole number"),
        ({"人次": "-1"}, "行", "people is from 0"),
        ({"学时": "3"}, "学时", "走访选民 has no 学时"),
        ({"所属人大": "某县人民代表大会"}, "所属人大", "no congress 某县人民代表大会"),
        ({"所属人大": "示例镇人民代表大会"}, "日期", "holds no mandate in that congress"),
        ({"状态": "驳回"}, "状态", "not offered"),
        ({"事由": "长" * 501}, "事由", "title is 1 to 500 characters"),
        ({"证据": "长" * 501}, "证据", "evidence is 1 to 500 characters"),
        ({"证据": "\n".join("照片" * n for n in range(1, 22))}, "证据", "up to 20 pieces of evidence"),
        ({"登记号": "号" * 501}, "登记号", "source is 1 to 500 characters"),
        ({"登记号": "case:019b2c44-0000-7000-8000-000000000001:x"}, "登记号", "what comes from a case is recorded"),
        ({"登记号": "case:meeting:call/007"}, "登记号", "there is no case of this number"),
    ],
)
def test_a_line_that_no_hand_could_enter_is_named_by_row_and_column(
    b: Any, change: Any, column: str, told: str
) -> None:
    good = LINE | {"日期": "2026-01-06"}
    found = wrong(b, good, LINE | change)
    assert [(p.row, p.field) for p in found] == [(3, column)]
    assert told in found[0].message
    assert found[0].remedy


def test_a_kind_much_like_one_is_proposed_by_its_title(b: Any) -> None:
    (found,) = wrong(b, LINE | {"种类": "走访选名"})
    assert found.remedy.startswith("did you mean 走访选民? write one of ")
    assert "出席人代会" not in found.remedy


def test_every_objection_of_a_line_is_told_at_once(county: Any, tmp_path: Path) -> None:
    b = office(county, tmp_path, asking())
    found = wrong(b, LINE | {"日期": "2020-01-01"})
    assert [(p.field, p.value) for p in found] == [("证据", ""), ("日期", "2020-01-01")]
    assert "走访 (duties) gives points with evidence alone" in found[0].message
    assert b.bring(LINE | {"证据": "走访记录"}).new == 1


def test_the_same_day_needs_a_word_in_the_file_as_by_hand(b: Any) -> None:
    enter(b, title="走访西街")
    (found,) = wrong(b, LINE)
    assert "走访选民 on 2026-01-05 is recorded already, by '登记簿 1'" in found.message
    assert "同日另一次" in found.remedy
    assert wrong(b, LINE | {"同日另一次": "否"})
    assert b.bring(LINE | {"同日另一次": "是"}).new == 1
    assert [p.row for p in wrong(b, *(LINE | {"日期": "2026-01-06", "事由": t} for t in "一二"))] == [3]
    assert b.look(LINE | {"同日另一次": "下午"}, LINE | {"代表": "li"}).counts == {"same": 1, "new": 1}


def test_what_a_step_recorded_is_not_typed_in_beside_it(b: Any) -> None:
    call(b, b.open("meeting", OFFICE, title="六届五次会议"), present=["wang"])
    (record,) = every(b)
    on = str(record.on)
    (found,) = wrong(b, LINE | {"种类": "session", "日期": on})
    assert "never typed in" in found.message


def test_several_lines_that_say_the_same_are_counted_if_the_clerk_says_so(b: Any) -> None:
    twice = [LINE, LINE | {"同日另一次": "下午又去"}]
    assert [p.row for p in wrong(b, LINE, LINE)] == [3]
    assert b.bring(*twice).new == 2
    assert b.look(*twice).counts == {"same": 2}
    assert sorted(r.source for r in every(b)) == ["登记簿 2026-01-05 走访东街", "登记簿 2026-01-05 走访东街 第2次"]


def test_one_number_stands_once_for_a_deputy_and_kind_and_may_be_shared(b: Any) -> None:
    (found,) = wrong(b, NUMBERED, NUMBERED | {"日期": "2026-01-06"})
    assert (found.row, found.field, found.message) == (3, "登记号", "the same as row 2")
    assert b.bring(NUMBERED, NUMBERED | {"代表": "li"}, NUMBERED | {"种类": "座谈"}).new == 3


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"数量": "4"}, "数量"),
        ({"数量": "约3"}, "数量"),
        ({"事由": "走访西街"}, "事由"),
        ({"日期": "2026-01-06"}, "日期"),
        ({"证据": "照片"}, "证据"),
        ({"所属人大": "示例镇人民代表大会"}, "所属人大"),
        ({"人次": "5"}, "行"),
    ],
)
def test_a_line_that_is_here_otherwise_is_corrected_by_a_mark_and_by_no_file(b: Any, change: Any, column: str) -> None:
    whole = NUMBERED | {"数量": 3, "证据": "签到表", "人次": 4}
    b.bring(whole)
    (found,) = wrong(b, whole | change)
    assert (found.field, "is here already and differs in" in found.message) == (column, True)
    assert "by a mark, with a reason" in found.remedy
    only = {k: v for k, v in NUMBERED.items() if k != "事由"}
    assert b.look(only).counts == {"same": 1}


def test_what_people_decided_since_stays_and_is_told(b: Any) -> None:
    b.bring(NUMBERED | {"状态": "待核"})
    (record,) = every(b)
    assert record.state == "entered"
    mark(b, OFFICE, record, "confirm")
    looked = b.look(NUMBERED | {"状态": "待核"})
    assert (looked.counts, looked.ok, len(looked.problems)) == ({"same": 1}, True, 1)
    assert "is here already, and is 已核" in str(looked.problems[0])
    assert b.look(NUMBERED | {"状态": "已核"}).problems == ()
    mark(b, OFFICE, every(b)[0], "withdraw", "重复登记")
    before = every(b)
    assert b.bring(NUMBERED).same == 1
    assert every(b) == before


def test_who_enters_nothing_imports_nothing_and_a_station_confirms_nothing(b: Any) -> None:
    for actor in (WANG, b.actor("p", "presidium"), b.actor("c", "committee"), b.actor("n", "public")):
        with pytest.raises(NotAllowed, match="duty records are entered by"):
            b.look(LINE, by=actor)
    (found,) = wrong(b, LINE | {"状态": "已核"}, by=STATION)
    assert (found.field, "confirmed by" in found.message) == ("状态", True)
    b.bring(LINE, by=STATION)
    assert [r.state for r in every(b)] == ["entered"]


def test_a_clerk_who_is_a_deputy_confirms_nobodys_own_record(b: Any) -> None:
    both = b.actor("wang", "office deputy")
    (found,) = wrong(b, LINE | {"状态": "已核"}, by=both)
    assert "nobody confirms their own record" in found.message
    b.bring(LINE, LINE | {"代表": "li"}, by=both)
    assert Counter(r.state for r in every(b)) == {"entered": 1, "confirmed": 1}


def test_two_of_one_name_are_told_apart_by_number_day_and_congress(county: Any, tmp_path: Path) -> None:
    b = office(county, tmp_path)
    elect(b, "zhang", "other")
    rename(b, uid("other"), "zhang")
    (found,) = wrong(b, LINE | {"代表": "zhang"})
    assert "2 deputies are called 'zhang'" in found.message
    assert "certificate number" in found.remedy
    b.bring(LINE | {"代表": "zhang", "代表证号": "other"}, LINE | {"代表": uid("zhang")})
    assert {r.person for r in every(b)} == {uid("other"), uid("zhang")}
    assert b.look(LINE | {"代表": "zhang"}, LINE).counts == {"error": 1, "new": 1}


def test_a_column_that_nobody_knows_is_told_once_and_left_out(b: Any) -> None:
    lines = [LINE | {"序号": n, "天气": "晴", "代表": who, "学时": ""} for n, who in enumerate(("wang", "li"))]
    looked = b.look(*lines)
    assert looked.counts == {"warning": 1, "new": 1}
    assert [(p.row, p.field) for p in looked.problems] == [(2, "天气")]


def test_formulas_and_hidden_signs_are_text_or_refused(b: Any) -> None:
    b.bring(LINE | {"事由": '=HYPERLINK("http://x","y")', "证据": "'=1+1", "登记号": "@SUM(A1)"})
    (record,) = every(b)
    assert (record.title, record.source) == ('=HYPERLINK("http://x","y")', "@SUM(A1)")
    found = wrong(b, LINE | {"日期": "2026-01-06", "事由": "一\x07二"})
    assert found[0].field == "事由"


def test_a_job_reads_and_applies_it_whole(county: Any, tmp_path: Path) -> None:
    b = office(county, tmp_path)
    job = asked(b, [LINE, LINE | {"代表": "li"}], "records")
    assert worked(b, job.id) == "applied"
    assert (shown(b, job.id).facts.told["new"], len(every(b))) == (2, 2)
    again = previewed(b, [LINE, LINE | {"代表": "li"}], "records")
    assert again.facts.counts == {"same": 2}
    bad = received(b, [LINE | {"日期": "2026-01-06"}, LINE | {"代表": "nobody"}], "records")
    assert worked(b, bad.id) == "refused"
    assert len(every(b)) == 2


def xianning() -> list[dict[str, object]]:
    """Write registers of Xianning's shape: 300 person-times in 11 law inspections, and 216 invitations to sit in."""
    deputies = [f"d{n}" for n in range(100)]
    inspections = [
        {
            "代表": deputies[(n * 7) % 100],
            "种类": "座谈",
            "日期": D(2026, 1, 1 + n // 28),
            "事由": f"第{n // 28 + 1}部法律执法检查",
        }
        for n in range(300)
    ]
    sitting = [
        {"代表": deputies[n % 60], "种类": "学习培训", "日期": D(2026, 2, 1 + n // 54), "事由": "列席常委会会议"}
        for n in range(216)
    ]
    return [*inspections, *sitting]


def test_person_times_and_persons_of_xianning_are_read_back_apart(county: Any, tmp_path: Path) -> None:
    b = office(county, tmp_path, deputies=[f"d{n}" for n in range(100)])
    lines = xianning()
    assert b.bring(*lines).new == 516
    found = every(b)
    inspected = [r for r in found if r.kind == "talk"]
    assert len({r.title for r in inspected}) == 11
    assert heads(inspected) == {"persons": 100, "mandates": 100, "person_times": 300}
    assert heads(r for r in found if r.kind == "training") == {"persons": 60, "mandates": 60, "person_times": 216}
    assert b.look(*lines).counts == {"same": 516}
    assert counters(b) == made_anew(b)


def test_a_line_more_costs_no_more_than_the_line_before(
    county: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    b, asked = office(county, tmp_path, deputies=[f"d{n}" for n in range(20)]), Counter[str]()
    real = Reader.all

    async def counted(reader: Any, query: Any, /, **values: Any) -> Any:
        found = await real(reader, query, **values)
        asked["questions"] += 1
        asked["rows"] += len(found)
        return found

    monkeypatch.setattr(Reader, "all", counted)
    lines = [LINE | {"代表": f"d{n % 20}", "日期": D(2026, 1, 1) + dt.timedelta(n // 20 % 80)} for n in range(1_600)]
    lines = [line | {"事由": f"第{n}次", "同日另一次": "是"} for n, line in enumerate(lines)]
    for use in (imports.preview, imports.apply, imports.preview):
        cost = []
        for n in (400, 800, 1_600) if use is imports.preview else (1_600,):
            asked.clear()
            assert b.bring(*lines[:n], use=use)
            cost.append((asked["questions"], asked["rows"]))
        for few, more in pairwise(cost):
            assert more[0] <= 2 * few[0]
            assert more[1] <= 2 * few[1] + len(lines[0])


@pytest.mark.parametrize("cell", ["300", " 300 ", "３００", "300次", "1,300"])
def test_whole_numbers_are_read(cell: str) -> None:
    assert figure(cell, ("次",)).approx is False


@pytest.mark.parametrize(
    "cell", ["约300", "300余", "近 300 人次", "300多次", "300次左右", "大约300", "300余（约数）", "逾300", "300以上"]
)
def test_round_figures_stay_marked(cell: str) -> None:
    assert figure(cell, ("次", "人次")) == Figure(300, approx=True)


@given(st.text(max_size=30))
def test_any_text_is_a_figure_or_refused(text: str) -> None:
    try:
        found = figure(text, ("次",))
    except Unreadable:
        return
    assert found.n >= 0


@given(st.integers(0, 999_999_999), st.booleans())
def test_every_figure_that_is_written_is_read_back(n: int, approx: bool) -> None:
    assert figure(f"约{n}" if approx else str(n), ()) == Figure(n, approx)
    assert figure(str(Figure(n, approx)), ()) == Figure(n, approx)


@given(st.text(min_size=1).filter(str.strip), st.sampled_from(["", ":accept", ":reception.received"]))
def test_a_case_named_by_its_number_leads_back(number: str, rest: str) -> None:
    id = uid("case")
    found = sources.named(sources.written(f"case:{id}{rest}", "suggestion", number))
    assert found is not None
    assert (found.kind, found.number, found.of(id)) == ("suggestion", number, f"case:{id}{rest}")


@given(st.dates(), st.text(max_size=600), st.integers(1, 99))
def test_a_derived_source_is_short_and_always_the_same(on: dt.date, title: str, nth: int) -> None:
    flat = " ".join(title.split())
    made = sources.derived(on, flat, nth)
    assert made == sources.derived(on, flat, nth)
    assert 0 < len(made) <= 250
    assert made != sources.derived(on, flat, nth + 1)


def test_a_station_learns_nothing_of_private_kinds_by_a_file(b: Any) -> None:
    enter(b, kind="secret", source="纪委函 1", quantity=3)
    line = LINE | {"种类": "内部评定", "登记号": "纪委函 1"}
    told = {
        p.message
        for also in ({"数量": 3}, {"数量": 4}, {"登记号": "另一件"})
        for p in wrong(b, line | also, by=STATION)
    }
    assert told == {"内部评定 is private, and entered by office, overseer"}
    assert [p.message for p in wrong(b, line | {"数量": 4})] == ["is here already and differs in 数量、事由"]
