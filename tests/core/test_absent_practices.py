"""A practice that is gone, broken or at odds with another: what it touched is read-only, all else goes on."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest
from tests.core.absent import (
    LI,
    OVERSEER,
    WHOLE,
    Opinion,
    S,
    checked,
    checking,
    later,
    noting,
    only,
    opened,
    opening,
    set_up,
    settled,
    take,
)
from tests.core.suggesting import NAME, OFFICE, SOLE, WANG, accepted, plugin, uid

from renda_core.catalogue import Catalogue
from renda_core.domain.procedure import Follow, Guard, Role, Step
from renda_core.errors import ConfigError, Rejected
from renda_core.records import Found, Watch
from renda_core.services import bulk, cases, corrections, dates, jobs, ledgers, search
from renda_core.services.cases import OpenCase, TakeStep
from renda_core.services.corrections import Override
from renda_core.services.ledgers import Ask
from renda_plugins import settled_accounts, suggestion_handling

# -- a practice that extended another's kind


def test_everything_that_would_change_such_a_case_is_refused_and_names_the_practice(county: Any) -> None:
    b = set_up(county)
    id = checked(b)
    w = later(b, "check")
    assert w.tenant.absent == {"check": "it is not installed"}
    assert set(w.tenant.readonly) == {S}
    told = "suggestion can be read and not changed while the practice 'check' is missing here; have it installed again"
    done = Override(case=id, facet="main", state="closed", note="办结")
    work = (
        lambda: w.do(cases.open_case, WANG, opening()),
        lambda: take(w, id, "assign", **SOLE),
        lambda: take(w, id, "check", payload={"text": "再审"}),
        lambda: w.do(corrections.override_state, OVERSEER, done),
        lambda: w.do(corrections.erase, OVERSEER, id, "本人要求"),
        lambda: w.do(bulk.work, OFFICE, [bulk.Job(open=opening())], what="import.x"),
        lambda: w.do(bulk.work, OFFICE, [bulk.Job(step=TakeStep(case=id, step="assign", version=0, **SOLE))], what="x"),
    )
    before = w.read(_journal)
    for change in work:
        with pytest.raises(Exception, match="refused") as said:
            change()
        assert told in str(said.value)
        assert "disable it in the configuration" in str(said.value)
    assert w.read(_journal) == before


async def _journal(reader: Any) -> int:
    from renda_core.services import journal

    return len(await journal.entries(reader, size=1_000))


def test_other_kinds_go_on_as_if_nothing_had_happened(county: Any) -> None:
    w = later(set_up(county), "check")
    note = w.do(cases.open_case, OFFICE, OpenCase(kind="note", title="一事"))
    assert take(w, note.id, "end").states["main"] == "done"
    assert len(w.do(jobs.look, jobs.WATCH)) == 1


def test_it_is_still_read_and_what_was_veiled_stays_veiled(county: Any) -> None:
    b = set_up(county)
    id = checked(b)
    before = b.see(b.case(id), LI)
    w = later(b, "check")
    assert [row.id for row in w.ask(ledgers.ledger, LI, Ask(kind=S))] == [id]
    deputy, office, overseer = (w.ask(cases.show, who, id) for who in (LI, OFFICE, OVERSEER))
    assert [a["step"] for a in deputy.acts] == ["propose", "submit"]
    assert "accept" not in {a["step"] for a in before.acts}
    assert deputy.body == before.body
    assert (deputy.parties.keys(), office.parties["checker"]) == ({"proposer"}, (uid("zhao"),))
    told = {name: next(a for a in seen.acts if a["step"] == "check") for name, seen in
            {"office": office, "overseer": overseer}.items()}  # fmt: skip
    assert told["office"]["text"] == "可行"
    assert "aside" not in told["office"]
    assert told["overseer"]["aside"] == "另有考虑"
    assert "checker" not in overseer.parties
    assert office.states["check"] == "passed"
    assert w.ask(cases.steps_of, OFFICE, id) == ()
    assert w.ask(search.search, OFFICE, "修桥").cases[0].id == id


def test_disabling_it_is_the_tenants_decision_and_installing_it_again_restores_all(county: Any) -> None:
    b = set_up(county)
    id = checked(b)
    gone = later(b, "check")
    version = gone.apply(only(b, NAME, "notes"), OFFICE)
    assert (version, gone.tenant.absent, gone.tenant.readonly) == (2, {}, {})
    assert take(gone, id, "assign", **SOLE).states["check"] == "passed"
    back = opened(b, b.catalogue)
    back.apply(b.file, OFFICE)
    assert back.tenant.absent == {}
    assert back.ask(cases.show, OVERSEER, id).states["check"] == "passed"
    case = back.store.run(back.store.read(_load, b.file.id, back.tenant.practice, id))
    assert case.took("check")[0].payload == Opinion(text="可行", aside="另有考虑")
    assert b.verify().whole


async def _load(reader: Any, practice: Any, id: str) -> Any:
    from renda_core.store.cases import load

    return await load(reader, practice, id)


def test_a_configuration_that_enables_it_is_refused_and_the_file_and_reason_named(county: Any) -> None:
    b = set_up(county)
    w = later(b, "check")
    with pytest.raises(ConfigError) as said:
        w.apply(attrs.evolve(b.file, name="新名"), OFFICE)
    assert said.value.reasons == (
        f"{b.file.path}: plugins.check: no such plugin is installed; known: notes, suggestion_handling",
    )
    broken = Catalogue(w.catalogue.offers, w.catalogue.settings, broken={"check": "it cannot be imported: SyntaxError"})
    with pytest.raises(ConfigError, match=r"plugins.check: it is installed and cannot be used: it cannot be imported"):
        b.file.open(broken, b.calendar, b.today)
    assert opened(b, broken).tenant.absent == {"check": "it cannot be imported: SyntaxError"}


# -- jobs, follows, derived dates


def test_the_night_names_what_it_leaves_and_does_the_rest(county: Any) -> None:
    async def find(context: Any, desk: Any) -> tuple[Found, ...]:
        return (Found(key="1", title="欠账", body={"text": "欠账"}),)

    looking = plugin(watches=(Watch(name="debts", kind=S, find=find),))
    b = set_up(county, {**WHOLE, "looking": looking})
    b.step(accepted(b), "assign", OFFICE, **SOLE)
    b.today = dt.date(2027, 6, 1)
    w = later(b, "check")
    swept = w.store.run(jobs.sweep(w.store, w.tenant))
    assert swept.taken == ()
    assert [told.partition(" while")[0] for told in swept.failed] == ["suggestion can be read and not changed"]
    opened_by_night = w.do(jobs.look, jobs.WATCH)
    assert len(opened_by_night) == 1
    newest = w.read(_newest)
    assert newest["body"]["failed"] == [f"looking.debts: {w.tenant.readonly[S]}"]
    assert w.store.run(dates.redate(w.store, w.tenant)) == ()


async def _newest(reader: Any) -> Any:
    from renda_core.services import journal

    return [line.entry async for line in _lines(reader, journal)][-1]


async def _lines(reader: Any, journal: Any) -> Any:
    import json

    for line in await journal.entries(reader, size=1_000):
        yield attrs.evolve(line, entry=json.loads(line.entry) if isinstance(line.entry, str | bytes) else line.entry)


def test_nobody_moves_on_and_leaves_behind_a_case_that_should_follow(county: Any) -> None:
    leading = noting(Follow(kind="note", on="end", relation="about", step="withdraw"))
    b = set_up(county, {**WHOLE, "notes": leading})
    tie = plugin(Step(kind=S, name="tie", who="office", ties="about"))
    b = set_up(county, {NAME: suggestion_handling, "notes": leading, "tie": tie, "check": checking()})
    note = b.open("note", OFFICE)
    case = b.step(accepted(b), "tie", OFFICE, links={"about": (note.id,)})
    alone = b.open("note", OFFICE)
    w = later(b, "check")
    with pytest.raises(Rejected, match=rf"end, which {case.number} follows, refused: suggestion can be read"):
        take(w, note.id, "end")
    assert take(w, alone.id, "end").states["main"] == "done"
    w.apply(only(b, "notes"), OFFICE)  # the kind is disabled: its case follows nobody
    assert take(w, note.id, "end").states["main"] == "done"


# -- unknown footprints, settings, conflicts


def test_without_a_footprint_every_kind_is_read_only_and_shown_to_the_office_alone(county: Any) -> None:
    b = set_up(county)
    id = checked(b)
    w = later(b, "check")
    w.footprint, w._opened = None, None
    assert {S, "note"} <= set(w.tenant.readonly)
    with pytest.raises(Rejected, match="note can be read and not changed while the practice 'check'"):
        w.do(cases.open_case, OFFICE, OpenCase(kind="note", title="一事"))
    seen = w.ask(cases.show, LI, id)
    assert (seen.title, seen.states, seen.body, seen.acts, seen.parties) == ("修桥", {}, {}, (), {})
    office = w.ask(cases.show, OFFICE, id)
    assert office.body["text"] == "城东石桥多年失修"
    assert "aside" not in next(a for a in office.acts if a["step"] == "check")
    owner = later(b, NAME)
    owner.footprint, owner._opened = None, None
    assert owner.ask(cases.show, OFFICE, id).title == "修桥"
    with pytest.raises(Rejected, match="can be read and not changed"):
        take(owner, id, "assign", **SOLE)


def test_settings_that_an_update_no_longer_takes_leave_the_practice_out(county: Any) -> None:
    b = set_up(county, {**WHOLE, "waiting": settled(7, 1)}, waiting={"days": 3})
    w = later(b, waiting=settled(7, 5))
    assert list(w.tenant.absent) == ["waiting"]
    assert "its settings no longer fit" in w.tenant.absent["waiting"]
    assert "days" in w.tenant.absent["waiting"]
    assert S in w.tenant.readonly  # its duty records would be lost
    assert "note" not in w.tenant.readonly
    assert w.tenant.settings(NAME, b.today) is not None


def test_two_practices_that_clash_after_an_update_leave_one_out_and_name_both(county: Any) -> None:
    mild = plugin(Guard(kind="note", step="end", name="late", refuse=lambda context, case, act: ()))
    b = set_up(county, {**WHOLE, "one": settled_accounts, "two": mild})
    rule = next(r for r in settled_accounts.register_cases() if getattr(r, "replaces", False))
    w = later(b, two=plugin(attrs.evolve(rule, source="elsewhere")))
    (name,) = w.tenant.absent
    assert name == "two"
    assert "'one' and 'two' replace clock suggestion.reply" in w.tenant.absent["two"]
    assert {S, "note"} <= set(w.tenant.readonly)  # what it touches now, and what it touched when it was applied
    w.apply(only(b, NAME, "one", "notes"), OFFICE)
    assert (w.tenant.absent, w.tenant.readonly) == ({}, {})


def test_what_needs_the_absent_one_goes_with_it_and_owners_of_kinds_stay(county: Any) -> None:
    judges = plugin(Role(name="judge", title="评审员"))
    judged = noting(Step(kind="note", name="judge", who="judge"))
    extra = plugin(Guard(kind="note", step="judge", name="g", refuse=lambda context, case, act: ()))
    b = set_up(county, {NAME: suggestion_handling, "judges": judges, "notes": judged, "extra": extra})
    w = later(b, "judges")
    assert set(w.tenant.absent) == {"judges", "notes"}
    assert "judge" in w.tenant.absent["notes"]
    assert set(w.tenant.readonly) == {"note"}
    assert w.do(cases.open_case, WANG, opening()).version == 0


def test_what_an_updated_practice_touches_is_kept_for_the_day_that_it_is_gone(county: Any) -> None:
    b = set_up(county)
    more = plugin(*WHOLE["check"].register_cases(), Guard(kind="note", step="end", name="n", refuse=lambda *_: ()))
    now = later(b, check=more)
    now.remember()
    now.remember()
    assert [row.n for row in b.store.run(b.store.read(_versions, b.file.id))] == [1, 2]
    assert {S, "note"} <= set(later(b, "check").tenant.readonly)
    gone = later(b, "check")
    gone.remember()
    assert {S, "note"} <= set(later(b, "check").tenant.readonly)
    assert b.verify().whole


async def _versions(reader: Any) -> Any:
    from renda_core.services.configuring import SINCE

    return await reader.all(SINCE, seen=0)


def test_nothing_is_absent_where_everything_is_there(county: Any) -> None:
    b = set_up(county)
    assert opened(b, b.catalogue).tenant == b.tenant
    assert b.tenant.practice is opened(b, b.catalogue).tenant.practice
