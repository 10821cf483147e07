"""Ballots on paper: every copy the same file, what the rule says in words, and no number before its time."""

from __future__ import annotations

import re
from importlib import resources
from typing import Any

import attrs
import pypdfium2
import pytest
from tests.core.balloting import (
    CHOOSE,
    EACH,
    OFFICE,
    PRESIDIUM,
    TELLERS,
    WATCH,
    deputies,
    enter,
    open_round,
    prepare,
    projects,
    voting_county,
)
from tests.core.peopling import HOME, settle
from tests.core.test_ballot_tallies import RANK, VOTES, meeting_papers
from tests.core.test_papers import HOSTILE, MADE, embedded, pages, squeezed

from renda_core import papers
from renda_core.domain.ballot import Attendance, Ballot, Count, Finding, Rule, Rung, Verdict
from renda_core.domain.rates import Share
from renda_core.errors import NotAllowed, NotFound, Rejected
from renda_core.services import ballots
from renda_core.services.ballots.views import BallotView, RoundView
from renda_core.services.papers import ballot_words as words
from renda_core.services.papers import ballots as before
from renda_core.services.papers import counted as after
from renda_core.testing import Bench, uid

ONE, OTHER = TELLERS
BUDGET = attrs.evolve(CHOOSE, mode="budget", max_marks=None)
GRADE = attrs.evolve(
    EACH,
    mode="grade",
    answers=("satisfied", "basically", "unsatisfied"),
    rungs=(Rung(verdict="satisfied", answers={"satisfied"}, share=Share("1/2")),),
    otherwise="unsatisfied",
)
OUTSIDERS = (Bench.actor("stranger", "deputy"), Bench.actor("passer-by", "public"), Bench.actor("job:sweep"))
EVERY = (
    before.ballot_paper,
    before.tally_paper,
    before.roll_paper,
    after.record_paper,
    after.announcement_paper,
)


def view(rule: Rule = CHOOSE, *titles: str, places: int = 0, **rest: Any) -> BallotView:
    """Show a ballot on subjects of these titles."""
    named = {f"s{n}": title for n, title in enumerate(titles or ("修桥", "铺路", "引水"))}
    now = RoundView(number=1, state="prepared", subjects=tuple(named), places=places, **rest)
    return BallotView(id="b", kind="k", title="民生实事票决", version=1, rule=rule, rounds=(now,), titles=named)


def slip(shown: BallotView) -> papers.Slip:
    """Lay out its paper."""
    return before.slip(shown, shown.rounds[-1], "清河县人民代表大会")


def said(paper: Any) -> str:
    """Set a paper, and read it back without spaces."""
    return squeezed("".join(pages(papers.render(paper))))


def size(pdf: bytes) -> tuple[int, int]:
    """Measure the first sheet in millimetres."""
    across, down = pypdfium2.PdfDocument(pdf)[0].get_size()
    return round(across / 72 * 25.4), round(down / 72 * 25.4)


# -- the paper to vote on


def test_two_prints_are_the_same_file_whoever_prints_and_whenever(county):
    b = voting_county(county)
    voters = deputies(3)
    ballot = prepare(b, "choose", voters, projects(b, 2), places=2)
    made = {papers.render(b.ask(before.ballot_paper, who, ballot.id)) for who in (OFFICE, ONE, WATCH, voters[0])}
    b.later(days=3)
    made.add(papers.render(b.ask(before.ballot_paper, PRESIDIUM, ballot.id)))
    assert len(made) == 1
    (pdf,) = made
    told = pypdfium2.PdfDocument(pdf).get_metadata_dict()
    assert (told["CreationDate"], told["ModDate"], told["Producer"]) == ("", "", "")
    assert told["Title"] == "choose票决票"
    for trace in (b"2026-0", b"20260", OFFICE.id.encode(), ballot.id.encode()):
        assert trace not in pdf


def test_a_paper_bears_no_serial_and_no_name():
    text = said(slip(view(CHOOSE, "修桥", "铺路", places=2)))
    numbers = re.sub(r"应选2项|等于或少于2项|多于2项", "", text)
    assert re.findall(r"\d+", numbers) == ["1", "2", "1", "2", "3", "4"]  # the lines and the notes
    assert not re.search(r"编号|票号|No\.|姓名:|打印", text)
    assert "本票为无记名票" in text


def test_a_vote_by_name_has_a_line_for_the_name():
    text = said(slip(view(attrs.evolve(EACH, secret=False))))
    assert "本票为记名票" in text
    assert text.endswith("姓名:")


