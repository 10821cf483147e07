"""Files in, on both back ends: a preview with a state per row, then all or nothing; given twice they change nothing."""

import csv
import datetime as dt
from pathlib import Path

import pytest

from renda_core.domain.case import Actor
from renda_core.errors import ConfigError, Invalid, NotFound
from renda_core.files import SHEETS, read_file
from renda_core.services import imports, journal, ledgers, lookups
from renda_core.store.cases import BY_NUMBER
from renda_core.store.roster import ALL
from renda_core.testing import uid
from renda_plugins import reception, second_assignment, suggestion_handling

OFFICE = Actor(id=uid("clerk"), roles={"office", "assigner", "station"})
CITY, SINCE = "甲市人民代表大会", "本届首次会议日期"
CONGRESSES = [
    {"人大名称": CITY, "层级": "市级", "上级人大": "", "届次": 6, SINCE: "2021-12-28"},
    {
        "人大名称": "乙县人民代表大会",
        "层级": "县级",
        "上级人大": "甲市人民代表大会",
        "届次": 6,
        "本届首次会议日期": "2021-11-18",
    },
    {
        "人大名称": "丙县人民代表大会",
        "层级": "县级",
        "上级人大": "甲市人民代表大会",
        "届次": 6,
        "本届首次会议日期": "2021-11-18",
    },
]
UNITS = [{"单位名称": "县交通局", "联系电话": "0715-8000001"}, {"单位名称": "县水利局", "联系电话": ""}]
WANG = {
    "姓名": "王小明", "出生日期": "1980-05-06", "身份证号": "421299198005060011", "手机号": "19900001234",
    "所属人大": "乙县人民代表大会", "届次": 6, "代表证号": "X-1", "当选日期": "2021-11-15", "代表团": "一团",
    "代表小组": "一组",
}  # fmt: skip
LI = WANG | {"姓名": "李四", "身份证号": "", "手机号": "", "代表证号": "X-2"}
SUGGESTION = {
    "编号": "001", "标题": "修桥的建议", "内容": "桥面破损", "领衔代表": "X-1", "附议代表": "X-2",
    "提出日期": "2026-01-12", "会议期间": "是", "类别": "交通",
}  # fmt: skip


def rows(tmp_path, name, lines):
    from renda_core.domain.identity import citizen_check_digit

    path = tmp_path / f"{name}.csv"
    headers = list(dict.fromkeys(h for line in lines for h in line))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, headers)
        writer.writeheader()
        for line in lines:
            number = str(line.get("身份证号", ""))
            good = number[:17] + citizen_check_digit(number[:17]) if len(number) == 18 and "*" not in number else number
            writer.writerow(line | ({"身份证号": good} if number else {}))
    return read_file(path, SHEETS[name])


@pytest.fixture
def office(county, tmp_path):
    b = county(suggestion_handling, second_assignment, reception, today=dt.date(2026, 11, 20))

    def bring(name, lines, use=imports.apply):
        return b.do(use, OFFICE, name, rows(tmp_path, name, lines))

    b.bring = bring
    b.look = lambda name, lines: bring(name, lines, imports.preview)
    return b


def begun(office):
    office.bring("congresses", CONGRESSES)
    office.bring("units", UNITS)
    office.bring("roster", [WANG, LI])
    office.bring("suggestions", [SUGGESTION])
    return office


def head(b):
    return b.read(journal.verify).entries


def test_what_is_new_is_the_same_the_second_time_and_a_changed_cell_is_a_change(office):
    begun(office)
    for name, lines in (
        ("congresses", CONGRESSES),
        ("units", UNITS),
        ("roster", [WANG, LI]),
        ("suggestions", [SUGGESTION]),
    ):
        assert office.look(name, lines).counts == {"same": len(lines)}
    changed = [WANG | {"工作单位": "乙县中学"}, LI]
    assert office.look("roster", changed).counts == {"change": 1, "same": 1}
    office.bring("roster", changed)
    assert {r["employer"] for r in office.read(lambda reader: reader.all(ALL["person"]))} == {"乙县中学", ""}


