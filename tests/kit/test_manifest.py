from __future__ import annotations

import pytest

from renda_core.errors import ConfigError
from renda_core.kit.checking import EXEMPTABLE
from renda_core.kit.manifest import read

GOOD = """
tier = "bronze"
owner = "代表工作委员会"

[title]
zh = "现场复核"
en = "Site check"

[[source]]
cite = "甲县 (2024) 3"
gives = "ten working days"

[[source]]
cite = "乙县 (2025)"
name_only = true

[exempt]
counties = "one county asked for it"
"""


def wrong(tmp_path, text):
    path = tmp_path / "plugin.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as said:
        read(path, EXEMPTABLE)
    assert all(str(path) in reason for reason in said.value.reasons)
    return [reason.removeprefix(f"{path}: ") for reason in said.value.reasons]


def test_a_good_one_is_read_whole(tmp_path):
    path = tmp_path / "plugin.toml"
    path.write_text(GOOD, "utf-8")
    told = read(path, EXEMPTABLE)
    assert (told.tier, told.owner, told.title["zh"]) == ("bronze", "代表工作委员会", "现场复核")
    assert [(s.cite, s.name_only) for s in told.sources] == [("甲县 (2024) 3", False), ("乙县 (2025)", True)]
    assert told.exempt == {"counties": "one county asked for it"}


def test_every_mistake_is_told_at_once_with_its_key(tmp_path):
    told = wrong(
        tmp_path, 'teir = "gold"\nowner = 3\ntests = "x"\n[title]\nen = "x"\nfr = "x"\n[exempt]\nteests = ""\n'
    )
    assert [reason.partition(":")[0].partition(" ")[0] for reason in told] == [
        "teir", "tier", "owner", "tests", "title.fr", "title.zh", "source", "exempt.teests", "exempt.teests",
    ]  # fmt: skip
    assert "did you mean 'tier'?" in told[0]
    assert "did you mean 'tests'?" in told[-2]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"bronze"', '"iron"', "tier = 'iron'; must be one of bronze, silver, gold"),
        ('zh = "现场复核"', 'zh = "Site"', "title.zh is missing"),
        ('cite = "甲县 (2024) 3"', 'cite = " "', "source[0].cite is missing"),
        ('gives = "ten working days"', "", "source[0].gives"),
        ("name_only = true", 'name_only = "yes"', "source[1].name_only must be true or false"),
        ("name_only = true", 'name_only = true\ngives = "x"', "source[1].gives"),
        ('"one county asked for it"', '"  "', "exempt.counties gives no reason"),
        ("counties =", "code =", "exempt.code: no such rule"),
        ("[exempt]", "exempt = 3\n[more]", "more: no such key"),
    ],
)
def test_a_wrong_value_is_named(tmp_path, old, new, said):
    assert old in GOOD
    assert any(reason.startswith(said) for reason in wrong(tmp_path, GOOD.replace(old, new)))


@pytest.mark.parametrize(
    "text",
    ["", "tier = ", "\x00", "[[title]]\n", "title = 3\nsource = 3\nexempt = 3\ntests = 3", 'source = ["x"]\n'],
)
def test_nonsense_is_refused_in_words(tmp_path, text):
    assert wrong(tmp_path, text)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "plugin.toml"
    path.write_bytes("title = '现场'".encode("gb18030"))
    with pytest.raises(ConfigError, match="is not UTF-8"):
        read(path)


def test_none_at_all_says_what_writes_one(tmp_path):
    with pytest.raises(ConfigError, match="renda plugin new NAME"):
        read(tmp_path / "plugin.toml")
