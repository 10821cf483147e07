import asyncio

import pytest

from renda_core.domain.case import Actor
from renda_core.domain.sealed import ERASED, Sealed
from renda_core.errors import NotFound, Rejected
from renda_plugins import reception
from renda_plugins.reception import BRANCHES, Feedback, Opinion

STATION = Actor(id="he", roles={"station"})
CALLED, BOARD = {"payload": Feedback(how="phone")}, {"payload": Feedback(how="notice_board")}


def heard(p, **body):
    said = {"text": "no light in the stairs", "voter": "蔡湖", "phone": "19900000000", **body}
    return p.open("opinion", STATION, Opinion(**said), parties={"receiver": ("wang",)})


def answered(p, branch="on_spot", case=None):
    case = p.do(case or heard(p), "sort", STATION, grade=branch)
    return p.do(case, "reply", STATION, note="the lamp is replaced")


@pytest.mark.parametrize("branch", list(BRANCHES)[1:])
def test_every_branch_ends_with_both_told(place, branch):
    p = place("reception")
    case = answered(p, branch)
    case = p.do(p.do(case, "tell_deputy", STATION), "tell_voter", STATION, **CALLED)
    case = p.do(case, "close", STATION)
    assert (case.states["main"], case.states["branch"]) == ("closed", branch)


@pytest.mark.rule("close.told")
def test_nothing_is_closed_before_voter_and_deputy_were_told(place, office):
    p = place("reception")
    case = answered(p)
    with pytest.raises(Rejected) as told:
        p.do(case, "close", office)
    assert len(told.value.objections) == 2
    with pytest.raises(Rejected, match="the deputy who heard it"):
        p.do(p.do(case, "tell_voter", office, **CALLED), "close", office)
    with pytest.raises(Rejected, match="the voter has not been told"):
        p.do(p.do(case, "tell_deputy", office), "close", office)
    p = place("reception", reception={"feedback": frozenset({"voter"})})
    assert p.do(p.do(answered(p), "tell_voter", office, **CALLED), "close", office).states["main"] == "closed"


def test_where_no_deputy_heard_it_only_the_voter_is_told(place, office):
    p = place("reception")
    case = answered(p, case=p.open("opinion", office, Opinion(text="no light", phone="1")))
    assert p.do(p.do(case, "tell_voter", office, **CALLED), "close", office).states["main"] == "closed"


@pytest.mark.rule("tell_voter.phone")
@pytest.mark.parametrize("phone", ["", ERASED])
def test_who_left_no_number_reads_it_on_the_board(place, phone):
    p = place("reception")
    case = answered(p, case=heard(p, voter="", phone=phone))
    with pytest.raises(Rejected, match="no phone number was left"):
        p.do(case, "tell_voter", STATION, **CALLED)
    assert p.do(case, "tell_voter", STATION, **BOARD).acts[-1].payload.how == "notice_board"


@pytest.mark.rule("reply.units")
def test_a_unit_answers_what_was_handed_to_it(place, office, roads):
    p = place("reception")
    with pytest.raises(Rejected, match="branch is on_spot"):
        p.do(p.do(heard(p), "sort", office, grade="on_spot"), "assign", office, units=(("roads", "sole"),))
    case = p.do(heard(p), "sort", office, grade="county")
    case = p.do(case, "assign", office, units=(("roads", "lead"), ("water", "joint")))
    with pytest.raises(Rejected, match="wait for unit_reply"):
        p.do(case, "reply", STATION, note="done")
    case = p.do(case, "unit_reply", roads, note="the lamp is replaced")
    assert case.states["main"] == "sorted"
    case = p.do(case, "unit_reply", office, unit="water", note="so is the pipe")  # on paper
    assert case.states["main"] == "answered"
    assert {a.state for a in case.assignments} == {"replied"}


def test_the_voter_is_known_to_office_and_station_alone(place, office, lead, roads):
    p = place("reception")
    case = heard(p, phone=Sealed.of(b"secret", "0000"))
    case = p.do(p.do(case, "sort", office, grade="county"), "assign", office, units=(("roads", "sole"),))
    for reader in (lead, roads, Actor(id="chair", roles={"overseer"})):
        assert {"voter", "phone"}.isdisjoint(p.look(case, reader).body)
        assert "蔡湖" not in str(p.look(case, reader))
    assert p.look(case, office).body["phone"] == p.look(case, STATION).body["phone"] == "****0000"
    with pytest.raises(NotFound):
        p.look(case, Actor(id="voter", roles={"public"}))


class _Desk:
    async def facet_counts(self, kind, facet):
        assert (kind, facet) == ("opinion", "main")
        return {"closed": 5045, "answered": 122, "sorted": 273}


def test_5045_of_5440_are_done(place):
    page = asyncio.run(reception.opinions(place("reception").contexts("reception"), _Desk()))
    assert (page.received, page.done, page.open) == (5440, 5045, 395)
    assert str(page.closing) == "92.74 % (5045 / 5440 登记的群众意见)"
