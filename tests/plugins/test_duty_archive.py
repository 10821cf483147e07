"""The file of one deputy: everything that is recorded, in every state, beside how long they were in office."""

import pytest
from tests.core.reminding import COUNTY, OFFICE, TOWN
from tests.plugins.archiving import CHAIR, D, archive, enter, file, mark, people, seat, write

from renda_core.domain.areas import Term
from renda_core.domain.duty import Record
from renda_core.domain.figures import Figure
from renda_core.domain.mandates import MandateEvent
from renda_core.errors import Invalid, NotFound
from renda_core.services import mandates
from renda_core.services.duty import people as desk
from renda_core.store.unit import Reader
from renda_core.testing import uid
from renda_plugins.duty_archive.reading import Reading

YEAR = {"first": "2026-01-01", "last": "2026-12-31"}
BEGAN = D(2021, 12, 28)


@pytest.fixture
def year(county):
    """One deputy's year after 道外 (article 004): every sort of thing that it names."""
    b = archive(county, "王芳", "李强")
    own = {"congress": uid("county")}
    enter(b, "王芳", "session", D(2026, 1, 6), title="六届六次会议", quantity=1, facts={"halves": 6}, **own)
    enter(b, "王芳", "session", D(2026, 7, 6), title="六届七次会议", evidence=("签到表第 3 页",), **own)
    enter(b, "王芳", "leave", D(2026, 3, 3), title="常委会会议", quantity=2, facts={"halves": 2, "committee": 1}, **own)
    for month in (2, 4, 6):
        enter(b, "王芳", "group_activity", D(2026, month, 10), title=f"第一小组 {month} 月活动")
    enter(b, "王芳", "training", D(2026, 5, 8), title="履职培训班", facts={"halves": 2, "hours": 75})
    enter(b, "王芳", "training", D(2026, 9, 8), title="网络课程", facts={"hours": 20})
    enter(b, "王芳", "visit", D(2026, 8, 15), title="走访东街", facts={"people": 120, "approx": 1})
    enter(b, "王芳", "visit", D(2026, 8, 16), title="走访西街", facts={"people": 8})
    enter(b, "王芳", "opinion", D(2026, 8, 15), title="楼道灯不亮")
    enter(b, "王芳", "passed_on", D(2026, 8, 20), title="楼道灯不亮", quantity=3)
    enter(b, "王芳", "award", D(2026, 10, 1), title="优秀代表", evidence=("证书 17 号",))
    enter(b, "王芳", "other", D(2026, 11, 2), title="参加义务植树")
    enter(b, "王芳", "duty_report", D(2026, 12, 20), title="向第一选区选民口头述职")
    enter(b, "王芳", "suggestion", D(2026, 1, 7), title="关于修桥的建议", facts={"lead": 1})
    enter(b, "李强", "visit", D(2026, 8, 15), title="走访东街", facts={"people": 5})
    return b


def test_a_years_file_has_every_sort_and_adds_up(year):
    page = file(year, "王芳", **YEAR)
    assert (page.name, page.congresses, page.first, page.last) == ("王芳", COUNTY, D(2026, 1, 1), D(2026, 12, 31))
    assert (page.counted, page.waiting, page.others) == (16, 0, 0)
    assert len(page.records) == 16
    assert [r.on for r in page.records] == sorted(r.on for r in page.records)
    sums = {(s.book, s.kind, s.name): (str(s.total), s.unit, s.records) for s in page.sums}
    assert sums[("参加活动", "代表小组活动", "数量")] == ("3", "次", 3)
    assert sums[("参加活动", "学习培训", "学时（十分之一）")] == ("95", "合 9.5 学时", 2)
    assert sums[("接待选民", "走访选民", "走访人次")] == ("128余（约数）", "", 2)
    assert sums[("接待选民", "走访选民", "数量")] == ("2", "次", 2)
    assert sums[("接待选民", "反映群众意见", "数量")] == ("3", "件", 1)
    assert sums[("履职情况", "请假", "数量")] == ("2", "半天", 1)
    assert [b for b, _, n in sums if n == "数量"] == sorted(
        (b for b, _, n in sums if n == "数量"),
        key=["年度述职", "接待选民", "履职情况", "参加活动", "议案建议"].index,
    )
    assert (page.offered, page.taken, page.missed) == (8, 7, 1)
    assert str(page.attendance) == "87.50 % (7 / 8 应参加次数)"
    assert str(page.in_office) == "100.00 % (365 / 365 统计期天数)"


