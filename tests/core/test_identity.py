"""Numbers and names of people and units."""

import datetime as dt
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda_core.domain import identity

# Made for this test: division 230128, born 1980-02-29, sequence 001.
GOOD = "23012819800229001" + identity.citizen_check_digit("23012819800229001")


def test_the_example_of_the_standard() -> None:
    assert identity.is_citizen_id("11010519491231002X")
    assert identity.is_citizen_id("11010519491231002x")
    assert not identity.is_citizen_id("110105194912310021")
    assert identity.is_citizen_id("440524188001010014")


@pytest.mark.parametrize("text", ["", "123", GOOD + "0", "1101051949123100", "110105491231002", "１1010519491231002X"])
def test_other_shapes(text: str) -> None:
    assert identity.refuse_citizen_id(text) == ("not 17 digits and a check character",)


def test_birth_dates() -> None:
    no_day = "23012819810229001"
    assert identity.refuse_citizen_id(no_day + identity.citizen_check_digit(no_day)) == ("no such birth date",)
    assert dt.date(1980, 2, 29) == identity.citizen_born_on(GOOD)
    assert identity.refuse_citizen_id(GOOD, today=dt.date(1980, 2, 29), born_on=dt.date(1980, 2, 29)) == ()
    assert identity.refuse_citizen_id(GOOD, today=dt.date(1980, 2, 28))
    assert identity.refuse_citizen_id(GOOD, born_on=dt.date(1980, 2, 28))
    assert not identity.is_citizen_id("440524188001010014", today=dt.date(2031, 1, 1))


@given(st.text(alphabet="0123456789Xx", min_size=17, max_size=19))
def test_an_objection_never_repeats_the_number(text: str) -> None:
    assert all(text not in objection for objection in identity.refuse_citizen_id(text, today=dt.date(2026, 1, 1)))


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_of_a_citizen_id_is_noticed(place: int, shift: int) -> None:
    wrong = str((int(GOOD[place]) + shift) % 10)
    assert not identity.is_citizen_id(GOOD[:place] + wrong + GOOD[place + 1 :])


def test_unit_codes() -> None:
    assert identity.is_uscc("11230128MB1234562T")
    assert not identity.is_uscc("11230128MB1234562U")
    assert not identity.is_uscc("11230128mb1234562t")
    assert not identity.is_uscc("11230128MB1234562")
    assert not identity.is_uscc("1123O128MB1234562T")
    assert identity.is_uscc("91350100M000100Y43")


@pytest.mark.parametrize(
    ("text", "good"),
    [("13800138000", True), ("12800138000", False), ("1380013800", False), ("+8613800138000", False), ("", False)],
)
def test_mobile_numbers(text: str, good: bool) -> None:
    assert good is identity.is_mobile(text)


def test_masks() -> None:
    assert identity.masked("11010519491231002X") == "**************002X"
    assert identity.masked("13800138000") == "*******8000"
    assert identity.masked("1234") == "****"
    assert identity.masked("") == ""


@given(st.text(max_size=40))
def test_a_mask_never_shows_more_than_four(text: str) -> None:
    shown = identity.masked(text)
    assert len(text) == len(shown)
    assert len(shown.lstrip("*")) <= 4
    assert sum(one != "*" for one in shown) <= 4


def test_every_middle_dot_is_one() -> None:
    dots = "\u00b7\u2022\u2027\u30fb\uff65\u22c5\u2219\u16eb\ua78f\u0387"
    assert {"阿卜杜拉·买买提"} == {identity.match_key(f"阿卜杜拉{dot}买买提") for dot in dots}
    assert identity.match_key("阿卜杜拉 · 买买提") == "阿卜杜拉·买买提"


def test_spaces_go_between_chinese_characters_only() -> None:
    assert identity.match_key(" 王\u3000芳 ") == "王芳"
    assert identity.match_key("王 \u200b 芳") == "王芳"
    assert identity.match_key("John  Smith") == "John Smith"
    assert identity.match_key("李Ｊｏｈｎ") == "李John"


@pytest.mark.parametrize("name", ["𠮷田", "张䶮"])
def test_rare_characters_stay(name: str) -> None:
    assert name == identity.match_key(name)


def test_a_very_long_name_is_cut_first() -> None:
    assert identity.match_key("王" * 1_000_000) == "王" * 100
    assert len(identity.match_key("\ufdfa" * 1_000)) <= 100


tricky = st.text(
    alphabet=st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("王芳𠮷 \u3000\u00b7\u2022\uff65\u00b4\ufdfa\u0301\u200d\u200b\u0140e\ufeff\u1161\u1100㍿"),
    ),
    max_size=130,
)


@given(tricky)
def test_the_key_of_a_key_is_itself(name: str) -> None:
    key = identity.match_key(name)
    assert key == identity.match_key(key)
    assert unicodedata.is_normalized("NFKC", key)
