"""What a tired clerk imports: gaps, doubles, renamed groups, blank cells, days to come, and a hand on Ctrl-C."""

import pytest
from tests.core.test_imports import CITY, CONGRESSES, LI, OFFICE, SUGGESTION, UNITS, WANG, office, rows

from renda_core.errors import ConfigError
from renda_core.services import imports
from renda_core.store.roster import ALL

__all__ = ["office"]
OPINION = {
    "编号": "Y-1", "登记日期": "2026-03-02", "反映人": "陈某", "手机号": "19900005678", "内容": "路灯不亮",
    "处理方式": "转县级交办", "承办单位": "县交通局", "答复日期": "", "答复内容": "", "反馈选民日期": "",
    "办结日期": "",
}  # fmt: skip
DONE = {"答复日期": "2026-03-09", "答复内容": "已修", "反馈选民日期": "2026-03-10", "办结日期": "2026-03-11"}


def stored(b, noun):
    return b.read(lambda reader: reader.all(ALL[noun]))


def reasons(b, sheet, lines):
    """Say what is wrong with a file; nothing of it may have been done."""
    with pytest.raises(ConfigError) as caught:
        b.bring(sheet, lines)
    return list(caught.value.reasons)


@pytest.fixture
def registered(office):
    office.bring("congresses", CONGRESSES)
    office.bring("units", UNITS)
    office.bring("roster", [WANG, LI])
    return office


def test_a_unit_without_a_name_is_the_only_wrong_row(office):
    (told,) = reasons(office, "units", [UNITS[0], {"单位名称": "", "联系电话": "0715-8000009"}, UNITS[1]])
    assert "row 3" in told
    assert "is empty" in told
    assert stored(office, "unit") == []


def test_a_parent_may_stand_below_its_child(office):
    lines = [{"单位名称": "县路政所", "上级单位": "县交通局"}, {"单位名称": "县交通局", "上级单位": ""}]
    assert office.bring("units", lines).new == 2


def test_a_blank_yes_or_no_leaves_what_was_there(registered):
    city = CONGRESSES[0]
    registered.bring("congresses", [city | {"设区": "是"}])
    assert registered.look("congresses", [city | {"设区": ""}]).counts == {"same": 1}
    assert registered.look("congresses", [city | {"设区": "否"}]).counts == {"change": 1}
    registered.bring("roster", [WANG | {"补选": "是"}])
    assert registered.look("roster", [WANG | {"补选": ""}]).counts == {"same": 1}
    assert registered.look("roster", [WANG | {"补选": "否"}]).counts == {"change": 1}
    assert [row["has_districts"] for row in stored(registered, "congress") if row["name"] == CITY] == [True]


def test_a_blank_yes_or_no_of_a_new_row_means_no(registered):
    registered.bring("suggestions", [SUGGESTION | {"会议期间": ""}])
    assert registered.look("suggestions", [SUGGESTION | {"会议期间": "否"}]).counts == {"same": 1}
    (told,) = reasons(registered, "suggestions", [SUGGESTION])
    assert "differs in in_session" in told


def test_the_same_person_twice_is_told_with_both_rows(registered):
    (told,) = reasons(registered, "roster", [WANG, LI, WANG])
    assert "row 4" in told
    assert "the same mandate as row 2" in told


def test_a_renamed_delegation_moves_those_who_sit_in_it(registered):
    lines = [line | {"代表团": "第一代表团"} for line in (WANG, LI)]
    assert registered.bring("roster", lines).changed == 2
    assert registered.look("roster", lines).counts == {"same": 2}


def test_days_to_come_are_refused_or_told(registered):
    (told,) = reasons(registered, "roster", [LI | {"姓名": "赵五", "出生日期": "2031-01-01"}])
    assert "出生日期" in told
    assert "lies in the future" in told
    seen = registered.look("roster", [LI | {"姓名": "赵五", "代表证号": "", "当选日期": "2036-01-01"}])
    assert seen.counts == {"warning": 1}
    assert "lies in the future" in str(seen.problems[0])
    assert "lies in the future" in reasons(registered, "opinions", [OPINION | {"登记日期": "2036-01-01"}])[0]


def test_an_id_number_that_is_anothers_or_tells_another_day_is_told(registered):
    seen = registered.look("roster", [WANG | {"姓名": "王大明", "出生日期": "1981-05-06"}])
    assert seen.counts == {"warning": 1}
    told = [str(problem) for problem in seen.problems]
    assert "the ID number says 1980-05-06" in told[0]
    assert "is 王小明" in told[1]
    assert not any("42129919800506" in line for line in told)


def test_an_opinion_goes_to_its_unit_and_is_answered_by_it(registered):
    assert registered.bring("opinions", [OPINION]).new == 1
    assert registered.look("opinions", [OPINION]).counts == {"same": 1}
    done = registered.bring("opinions", [OPINION | DONE])
    assert (done.new, done.changed) == (0, 1)
    assert registered.look("opinions", [OPINION | DONE]).counts == {"same": 1}
    assert registered.page("opinions").closing.basis_points == 10_000


def test_a_unit_is_kept_when_its_cell_is_blank_later(registered):
    registered.bring("opinions", [OPINION])
    assert registered.bring("opinions", [OPINION | DONE | {"承办单位": ""}]).changed == 1


def test_a_unit_named_after_the_answer_is_told_and_not_noted(registered):
    registered.bring("opinions", [OPINION | DONE | {"承办单位": "", "办结日期": ""}])
    seen = registered.look("opinions", [OPINION | DONE])
    assert seen.counts == {"warning": 1}
    assert "answer is here already" in str(seen.problems[0])


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"承办单位": "县水利局"}, "with another unit already"),
        ({"处理方式": "村社区办理"}, "differs in 处理方式"),
        ({"编号": "Y-2", "承办单位": "县教育局"}, "no unit '县教育局'"),
        ({"编号": "Y-2", "处理方式": "当场答复"}, "names no unit"),
    ],
)
def test_a_register_that_says_otherwise_is_refused_at_its_cell(registered, changed, told):
    registered.bring("opinions", [OPINION])
    (line,) = reasons(registered, "opinions", [OPINION | changed])
    assert told in line
    assert ("处理方式" if told.startswith("differs") else "承办单位") in line.partition(":")[0]


def test_a_hand_on_ctrl_c_leaves_nothing(registered, tmp_path):
    def stop(done):
        if done == 2:
            raise KeyboardInterrupt

    people = len(stored(registered, "person"))
    more = [LI | {"姓名": f"孙{n}", "代表证号": f"X-{n}"} for n in range(7, 12)]
    with pytest.raises(KeyboardInterrupt):
        registered.do(imports.apply, OFFICE, "roster", rows(tmp_path, "roster", more), stop)
    assert len(stored(registered, "person")) == people
    assert registered.bring("roster", more).seen.total == 5