@pytest.mark.parametrize(
    ("rule", "rest", "told"),
    [
        (CHOOSE, {"places": 10}, "应选10项。等于或少于10项有效,多于10项无效。"),
        (attrs.evolve(CHOOSE, max_marks=5), {"places": 3}, "应选3项。每票等于或少于5项有效,多于5项无效。"),
        (attrs.evolve(CHOOSE, max_marks=None), {}, "共3项,赞成几项就选几项。"),
        (EACH, {}, "每一项在赞成、反对、弃权中只选一种。"),
        (GRADE, {}, "每一项在满意、基本满意、不满意中只选一种。"),
        (RANK, {"places": 2}, "共3项,应选2项。用数字1、2、3……写出优先顺序,同一数字不得重复。"),
        (RANK, {}, "共3项。用数字1、2、3……写出优先顺序"),
        (BUDGET, {"budget": 1_250_000_000, "costs": (1, 2, 3)}, "资金总额1,250万元,共3项,赞成几项就选几项。"),
        (
            attrs.evolve(BUDGET, max_marks=2),
            {"budget": 5_000_000, "costs": (1, 2, 3)},
            "总额5万元,共3项。等于或少于2项",
        ),
    ],
)
def test_what_makes_a_paper_good_is_said_as_the_rule_has_it(rule, rest, told):
    assert squeezed(told) in said(slip(view(rule, **rest)))


@pytest.mark.parametrize(
    ("rule", "there", "absent"),
    [
        (CHOOSE, ("画“√”", "在其右边的方框内画", "一项也没有标记的,是有效票"), ("赞成反对", "优先顺序")),
        (EACH, ("赞成反对弃权", "同一项画两个以上", "无法辨认的,该票无效"), ("优先顺序",)),
        (GRADE, ("测评事项", "满意基本满意不满意", "民生实事票决测评票"), ("项目名称",)),
        (RANK, ("优先顺序", "其次写“2”", "一项也没有标记的,该票无效"), ("√",)),
        (attrs.evolve(CHOOSE, advisory=True), ("票选票", "结果供决策参考"), ()),
    ],
)
def test_how_it_is_filled_in_depends_on_the_mode(rule, there, absent):
    text = said(slip(view(rule)))
    assert [part for part in there if squeezed(part) not in text] == []
    assert [part for part in absent if part in text] == []


def test_costs_stand_beside_their_projects():
    text = said(slip(view(BUDGET, "修桥", "铺路", budget=10_000_000, costs=(120_000_000, 5_500_001))))
    assert squeezed("1修桥120") in text
    assert squeezed("2铺路5.500001") in text


def boxes(pdf: bytes) -> list[tuple[float, float]]:
    """Measure the closed figures of the first sheet that are boxes to mark, in millimetres."""
    found = []
    for one in pypdfium2.PdfDocument(pdf)[0].get_objects():
        if one.type == pypdfium2.raw.FPDF_PAGEOBJ_PATH:
            left, low, right, high = one.get_bounds()
            wide, tall = (right - left) / 72 * 25.4, (high - low) / 72 * 25.4
            if 6 < tall < 10 and 6 < wide < 14:
                found.append((wide, tall))
    return found


@pytest.mark.parametrize(("rule", "each"), [(CHOOSE, 1), (EACH, 3), (RANK, 1)])
def test_boxes_are_wide_enough_for_an_old_hand(rule, each):
    found = boxes(papers.render(slip(view(rule))))
    assert len(found) == 3 * each
    assert all(wide >= 7 and tall >= 7 for wide, tall in found)


def test_a_short_paper_is_a5_and_a_longer_one_a4_on_one_side_then_more():
    names = [f"第{n}项工程" for n in range(40)]
    made = {n: papers.render(slip(view(CHOOSE, *names[:n], places=1))) for n in (1, 12, 20, 40)}
    assert [size(pdf) for pdf in made.values()] == [(148, 210), (148, 210), (210, 297), (210, 297)]
    assert [len(pypdfium2.PdfDocument(pdf)) for pdf in made.values()] == [1, 1, 1, 1]
    text = squeezed("".join(pages(made[40])))
    assert [name for name in names if name not in text] == []


def test_sixty_four_long_names_and_rare_characters_are_all_there():
    names = [f"{n:02d}{'𠮷龘村道路改造与排水管网提升工程（含路灯、标识和绿化）' * 2}" for n in range(64)]
    pdf = papers.render(slip(view(EACH, *names)))
    found = pages(pdf)
    text = squeezed("".join(found))
    assert [name for name in names if squeezed(name) not in text] == []
    assert all("赞成" in page for page in found)
    assert f"第 {len(found)} 页，共 {len(found)} 页" in found[-1]
    assert all(embedded(pdf).values())


