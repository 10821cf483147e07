"""Pages about one deputy: the offices name anybody, a deputy finds their own, and nobody else is ever told of."""

import attrs
import openpyxl
import pypdfium2
import pytest
from tests.core.dutying import CHAIR, LI, OFFICE, STATION, WANG
from tests.core.pointing import COUNTY, MINE, TOWN, D, Shown, did, hold, pointed, practice, record, third

from renda_core import papers
from renda_core.catalogue import Catalogue
from renda_core.domain.case import Actor
from renda_core.domain.fields import titled
from renda_core.domain.mandates import MandateEvent
from renda_core.errors import Invalid, Misuse, NotFound, PluginError, PracticeFailed
from renda_core.files import write_workbook
from renda_core.records import Veto
from renda_core.services import mandates
from renda_core.services.duty.people import OnePerson
from renda_core.services.exports.pages import page_sheets
from renda_core.services.ledgers import pages
from renda_core.services.papers.pages import page_paper
from renda_core.testing import Bench, uid


def asked(b, by, person=None, **said):
    """Look at the page."""
    return b.page("mine", by, {**({} if person is None else {"person": person}), **said})


@pytest.fixture
def b(county):
    """A county whose wang has done something, and li something else."""
    b = pointed(county, pages=(MINE,), deputies=("wang", "li"))
    did(b, record("wang", "visit", D(2026, 3, 1)), record("wang", "secret", D(2026, 3, 2)))
    did(b, record("li", "training", D(2026, 4, 1)))
    return b


def test_offices_name_anybody_by_id_name_or_certificate(b):
    hold(b, "zhang", "县 001 号", of="county")
    for said, person in (
        (WANG.id, WANG.id), (WANG.id.upper(), WANG.id), ("wang", WANG.id), (" wang ", WANG.id), ("li", LI.id),
        ("县 001 号", uid("zhang")), ("zhang", uid("zhang")),
    ):  # fmt: skip
        for who in (OFFICE, CHAIR):
            found = asked(b, who, said)
            assert (found.person, found.asked, found.own, found.mandates) == (person, person, False, 1)
    assert asked(b, OFFICE, None, **{"代表": "wang"}).person == WANG.id
    found = asked(b, OFFICE, "wang")
    assert (found.total, [(r.kind, r.on) for r in found.records]) == (
        300, [("visit", D(2026, 3, 1)), ("secret", D(2026, 3, 2))],
    )  # fmt: skip


def test_an_office_that_names_nobody_is_asked_whom(b):
    for said in (None, "", "  "):
        with pytest.raises(Invalid, match="name the deputy whose page is meant") as refused:
            asked(b, OFFICE, said)
        assert refused.value.details["field"] == "person"
    with pytest.raises(Invalid, match="person is said twice"):
        asked(b, OFFICE, "wang", **{"代表": "li"})
    with pytest.raises(NotFound, match="no deputy is called 'nobody'"):
        asked(b, OFFICE, "nobody")
    with pytest.raises(NotFound):
        asked(b, OFFICE, uid("nobody"))
    hold(b, "wang too", "2 号", of="county")
    with pytest.raises(Invalid, match="longer than 200"):
        asked(b, OFFICE, "wang", year="1" * 201)


def test_a_deputy_finds_the_page_about_themself_whatever_they_say(b):
    own = asked(b, WANG)
    assert (own.person, own.own, own.asked, own.total) == (WANG.id, True, WANG.id, 300)
    assert [r.kind for r in own.records] == ["visit", "secret"]
    for said in ("", WANG.id, WANG.id.upper(), "wang", " wang"):
        assert asked(b, WANG, said) == own
    assert asked(b, WANG, None, **{"代表": "wang"}) == own


def test_another_and_nobody_are_the_same_nothing_to_a_deputy(b):
    hold(b, "old", "老 1 号", of="county", valid_to=D(2025, 1, 1), state="ended")
    told = set()
    for said in (LI.id, "li", "old", uid("old"), "老 1 号", uid("nobody"), "nobody", "x" * 500, "%", "*", "'; --", "0"):
        with pytest.raises(NotFound) as refused:
            asked(b, WANG, said)
        told.add(str(refused.value).replace(repr(said), "…"))
        for use in (page_sheets, page_paper):
            with pytest.raises(NotFound):
                b.ask(use, WANG, "mine", {"person": said})
    assert told == {"no page about …"}


def test_a_namesake_changes_nothing_for_a_deputy_and_asks_the_office_for_more(county):
    b = pointed(county, pages=(MINE,), deputies=("wang",))
    hold(b, "other", "2 号", of="county")
    rename(b, "other", "wang")
    assert asked(b, WANG, "wang").person == WANG.id
    assert asked(b, Bench.actor("other", "deputy"), "wang").person == uid("other")
    with pytest.raises(Invalid, match="2 deputies are called 'wang'"):
        asked(b, OFFICE, "wang")
    assert asked(b, OFFICE, "2 号").person == uid("other")


