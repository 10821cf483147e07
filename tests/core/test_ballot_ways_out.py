"""Whatever happens between opening and announcement, a meeting comes to an end of its vote, and loses nothing."""

import pytest
from tests.core.balloting import OFFICE, PRESIDIUM, deputies, enter, prepare, projects, voting_county

from renda_core.errors import Rejected
from renda_core.services import ballots
from renda_core.services.ballots import Counting, OpenRound


@pytest.mark.parametrize("given", [{}, {"present_number": 0}])
def test_a_round_that_nobody_attends_is_not_opened(county, given):
    b = voting_county(county)
    made = prepare(b, "each", (), projects(b, 1), incumbent=27)
    with pytest.raises(Rejected):
        b.do(ballots.open_round, OFFICE, made.id, OpenRound(**given))


def test_x(county):
    b = voting_county(county)
    subjects = projects(b, 2)
    voters = deputies(3)
    made = prepare(b, "each", voters, subjects)
    other = prepare(b, "each", voters, subjects[:1])
    for m, k in ((made, 2), (other, 1)):
        b.do(ballots.open_round, OFFICE, m.id, OpenRound())
        b.do(ballots.close_round, OFFICE, m.id)
        enter(b, m, [[(i, 0) for i in range(k)]] * 3)
        b.do(ballots.count_round, OFFICE, m.id, Counting(paper_returned=3))
    b.do(ballots.announce, PRESIDIUM, other.id)
    print(b.do(ballots.announce, PRESIDIUM, made.id))
