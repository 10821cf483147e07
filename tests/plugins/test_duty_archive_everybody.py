"""What everybody did in a period: the register by name, and figures with their bases, of no small group, unranked."""

from collections import Counter
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.reminding import BEGAN, COUNTY, OFFICE, TOWN
from tests.plugins.archiving import CHAIR, D, archive, enter, mark, people, seat, write

from renda_core.domain.figures import Figure
from renda_core.domain.protecting import TOTAL
from renda_core.errors import Invalid, NotFound
from renda_core.records import RecordKind
from renda_core.services.exports.pages import page_sheets
from renda_core.services.papers.pages import page_paper
from renda_core.testing import uid
from renda_plugins.duty_archive.telling import told_groups, told_months

YEAR = {"first": "2026-01-01", "last": "2026-12-31"}
WANG, LI, ZHAO, QIAN = "王芳", "李强", "赵敏", "钱进"


class Secret:
    """A practice with a private kind of records."""

    from renda_core import hookimpl

    @hookimpl
    def register_records(self):
        """Offer one that no list of others shows."""
        return (RecordKind(name="secret", title="内部评定", book="duty", private=True),)


@pytest.fixture
def b(county):
    """Four deputies, two in a group, one since July in a by-election, one who sits in the town as well."""
    b = archive(county, WANG, LI, QIAN, more={"secret": Secret()}, least_people=2)
    people(b, ZHAO)
    seat(b, ZHAO, on=D(2026, 7, 1), by_election=True)
    seat(b, QIAN, "town")
    group(b, "第一小组", WANG, LI)
    group(b, "第二小组", QIAN, ZHAO, since=D(2026, 7, 1))
    enter(b, WANG, "visit", D(2026, 3, 3), title="走访", quantity=2, facts={"people": 900, "approx": 1})
    enter(b, WANG, "session", D(2026, 1, 6), title="县人代会", congress=uid("county"))
    enter(b, LI, "leave", D(2026, 1, 6), title="县人代会", quantity=3, congress=uid("county"))
    enter(b, LI, "suggestion", D(2026, 1, 7), title="修桥", facts={"lead": 1})
    enter(b, QIAN, "visit", D(2026, 8, 3), title="走访")
    enter(b, QIAN, "secret", D(2026, 8, 4), title="内部")
    refused = enter(b, ZHAO, "visit", D(2026, 8, 5), title="走访")
    mark(b, CHAIR, refused, "refuse", "不实")
    return b


def group(b, name, *members, since=BEGAN):
    """Write a group of the county with its members."""
    body = {"congress": uid("county"), "kind": "group", "name": name, "valid_from": since}
    seats = [
        ("membership", f"{name} {m}", {"mandate": uid(f"mandate {m} county county term"), "body": uid(name),
         "role": "member", "valid_from": since})
        for m in members
    ]  # fmt: skip
    write(b, ("body", name, body), *seats)


def register(b, reader=OFFICE, **asked):
    return b.page("duty_register", reader, {**YEAR, **asked})


def statistics(b, reader=OFFICE, **asked):
    return b.page("duty_statistics", reader, {**YEAR, **asked})


