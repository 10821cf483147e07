"""Files imported before, and files with a doubt in them: nothing twice, nothing lost, nothing merged unasked."""

import csv
import datetime as dt

import pytest

from renda_core.domain.case import Actor
from renda_core.domain.identity import citizen_check_digit
from renda_core.errors import ConfigError, Misuse
from renda_core.files import SHEETS, open_rows
from renda_core.services import imports, journal, lookups
from renda_core.store.roster import ALL
from renda_core.testing import uid
from renda_plugins import reception, suggestion_handling

OFFICE = Actor(id=uid("clerk"), roles={"office", "assigner", "station"})
HOME, OTHER = "乙县人民代表大会", "丙县人民代表大会"
CONGRESSES = [
    {"人大名称": name, "层级": "县级", "上级人大": "", "届次": 6, "本届首次会议日期": "2021-11-18"}
    for name in (HOME, OTHER)
]
WANG = {
    "姓名": "王小明", "出生日期": "1980-05-06", "身份证号": "", "手机号": "19900001234", "所属人大": HOME, "届次": 6,
    "代表证号": "X-1", "当选日期": "2021-11-15", "补选": "是", "代表团": "一团", "代表小组": "一组",
    "工作单位": "县一中",
}  # fmt: skip


def number(first):
    return first + citizen_check_digit(first)


ONE, TWO, THREE = (number(f"421299{day}") for day in ("19800506001", "19900101003", "19800506003"))
VOTER = {
    "姓名": "李四",
    "出生日期": "1990-01-01",
    "身份证号": TWO,
    "所属人大": HOME,
    "选区": "第1选区",
    "登记日期": "2026-03-01",
}
SESSION = {"所属人大": HOME, "届次": 6, "会次": 5, "开幕日期": "2026-01-12", "闭幕日期": "2026-01-15"}
OPINION = {"编号": "Y-1", "登记日期": "2026-03-16", "内容": "路灯不亮", "处理方式": "当场答复"}


@pytest.fixture
def office(county, tmp_path):
    b = county(suggestion_handling, reception, today=dt.date(2026, 11, 20))

    def bring(name, lines, use=imports.apply, **rest):
        path = tmp_path / f"{name}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, list(dict.fromkeys(h for line in lines for h in line)))
            writer.writeheader()
            writer.writerows(lines)
        with open_rows(path, SHEETS[name]) as rows:
            return b.do(use, OFFICE, name, rows, **rest)

    b.bring = bring
    b.look = lambda name, *lines: bring(name, lines, imports.preview)
    b.all = lambda noun: b.read(lambda reader: reader.all(ALL[noun]))
    bring("congresses", CONGRESSES)
    return b


def state(b, line, name="roster"):
    seen = b.look(name, line)
    return "".join(seen.counts), " ".join(p.message for p in seen.problems)


def test_an_empty_cell_and_a_missing_column_leave_what_was_there(office):
    office.bring("roster", [WANG])
    empty = {k: v if k in ("姓名", "出生日期", "所属人大", "届次", "当选日期") else "" for k, v in WANG.items()}
    short = {k: v for k, v in empty.items() if v}
    assert state(office, short) == ("same", "")
    assert state(office, empty | {"补选": "是"}) == ("same", "")
    assert office.bring("roster", [short | {"工作单位": "县二中"}]).changed == 1
    assert (office.all("person")[0]["employer"], office.all("mandate")[0]["by_election"]) == ("县二中", True)


def test_a_changed_delegation_is_a_move_and_back_again(office):
    office.bring("roster", [WANG])
    for name, rows in (("二团", 3), ("一团", 4), ("二团", 4), ("二团", 4)):
        office.bring("roster", [WANG | {"代表团": name}])
        bodies = {b["id"]: b["name"] for b in office.all("body")}
        open_ = sorted(bodies[m["body"]] for m in office.all("membership") if m["valid_to"] is None)
        assert (open_, len(office.all("membership"))) == (sorted(["一组", name]), rows)


