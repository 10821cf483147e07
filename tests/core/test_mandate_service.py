"""Mandates through the service: only a legal act changes one; a new term leaves suggestions answerable."""

import datetime as dt

import pytest

from renda_core.domain.areas import Term
from renda_core.domain.case import Actor
from renda_core.domain.mandates import MandateEvent
from renda_core.domain.suggestion import Suggestion
from renda_core.errors import NotAllowed, Rejected
from renda_core.files.columns import Read
from renda_core.services import imports, lookups, mandates
from renda_core.store.roster import ALL
from renda_core.testing import uid
from renda_plugins import suggestion_handling

OFFICE = Actor(id=uid("clerk"), roles={"office", "assigner"})
HOME = "示例县人民代表大会"


def read(number, **values):
    return Read(number=number, values=values)


def row(name, certificate):
    return read(
        2, name=name, sex="female", ethnicity="汉族", born=dt.date(1980, 5, 6), id_number=None, phone=None, party=None,
        education=None, employer=None, post=None, congress=HOME, term=6, district=None, certificate=certificate,
        elected=dt.date(2021, 12, 20), by_election=False, delegation="一团", group="一组", composition=None,
    )  # fmt: skip


def with_deputy(county):
    b = county(suggestion_handling)
    home = read(
        2, name=HOME, level="county", area="421299", parent=None, has_districts=False, population=None, term=6,
        began=dt.date(2021, 12, 28),
    )  # fmt: skip
    b.do(imports.apply, OFFICE, "congresses", [home])
    b.do(imports.apply, OFFICE, "roster", [row("王某", "X-1")])
    (held,) = b.read(lambda reader: reader.all(ALL["mandate"]))
    return b, held


def ended(**rest):
    fields = {"kind": "end", "on": dt.date(2026, 1, 15), "legal_act": "公告第 3 号", "by_body": "standing_committee"}
    return MandateEvent(**{**fields, "reason": "resignation_accepted", **rest})


def test_a_mandate_ends_by_its_legal_act_and_nothing_else(county):
    b, held = with_deputy(county)
    with pytest.raises(Rejected, match="代表法 63"):
        b.do(mandates.happen, OFFICE, held["id"], ended(by_body="congress"))
    with pytest.raises(NotAllowed):
        b.do(mandates.happen, Actor(id=uid("wang"), roles={"deputy"}), held["id"], ended())
    after = b.do(mandates.happen, OFFICE, held["id"], ended())
    assert after.state == "ended"
    assert b.read(mandates.mandate, held["id"]) == after
    with pytest.raises(Rejected):
        b.do(mandates.happen, OFFICE, held["id"], ended())
    assert b.verify().whole


def test_a_new_term_ends_the_old_mandates_and_touches_no_suggestion(county):
    b, held = with_deputy(county)
    wang = Actor(id=held["person"], roles={"deputy"})
    case = b.open("suggestion", wang, Suggestion(text="修桥"), parties={"proposer": (wang.id,)})
    case = b.step(case, "submit", wang)
    opens = dt.date(2026, 1, 19)
    term = Term(
        id=uid("next"), congress=held["congress"], number=7, first_session_on=opens, ends_on=None, valid_from=opens
    )
    assert b.do(mandates.open_term, OFFICE, term) == (held["id"],)
    assert b.read(mandates.mandate, held["id"]).state == "ended"
    assert b.step(case, "accept", OFFICE).states["main"] == "accepted"


def test_the_roster_counts_people_mandates_and_groups_apart(county):
    b, _ = with_deputy(county)
    heads = b.read(lookups.heads)
    assert (heads.persons, heads.mandates, heads.in_groups) == (1, 1, 1)
    assert b.do(imports.preview, OFFICE, "roster", [row("王某", "X-1")]).counts == {"same": 1}