def test_a_line_says_what_is_counted_what_proves_it_and_where(year):
    lines = {(r.kind, r.title): r for r in file(year, "王芳", **YEAR).records}
    assert lines["学习培训", "履职培训班"].note == "半天数 2，学时 7.5"
    assert lines["走访选民", "走访东街"].note == "走访人次 120余（约数）"
    assert lines["走访选民", "走访东街"].quantity == Figure(1)
    assert lines["出席人代会会议", "六届七次会议"].evidence == "签到表第 3 页"
    assert lines["表彰奖励", "优秀代表"].counted == "县级"
    assert lines["反映群众意见", "楼道灯不亮"].unit == "件"


def test_what_does_not_count_is_shown_as_what_it_is(year):
    keys = {"title": "植树", "facts": {}}
    refused = enter(year, "李强", "other", D(2026, 4, 1), **keys)
    mark(year, CHAIR, refused, "refuse", "与名单不符")
    appealed = enter(year, "李强", "other", D(2026, 4, 2), **keys)
    mark(year, year.actor("李强", "deputy"), appealed, "appeal", "次数有误")
    gone = enter(year, "李强", "other", D(2026, 4, 3), **keys)
    mark(year, CHAIR, gone, "withdraw", "重复")
    mine = enter(year, "李强", "other", D(2026, 4, 4), by=year.actor("李强", "deputy"), state="entered", **keys)
    page = file(year, "李强", **YEAR)
    lines = {r.on.day: (r.state, r.note, r.counted) for r in page.records if r.on.month == 4}
    assert lines == {
        1: ("驳回", "与名单不符", "不计入"),
        2: ("申诉中", "次数有误", "县级"),
        3: ("已撤销", "重复", "不计入"),
        4: ("待核", "", "不计入"),
    }
    assert (page.counted, page.waiting, page.others) == (2, 1, 2)
    assert {s.kind: s.records for s in page.sums if s.name == "数量"} == {"走访选民": 1, "其他履职": 1}
    mark(year, CHAIR, mine, "confirm")
    fixed = mark(year, CHAIR, mine, "correct", "两次", changes={"quantity": 2})
    assert fixed.quantity == 2
    (line,) = [r for r in file(year, "李强", **YEAR).records if r.on == D(2026, 4, 4)]
    assert (line.state, line.note, line.quantity) == ("已核", "有更正", Figure(2))


def test_a_deputy_finds_their_own_file_and_nobody_elses(year):
    wang = year.actor("王芳", "deputy")
    assert year.page("duty_file", wang, YEAR).name == "王芳"
    for who in ("李强", uid("李强"), "没有这个人"):
        with pytest.raises(NotFound):
            year.page("duty_file", wang, {"person": who, **YEAR})
    for role in ("public", "government", "unit"):
        with pytest.raises(NotFound):
            year.page("duty_file", year.actor("x", role), {"person": "王芳"})
    for role in ("office", "station", "overseer", "presidium", "committee", "inspector"):
        assert year.page("duty_file", year.actor("x", role), {"person": uid("王芳"), **YEAR}).counted == 16
    with pytest.raises(Invalid, match="name the deputy"):
        year.page("duty_file", OFFICE, {})
    with pytest.raises(NotFound):
        year.page("duty_file", OFFICE, {"person": "没有这个人"})


def test_by_default_the_file_is_of_the_term_that_runs(year):
    page = file(year, "王芳")
    assert (page.first, page.last) == (BEGAN, D(2026, 12, 31))
    assert file(year, "王芳", term=6).first == BEGAN
    assert file(year, "王芳", 届次="6").first == BEGAN
    assert file(year, "王芳", first="2026-08-01").counted == 8
    assert (file(year, "王芳", last="2025-12-31").first, file(year, "王芳", last="2025-12-31").counted) == (BEGAN, 0)


