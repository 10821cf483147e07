"""Free text without who anybody is: names however they are written, numbers of every sort, and dates left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda_core.domain.masking import MASK, masked

from .masks import NAMES, PHONES, TEXTS, assert_untold, disguised


@given(st.data(), st.lists(NAMES, max_size=3), st.lists(PHONES, max_size=3))
def test_no_name_and_no_number_that_is_known_is_left(data, names, phones):
    known = [*names, *phones]
    hidden = [disguised(data, part) for part in (*known, *data.draw(st.permutations(known)))]
    text = "".join(data.draw(TEXTS) + part for part in hidden) + data.draw(TEXTS)
    assert_untold(masked(text, known), known)


@given(st.data(), PHONES, TEXTS.filter(lambda t: not any(c.isalnum() for c in t)))
def test_a_number_that_nobody_knows_is_not_left_either(data, phone, gap):
    told = masked(f"请拨打{disguised(data, phone)}。{gap}谢谢", ())
    assert_untold(told, (phone,))
    assert told.startswith("请拨打" + MASK)


@given(TEXTS)
def test_a_text_that_tells_nobody_stays_as_it_is(text):
    told = masked(text, ())
    assert told == text or MASK in told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("手机１３８ ００１３－8000", "手机＊＊"),
        ("(0451) 5725-1234 转 8", "(＊＊ 转 8"),
        ("身份证 23012819900307123X 号", "身份证 ＊＊ 号"),
        ("电话一三八零零一三八零零零", "电话＊＊"),
        ("电话幺三八〇〇幺三八〇〇〇", "电话＊＊"),
        ("邮箱 wang.xy@qq．com，谢谢", "邮箱＊＊，谢谢"),
        ("٠١٢٣٤٥٦٧٨٩", "＊＊"),
        ("2026-03-15 13800138000", "2026-03-15 ＊＊"),
    ],
)
def test_numbers_by_which_people_are_reached(text, told):
    assert masked(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-15 09:00-11:30 已修好",
        "2026年3月15日，县发〔2026〕15号，共 120 万元",
        "工期 2026.03.01—2026.03.20",
        "20260315 验收",
        "二〇二六年三月十五日",
        "@",
        "",
    ],
)
def test_dates_hours_and_sums_are_left(text):
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("王秀英您好", "＊＊您好"),
        ("王 秀 英、王·秀英", "＊＊、＊＊"),
        ("秀英家门口", "＊＊家门口"),
        ("王女士您好", "＊＊女士您好"),
        ("老王来过", "老＊＊来过"),
        ("国王路", "国王路"),
        ("王秀英王秀英", "＊＊"),
    ],
)
def test_a_name_goes_with_its_parts(text, told):
    assert masked(text, ["王秀英"]) == told


def test_nobody_is_found_by_what_has_no_letter():
    assert masked("路灯…已修好", ["", " ", "…", "—"]) == "路灯…已修好"


def test_a_long_text_takes_no_long_time():
    many = "a" * 20_000 + "1 " * 20_000 + "@" * 5_000 + "王" * 20_000
    assert MASK in masked(many, ["王秀英", "王"])
