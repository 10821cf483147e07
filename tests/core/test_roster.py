"""The roster, asked on a date."""

import datetime as dt

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda_core.domain.areas import AreaCode, Dated, Level, areas_above, is_area_code
from renda_core.domain.mandates import Mandate, MandateEvent, apply
from renda_core.domain.roster import Congress, District, Group, Membership, Person, Roster, Term, Unit
from renda_core.domain.roster_checks import (
    find_all,
    find_district_seats,
    find_levels,
    find_small_groups,
    find_unrelated,
    find_without_group,
    refuse_unrelated,
)
from renda_core.errors import Invalid

FROM = dt.date(2022, 1, 1)
ON = dt.date(2026, 3, 1)


def congress(key: str, level: Level, parent: str | None) -> Congress:
    return Congress(id=key, level=level, name=key, area=key, parent=parent, valid_from=FROM)


CONGRESSES = (
    congress("230000", "province", None),
    congress("230100", "city", "230000"),
    congress("230128", "county", "230100"),
    congress("230128100", "township", "230128"),
    congress("230184", "county", "230100"),
)
LEVELS: dict[str, Level] = {row.id: row.level for row in CONGRESSES}


def held(key: str, *, person: str = "p1", state: str = "active", term: str = "t") -> Mandate:
    return Mandate(
        id=f"{person}:{key}",
        person=person,
        congress=key,
        level=LEVELS[key],
        term=term,
        elected_on=FROM,
        valid_from=FROM,
        state=state,  # type: ignore[arg-type]
    )


NESTED = tuple(held(key) for key in ("230000", "230100", "230128", "230128100"))


def test_nested_mandates_are_fine_and_unrelated_areas_refused() -> None:
    roster = Roster(congresses=CONGRESSES, mandates=NESTED)
    assert list(find_unrelated(roster, ON)) == []
    assert refuse_unrelated(roster, "p1", "230128100", ON) == ()
    assert len(refuse_unrelated(roster, "p1", "230184", ON)) == 2
    assert all("选举法 48" in one for one in refuse_unrelated(roster, "p1", "230184", ON))
    more = attrs.evolve(roster, mandates=(*NESTED, held("230184")))
    assert [one.subjects[1:] for one in find_unrelated(more, ON)] == [
        ("p1:230128", "p1:230184"),
        ("p1:230128100", "p1:230184"),
    ]


def test_a_county_run_by_its_province_has_a_stated_parent() -> None:
    run = attrs.evolve(CONGRESSES[4], parent="230000")
    roster = Roster(congresses=(*CONGRESSES[:4], run), mandates=(held("230100"), held("230184")))
    assert [row.id for row in roster.chain("230184", ON)] == ["230184", "230000"]
    assert len(list(find_unrelated(roster, ON))) == 1


def test_chains_and_children() -> None:
    roster = Roster(congresses=CONGRESSES)
    assert [row.id for row in roster.chain("230128100", ON)] == ["230128100", "230128", "230100", "230000"]
    assert [row.id for row in roster.children("230100", ON)] == ["230128", "230184"]
    with pytest.raises(Invalid, match="circle"):
        Roster(congresses=(congress("a", "city", "b"), congress("b", "county", "a"))).chain("a", ON)
    with pytest.raises(Invalid, match="no congress"):
        roster.chain("230128", FROM - dt.timedelta(1))


def test_persons_are_not_mandates() -> None:
    roster = Roster(congresses=CONGRESSES, mandates=(*NESTED, held("230128", person="p2")))
    assert attrs.astuple(roster.heads(ON)) == (2, 5)
    assert attrs.astuple(roster.heads(ON, "230128")) == (2, 2)
    assert attrs.astuple(roster.heads(ON, "230100", "230000")) == (1, 2)


def test_who_is_in_office() -> None:
    states = ("active", "suspended", "elected", "void")
    mandates = tuple(held("230128", person=state, state=state) for state in states)
    roster = Roster(congresses=CONGRESSES, mandates=mandates)
    assert [row.person for row in roster.incumbents("230128", ON)] == ["active", "suspended"]
    assert roster.incumbents("230128", FROM - dt.timedelta(1)) == ()
    assert [len(roster.mandates_of(state, ON)) for state in states] == [1, 1, 1, 0]


def test_office_begins_and_ends_with_first_sessions() -> None:
    opens = dt.date(2022, 1, 6)
    term = Term(id="t", congress="230128", number=16, first_session_on=opens, ends_on=ON, valid_from=FROM)
    roster = Roster(congresses=CONGRESSES, terms=(term,), mandates=(held("230128"),))
    assert [len(roster.incumbents("230128", day)) for day in (FROM, opens, ON - dt.timedelta(1), ON)] == [0, 1, 1, 0]


def test_questions_see_the_state_of_their_date() -> None:
    said = MandateEvent(
        kind="end", on=ON, legal_act="公告", by_body="standing_committee", reason="resignation_accepted"
    )
    roster = Roster(congresses=CONGRESSES, mandates=(apply(held("230128"), said),))
    assert len(roster.incumbents("230128", ON - dt.timedelta(1))) == 1
    assert roster.incumbents("230128", ON) == ()


