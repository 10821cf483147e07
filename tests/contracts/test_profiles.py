"""What each place's rules say of suggestions, written here a second time by hand, and what the profiles make of it.

The table is that of the design on 代表建议办理: a rule, and for each place its value and article. ``SILENT`` stands
where the place states nothing: then nothing holds. ``LAW`` where it states nothing and the law holds. Under the law
alone, what the law leaves open is the practice's default.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from pathlib import Path

import pytest

from renda_core import holidays, profiles
from renda_core.catalogue import Catalogue
from renda_core.configuration import read_tenant
from renda_core.domain.calendar import Period
from renda_core.testing import uid

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tenants" / "_profiles"
PAGE = ROOT / "docs" / "reference" / "profiles.md"
PLACES = ("law", "shandong", "qingdao", "zhejiang", "henan", "chongqing")
SILENT, LAW = "not stated", "the law"
NO_ARTICLE = "not noted"
"""The table gives the rule of the place, and no article."""
ONE_MATTER = (True, NO_ARTICLE)
RECEIPT, ASSIGNMENT = "receipt", "assignment"


def days(n):
    return Period(n, "day")


def workdays(n):
    return Period(n, "workday")


def months(n):
    return Period(n, "month")


TABLE = {
    # rule: (law, Shandong, Qingdao, Zhejiang, Henan, Chongqing)
    "reply": ((months(3), "代表法 51"), LAW, LAW, LAW, LAW, LAW),
    "hard_reply": ((months(6), "代表法 51"), LAW, LAW, LAW, LAW, LAW),
    "hard_needs_consent": (
        (False, "代表法 51"),
        (True, "山东 19"),
        (True, "青岛 25"),
        (True, "浙江 21"),
        (False, "河南 20"),
        (False, "重庆 21"),
    ),
    "counts_from": (
        (ASSIGNMENT, "代表法 51"),
        LAW,
        (ASSIGNMENT, NO_ARTICLE),
        (RECEIPT, "浙江 21"),
        (RECEIPT, "河南 20"),
        (ASSIGNMENT, "重庆 21"),
    ),
    "return_window": (
        (workdays(10), "重庆 16, 河南 14"),
        (days(5), "山东 12"),
        (workdays(5), "青岛 19"),
        (days(10), "浙江 14"),
        (workdays(10), "河南 14"),
        (workdays(10), "重庆 16"),
    ),
    "return_counts_from": (
        (ASSIGNMENT, "重庆 16, 河南 14"),
        (RECEIPT, "山东 12"),
        (RECEIPT, "青岛 19"),
        (RECEIPT, "浙江 14"),
        (ASSIGNMENT, "河南 14"),
        (ASSIGNMENT, "重庆 16"),
    ),
    "return_decision": (
        (workdays(10), "重庆 16, 河南 14"),
        SILENT,
        SILENT,
        SILENT,
        (workdays(10), "河南 14"),
        (workdays(10), "重庆 16"),
    ),
    "assignment": (
        (workdays(10), "重庆 13"),
        (days(5), "山东 10"),
        (workdays(5), "青岛 14"),
        SILENT,
        SILENT,
        (workdays(10), "重庆 13"),
    ),
    "notify": ((days(0), "U: no limit"), SILENT, SILENT, (days(7), "neither the article"), SILENT, SILENT),
    "joint_opinion": (
        (months(1), "山东, 青岛"),
        (months(1), NO_ARTICLE),
        (months(1), NO_ARTICLE),
        (months(2), NO_ARTICLE),
        (months(2), NO_ARTICLE),
        (workdays(30), "重庆 20"),
    ),
    "opinion_counts_from": (
        (ASSIGNMENT, "重庆 20"),
        (RECEIPT, NO_ARTICLE),
        (RECEIPT, NO_ARTICLE),
        (RECEIPT, NO_ARTICLE),
        (RECEIPT, NO_ARTICLE),
        (ASSIGNMENT, "重庆 20"),
    ),
    "joint_opinion_redo": (
        (days(0), "U: as in the first round"),
        SILENT,
        SILENT,
        SILENT,
        SILENT,
        (workdays(5), "重庆 20"),
    ),
    "contact": ((workdays(20), "重庆 18"), SILENT, SILENT, SILENT, SILENT, (workdays(20), "重庆 18")),
    "evaluation": (
        (workdays(20), "重庆 27"),
        SILENT,
        SILENT,
        SILENT,
        (workdays(10), NO_ARTICLE),
        (workdays(20), "重庆 27"),
    ),
    "evaluated_by": (("lead", "重庆 26"), ("lead", "山东 23"), SILENT, SILENT, SILENT, ("lead", "重庆 26")),
    "delivered_to": (
        ("signers", "重庆, 河南, 浙江"),
        ("agreed", NO_ARTICLE),
        ("lead", NO_ARTICLE),
        ("signers", NO_ARTICLE),
        ("signers", NO_ARTICLE),
        ("signers", NO_ARTICLE),
    ),
    "unanswered_in_base": ((False, "重庆 29"), SILENT, SILENT, SILENT, SILENT, (False, "重庆 29")),
    "unit_reads_after_close": ((False, "咸宁"), SILENT, SILENT, (True, "浙江 23"), (True, "河南 22"), SILENT),
    "one_matter": ((True, "山东, 青岛, 浙江, 河南, 重庆"), ONE_MATTER, ONE_MATTER, ONE_MATTER, ONE_MATTER, ONE_MATTER),
    "report_due": (("session", "代表法 51"), LAW, LAW, LAW, LAW, (11, NO_ARTICLE)),
    "redo": (
        ({"unsatisfied"}, "山东 24"),
        ({"unsatisfied"}, "山东 24"),
        ({"unsatisfied"}, "青岛 31"),
        ({"unsatisfied"}, "浙江 24"),
        ({"unsatisfied"}, "河南 22"),
        ({"unsatisfied"}, "重庆 27"),
    ),
    "redo_period": (
        (months(1), "山东 24"),
        (months(1), "山东 24"),
        SILENT,
        (months(1), "浙江 24"),
        (months(1), "河南 22"),
        (months(2), "重庆 27"),
    ),
    "redo_counts_from": (
        (ASSIGNMENT, "U: from the second assignment"),
        SILENT,
        SILENT,
        SILENT,
        SILENT,
        (RECEIPT, "重庆 27"),
    ),
    "decided_by": (
        ("automatic", "山东 24"),
        ("automatic", "山东 24"),
        ("office", "青岛 31"),
        ("automatic", "浙江 24"),
        ("automatic", "河南 22"),
        ("office", "重庆 27"),
    ),
}
NOTHING = {Period(0), False, ASSIGNMENT, "lead", "signers"}
"""What holds where nothing is stated: no limit, no such right, and for choices the law's own way of counting."""
SINCE = {
    "law": dt.date(2025, 3, 11),
    "shandong": dt.date(2017, 5, 19),
    "qingdao": dt.date(2021, 9, 1),
    "zhejiang": dt.date(2016, 5, 27),
    "henan": dt.date(2017, 8, 1),
    "chongqing": dt.date(2018, 1, 1),
}
NOT_OF_ONE_PLACE = {
    "roll": "an analogy to civil law",
    "returns_refused_by_time": "our own proposal",
    "refusals": "the union of the five regulations; no place's own list was read apart",
    "reply_classes": "no single meaning in the country",
    "rounds": "our own proposal",
}
"""Parameters that the table gives no place's value of, each with its reason."""