def test_who_came_in_a_by_election_has_fewer_days(county):
    b = archive(county, "王芳")
    people(b, "赵敏")
    write(b, ("district", "east", {"congress": uid("county"), "name": "东街选区", "seats": 1}))
    seat(b, "赵敏", on=D(2026, 7, 1), by_election=True, district=uid("east"), certificate="101")
    page = file(b, "赵敏", **YEAR)
    (line,) = page.mandates
    assert (line.congress, line.level, line.term, line.district) == (COUNTY, "县级", "第6届", "东街选区")
    assert (line.certificate, line.elected_on, line.by_election, line.state) == ("101", D(2026, 7, 1), True, "有效")
    assert str(page.in_office) == str(line.in_office) == "50.41 % (184 / 365 统计期天数)"
    assert file(b, "赵敏").first == BEGAN  # the term is the congress's, and begins before the mandate
    assert file(b, "赵敏", last="2026-06-30").mandates[0].state == "尚未当选"


def test_a_suspended_mandate_is_told_with_its_days_and_reason(county):
    b = archive(county, "王芳")
    committee = {"by_body": "standing_committee"}
    held = uid("mandate 王芳 county county term")
    act = MandateEvent(kind="suspend", on=D(2026, 3, 1), legal_act="公告 3 号", reason="detained", **committee)
    b.do(mandates.happen, OFFICE, held, act)
    b.do(
        mandates.happen, OFFICE, held, MandateEvent(kind="resume", on=D(2026, 4, 1), legal_act="公告 5 号", **committee)
    )
    page = file(b, "王芳", **YEAR)
    assert (page.suspended, page.in_office.hits) == (31, 334)
    assert page.mandates[0].events == "2026-03-01 暂停（因刑事案件被羁押正在受侦查、起诉、审判）；2026-04-01 恢复"
    assert file(b, "王芳", last="2026-03-15", first="2026-01-01").mandates[0].state == "暂停"


@pytest.fixture
def terms(county):
    """A deputy of two terms, with a record in each, and one of each term alone."""
    b = archive(county, "王芳", "李强", today=D(2027, 3, 31))
    enter(b, "王芳", "other", D(2026, 11, 2), title="旧届")
    opened = D(2027, 1, 10)
    new = Term(id=uid("seventh"), valid_from=opened, congress=uid("county"), number=7, first_session_on=opened)
    b.do(mandates.open_term, OFFICE, new)
    people(b, "孙丽")
    for name in ("王芳", "孙丽"):
        seat(b, name, term="seventh", on=opened)
    enter(b, "王芳", "other", D(2027, 2, 3), title="新届")
    return b


def test_the_file_of_each_term_stands_for_itself_and_all_can_be_read(terms):
    now = file(terms, "王芳")
    assert (now.first, now.last, [r.title for r in now.records]) == (D(2027, 1, 10), D(2027, 3, 31), ["新届"])
    assert [(m.term, m.state) for m in now.mandates] == [("第6届", "终止"), ("第7届", "有效")]
    assert now.mandates[0].events == "2027-01-10 终止（下届第一次会议举行, 任期届满）"
    assert [m.in_office.hits for m in now.mandates] == [0, 81]
    old = file(terms, "王芳", term=6)
    assert (old.first, old.last, [r.title for r in old.records]) == (BEGAN, D(2027, 1, 9), ["旧届"])
    assert [m.term for m in old.mandates] == ["第6届"]
    both = file(terms, "王芳", first="2026-01-01")
    assert [r.title for r in both.records] == ["旧届", "新届"]
    assert str(both.in_office) == "100.00 % (455 / 455 统计期天数)"
    gone = file(terms, "李强")
    assert (gone.first, gone.last, gone.in_office.shown) == (BEGAN, D(2027, 1, 9), "100.00 %")