def test_a_changed_certificate_is_in_the_mandates_document_too(office):
    from renda_core.domain.mandates import Mandate
    from renda_core.store.codec import decode

    office.bring("roster", [WANG])
    office.bring("roster", [WANG | {"代表证号": "X-9", "当选日期": "2021-11-16"}])
    (row,) = office.all("mandate")
    held = decode(row["document"], Mandate)
    assert (row["certificate"], held.certificate, held.elected_on) == ("X-9", "X-9", row["elected_on"])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ({"出生日期": "1981-05-06"}, "the same name with another birth date"),
        ({"姓名": "王小朋"}, "the same birth date and a name much alike"),
        ({"姓名": "王晓名"}, "much alike"),  # 小明 as it sounds
        ({"姓名": "王 小明", "出生日期": ""}, "the same name with another birth date"),
        ({"姓名": "李小明", "出生日期": "1981-05-06"}, ""),
        ({"姓名": "赵大", "出生日期": "1980-05-06"}, ""),
        ({"出生日期": "1981-05-06", "身份证号": number("42129919810506001")}, "the same name with another birth date"),
    ],
)
def test_who_may_be_the_same_person_is_proposed_by_name_and_certificate(office, line, expected):
    office.bring("roster", [WANG])
    found, told = state(office, WANG | {"代表证号": "X-2"} | line)
    assert found == ("warning" if expected else "new")
    assert expected in told
    assert not expected or "may be 王小明 (X-1)" in told
    office.bring("roster", [WANG | {"代表证号": "X-2"} | line])
    assert (office.read(lookups.heads).persons, state(office, WANG | {"代表证号": "X-2"} | line)) == (2, ("same", ""))


def test_people_of_one_file_are_compared_too_and_numbers_tell_them_apart(office):
    twins = [WANG, WANG | {"姓名": "王小朋", "代表证号": "X-2"}]
    assert office.look("roster", *twins).counts == {"new": 1, "warning": 1}
    numbered = [twins[0] | {"身份证号": ONE}, twins[1] | {"身份证号": THREE}]
    assert office.look("roster", *numbered).counts == {"new": 2}
    other = WANG | {"身份证号": THREE, "代表证号": "X-2"}
    office.bring("roster", [WANG | {"身份证号": ONE}])
    assert state(office, other)[1].endswith("the same name and birth date with another ID number")


def test_a_corrected_birth_date_is_a_change_where_name_and_certificate_are_the_same(office):
    office.bring("roster", [WANG])
    assert state(office, WANG | {"出生日期": "1980-06-05"}) == ("change", "")


def test_voters_are_people_once_and_move_between_districts(office):
    office.bring("roster", [WANG | {"身份证号": ONE}])
    lines = [VOTER, VOTER | {"姓名": "王小明", "身份证号": ONE, "出生日期": "1980-05-06"}]
    assert office.bring("voters", lines).new == 2
    assert (len(office.all("person")), len(office.all("voter"))) == (2, 2)
    assert office.look("voters", *lines).counts == {"same": 2}
    moved = VOTER | {"选区": "第2选区", "登记日期": "2026-06-01"}
    assert office.bring("voters", [moved]).changed == 1
    assert office.look("voters", moved).counts == {"same": 1}
    assert [v["valid_to"] for v in office.all("voter") if v["valid_to"]] == [dt.date(2026, 6, 1)]
    assert "the same voter as row 2" in office.look("voters", VOTER, moved).errors[0]
    assert "no congress" in office.look("voters", VOTER | {"所属人大": "没有"}).errors[0]


def test_a_name_that_a_voter_shares_means_the_deputy(office):
    office.bring("roster", [WANG | {"身份证号": ONE}])
    office.bring("voters", [VOTER | {"姓名": "王小明"}])
    held = office.all("mandate")[0]["person"]
    assert office.read(lookups.person_id, "王小明", dt.date(2026, 11, 20)) == held