def test_no_title_becomes_markup_and_a_lost_character_is_told():
    text = said(slip(view(CHOOSE, HOSTILE, "王\U0002a6d6桥")))
    assert squeezed(HOSTILE) in text
    assert "王U+2A6D6桥" in text
    assert "缺字说明" in text


def test_every_copy_of_a_further_round_says_so(county):
    b = voting_county(county)
    ballot = prepare(b, "choose", deputies(3), projects(b, 2), places=2)
    open_round(b, ballot)
    b.do(ballots.close_round, OFFICE, ballot.id)
    b.do(ballots.count_round, OFFICE, ballot.id, ballots.Counting(paper_returned=4))
    b.do(ballots.announce, PRESIDIUM, ballot.id)
    assert "第二轮" in said(b.ask(before.ballot_paper, OFFICE, ballot.id))
    assert "第二轮" not in said(b.ask(before.ballot_paper, OFFICE, ballot.id, round=1))
    with pytest.raises(NotFound, match="no round 3; it has 2"):
        b.ask(before.ballot_paper, OFFICE, ballot.id, round=3)


# -- lists of the day


def test_who_signs_for_a_paper_by_pinyin_and_no_paper_has_a_number(county):
    b = voting_county(county)
    names = ("赵敏", "王秀英", "𠮷田", "龘小明", "阿卜杜拉·买买提")
    settle(b, *names)
    voters = [attrs.evolve(deputies(1)[0], id=uid(name)) for name in names]
    ballot = prepare(b, "choose", voters, projects(b, 2), places=2)
    text = said(b.ask(before.roll_paper, OFFICE, ballot.id))
    order = sorted(names, key=lambda name: text.index(squeezed(name)))
    assert order[0] == "阿卜杜拉·买买提"
    assert order.index("王秀英") < order.index("赵敏")
    assert "应发5人" in text
    assert "选票没有编号" in text
    open_round(b, ballot, present=tuple(v.id for v in voters[:4]))
    left = said(b.ask(before.roll_paper, ONE, ballot.id))
    assert "应发4人" in left
    assert squeezed(names[4]) not in left


def test_a_roll_without_names_has_no_list(county):
    b = voting_county(county)
    ballot = prepare(b, "each", (), projects(b, 1), incumbent=3)
    with pytest.raises(Rejected, match="nobody on the roll of this ballot is handed a paper by name"):
        b.ask(before.roll_paper, OFFICE, ballot.id)


@pytest.mark.parametrize(
    ("kind", "parts"), [("choose", ("得票(划“正”)", "超过应选数")), ("each", ("反对(划“正”)", "一项多选"))]
)
def test_a_tally_by_hand_has_room_for_strokes(county, kind, parts):
    b = voting_county(county)
    ballot = prepare(b, kind, deputies(3), projects(b, 2), places=2 if kind == "choose" else 0)
    made = papers.render(b.ask(before.tally_paper, ONE, ballot.id))
    text = squeezed("".join(pages(made)))
    for part in (*parts, "本扎张数", "无法辨认", "项目1", "项目2", "唱票人:", "计票人:", "监票人:"):
        assert part in text
    assert size(made) == ((210, 297) if kind == "choose" else (297, 210))


# -- what came of it


def counted_meeting(b: Bench) -> Ballot:
    """Hold the worked meeting up to its count."""
    people = deputies(63)
    ballot = prepare(b, "choose", people, projects(b, 12), places=10, title="二〇二六年民生实事项目票决")
    open_round(b, ballot, present=tuple(p.id for p in people[:58]))
    b.do(ballots.close_round, OFFICE, ballot.id)
    enter(b, ballot, meeting_papers())
    found: Ballot = b.do(ballots.count_round, OFFICE, ballot.id, ballots.Counting(paper_returned=57))
    return found


def test_the_record_of_the_worked_meeting_says_all_its_numbers(county):
    b = voting_county(county)
    ballot = counted_meeting(b)
    text = said(b.ask(after.record_paper, ONE, ballot.id))
    for part in (
        "计票报告单",
        "二〇二六年民生实事项目票决",
        "实有代表63名出席代表58名",
        "发出选票58张收回选票57张",
        "有效票55张无效票2张",
        "无效原因超过应选数2张",
        "结论末位票数相等,须就这些项目再次票决",
        "再次票决项目10、项目11,名额1项",
        "通过标准赞成票超过1/2实有代表",
        "监票人:",
        "计票人:",
    ):
        assert part in text, part
    lines = [f"{n}项目{n}{votes}" for n, votes in enumerate(VOTES, 1)]
    assert [line for line in lines if line not in text] == []
    assert "54/63通过超过1/2" in text
    assert "34/63票数相等,待再次票决末位票数相等" in text
    assert "30/63未通过未达到要求" in text
    assert text.count("监票人:") == 1
    assert text.count("计票人:") == 2