def county(place, folder, *, on=dt.date(2026, 1, 20), adopted=dt.date(2010, 1, 1)):
    text = f'id = "{uid(place)}"\ncode = "c"\nname = "示例县人大常委会"\nlevel = "county"\nextends = "{place}"\n'
    text += f'adopted = {{ by = "示例县人大常委会决定", on = {adopted} }}\n'
    (folder / "c.toml").write_text(text + "[plugins.suggestion_handling]\n[plugins.second_assignment]\n", "utf-8")
    return read_tenant(folder / "c.toml", FOLDER).open(Catalogue.installed(), holidays.calendar(), on)


def told(place, folder, **rest):
    return {r.name: r for r in county(place, folder, **rest).rules()}


CELLS = [(rule, place, row[n]) for rule, row in TABLE.items() for n, place in enumerate(PLACES)]


@pytest.mark.parametrize(("rule", "place", "expected"), CELLS, ids=[f"{r}-{p}" for r, p, _ in CELLS])
def test_a_county_that_follows_a_place_has_its_rules(rule, place, expected, tmp_path):
    found = told(place, tmp_path)[rule]
    says = found.chain[-1]
    if place == "law" and found.layer == "default":  # the law is silent: the practice's default, and whose rule it was
        assert says.stated
        assert (found.value, found.since) == (expected[0], None)
        assert expected[1] in found.source
    elif expected == SILENT:
        assert (found.stated, says.stated, found.layer) == (False, False, place)
        assert found.value in NOTHING
    elif expected == LAW:
        assert (found.stated, says.stated, says.layer) == (True, False, place)
        assert (found.value, found.layer) == (found.law, "law")
    else:
        value, article = expected
        assert (found.value, found.layer, found.stated) == (value, place, True)
        assert article in found.source
        assert found.since == SINCE[place]


