"""The directory of tenants: states, names, versions and both journals; alike on files and on a database."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hosted import NOW, OPERATOR, RUNNER, Service, county, service

from renda_core.domain.case import Actor
from renda_core.errors import ConfigError, Invalid, NotAllowed, NotFound, Rejected, Stale, Taken
from renda_core.premises import Premises, read_silos
from renda_core.premises.making import due, forget, found, make
from renda_core.services import tenants
from renda_core.services.hosting import acts, directory, founding, listing
from renda_core.services.hosting.naming import canonical
from renda_core.testing import uid
from renda_core.workspace import SETUP

__all__ = ["service"]
QING, BAI = uid("tenant qing"), uid("tenant bai")


def look(service: Service) -> directory.Directory:
    return service.run(lambda premises: premises.look())


def test_the_operator_and_the_counties_are_in_it(service: Service) -> None:
    service.founded("qing", "bai")
    known = look(service)
    assert known.operator is not None
    assert known.operator.id == OPERATOR
    assert {e.code: e.state for e in known.entries.values()} == dict.fromkeys(("platform", "qing", "bai"), "active")
    assert known.of_code("qing").id == QING
    with pytest.raises(NotFound):
        known.of_code("QING")
    with pytest.raises(NotFound):
        known.one(uid("nobody"))
    assert service.entries(OPERATOR)[0][0] == "tenant.applied"
    assert [what for what, _ in service.entries(OPERATOR)[1:]] == ["tenant.created", "tenant.created"]
    assert service.entries(QING) == [("tenant.applied", "job:setup")]


def test_there_is_one_operator(service: Service) -> None:
    service.founded()
    other = founding.configuration(uid("other"), "other", "另一平台", "city")
    with pytest.raises(Taken, match="platform"):
        service.run(lambda premises: found(premises, other, service.catalogue, RUNNER))
    assert len(look(service).entries) == 1


def test_whoever_founds_at_the_same_instant_is_refused_by_the_table(service: Service) -> None:
    service.founded()
    second = acts.new_entry(uid("other"), "other", "另一平台", "city", NOW, operator=True, configured=1)

    async def work(premises: Premises) -> None:
        store, operator = await premises.operator()
        await store.write(acts.enter, operator.id, RUNNER, second)

    with pytest.raises(Taken):
        service.run(work)
    assert sorted(look(service).codes) == ["platform"]


def test_the_operator_takes_in_who_is_there_already(service: Service) -> None:
    async def work(premises: Premises) -> None:
        await make(premises, county("qing"), service.catalogue)

    service.run(work)
    before = look(service)
    assert [e.code for e in before.entries.values()] == ["qing"]
    assert before.operator is None
    service.founded("bai")
    assert sorted(look(service).codes) == ["bai", "platform", "qing"]


def test_each_act_stands_in_both_journals(service: Service) -> None:
    service.founded("qing", "bai")
    for state, use_case, more in (
        ("suspended", acts.suspend, ("欠费",)),
        ("active", acts.resume, ()),
        ("closing", acts.close, ("合并",)),
        ("suspended", acts.keep, ()),
        ("active", acts.resume, ()),
        ("moving", acts.begin_move, ()),
        ("active", acts.end_move, ()),
    ):
        assert service.act(use_case, QING, *more).state == state
        assert look(service).one(QING).state == state
        assert look(service).one(BAI).state == "active"
    kept = look(service).one(QING)
    assert (kept.version, kept.told) == (7, 7)
    told = ["suspended", "resumed", "closing", "kept", "resumed", "moving", "moved"]
    ours = [(what, who) for what, who in service.entries(OPERATOR) if what != "tenant.applied"][2:]
    assert ours == [(f"tenant.{what}", RUNNER.id) for what in told]
    assert service.entries(QING)[1:] == ours
    assert len(service.entries(BAI)) == 1


@pytest.mark.parametrize(
    ("use_case", "more"),
    [(acts.suspend, ("x",)), (acts.resume, ()), (acts.close, ("x",)), (acts.keep, ()), (acts.end_move, ())],
)
def test_an_act_that_does_not_fit_is_refused_and_changes_nothing(
    service: Service, use_case: Any, more: tuple[str, ...]
) -> None:
    service.founded("qing")
    if use_case in (acts.suspend, acts.close):
        service.act(acts.close, QING, "合并")
    before, entries = look(service).one(QING), service.entries(OPERATOR)
    with pytest.raises(Rejected):
        service.act(use_case, QING, *more)
    assert look(service).one(QING) == before
    assert service.entries(OPERATOR) == entries


@pytest.mark.parametrize("use_case", [acts.suspend, acts.close])
def test_the_operator_cannot_shut_itself_out(service: Service, use_case: Any) -> None:
    service.founded()
    with pytest.raises(Rejected, match="operator's own"):
        service.act(use_case, OPERATOR, "x")


def test_whoever_saw_an_older_entry_is_told(service: Service) -> None:
    service.founded("qing")
    service.act(acts.suspend, QING, "欠费", seen=0)
    with pytest.raises(Stale):
        service.act(acts.resume, QING, seen=0)
    assert look(service).one(QING).state == "suspended"


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_reason_is_given(service: Service, reason: str) -> None:
    service.founded("qing")
    with pytest.raises(Invalid):
        service.act(acts.suspend, QING, reason)


def test_nobody_else_does_it(service: Service) -> None:
    """A county's own people do not, whatever roles they have there; nor the operator's people without the role."""
    service.founded("qing", "bai")

    async def as_county(premises: Premises) -> None:
        store = await premises.store((await premises.look()).one(QING))
        await store.write(acts.suspend, QING, RUNNER, None, BAI, "x")

    with pytest.raises((NotAllowed, NotFound)):
        service.run(as_county)
    with pytest.raises(NotAllowed):
        service.run(lambda p: p.act(Actor(id=uid("clerk"), roles={"admin"}), acts.suspend, QING, "x"))

    async def as_reader(premises: Premises) -> None:
        store = await premises.store((await premises.look()).one(QING))
        await store.read(listing.listed, QING, None, RUNNER)

    with pytest.raises(NotAllowed):
        service.run(as_reader)
    assert look(service).one(BAI).state == look(service).one(QING).state == "active"


def test_a_tenant_is_deleted_when_its_day_has_come_and_its_data_were_exported(service: Service) -> None:
    service.founded("qing", "bai")
    with pytest.raises(Invalid):
        service.act(acts.close, QING, "合并", NOW.date())
    service.act(acts.delivered, QING, "an export of before")
    closing = service.act(acts.close, QING, "合并", NOW.date() + dt.timedelta(days=1))
    assert (closing.delete_on, closing.exported_at) == (dt.date(2026, 1, 21), None)
    with pytest.raises(Rejected) as told:
        service.run(lambda p: due(p, QING))
    assert len(told.value.objections) == 2
    service.home = attrs.evolve(service.home, now=lambda: NOW + dt.timedelta(days=1))
    with pytest.raises(Rejected, match="exported"):
        service.run(lambda p: forget(p, QING, RUNNER))
    service.act(acts.exported, QING, "digest")
    with pytest.raises(Rejected, match="exported"):  # it broke off on its way
        service.run(lambda p: forget(p, QING, RUNNER))
    service.act(acts.delivered, QING, "digest")
    service.act(acts.put_hosts, QING, ["qing.example.cn"])
    if service.database:
        with pytest.raises(Rejected, match="there still"):
            service.run(lambda p: forget(p, QING, RUNNER))
        assert "qing" in look(service).codes
        service.purge(QING)
    service.run(lambda p: forget(p, QING, RUNNER))
    known = look(service)
    assert sorted(known.codes) == ["bai", "platform"]
    assert known.hosts == {}
    assert service.entries(OPERATOR)[-1] == ("tenant.deleted", RUNNER.id)
    if not service.database:
        assert service.home.codes() == ("bai",)


def test_a_name_is_one_tenants(service: Service) -> None:
    service.founded("qing", "bai")
    service.act(acts.put_hosts, QING, ["清河.Example.CN.", "b.cn"])
    known = look(service)
    assert known.names(QING) == ("b.cn", "xn--ovw11a.example.cn")
    assert known.hosts["b.cn"] == QING
    with pytest.raises(Taken):
        service.act(acts.put_hosts, BAI, ["a.cn", "B.cn"])
    assert look(service).names(BAI) == ()
    service.act(acts.put_hosts, QING, ["c.cn"])
    service.act(acts.put_hosts, BAI, ["b.cn"])
    assert look(service).hosts == {"b.cn": BAI, "c.cn": QING}
    with pytest.raises(Invalid):
        service.act(acts.put_hosts, BAI, [f"h{n}.cn" for n in range(21)])


def test_a_code_and_an_id_belong_together(service: Service) -> None:
    service.founded("qing")
    held = county("qing")
    for id, code in ((uid("another"), "qing"), (held.id, "another"), (held.id, "../qing")):
        file = attrs.evolve(held, id=id, code=code)
        with pytest.raises(ConfigError):
            service.run(lambda p, file=file: make(p, file, service.catalogue))  # type: ignore[misc]
    assert sorted(look(service).codes) == ["platform", "qing"]


def test_the_directory_follows_a_configuration_in_its_own_database(service: Service) -> None:
    service.founded("qing")
    renamed = attrs.evolve(county("qing"), name="清河县人大常委会")
    state, n = service.run(lambda p: make(p, renamed, service.catalogue))
    assert (state, n) == ("changed", 2)
    held = look(service).one(QING)
    assert (held.name, held.configured) == (("清河县人大常委会", 2) if service.database else ("qing人大常委会", 1))


def test_a_process_learns_only_what_changed(service: Service) -> None:
    service.founded("qing")

    async def work(premises: Premises) -> None:
        first = await premises.look()
        assert await premises.look() is first
        await premises.act(RUNNER, acts.suspend, QING, "x")
        assert premises.known is not first

    service.run(work)


def test_what_was_cut_off_is_told_later(service: Service) -> None:
    service.founded("qing")

    async def cut(premises: Premises) -> None:
        store, operator = await premises.operator()
        await store.write(acts.suspend, operator.id, RUNNER, operator, QING, "欠费")

    service.run(cut)
    assert look(service).one(QING).told == 0
    service.run(lambda premises: premises.settle())
    assert len(service.entries(QING)) == 1  # whoever did it a moment ago is about to tell it
    service.home = attrs.evolve(service.home, now=lambda: NOW + dt.timedelta(minutes=1))
    for _ in range(2):
        service.run(lambda premises: premises.settle())
    assert service.entries(QING)[1:] == [("tenant.suspended", "job:hosting")]
    assert look(service).one(QING).told == 1


def test_a_making_that_was_cut_off_is_completed(service: Service) -> None:
    service.founded()

    async def cut(premises: Premises) -> None:
        from renda_core.premises.making import _ground

        store = await _ground(premises, county("qing"), service.catalogue)
        await store.write(tenants.apply, QING, SETUP, county("qing"))

    service.run(cut)
    assert "qing" not in look(service).codes
    service.run(lambda p: make(p, county("qing"), service.catalogue))
    assert look(service).of_code("qing").id == QING


@pytest.mark.parametrize(
    "host", ["", "a b", "a/b", "*.cn", "a:80", "a..b", "-a.cn", "a_b.cn", "x" * 64 + ".cn", "a." * 127 + "cn", "[::1]"]
)
def test_what_is_no_name_of_a_host(host: str) -> None:
    with pytest.raises(Invalid):
        canonical(host)


@given(st.text(max_size=40))
def test_a_name_is_written_in_one_way(host: str) -> None:
    try:
        once = canonical(host)
    except Invalid:
        return
    assert canonical(once) == once
    assert once == once.lower()
    assert once.isascii()
    assert not once.endswith(".")


def test_the_kelvin_sign_is_no_other_k() -> None:
    assert canonical("\u212a.cn") == canonical("k.cn") == "k.cn"  # one name in the directory: nobody gets a second


def test_the_file_of_silos_is_the_owners_alone(tmp_path: Any) -> None:
    file = tmp_path / "silos.toml"
    file.write_text('big = "postgresql:///big"\n', "utf-8")
    file.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        read_silos(str(file))
    file.chmod(0o600)
    assert read_silos(str(file)) == {"big": "postgresql:///big"}
    file.write_text("big = 3\n", "utf-8")
    with pytest.raises(ConfigError, match="big"):
        read_silos(str(file))
    with pytest.raises(ConfigError):
        read_silos(str(tmp_path / "none.toml"))
    assert read_silos("") == {}