def test_the_register_is_by_name_and_then_by_day(b):
    page = register(b)
    assert [(a.name, str(a.on)) for a in page.lines] == [
        ("李强", "2026-01-06"), ("李强", "2026-01-07"), ("王芳", "2026-01-06"), ("王芳", "2026-03-03"),
        ("赵敏", "2026-08-05"), ("钱进", "2026-08-03"),
    ]  # fmt: skip
    assert (page.persons, page.mandates, page.counted, page.waiting, page.others) == (3, 4, 5, 0, 1)
    (refused,) = [a for a in page.lines if a.name == ZHAO]
    assert (refused.state, refused.note, refused.counted) == ("驳回", "不实", "不计入")
    assert [register(b, congress=c).mandates for c in (COUNTY, TOWN)] == [3, 1]
    (both,) = [a for a in page.lines if a.name == QIAN]
    assert set(both.counted.split("、")) == {COUNTY, TOWN}
    assert "内部" not in str(page)


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"book": "proposal"}, [LI]),
        ({"登记簿": "reception"}, [WANG, ZHAO, QIAN]),
        ({"kind": "leave"}, [LI]),
        ({"kind": "走访选民"}, [WANG, ZHAO, QIAN]),
        ({"congress": TOWN}, [QIAN]),
        ({"congress": uid("county"), "kind": "visit"}, [WANG, ZHAO, QIAN]),
        ({"group": "第一小组"}, [LI, LI, WANG, WANG]),
        ({"group": uid("第二小组")}, [ZHAO, QIAN]),
        ({"group": "第二小组", "last": "2026-08-03"}, [QIAN]),
        ({"kind": "award"}, []),
    ],
)
def test_the_register_of_a_book_a_kind_a_congress_a_group(b, asked, names):
    assert [a.name for a in register(b, **asked).lines] == names


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"last": "2025-01-01"}, "ends on 2025-01-01, before it begins on 2026-01-01"),
        ({"first": "1980-01-01", "last": "2029-12-31"}, "at most three years, from 1954 to 2099"),
        ({"first": "1900-01-01", "last": "1900-12-31"}, "at most three years, from 1954 to 2099"),
        ({"congress": "某省人民代表大会"}, f"no congress '某省人民代表大会' in this period; known: {COUNTY}、{TOWN}"),
        ({"group": "第九小组"}, "no group '第九小组' in this period; known: 第一小组、第二小组"),
        ({"group": "第一小组", "congress": TOWN}, "no group '第一小组' in this period; known: none"),
        ({"kind": "散步"}, "no kind '散步' of duty records is enabled here"),
        ({"kind": "secret"}, "no kind 'secret' of duty records is enabled here"),
        ({"book": "diary"}, "book"),
    ],
)
def test_what_the_register_cannot_find_is_said(b, asked, said):
    with pytest.raises(Invalid, match=said):
        register(b, **asked)


def test_figures_of_a_year_with_their_bases(b):
    page = statistics(b)
    (line,) = page.total
    assert (page.deputies, page.congress, page.lines) == (4, "全部", ())
    assert str(line.active) == "75.00 % (3 / 4 在任代表)"
    assert (line.mandates, line.records, line.quantity, line.unit) == (4, 4, Figure(4, True), "人次")
    assert line.average == "1.00"
    assert str(line.attendance) == "50.00 % (1 / 2 应参加人次)"
    county = statistics(b, congress=COUNTY)
    assert (county.deputies, county.congress, county.total[0].mandates) == (4, COUNTY, 3)


def test_who_came_in_a_by_election_is_in_the_base_only_of_the_days_in_office(b):
    assert statistics(b, last="2026-06-30").deputies == 3
    assert statistics(b, first="2026-07-01").deputies == 4
    months = {a.name: a.deputies for a in statistics(b, by="month").lines}
    assert list(months) == [f"2026-{n:02d}" for n in range(1, 13)]
    assert (months["2026-06"], months["2026-07"]) == (3, 4)


def test_by_group_by_month_and_by_kind_without_any_ranking(b):
    groups = {a.name: (a.deputies, a.records, a.note) for a in statistics(b, by="group").lines}
    assert groups == {"第一小组": (2, 3, ""), "第二小组": (2, 1, "")}
    months = {a.name: a.records for a in statistics(b, by="month").lines if a.records}
    assert months == {"2026-01": 2, "2026-03": 1, "2026-08": 1}
    kinds = [(a.name, a.records, str(a.quantity), a.unit, str(a.active)) for a in statistics(b, by="kind").lines]
    assert kinds == [
        ("走访选民", 2, "3余（约数）", "人次", "50.00 % (2 / 4 在任代表)"),
        ("出席人代会会议", 1, "1", "人次", "25.00 % (1 / 4 在任代表)"),
        ("请假", 1, "3", "半天", "25.00 % (1 / 4 在任代表)"),
        ("代表建议", 1, "1", "件", "25.00 % (1 / 4 在任代表)"),
    ]


