import attrs
import pytest
from tests.core.suggesting import CHAIR, ROADS, accepted, assigned
from tests.core.suggesting import OFFICE as CLERK

from renda_core import hookimpl
from renda_core.catalogue import Catalogue
from renda_core.domain.case import Actor
from renda_core.domain.fields import by_title
from renda_core.domain.suggestion import SUPERVISORS, Supervisors
from renda_core.errors import NotFound, PluginError, Rejected
from renda_core.records import Party
from renda_core.services import corrections
from renda_plugins import key_supervision, suggestion_handling
from renda_plugins.key_supervision import Supervision

FIVE = Supervisors(
    director="任祥玉", government="丁梅", committee="社会建设委员会", office="代表工作委员会", deputy="贺磊"
)
COMMITTEE = Actor(id="li", roles={"committee"})


def named(p, office, **rest):
    return p.do(p.assigned(), "name_key", office, **{"payload": FIVE, **rest})


def test_46_of_149_are_key_each_with_five_supervisors(place, office):
    p = place("key_supervision")
    cases = [named(p, office) if n < 46 else p.assigned() for n in range(149)]
    keys = [c for c in cases if p.practice.procedure("suggestion").state(c, "key") == "key"]
    assert len(keys) == 46
    assert {sum(bool(v) for v in attrs.astuple(s)) for c in keys for _, s in c.said(Supervisors)} == {5}
    assert all(c.states["main"] == "assigned" for c in keys)


@pytest.mark.rule("name_key.five")
@pytest.mark.parametrize("missing", list(SUPERVISORS))
def test_every_one_of_the_five_is_needed(place, office, missing):
    p = place("key_supervision")
    with pytest.raises(Rejected, match=f"name the supervisors: {SUPERVISORS[missing]}"):
        named(p, office, payload=attrs.evolve(FIVE, **{missing: " "}))


def test_a_place_may_ask_for_fewer(place, office):
    p = place("key_supervision", key_supervision={"supervisors": frozenset({"director"})})
    assert named(p, office, payload=Supervisors(director="任祥玉")).states["key"] == "key"


def test_who_is_named_finds_the_case_and_supervises_it(place, office, roads):
    p = place("key_supervision")
    with pytest.raises(NotFound):
        p.look(p.assigned(), COMMITTEE)
    case = named(p, office, parties={"committee_lead": ("li",)})
    assert p.look(case, COMMITTEE).states["key"] == "key"
    case = p.do(case, "supervise", COMMITTEE, payload=Supervision(finding="half of the bridge is mended", how="visit"))
    assert case.acts[-1].payload.how == "visit"
    with pytest.raises(Rejected, match="zhao may not supervise"):
        p.do(case, "supervise", roads, payload=Supervision(finding="all is well"))
    with pytest.raises(Rejected, match="key is none"):
        p.do(p.assigned(), "supervise", office, payload=Supervision(finding="x"))


def test_a_supervisor_reads_no_evaluation(place, office):
    p = place("key_supervision")
    case = p.evaluated("unsatisfied", named(p, office, parties={"committee_lead": ("li",)}))
    assert "unsatisfied" not in str(p.look(case, COMMITTEE))


def test_looking_back_may_be_done_again_and_at_every_suggestion(place, office):
    p = place("key_supervision")
    case = p.do(p.evaluated("satisfied"), "close", office)
    case = p.do(p.do(case, "look_back", office, grade="kept"), "look_back", office, grade="slipping")
    assert (case.states["look_back"], case.states["main"]) == ("slipping", "closed")
    with pytest.raises(Rejected, match="main is assigned"):
        p.do(p.assigned(), "look_back", office, grade="kept")


def test_the_columns_of_the_list_are_the_titles_of_the_fields():
    assert list(by_title(Supervisors)) == ["主任会议成员", "政府领导", "对口委员会", "代表机构", "督办代表"]


def test_cases_keep_moving_after_the_practice_is_disabled(place, office):
    case = named(place("key_supervision"), office, parties={"committee_lead": ("li",)})
    without = place()
    case = without.evaluated("satisfied", case)
    assert without.do(case, "close", office).states == {**case.states, "main": "closed"}
    assert without.look(case, COMMITTEE).states["key"] == "key"  # naming is the law's, not this practice's
    with pytest.raises(Rejected, match="has no step 'supervise'"):
        without.do(case, "supervise", COMMITTEE)


def test_who_handles_does_not_supervise_himself(place, office):
    p = place("key_supervision")
    both = Actor(id="both", roles={"deputy"}, unit="roads")
    case = named(p, office, parties={"deputy_lead": ("both",)})
    with pytest.raises(Rejected, match="both may not supervise"):
        p.do(case, "supervise", both, payload=Supervision(finding="all is well"))


class _Adds:
    """A plugin that adds one party role to suggestions."""

    def __init__(self, name):
        self.name = name

    @hookimpl
    def register_cases(self):
        yield Party(kind="suggestion", name=self.name, title="督办人")


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("committee_lead", "both offer Party suggestion.committee_lead"),
        ("cosigner", "'other' adds party suggestion.cosigner, which the kind has already"),
        ("deputy", "are roles of the tenant and cannot be parties"),
    ],
)
def test_a_party_role_has_one_owner_and_is_no_role_of_the_tenant(catalogue, name, error):
    together = {"suggestion_handling": catalogue.modules["suggestion_handling"]}
    with pytest.raises(PluginError, match=error):
        Catalogue.collect({**together, "other": _Adds(name)}).practice(frozenset({*together, "other"}))


def test_46_key_items_are_listed_each_with_its_five(county):
    b = county(suggestion_handling, key_supervision)
    director = b.actor("ren", "director")
    plain = {a.name: getattr(FIVE, a.name) for a in attrs.fields(Supervisors)}
    for n in range(46):
        case = b.step(assigned(b, title=f"第{n}件"), "name_key", CLERK, payload=plain)
    b.step(case, "supervise", CLERK, payload={"finding": "桥已修一半", "how": "视察"})
    accepted(b)
    page = b.page("key_items", director)
    assert (page.total, page.with_all_five, page.supervised) == (46, 46, 1)
    assert {len(item.supervisors) for item in page.items} == {5}
    assert page.items[0].supervisors["主任会议成员"] == "任祥玉"
    assert (page.items[-1].found, page.items[-1].found_on) == ("桥已修一半", "2026-01-20")
    for reader in (ROADS, b.actor("x", "deputy"), b.actor("nobody")):
        with pytest.raises(NotFound):
            b.page("key_items", reader)


def test_an_item_that_an_override_made_key_shows_who_is_missing(county):
    b = county(suggestion_handling, key_supervision)
    case = assigned(b)
    command = corrections.Override(case=case.id, facet="key", state="key", note="主任会议纪要")
    b.do(corrections.override_state, CHAIR, command)
    (item,) = b.page("key_items").items
    assert item.missing == tuple(SUPERVISORS.values())