def test_a_wrong_row_is_named_by_row_field_and_remedy_and_nothing_is_done(office):
    office.bring("congresses", CONGRESSES)
    before = head(office)
    bad = [WANG, LI | {"所属人大": "丁县人民代表大会"}, WANG | {"当选日期": "昨天", "代表证号": "X-3"}]
    seen = office.look("roster", bad)
    assert [(r.number, r.state) for r in seen.rows] == [(3, "error"), (4, "error")]
    assert seen.counts == {"new": 1, "error": 2}
    with pytest.raises(ConfigError) as said:
        office.bring("roster", bad)
    told = " ".join(said.value.reasons)
    for part in ("row 3", "所属人大", "丁县人民代表大会", "import the congresses first", "当选日期", "昨天"):
        assert part in told
    assert head(office) == before
    assert office.read(lookups.heads).persons == 0


def test_one_person_holds_two_mandates_on_one_chain_and_none_on_another(office):
    office.bring("congresses", CONGRESSES)
    city = WANG | {"所属人大": "甲市人民代表大会", "代表证号": "C-1"}
    office.bring("roster", [WANG, city])
    heads = office.read(lookups.heads)
    assert (heads.persons, heads.mandates) == (1, 2)
    elsewhere = WANG | {"所属人大": "丙县人民代表大会", "代表证号": "D-1"}
    assert "unrelated (选举法 48)" in office.look("roster", [elsewhere]).errors[0]


def test_a_masked_number_means_unchanged_and_no_clear_number_is_stored(office):
    begun(office)
    masked = WANG | {"身份证号": "**************0011"[:14] + _last(office), "手机号": "*******1234"}
    assert office.look("roster", [masked]).counts == {"same": 1}
    people = office.read(lambda reader: reader.all(ALL["person"]))
    assert "42129919800506" not in str(people)
    assert "19900001234" not in str(people)


def _last(office):
    people = office.read(lambda reader: reader.all(ALL["person"]))
    return next(p["id_number"].last for p in people if p["id_number"])


def test_a_supposed_parent_a_repeated_unit_and_a_stranger_are_refused(office):
    office.bring("congresses", CONGRESSES)
    assert "does not exist" in office.look("congresses", [CONGRESSES[1] | {"上级人大": "戊市人民代表大会"}]).errors[0]
    assert "the same as row 2" in office.look("units", [UNITS[0], UNITS[0]]).errors[0]
    office.bring("roster", [WANG])
    assert "nobody is named 'X-2'" in office.look("suggestions", [SUGGESTION]).errors[0]
    with pytest.raises(NotFound, match="known: congresses"):
        office.bring_unknown = office.do(imports.preview, OFFICE, "payments", [])


def test_a_suggestion_on_paper_is_handed_in_with_its_signers_and_changed_by_no_file(office):
    begun(office)
    (row,) = office.ask(ledgers.ledger, OFFICE, ledgers.Ask(kind="suggestion"))
    case = office.case(row.id)
    assert [a.step for a in case.acts] == ["propose", "cosign_on_paper", "submit"]
    assert case.opened_on == dt.date(2026, 1, 12)
    other = office.look("suggestions", [SUGGESTION | {"标题": "另一个标题"}])
    assert "differs in title" in other.errors[0]
    assert "is in row 2 already" in office.look("suggestions", [SUGGESTION | {"编号": "002"}] * 2).errors[0]


def steps(*lines):
    return [{"编号": "001", **line} for line in lines]


DONE = steps(
    {"环节": "审查受理", "日期": "2026-01-15"},
    {"环节": "交办", "日期": "2026-01-20", "独办单位": "县交通局"},
    {"环节": "答复", "日期": "2026-03-02", "经办单位": "县交通局", "答复文号": "1", "答复分类": "A", "签发人": "赵"},
    {"环节": "评价", "日期": "2026-03-10", "等次": "不满意", "说明": "桥还是坏的"},
    {"环节": "二次交办", "日期": "2026-03-20", "独办单位": "县交通局", "说明": "桥还是坏的"},
)