def test_a_small_group_is_not_told_and_does_not_follow_from_the_others(county):
    names = [f"代表{n}" for n in range(9)]
    b = archive(county, *names, least_people=3)
    for at, (title, size) in enumerate((("甲组", 3), ("乙组", 4), ("丙组", 2))):
        first = sum((3, 4)[:at])
        group(b, title, *names[first : first + size])
    for name in names:
        enter(b, name, "visit", D(2026, 3, 3))
    lines = {a.name: a for a in statistics(b, by="group").lines}
    assert {n: (a.deputies, a.records, a.note) for n, a in lines.items()} == {
        "丙组": (2, None, "不公布"), "乙组": (4, 4, ""), "甲组": (3, None, "不公布"),
    }  # fmt: skip
    assert (lines["丙组"].active, lines["丙组"].average, lines["丙组"].attendance) == (None, "", None)
    assert statistics(b, by="group").total[0].records == 9
    (total,) = statistics(archive(county, "甲", "乙")).total
    assert (total.deputies, total.records, total.note) == (2, None, "不公布")
    assert statistics(archive(county, "甲", "乙"), by="kind").lines == ()
    assert statistics(archive(county), by="group").lines == ()


def test_groups_of_one_name_are_told_apart(b):
    body = {"congress": uid("town"), "kind": "group", "name": "第一小组"}
    write(b, ("body", "town first", body), ("membership", "town seat", {
        "mandate": uid(f"mandate {QIAN} town town term"), "body": uid("town first"), "role": "member"}))  # fmt: skip
    assert {a.name for a in statistics(b, by="group").lines} == {
        f"第一小组（{COUNTY}）", f"第一小组（{TOWN}）", "第二小组",
    }  # fmt: skip


def test_only_the_offices_read_of_everybody(b):
    for role in ("office", "overseer", "presidium", "committee"):
        reader = b.actor("x", role)
        assert register(b, reader).lines
        assert statistics(b, reader).total
        assert "内部" not in str(register(b, reader))
    for role in ("deputy", "station", "inspector", "public", "government"):
        for look in (register, statistics):
            with pytest.raises(NotFound):
                look(b, b.actor("x", role))


@pytest.mark.parametrize(("name", "asked"), [("duty_register", {}), ("duty_statistics", {"by": "month"})])
def test_pages_over_everybody_are_printed_and_exported(b, name, asked):
    told = {**YEAR, **asked}
    assert b.ask(page_paper, OFFICE, name, told).across
    sheets = b.ask(page_sheets, OFFICE, name, told)
    assert all(len(row) == len(sheet.columns) for sheet in sheets for row in sheet.rows)


@given(st.lists(st.sets(st.integers(0, 11), max_size=8), max_size=6), st.integers(2, 4))
def test_no_sum_of_what_is_told_is_about_fewer_than_so_many(groups, least):
    """Try every sum of told groups, each taken once, left out or taken away, with or without the total."""
    everybody = {f"p{n}" for n in range(12)}
    named = {f"g{n}": {f"p{m}" for m in of} for n, of in enumerate(groups)}
    told = told_groups(named, everybody, least)
    rows = [everybody if name == TOTAL else named[name] for name in told]
    for signs in product((-1, 0, 1), repeat=len(rows)):
        weights = Counter()
        for sign, row in zip(signs, rows, strict=True):
            weights.update(dict.fromkeys(row, sign))
        about = sum(1 for n in weights.values() if n)
        assert about == 0 or about >= least


@given(
    st.dictionaries(st.sampled_from([f"2026-{n:02d}" for n in range(1, 13)]), st.integers(0, 20)), st.integers(2, 12)
)
def test_what_is_left_of_the_total_is_about_enough_people_or_about_nobody(months, least):
    told = told_months(months, least)
    left = [n for month, n in months.items() if month not in told]
    assert all(months[m] >= least for m in told)
    assert not left or max(left) >= least or all(n < least for n in months.values())