def rename(b, key, name):
    """Give somebody another name."""
    from sqlalchemy import bindparam, update

    from renda_core.store import tables as t
    from renda_core.store.compile import Write, keyed

    called = {c: bindparam(c.name, type_=c.type) for c in (t.person.c.name, t.person.c.match_key)}
    write = Write(update(t.person).where(*keyed(t.person, "id")).values(called))

    async def work(unit, _):
        await unit.write(write, id=uid(key), name=name, match_key=name)
        unit.record("test.renamed", on=uid(key), version=0, rule="test")

    b.do(work, OFFICE)


def test_to_everybody_else_there_is_no_such_page(b):
    strangers = (
        Bench.actor("x"),
        Bench.actor("y", "public"),
        Bench.actor("z", "committee"),
        Actor(id=uid("u"), unit=uid("roads")),
    )
    for who in strangers:
        for said in (None, WANG.id, "nobody"):
            with pytest.raises(NotFound, match=r"^no page 'mine'$"):
                asked(b, who, said)
        assert pages(b.tenant, who) == ()
    for who in (WANG, OFFICE, CHAIR, STATION):
        assert [p.name for p in pages(b.tenant, who)] == ["mine"]


def test_a_deputy_who_works_in_the_office_is_both(b):
    both = Actor(id=WANG.id, roles="deputy office")
    assert (asked(b, both).person, asked(b, both).own) == (WANG.id, True)
    assert (asked(b, both, "li").person, asked(b, both, "li").own) == (LI.id, False)


def test_a_station_that_a_page_lets_in_hears_no_score_and_nothing_private(county):
    async def listed(context, desk, asked):
        found = await desk.records(*(D(2026, 1, 1), D(2026, 12, 31)))
        return Shown(person=desk.person, own=desk.own, asked="", mandates=0, days=0, total=len(found))

    page = attrs.evolve(MINE, name="plain", view=listed)
    b = pointed(county, pages=(MINE, page))
    did(b, record("wang", "visit", D(2026, 3, 1)), record("wang", "secret", D(2026, 3, 2)))
    assert b.page("plain", STATION, {"person": "wang"}).total == 1
    assert b.page("plain", OFFICE, {"person": "wang"}).total == 2
    with pytest.raises(NotFound, match="no person"):
        asked(b, STATION, "wang")


def test_a_deputy_of_three_levels_finds_each_and_one_of_before_is_found_still(county):
    b = pointed(county, pages=(MINE,))
    third(b)
    hold(b, "wang", "wang in town")
    hold(b, "wang", "wang in city", of="city")
    hold(b, "late", "late", of="county", on=D(2026, 10, 2))
    hold(b, "old", "old", of="county")
    resigned = MandateEvent(
        kind="end", on=D(2026, 1, 11), legal_act="公告", by_body="congress", reason="resignation_accepted"
    )
    b.do(mandates.happen, OFFICE, uid("old"), resigned)
    did(b, record("wang", "visit", D(2026, 3, 1)))
    assert (asked(b, WANG).mandates, asked(b, WANG).total) == (3, 300)
    assert asked(b, OFFICE, "late").days == 91
    found = asked(b, OFFICE, "old")
    assert (found.mandates, found.days) == (1, 10)
    with pytest.raises(NotFound, match="held no mandate there"):
        asked(b, OFFICE, "old", year=2027)


def test_a_suspension_shows_on_the_page_of_the_person(county):
    told = []

    async def view(context, desk, asked):
        found = await desk.score("points", D(2026, 1, 1), D(2026, 12, 31), congress=COUNTY)
        told.extend(found.score.vetoes)
        return Shown(person=desk.person, own=True, asked="", mandates=0, days=0, total=found.score.total)

    def held(context, standing):
        return "暂停" if any(m.state == "suspended" for m in standing.mandates) else ""

    b = pointed(county, Veto(name="held", title="暂停执行代表职务", of=held), pages=(attrs.evolve(MINE, view=view),))
    event = MandateEvent(
        kind="suspend", on=D(2026, 2, 1), legal_act="公告 1 号", by_body="standing_committee", reason="detained"
    )
    b.do(mandates.happen, OFFICE, uid("mandate wang"), event)
    asked(b, WANG)
    assert told == ["暂停执行代表职务：暂停"]


