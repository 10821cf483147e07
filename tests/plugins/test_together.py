from itertools import combinations

import pytest

from renda_core.errors import PluginError
from renda_core.settings import SOURCE, TITLE

OF_SUGGESTIONS = (
    "second_assignment",
    "settled_accounts",
    "key_supervision",
    "procuratorate_transfer",
    "four_party_supervision",
    "three_reviews",
    "five_inquiries",
    "proposal_preparation",
)
MORE = (*OF_SUGGESTIONS, "reception")


@pytest.mark.parametrize("pair", list(combinations(("suggestion_handling", *MORE), 2)))
def test_every_pair_fits_together(catalogue, pair):
    practice = catalogue.practice(frozenset({"suggestion_handling", *pair}))
    assert all(step.title for p in practice.procedures.values() for step in p.steps.values())
    facets = [f for p in practice.procedures.values() for f in p.facets.values()]  # pages and files go by their titles
    assert all(set(f.titles) == set(f.states) for f in facets)
    assert all(clock.title for p in practice.procedures.values() for clock in p.clocks.values())


def test_all_of_them_fit_together(catalogue):
    procedure = catalogue.practice(frozenset({"suggestion_handling", *MORE})).procedure("suggestion")
    assert procedure.clocks["reply"].plugin == "settled_accounts"
    assert set(procedure.parties) <= procedure.kind.parties & procedure.kind.audience


@pytest.mark.parametrize("name", OF_SUGGESTIONS)
def test_what_extends_suggestions_says_what_it_needs(catalogue, name):
    with pytest.raises(PluginError, match="extends kind 'suggestion', which no enabled plugin offers"):
        catalogue.practice(frozenset({name}))


def test_reception_stands_alone(catalogue):
    assert [k.name for k in catalogue.practice(frozenset({"reception"})).kinds()] == ["opinion", "reception"]


@pytest.mark.parametrize("name", MORE)
def test_every_setting_has_a_title_and_a_source(catalogue, name):
    told = catalogue.parameters(name)
    assert told
    assert all(getattr(p, SOURCE) and getattr(p, TITLE) for p in told)
    assert catalogue.summaries[name].partition(":")[0].strip()


def test_a_second_round_under_two_months_and_on_the_key_list(place, office):
    p = place(*(name for name in MORE if name not in ("three_reviews", "proposal_preparation")))  # they ask for more
    case = p.evaluated("unsatisfied")
    case = p.do(case, "reassign", office, units=(("roads", "sole"),), note="the bridge still leaks")
    running = {(c.name, c.round) for c in case.clocks if c.state == "running"}
    assert running == {("settle", 1), ("redo", 2), ("return", 2)}
    case = p.do(p.evaluated("satisfied", case), "close", office)
    assert {c.state for c in case.clocks} == {"stopped"}