def test_steps_are_judged_in_order_and_a_file_given_twice_changes_nothing(office):
    begun(office)
    assert office.bring("steps", DONE).new == 5
    assert office.look("steps", DONE).counts == {"same": 5}
    (row,) = office.ask(ledgers.ledger, OFFICE, ledgers.Ask(kind="suggestion", state="assigned"))
    assert row.round == 2


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ({"环节": "办结", "日期": "2026-03-01"}, "main is submitted"),
        ({"环节": "办成", "日期": "2026-03-01"}, "no step '办成'"),
        ({"环节": "审查受理", "日期": "2027-01-15"}, "lies in the future"),
        ({"环节": "审查受理", "日期": "2026-01-01"}, "lies before the last step"),
        ({"编号": "999", "环节": "审查受理", "日期": "2026-01-15"}, "no suggestion 999"),
    ],
)
def test_a_step_out_of_order_is_named_and_leaves_all_as_it_was(office, line, told):
    begun(office)
    before = head(office)
    with pytest.raises(ConfigError, match=told):
        office.bring("steps", steps(line))
    assert head(office) == before


def test_a_unit_that_is_misspelt_is_named_with_the_nearest(office):
    begun(office)
    wrong = [*DONE[:1], DONE[1] | {"独办单位": "县交道局"}]
    assert "did you mean '县交通局'" in office.look("steps", wrong).errors[0]


def test_a_clerk_who_enters_a_units_paper_has_the_units_rights_and_no_others(office):
    begun(office)
    office.bring("steps", DONE[:3])
    evaluating = DONE[3] | {"经办单位": "县交通局"}
    assert "refused" in office.look("steps", [evaluating]).errors[0]


def test_opinions_come_with_what_became_of_them_and_their_names_stay_sealed(office):
    begun(office)
    office.bring("stations", [{"名称": "一站", "类型": "代表联络站", "所属人大": "乙县人民代表大会"}])
    line = {
        "编号": "Y-1", "登记日期": "2026-03-16", "站点": "一站", "反映人": "张三", "手机号": "19900005678",
        "内容": "路灯不亮", "类别": "市政", "接待代表": "X-1", "处理方式": "当场答复",
        "答复日期": "2026-03-16", "答复内容": "已报修",
        "反馈选民日期": "2026-03-17", "反馈代表日期": "2026-03-17", "办结日期": "2026-03-18",
    }  # fmt: skip
    open_ = {k: v for k, v in line.items() if "日期" not in k or k == "登记日期"} | {
        "编号": "Y-2",
        "内容": "路灯又不亮",
        "手机号": "",
        "反映人": "",
    }
    assert office.bring("opinions", [line, open_]).new == 2
    assert office.look("opinions", [line, open_]).counts == {"same": 2}
    found = office.read(lambda reader: reader.find(BY_NUMBER, kind="opinion", number="Y-1"))
    assert office.case(found.id).states["main"] == "closed"
    assert "张三" not in str(office.see(office.case(found.id), OFFICE))
    assert office.page("opinions").closing.basis_points == 5000


def test_a_name_that_two_people_bear_asks_for_the_certificate(office):
    office.bring("congresses", CONGRESSES)
    twin = WANG | {"身份证号": "", "出生日期": "1990-01-01", "代表证号": "X-9"}
    office.bring("roster", [WANG, twin])
    with pytest.raises(Invalid, match="give the certificate number"):
        office.read(lookups.person_id, "王小明", dt.date(2026, 1, 1))


TENANTS = Path(__file__).parents[2] / "tenants"


def test_the_shipped_roster_is_whole(county):
    b = county(suggestion_handling, today=dt.date(2026, 11, 20))
    for name in ("congresses.csv", "roster.xlsx"):
        sheet = name.partition(".")[0]
        b.do(imports.apply, OFFICE, sheet, read_file(TENANTS / "xianning" / name, SHEETS[sheet]))
    heads = b.read(lookups.heads)
    assert (heads.persons, heads.mandates, heads.in_groups) == (5780, 6030, 6030)