@pytest.mark.parametrize(
    "greedy",
    [
        lambda desk: desk.deputies(D(2026, 1, 1)),
        lambda desk: desk.scores("points", D(2026, 1, 1), D(2026, 12, 31), congress=COUNTY),
        lambda desk: desk.records_between(D(2026, 1, 1), D(2026, 12, 31)),
        lambda desk: desk.duty_counts(D(2026, 1, 1), D(2026, 12, 31)),
        lambda desk: desk.mandates_between(D(2026, 1, 1), D(2026, 12, 31)),
        lambda desk: desk.seen("meeting", "main", "planned"),
        lambda desk: desk.records(person=LI.id),
        lambda desk: desk.records(D(2026, 1, 1), D(2026, 12, 31), person=LI.id),
    ],
    ids=["deputies", "scores", "records_between", "counts", "mandates", "seen", "records of another", "both"],
)
def test_what_reaches_beyond_the_person_is_refused_and_named(county, greedy):
    async def view(context, desk, asked):
        return await greedy(desk)

    b = pointed(county, pages=(attrs.evolve(MINE, view=view),))
    for who, said in ((WANG, None), (OFFICE, "wang")):
        with pytest.raises(PracticeFailed, match=r"page points\.mine"):
            asked(b, who, said)


def test_the_desk_of_one_person_has_nothing_else(b):
    async def ask(reader, tenant):
        desk = OnePerson(reader, tenant, WANG, WANG.id)
        with pytest.raises(Misuse, match="reaches beyond that person"):
            desk.cases  # noqa: B018 - looking is enough
        assert await desk.records(D(2026, 1, 1), D(2026, 12, 31), congress=TOWN) == ()
        assert len(await desk.records(D(2026, 1, 1), D(2026, 12, 31), congress=COUNTY)) == 2
        assert len(await desk.records(D(2026, 3, 2), D(2026, 3, 2))) == 1
        assert (await desk.exposure(D(2026, 1, 1), D(2026, 1, 31), congress=TOWN)).in_office == 0
        assert (await desk.exposure(D(2026, 1, 1), D(2026, 1, 31))).in_office == 31
        return await desk.names([WANG.id, COUNTY])

    assert b.ask(ask) == {WANG.id: "wang", COUNTY: "示例县人民代表大会"}


def test_two_counties_with_the_same_person_tell_their_own(county):
    one, other = (pointed(county, pages=(MINE,)) for _ in range(2))
    did(one, record("wang", "visit", D(2026, 3, 1)))
    assert (asked(one, WANG).total, asked(other, WANG).total) == (300, 0)
    hold(one, "zhang", "zhang", of="county")
    with pytest.raises(NotFound):
        asked(other, OFFICE, "zhang")


def test_files_of_the_page_name_the_person_and_what_was_asked(b, tmp_path):
    for who, said in ((OFFICE, {"person": WANG.id}), (OFFICE, {"代表": "wang"}), (WANG, {})):
        sheets = b.ask(page_sheets, who, "mine", said)
        book = openpyxl.load_workbook(write_workbook(tmp_path / "p.xlsx", sheets))
        told = "".join(str(c.value) for row in book["说明"] for c in row)
        assert "履职积分，代表 wang，年度 2026，截至 2027-01-10" in told
        document = pypdfium2.PdfDocument(papers.render(b.ask(page_paper, who, "mine", said)))
        text = "".join(leaf.get_textpage().get_text_range() for leaf in document).replace(" ", "")
        document.close()
        assert "代表wang" in text
        assert "年度2026" in text


@attrs.frozen(kw_only=True)
class Needed:
    """What must be said: whose page, and which year."""

    person: str = titled("代表")
    year: int = titled("年度")


@attrs.frozen(kw_only=True)
class Nobody:
    """Asks for no person."""

    year: int = titled("年度", default=2026)


def test_a_class_that_needs_the_person_gets_them(county):
    b = pointed(county, pages=(attrs.evolve(MINE, asks=Needed),))
    assert asked(b, WANG, year="2026").person == WANG.id
    with pytest.raises(Invalid) as refused:
        asked(b, WANG)
    assert refused.value.details["field"] == "year"
    with pytest.raises(Invalid, match="name the deputy"):
        asked(b, OFFICE, year="2026")


FAULTS = {
    "asks for no person": (attrs.evolve(MINE, asks=Nobody), "page 'mine' is of a person and asks for none"),
    "asks nothing": (attrs.evolve(MINE, asks=None), "page 'mine' is of a person and asks for none"),
    "of a unit too": (attrs.evolve(MINE, of_unit=True), "page 'mine' is both of a unit and of a person; choose one"),
    "open to deputies": (
        attrs.evolve(MINE, who="office deputy"),
        "page 'mine' is of a person, and deputy would open everybody's",
    ),
    "open to all": (attrs.evolve(MINE, who="public"), "page 'mine' is of a person, and public would open everybody's"),
    "veto of neither": (Veto(name="v"), "veto 'v' says why of the records, or of how somebody stands"),
    "veto of both": (
        Veto(name="v", why=lambda c, r: "", of=lambda c, s: ""),
        "veto 'v' says why of the records, or of how somebody stands",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_would_open_too_much_or_hold_nobody_is_named_at_start(fault):
    offered, message = FAULTS[fault]
    made = practice(offered) if isinstance(offered, Veto) else practice(pages=(offered,))
    with pytest.raises(PluginError) as said:
        Catalogue.collect({"points": made})
    assert [message in reason for reason in said.value.reasons] == [True], said.value.reasons