def test_the_table_speaks_of_every_parameter_or_says_why_not(tmp_path):
    known = {p.name for n in ("suggestion_handling", "second_assignment") for p in Catalogue.installed().parameters(n)}
    assert known == TABLE.keys() | NOT_OF_ONE_PLACE.keys()


@pytest.mark.parametrize("place", PLACES)
def test_before_its_text_was_in_force_nothing_of_a_place_held(place, tmp_path):
    day = SINCE[place] - dt.timedelta(days=1)
    for rule, found in told(place, tmp_path, on=day).items():
        if rule not in NOT_OF_ONE_PLACE:
            assert found.layer != place or not found.stated, rule
    layer = told(place, tmp_path, on=SINCE[place])["one_matter"].layer
    assert layer == ("default" if place == "law" else place)


@pytest.mark.parametrize("place", PLACES[1:])
def test_a_place_holds_here_from_the_day_of_the_decision(place, tmp_path):
    decided = dt.date(2026, 1, 8)
    days = [told(place, tmp_path, on=day, adopted=decided) for day in (dt.date(2026, 1, 7), decided)]
    assert [d["joint_opinion"].stated for d in days] == [False, True]
    assert days[1]["joint_opinion"].since == decided
    assert days[0]["reply"].value == months(3)


@pytest.mark.parametrize("place", PLACES)
def test_a_profile_says_what_it_is_whom_it_binds_and_since_when(place):
    document = tomllib.loads((FOLDER / f"{place}.toml").read_text("utf-8"))
    assert document["title"]
    assert document.get("extends", "") == ("" if place == "law" else "law")
    dated = [document[key] for key in profiles.DAYS if key in document]
    assert max(dated) == SINCE[place]
    bound = {"law": None, "qingdao": "city"}.get(place, "province")
    assert (document["binds"]["level"] if "binds" in document else None) == bound
    assert document.get("follow", "") == ("山东 32" if place == "shandong" else "")


def test_the_package_ships_the_profiles(tmp_path):
    shipped = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert shipped["force-include"] == {"tenants/_profiles": f"renda_core/{profiles.FOLDER}"}
    assert sorted(p.stem for p in profiles.shipped().glob("*.toml")) == sorted(PLACES)


def test_the_page_of_profiles_shows_what_the_files_say():
    text = PAGE.read_text("utf-8")
    assert page() in text, "docs/reference/profiles.md differs from the files; its table must read:\n" + page()
    assert all(str(day) in text for day in SINCE.values())


def page():
    """Write the table of the page from the files."""
    documents = {p: tomllib.loads((FOLDER / f"{p}.toml").read_text("utf-8")) for p in PLACES}
    rows = ["| Setting | " + " | ".join(PLACES) + " |", "|---" * (len(PLACES) + 1) + "|"]
    for plugin in ("suggestion_handling", "second_assignment"):
        for p in Catalogue.installed().parameters(plugin):
            if p.name not in NOT_OF_ONE_PLACE:
                cells = [written(documents[place], plugin, p.name) for place in PLACES]
                rows.append(f"| `{p.name}` {p.title} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def written(document, plugin, name):
    given = document.get("plugins", {}).get(plugin, {})
    if name not in given:
        silent = name in document.get("silent", {}).get(plugin, ())
        assert silent is ("extends" in document), f"{document['title']}: {plugin}.{name} is neither set nor silent"
        return "未规定" if silent else "缺省"
    value = given[name]
    if isinstance(value, dict):
        value = Period(**value)
    shown = {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
    source = document["sources"][plugin][name]
    article = re.match(r"(?:代表法|山东|青岛|浙江|河南|重庆) \d+", source)
    return f"{', '.join(shown) if isinstance(shown, list) else shown} ({article[0] if article else '—'})"
