"""Codes: made, read as people type them, issued, looked by, and never telling who anybody is."""

from __future__ import annotations

import json
import re

import attrs
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renda_core.domain.codes import ALPHABET, made_code, read_code, shown_code
from renda_core.domain.suggestion import Suggestion
from renda_core.errors import Invalid, NotAllowed, NotFound, Rejected
from renda_core.services import codes, corrections
from renda_core.testing import uid
from renda_plugins import reception, suggestion_handling

from .coding import LI, NAME, OFFICE, PHONE, STATION, WANG, heard, issue, look, told, town, voice
from .masks import NAMES, PHONES, TEXTS, assert_untold, disguised
from .peopling import PUBLIC, UNIT


def test_a_code_is_eight_signs_that_nobody_takes_for_others():
    assert len(ALPHABET) == len(set(ALPHABET)) == 31
    assert not set(ALPHABET) & set("01ILO")
    made = {made_code() for _ in range(500)}
    assert len(made) == 500
    assert set("".join(made)) == set(ALPHABET)
    assert shown_code("ABCDEFGH") == "ABCD-EFGH"


@given(st.text(ALPHABET, min_size=8, max_size=8), st.data())
def test_a_code_is_read_however_it_is_typed(code, data):
    wide = {ord(c): ord(c) + 0xFEE0 for c in ALPHABET}
    gaps = data.draw(
        st.lists(st.sampled_from([" ", "-", "－", "　", "—", "‑", ".", "\u200b", ""]), min_size=9, max_size=9)
    )
    typed = data.draw(st.sampled_from([code, code.lower(), code.translate(wide)]))
    assert read_code("".join(g + c for g, c in zip(gaps, typed + " ", strict=True))) == code
    assert read_code(shown_code(code)) == code


@pytest.mark.parametrize(
    "typed", ["", "ABCD-EFG", "ABCD-EFGH2", "ABCD-EFG0", "ABCD-EFG1", "ABCD-EFGO", "路灯路灯路灯路灯", "A" * 9000]
)
def test_what_can_be_no_code_is_refused_and_not_repeated(typed):
    with pytest.raises(Invalid, match="8 letters and digits") as refusal:
        read_code(typed)
    assert not typed or typed not in str(refusal.value)


def test_the_office_a_station_and_who_heard_it_give_a_code_and_nobody_else(county):
    b = town(county)
    case = heard(b)
    for who in (OFFICE, STATION, WANG):
        assert look(b, issue(b, case, who)).number == case.number
    for who in (LI, attrs.evolve(UNIT, id=uid("other"))):
        with pytest.raises((NotAllowed, NotFound)):
            issue(b, case, who)
    with pytest.raises(NotFound):
        issue(b, case, PUBLIC)
    with pytest.raises(NotFound):
        b.do(codes.issue, OFFICE, uid("no case"))


def test_a_kind_that_is_not_followed_has_no_codes(county):
    b = county(reception, suggestion_handling)
    case = b.open("suggestion", WANG, Suggestion(text="修桥"), parties={"proposer": (WANG.id,)})
    with pytest.raises(Rejected, match="not followed by a code"):
        issue(b, b.step(case, "submit", WANG), OFFICE)


def test_a_new_code_takes_the_place_of_the_old(county):
    b = town(county)
    case = heard(b)
    old, new = issue(b, case), issue(b, case)
    assert look(b, new).number == case.number
    with pytest.raises(NotFound) as replaced:
        look(b, old)
    with pytest.raises(NotFound) as never:
        look(b, "2345-6789")
    assert str(replaced.value) == str(never.value)
    assert replaced.value.details == never.value.details


def test_another_tenants_code_looks_like_none(county):
    b, other = town(county), town(county)
    code = issue(b, heard(b))
    with pytest.raises(NotFound) as theirs:
        look(other, code)
    with pytest.raises(NotFound) as never:
        look(other, "2345-6789")
    assert str(theirs.value) == str(never.value)


def test_a_code_is_kept_nowhere(county):
    b = town(county)
    case = heard(b)
    code = issue(b, case)
    entry = b.entries()[-1]
    assert (entry["what"], entry["on"], entry["body"]) == ("code.issued", case.id, {"replaced": False})
    issue(b, case)
    assert b.entries()[-1]["body"] == {"replaced": True}
    everything = json.dumps(b.entries(), ensure_ascii=False)
    for form in (code, code.replace("-", ""), code.lower()):
        assert form not in everything


def test_the_holder_sees_how_far_it_is_and_what_was_answered(county):
    b = town(county)
    case = told(b, heard(b), f"{NAME}您好，路灯已修好，电话 {PHONE}")
    seen = look(b, issue(b, case))
    assert (seen.number, seen.kind, seen.opened_on) == (case.number, "群众意见", case.opened_on)
    assert (seen.state, seen.branch, seen.round, seen.closed) == ("已答复", "当场答复", 1, False)
    assert [s.title for s in seen.steps] == ["登记", "分流", "答复", "反馈选民", "反馈代表"]
    assert [a.text for a in seen.answers] == ["＊＊您好，路灯已修好，电话 ＊＊"]
    assert seen.grades == {"solved": "已解决", "basically": "基本解决", "not_solved": "未解决"}
    assert seen.judged == ()


def test_nothing_can_be_judged_before_the_answer_is_told(county):
    b = town(county)
    case = heard(b)
    code = issue(b, case)
    assert look(b, code).grades == {}
    assert [s.title for s in look(b, code).steps] == ["登记"]


def test_another_voices_answer_is_not_the_holders(county):
    b = town(county)
    case = voice(b, heard(b), "钱多多", "13900001111")
    case = told(b, case, "钱多多，灯已修好", voice=1)
    assert look(b, issue(b, case)).answers == ()


def test_what_was_erased_is_not_asked_for(county):
    b = town(county)
    case = told(b, heard(b))
    code = issue(b, case)
    b.do(corrections.erase, b.actor("chair", "overseer"), case.id, "选民要求")
    assert [a.text for a in look(b, code).answers] == ["路灯已修好"]


def test_a_code_never_tells_who(county):
    """Whatever the names, the numbers and the words of the answer: neither voter, nor voice, nor deputy is told."""
    b = town(county)

    @settings(max_examples=12)
    @given(
        data=st.data(), names=st.lists(NAMES, min_size=2, max_size=2), phones=st.lists(PHONES, min_size=2, max_size=2)
    )
    def follows(data, names, phones):
        case = voice(b, heard(b, voter=names[0], phone=phones[0]), names[1], phones[1])
        parts = [disguised(data, part) for part in (*names, *phones, "wang")]
        between = data.draw(st.lists(TEXTS, min_size=6, max_size=6))
        text = "".join(t + p for t, p in zip(between, [*parts, ""], strict=True)) + "。"
        seen = look(b, issue(b, told(b, case, text)))
        (answer,) = seen.answers
        assert_untold(answer.text, (*names, *phones, "wang"))
        rest = json.dumps(msgspec.to_builtins(attrs.evolve(seen, answers=(), number="", kind="")), ensure_ascii=False)
        assert not any(n in rest for n in (*phones, *(n for n in names if len(n) > 1)))
        assert not {uid("wang"), case.id, STATION.id} & set(re.findall(r"[0-9a-f-]{36}", rest))

    follows()