def test_the_announcement_of_the_worked_meeting(county):
    b = voting_county(county)
    ballot = counted_meeting(b)
    b.do(ballots.announce, PRESIDIUM, ballot.id)
    text = said(b.ask(after.announcement_paper, deputies(1)[0], ballot.id))
    for part in (
        "公告",
        "实有代表63名,出席58名,发出选票58张,收回选票57张,其中有效票55张,无效票2张。",
        "下列9项获得通过:",
        "一、项目1",
        "九、项目9",
        "“项目10”、“项目11”票数相等,将就剩余1个名额再次票决。",
        "现予公告。",
        "年月日",
    ):
        assert part in text, part
    assert "项目12" not in text
    assert "打印" not in text
    assert not any(str(votes) + "票" in text for votes in VOTES)


def test_no_number_is_printed_before_its_time_for_anybody(county):
    b = voting_county(county)
    people = deputies(5)
    ballot = prepare(b, "choose", people, projects(b, 2), places=2)
    everybody = (OFFICE, PRESIDIUM, *TELLERS, WATCH, people[0])

    def refused(paper: Any, who: Any) -> str:
        with pytest.raises((Rejected, NotAllowed)) as error:
            b.ask(paper, who, ballot.id)
        return type(error.value).__name__

    def tried(paper: Any, *whose: Any) -> set[str]:
        return {refused(paper, who) for who in whose}

    results = (after.record_paper, after.announcement_paper)
    assert {kind for paper in results for kind in tried(paper, *everybody)} == {"Rejected"}
    open_round(b, ballot)
    b.do(ballots.close_round, OFFICE, ballot.id)
    enter(b, ballot, [((0, 0),)] * 3)
    assert {kind for paper in results for kind in tried(paper, *everybody)} == {"Rejected"}
    b.do(ballots.count_round, OFFICE, ballot.id, ballots.Counting(paper_returned=3))
    assert tried(after.record_paper, OFFICE, people[0]) == {"NotAllowed"}  # announced_by is the presidium alone
    assert tried(after.announcement_paper, *everybody) == {"Rejected"}
    for who in (*TELLERS, WATCH, PRESIDIUM):
        assert "3/5" in said(b.ask(after.record_paper, who, ballot.id))
    b.do(ballots.announce, PRESIDIUM, ballot.id)
    for paper in results:
        for who in everybody:
            assert "项目1" in said(b.ask(paper, who, ballot.id))


def test_to_outsiders_there_is_no_such_ballot(county):
    b, other = voting_county(county), voting_county(county)
    ballot = counted_meeting(b)
    for paper in EVERY:
        for who in OUTSIDERS:
            with pytest.raises(NotFound, match="no ballot"):
                b.ask(paper, who, ballot.id)
        with pytest.raises(NotFound):
            other.ask(paper, OFFICE, ballot.id)
        with pytest.raises(NotFound):
            b.ask(paper, OFFICE, "nonsense")


def test_who_only_votes_prints_neither_the_list_nor_the_tally(county):
    b = voting_county(county)
    people = deputies(3)
    ballot = prepare(b, "choose", people, projects(b, 2), places=2)
    for paper in (before.roll_paper, before.tally_paper):
        with pytest.raises(NotAllowed, match="tellers and scrutineers"):
            b.ask(paper, people[0], ballot.id)
    assert b.ask(before.ballot_paper, people[0], ballot.id)


def test_votes_that_too_few_papers_lie_behind_are_not_printed(county):
    b = voting_county(county)
    ballot = prepare(b, "small", deputies(5), projects(b, 2))
    open_round(b, ballot)
    b.do(ballots.close_round, OFFICE, ballot.id)
    enter(b, ballot, [((0, 0), (1, 1))] * 4 + [((0, 1), (1, 2))])
    b.do(ballots.count_round, OFFICE, ballot.id, ballots.Counting(paper_returned=5))
    b.do(ballots.announce, PRESIDIUM, ballot.id)
    shown = b.ask(ballots.show, OFFICE, ballot.id).rounds[0]
    assert shown.suppressed
    text = said(b.ask(after.record_paper, OFFICE, ballot.id))
    assert "票数过少,按规定不公布" in text
    assert "4/5" not in text
    assert "有效票5张" not in said(b.ask(after.announcement_paper, OFFICE, ballot.id))


