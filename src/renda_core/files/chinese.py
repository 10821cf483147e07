"""What Chinese registers write in words: 第六届, 汉 for 汉族, and 张三（女，苗族）."""

import re
import unicodedata

from renda_core.files.doubts import Doubtful, Unreadable

_DIGITS = "一二三四五六七八九"
_ORDINAL = re.compile(rf"第?(?:([0-9]{{1,3}})|([{_DIGITS}]?)(十?)([{_DIGITS}]?))(?:届|次|次会议)?")
_TEN = 10
_NOTED = re.compile("([^()]+)\\(([^()]*)\\)")
_PARTED = re.compile("[,、;/ ]+")
_SEXES = frozenset("男女")
_GROUPS = [
    "汉",
    "蒙古",
    "回",
    "藏",
    "维吾尔",
    "苗",
    "彝",
    "壮",
    "布依",
    "朝鲜",
    "满",
    "侗",
    "瑶",
    "白",
    "土家",
    "哈尼",
    "哈萨克",
    "傣",
    "黎",
    "傈僳",
    "佤",
    "畲",
    "高山",
    "拉祜",
    "水",
    "东乡",
    "纳西",
    "景颇",
    "柯尔克孜",
    "土",
    "达斡尔",
    "仫佬",
    "羌",
    "布朗",
    "撒拉",
    "毛南",
    "仡佬",
    "锡伯",
    "阿昌",
    "普米",
    "塔吉克",
    "怒",
    "乌孜别克",
    "俄罗斯",
    "鄂温克",
    "德昂",
    "保安",
    "裕固",
    "京",
    "塔塔尔",
    "独龙",
    "鄂伦春",
    "赫哲",
    "门巴",
    "珞巴",
    "基诺",
]
ETHNIC_GROUPS = {name: f"{name}族" for name in _GROUPS}
"""The ethnic groups without 族, as registers shorten them, and whole. Source: GB/T 3304-1991."""


def read_ordinal(text: str) -> int:
    """Read which term or session it is: 6, 第6届, 六届 or 第十六次会议.

    Raises:
        Unreadable: It is no such number.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    found = _ORDINAL.fullmatch(plain)
    if found is None or not any(found.groups()):
        raise Unreadable("no number of a term or session", "write its number alone, e.g. 6")
    digits, tens, ten, ones = found.groups()
    if digits:
        return int(digits)
    if tens and ones and not ten:
        raise Unreadable("no number of a term or session", "write its number alone, e.g. 6")
    return (_DIGITS.index(tens) + 1 if tens else 1) * (_TEN if ten else 0) + _one(ones or ("" if ten else tens))


def _one(digit: str) -> int:
    return _DIGITS.index(digit) + 1 if digit else 0


def without_notes(text: str) -> Doubtful | None:
    """Take sex and ethnic group, which printed lists put in brackets behind a name, off it; None where there are none.

    Anything else in brackets is left alone: it may belong to the name.
    """
    found = _NOTED.fullmatch(unicodedata.normalize("NFKC", text))
    if found is None:
        return None
    parts = [part for part in _PARTED.split(found[2].strip()) if part]
    if not parts or not all(part in _SEXES or part.removesuffix("族") in ETHNIC_GROUPS for part in parts):
        return None
    message = f"{'、'.join(parts)} stands beside the name, and is left out"
    return Doubtful(found[1].strip(), message, "write it into the columns 性别 and 民族")
