"""Every two shipped practices in one county: it opens, is drawn, and takes a suggestion from its draft to its close."""

from itertools import combinations

import pytest
from tests.core.suggesting import NAME, OFFICE, REPLY, ROADS, SOLE, WANG, draft
from tests.plugins.test_proposal_preparation import GIVEN

from renda_core.catalogue import Catalogue
from renda_core.cli import drawing
from renda_core.errors import Invalid, Rejected
from renda_core.services import journal, ledgers, procedures
from renda_core.testing import Bench
from renda_plugins.proposal_preparation.steps import STEPS
from renda_plugins.three_reviews import Review

PRACTICES = sorted(Catalogue.installed().offers)
PAIRS = list(combinations(PRACTICES, 2))
REVISER = Bench.actor("reviser")
PREPARING = tuple(
    (STEPS[name], REVISER if name == "revise" else WANG, {"payload": GIVEN[name]} | added)
    for name, added in (
        ("inspect", {}),
        ("study", {}),
        ("put", {"parties": {"reviser": (REVISER.id,)}}),
        ("revise", {}),
    )
)
REVIEWING = tuple(
    (step, OFFICE, {"payload": Review(members=("何委员",)), "note": "切实可行"})
    for step in ("first_review", "joint_review", "peer_review")
)


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_every_two_practices_work_together(bench, pair):
    b = bench({name: {} for name in {NAME, *pair}})
    clerk = b.actor("clerk", "office director overseer government")
    for kind in b.tenant.practice.kinds():
        assert drawing.text(b.ask(procedures.procedure, clerk, kind.name))
    for name, page in b.tenant.practice.pages.items():
        if page.of_unit:
            continue
        try:
            assert b.ask(ledgers.page, clerk, name) is not None
        except Invalid:  # it asks whose page is meant, and nobody said
            assert page.asks is not None
    prepared = PREPARING if "proposal_preparation" in pair else ()
    reviewed = REVIEWING if "three_reviews" in pair else ()
    case = b.run(
        draft(b),
        *prepared,
        ("submit", WANG),
        ("accept", OFFICE),
        *reviewed,
        ("assign", OFFICE, SOLE),
        ("reply", ROADS, REPLY),
        ("evaluate", OFFICE, {"grade": "satisfied"}),
        ("close", OFFICE),
    )
    assert case.states["main"] == "closed"
    assert all(clock.state == "stopped" for clock in case.clocks)
    assert "satisfaction" not in b.see(case, ROADS).states
    assert b.read(journal.verify).whole


@pytest.mark.parametrize("missing", ["proposal_preparation", "three_reviews"])
def test_of_all_practices_together_none_can_be_passed_by(bench, missing):
    b = bench({name: {} for name in PRACTICES})
    prepared = () if missing == "proposal_preparation" else PREPARING
    case = draft(b)
    if not prepared:
        with pytest.raises(Rejected, match="the preparation lacks"):
            b.step(case, "submit", WANG)
        return
    case = b.run(case, *prepared, ("submit", WANG), ("accept", OFFICE))
    with pytest.raises(Rejected, match="three_reviews is waiting"):
        b.step(case, "assign", OFFICE, **SOLE)


def test_all_practices_together_take_a_suggestion_to_its_end(bench):
    b = bench({name: {} for name in PRACTICES})
    case = b.run(draft(b), *PREPARING, ("submit", WANG), ("accept", OFFICE), *REVIEWING, ("assign", OFFICE, SOLE))
    case = b.run(case, ("reply", ROADS, REPLY), ("evaluate", OFFICE, {"grade": "satisfied"}), ("close", OFFICE))
    assert case.states["main"] == "closed"
    assert b.verify().whole