# -- what came of it, in other modes


def decided(rule: Rule, counted: Count, verdict: Verdict, **rest: Any) -> BallotView:
    """Show a round that came to something."""
    there = Attendance(incumbent=34, present=29, issued=29, returned=29, by_device=rest.pop("by_device", 0))
    shown = view(rule, *rest.pop("titles", ()), **rest)
    now = attrs.evolve(shown.rounds[0], state="declared", attendance=there, counted=counted, verdict=verdict)
    return attrs.evolve(shown, rounds=(now,), tellers=("a", "b"), scrutineers=("c", "d", "e"))


def record(shown: BallotView) -> str:
    """Read the sections of a record."""
    now = shown.rounds[0]
    assert now.attendance
    assert now.verdict
    made = tuple(after._record(shown, now, now.attendance, now.counted, now.verdict))
    given = {"name": "a", "tenant": "a", "title": "a", "made": MADE, "sections": made}
    return said(papers.Paper(**given))


def test_a_void_round_has_its_votes_and_no_findings():
    votes = ((10,), (11,), (12,))
    void = Verdict(state="void", reasons=("returned 59 > issued 58",), clause="void_round")
    text = record(decided(CHOOSE, Count(votes=votes, valid=29, void=0), void))
    assert "本次票决无效,须重新票决" in text
    assert "适用条款收回票多于发出票" in text
    assert "1修桥10" in text


def test_the_presidium_of_the_congress_announces(county, monkeypatch):
    b = voting_county(county)
    settle(b, "王秀英")
    votes = {"for": 20}
    found = (Finding(subject="s0", votes=votes, verdict="decided", reason="", clause="pass"),)
    verdict = Verdict(state="decided", reasons=(), findings=found, clause="pass")
    shown = decided(CHOOSE, Count(votes=((20,),), valid=29, void=0), verdict, titles=("修桥",))

    async def seen(*_: Any) -> BallotView:
        return attrs.evolve(shown, congress=HOME)

    monkeypatch.setattr(after, "seen", seen)
    text = said(b.ask(after.announcement_paper, OFFICE, "b"))
    assert "下列1项获得通过:一、修桥现予公告。清河县主席团年月日" in text


@pytest.mark.parametrize("answers", [4, 12])
def test_many_answers_have_tables_of_their_own(answers):
    rule = attrs.evolve(RANK, answers=tuple(str(n) for n in range(1, answers + 1)))
    counted = Count(votes=tuple(tuple(range(100, 100 + answers)) for _ in range(3)), valid=29, void=0)
    text = record(decided(rule, counted, Verdict(state="refused", reasons=(), clause="rank")))
    assert "各项票数" in text
    assert f"第{answers}位" in text
    assert str(99 + answers) in text


def test_device_papers_are_told_apart():
    verdict = Verdict(state="decided", reasons=())
    text = record(decided(CHOOSE, Count(votes=((1,),) * 3, valid=29, void=0), verdict, by_device=9))
    assert "收回选票29张(其中电子票9张)" in text


@pytest.mark.parametrize(
    ("source", "told"), [("U: our own", "本系统建议：our own"), ("组织法 25", "组织法 25"), ("", "")]
)
def test_whose_a_source_is(source, told):
    assert words.source_words(source) == told


@pytest.mark.parametrize(
    ("fen", "shown"), [(0, "0"), (1, "0.000001"), (120_000_000, "120"), (1_234_567_800, "1,234.5678")]
)
def test_money_is_never_rounded(fen, shown):
    assert words.money(fen) == shown


@pytest.mark.parametrize(
    ("rule", "title", "shown"),
    [
        (CHOOSE, "民生实事票决", "民生实事票决票"),
        (CHOOSE, "民生实事", "民生实事票决票"),
        (CHOOSE, "选票", "选票"),
        (GRADE, "满意度测评", "满意度测评票"),
        (attrs.evolve(CHOOSE, advisory=True), "街道实事票选", "街道实事票选票"),
    ],
)
def test_a_paper_is_called_what_it_is(rule, title, shown):
    assert words.paper_title(rule, title) == shown


@pytest.mark.parametrize("style", ["text.typ", "slip.typ", "style.typ"])
def test_no_style_asks_for_anything_outside(style):
    text = resources.files("renda_core.papers").joinpath(style).read_text("utf-8")
    for word in ("#import", "@preview", "#include", "image(", "read(", "eval(", "datetime"):
        assert word not in text.replace("image(bytes(", "")  # a picture that the data hold, of no file