def test_sessions_are_kept_by_their_number(office):
    assert office.bring("sessions", [SESSION]).new == 1
    assert office.look("sessions", SESSION | {"闭幕日期": ""}).counts == {"same": 1}
    assert office.bring("sessions", [SESSION | {"闭幕日期": "2026-01-16"}]).changed == 1
    for line, told in (
        ({"届次": 7}, "has no term 7"),
        ({"会次": 0}, "there is no session 0"),
        ({"闭幕日期": "2026-01-01"}, "closes 2026-01-01 before it opens"),
        ({"所属人大": "没有"}, "no congress"),
    ):
        assert told in office.look("sessions", SESSION | line).errors[0]
    assert "the same session as row 2" in office.look("sessions", SESSION, SESSION).errors[0]


def test_an_opinion_takes_the_steps_that_were_filled_in_since(office):
    office.bring("opinions", [OPINION])
    assert state(office, OPINION, "opinions") == ("same", "")
    later = OPINION | {"答复日期": "2026-03-18", "答复内容": "已修"}
    done = office.bring("opinions", [later])
    assert (done.changed, state(office, later, "opinions")) == (1, ("same", ""))
    assert "differs in text" in office.look("opinions", OPINION | {"内容": "井盖缺失"}).errors[0]
    again = office.look("opinions", OPINION | {"编号": "Y-2"})
    assert (again.counts, again.problems[0].message) == ({"warning": 1}, "is the very text of Y-1")


def test_units_may_stand_below_their_children_and_never_in_a_circle(office):
    child, parent = {"单位名称": "县水政监察大队", "上级单位": "县水利局"}, {"单位名称": "县水利局", "上级单位": ""}
    assert office.bring("units", [child, parent]).new == 2
    for lines in ([child | {"上级单位": "县水政监察大队"}], [parent | {"上级单位": "县水政监察大队"}]):
        assert "run in a circle" in office.look("units", *lines).errors[0]
    assert "no unit 县林业局" in office.look("units", child | {"上级单位": "县林业局"}).errors[0]
    alike = office.look(
        "units", *({"单位名称": n} for n in ("县水利委员会", "县水利（局）", "县农业局", "县农业农村局"))
    )
    assert alike.counts == {"warning": 3, "new": 1}
    assert alike.problems[-1].message == "may be 县农业局, whose name is much alike"


def test_a_preview_tells_every_row_and_leaves_nothing(office):
    before, told = office.read(journal.verify).entries, []
    seen = office.bring("roster", [WANG, WANG | {"姓名": "", "代表证号": "X-3"}], imports.preview, each=told.append)
    assert [(r.number, r.state) for r in told] == [(2, "new"), (3, "error")]
    (problem,) = seen.problems
    assert (problem.file, problem.row, problem.column, problem.field) == ("roster.csv", 3, "A", "姓名")
    assert (office.read(journal.verify).entries, office.all("person")) == (before, [])
    with pytest.raises(Misuse, match="only once"):
        office.do(imports.preview, OFFICE, "roster", iter(()))


def test_a_hundred_problems_are_told_and_then_a_number(office):
    wrong = [WANG | {"所属人大": "没有", "代表证号": f"X-{n}"} for n in range(130)]
    with pytest.raises(ConfigError) as said:
        office.bring("roster", [WANG, *wrong])
    assert (len(said.value.reasons), said.value.reasons[-1]) == (101, "and 30 more 还有 30 处")
    assert (said.value.details["counts"], said.value.details["more"]) == ({"new": 1, "error": 130}, 30)
    first = said.value.details["problems"][0]
    assert (first["row"], first["column"], first["value"]) == (3, "E", "没有")
    assert office.all("person") == []


def test_an_import_that_is_broken_off_leaves_nothing(office):
    def stop(done):
        if done == 1_500:
            raise KeyboardInterrupt

    lines = [WANG | {"姓名": f"王{chr(0x4E00 + n)}", "代表证号": f"X-{n}"} for n in range(2_000)]
    before = office.read(journal.verify).entries
    with pytest.raises(KeyboardInterrupt):
        office.bring("roster", lines, told=stop)
    assert (office.all("person"), office.read(journal.verify).entries) == ([], before)