def grouped(size: int, *, extra: int = 0) -> Roster:
    mandates = tuple(held("230128", person=f"p{number}") for number in range(size + extra))
    inside = tuple(
        # Half through the person, half through the mandate: both ways count.
        Membership(id=row.id, body="g", kind="group", valid_from=FROM, person=row.person)
        if number % 2
        else Membership(id=row.id, body="g", kind="group", valid_from=FROM, mandate=row.id)
        for number, row in enumerate(mandates[:size])
    )
    group = Group(id="g", name="城关组", by="area", valid_from=FROM)
    return Roster(congresses=CONGRESSES, mandates=mandates, groups=(group,), memberships=inside)


def test_a_group_of_two_warns() -> None:
    (finding,) = find_small_groups(grouped(2), ON)
    assert (finding.severity, finding.subjects, finding.source) == ("warn", ("g",), "组织法 43")
    assert list(find_small_groups(grouped(3), ON)) == []


def test_everybody_is_in_a_group() -> None:
    assert [one.subjects for one in find_without_group(grouped(3, extra=2), ON)] == [("p3",), ("p4",)]
    assert [group.id for group in grouped(3).groups_of("p1", ON)] == ["g"]
    assert grouped(3).groups_of("p1", FROM - dt.timedelta(1)) == ()


@given(st.integers(0, 6), st.integers(0, 6))
def test_grouped_and_ungrouped_are_all(size: int, extra: int) -> None:
    roster = grouped(size, extra=extra)
    missing = len(list(find_without_group(roster, ON)))
    assert roster.heads(ON).persons == len(roster.deputies_in("group", ON).get("g", ())) + missing


@pytest.mark.parametrize(("seats", "found"), [(0, 1), (1, 0), (3, 0), (4, 1)])
def test_a_district_elects_one_to_three(seats: int, found: int) -> None:
    district = District(id="d", congress="230128", term="t", name="第一选区", seats=seats, valid_from=FROM)
    assert len(list(find_district_seats(Roster(districts=(district,)), ON))) == found


def test_the_level_of_a_mandate_is_that_of_its_congress() -> None:
    roster = Roster(congresses=CONGRESSES, mandates=(attrs.evolve(held("230128"), level="township"),))
    assert [one.code for one in find_levels(roster, ON)] == ["level"]
    assert {one.code for one in find_all(roster, ON)} == {"level", "without_group"}


def test_an_abolished_unit_is_followed_to_its_successor() -> None:
    def unit(key: str, successor: str | None, valid_to: dt.date | None) -> Unit:
        return Unit(id=key, name=key, successor=successor, valid_from=FROM, valid_to=valid_to)

    roster = Roster(units=(unit("old", "new", ON), unit("new", None, None), unit("gone", None, ON)))
    assert [row.id for row in (roster.unit_now("old", FROM), roster.unit_now("old", ON)) if row] == ["old", "new"]
    assert roster.unit_now("gone", ON) is None
    with pytest.raises(Invalid):
        roster.unit_now("nobody", ON)
    with pytest.raises(Invalid, match="circle"):
        Roster(units=(unit("a", "b", ON), unit("b", "a", ON))).unit_now("a", ON)


def test_sealed_values_are_not_printed() -> None:
    person = Person(id="p", name="王芳", id_number="secret", phone="secret", special_needs="secret", valid_from=FROM)
    assert "secret" not in repr(person)


def test_rows_that_make_no_sense() -> None:
    with pytest.raises(Invalid):
        Dated(valid_from=ON, valid_to=FROM)
    with pytest.raises(Invalid):
        Membership(id="x", body="g", kind="group", valid_from=FROM)
    with pytest.raises(Invalid):
        Membership(id="x", body="g", kind="group", person="p", mandate="m", valid_from=FROM)


@pytest.mark.parametrize(
    ("text", "good"),
    [("230128", True), ("230128100", True), ("230128100001", True), ("2301", False), ("２30128", False)],
)
def test_the_shape_of_a_division_code(text: str, good: bool) -> None:
    assert is_area_code(text) is good


def test_divisions_follow_stated_parents_on_a_date() -> None:
    def area(code: str, parent: str | None, since: dt.date = FROM, until: dt.date | None = None) -> AreaCode:
        return AreaCode(code=code, name=code, parent=parent, valid_from=since, valid_to=until)

    moved = (area("230184", "230000", until=ON), area("230184", "230100", ON))
    areas = [area("230000", None), area("230100", "230000"), *moved]
    assert [one.code for one in areas_above("230184", areas, FROM)] == ["230184", "230000"]
    assert [one.code for one in areas_above("230184", areas, ON)] == ["230184", "230100", "230000"]
    with pytest.raises(Invalid):
        areas_above("230185", areas, ON)
    with pytest.raises(Invalid):
        area("23", None)
    with pytest.raises(Invalid):
        area("230184", "230184")