def test_one_person_with_three_mandates_has_a_common_event_once_in_each_file(county):
    b = archive(county, "王芳", today=D(2026, 6, 30))
    city = {"level": "city", "name": "示例市人民代表大会", "area": "", "has_districts": True}
    term = {"congress": uid("city"), "number": 14, "first_session_on": BEGAN}
    write(b, ("congress", "city", city), ("term", "city term", term))
    seat(b, "王芳", "town")
    seat(b, "王芳", "city", on=D(2022, 1, 5))
    enter(b, "王芳", "visit", D(2026, 2, 3), title="走访")
    enter(b, "王芳", "session", D(2026, 1, 6), title="县人代会", congress=uid("county"))
    whole = file(b, "王芳", **YEAR)
    counted = {r.title: set(r.counted.split("、")) for r in whole.records}
    assert counted == {"县人代会": {"县级"}, "走访": {"县级", "乡级", "市级"}}
    assert [(s.kind, s.records) for s in whole.sums] == [("走访选民", 1), ("出席人代会会议", 1)]
    assert {m.level for m in whole.mandates} == {"乡级", "县级", "市级"}
    for congress, titles in ((COUNTY, ["县人代会", "走访"]), (TOWN, ["走访"]), ("示例市人民代表大会", ["走访"])):
        page = file(b, "王芳", congress=congress, **YEAR)
        assert ([r.title for r in page.records], len(page.mandates)) == (titles, 1)
        assert page.congresses == congress
    assert file(b, "王芳", congress=uid("town"), **YEAR).congresses == TOWN
    assert [r.title for r in file(b, "王芳", term=14).records] == ["走访"]
    assert len(file(b, "王芳", term=14).mandates) == 1
    assert len(file(b, "王芳", term=6).mandates) == 2


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"first": "2026-02-01", "last": "2026-01-01"}, "ends on 2026-01-01, before it begins on 2026-02-01"),
        ({"first": "2027-02-01"}, "ends on 2026-12-31, before it begins on 2027-02-01"),
        ({"congress": "没有的人民代表大会"}, f"no mandate was ever held in '没有的人民代表大会'; held in: {COUNTY}"),
        ({"congress": TOWN}, f"no mandate was ever held in '{TOWN}'; held in: {COUNTY}"),
        ({"term": 5}, "no mandate was held in term 5; terms: 6"),
        ({"term": "第六届"}, "term"),
        ({"term": 6, "first": "2026-01-01"}, "say a term or days, not both"),
        ({"last": "不知道"}, "last"),
        ({"congress": "x" * 201}, "longer than 200"),
    ],
)
def test_what_cannot_be_found_is_said_in_clear_words(year, asked, said):
    with pytest.raises(Invalid, match=said):
        file(year, "王芳", **asked)


def test_fifty_years_of_one_deputy_are_only_their_own_records(year):
    page = file(year, "王芳", first="1980-01-01", last="2029-12-31")
    assert (page.counted, page.in_office.base) == (16, 18263)
    assert file(year, "王芳", first="0001-01-01", last="9999-12-31").counted == 16


def test_the_file_of_one_deputy_costs_the_same_whatever_others_have(year, monkeypatch):
    sent, read = [], []
    real_all, real_decode = Reader.all, desk.decode

    async def counting(self, query, **values):
        sent.append(query)
        return await real_all(self, query, **values)

    monkeypatch.setattr(Reader, "all", counting)
    monkeypatch.setattr(desk, "decode", lambda raw, cls: read.append(cls) or real_decode(raw, cls))

    def cost():
        sent.clear()
        read.clear()
        file(year, uid("王芳"), **YEAR)
        return len(sent), len(read)

    before = cost()
    for day in range(1, 29):
        enter(year, "李强", "visit", D(2026, 2, day), facts={"people": 1})
    assert cost() == before
    assert before[1] == 16


def test_a_kind_that_nobody_offers_any_more_goes_by_its_name_and_adds_up_to_nothing():
    reading = Reading(kinds={}, books={}, congresses={"m": "某县"})
    record = Record(person="p", kind="gone", on=D(2026, 1, 1), source="登记 3", mandates=("m",), facts={"x": 4})
    line = reading.line(record)
    assert (line.kind, line.title, line.note, line.counted) == ("gone", "登记 3", "", "某县")
    assert (list(reading.sums([record])), reading.book(record), reading.public(record)) == ([], "", False)


def test_a_place_keeps_a_kind_in_another_book(county):
    b = archive(county, "王芳", books={"visit": "activity"})
    enter(b, "王芳", "visit", D(2026, 2, 3), title="走访")
    assert [s.book for s in file(b, "王芳").sums] == ["参加活动"]
    assert [r.title for r in file(b, "王芳", "book_activities").lines] == ["走访"]
    assert file(b, "王芳", "book_receptions").lines == ()
