"""A tenant moves between databases: whole in one place that is served, wherever the move is cut off."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests import databases
from tests.core.carrying import BY, enrol, furnished, left_out, mover, owner_of
from tests.databases import CLERK, A, B
from tests.store import rows

from renda_core.errors import ConfigError, NotFound, Rejected, Taken, Unavailable
from renda_core.services import journal, moving
from renda_core.services.hosting import directory
from renda_core.services.moving import fencing

pytestmark = pytest.mark.postgres
STEPS = ("marked", "shut", "written", "copied", "compared", "turned", "told")


@pytest.fixture
def places(postgres_server: str, postgres_template: str) -> Iterator[dict[str, Any]]:
    """A shared database, whose operator is A, and a silo; both B and a furnished tenant live in the shared one."""
    with (
        databases.database(postgres_server, postgres_template) as one,
        databases.database(postgres_server, postgres_template) as two,
    ):
        stores = {"": databases.open_postgres(one), "big": databases.open_postgres(two)}
        owner = owner_of(two)
        for id in (A, B):  # the template's tenants live in the shared one alone
            moving.purge(owner, id)
        owner.shut()
        id = furnished(stores[""], 11)
        for whose in (A, B, id):
            rows.enter(stores[""], whose)

        async def enter(unit: Any) -> None:
            await enrol(unit, A, B, id)
            unit.record("enrolled", on=A, version=0, rule="test")

        stores[""].run(stores[""].write(enter, A, CLERK))
        stores["id"] = id  # type: ignore[assignment]
        yield stores
        for name in ("", "big"):
            stores[name].shut()


def taken_apart(places: dict[str, Any]) -> tuple[dict[str, Any], str]:
    return {name: places[name] for name in ("", "big")}, places["id"]


def entry(stores: dict[str, Any], id: str) -> Any:
    known = stores[""].run(stores[""].read(directory.read, A))
    return known.one(id)


def whole(store: Any, id: str) -> bool:
    return bool(store.run(store.read(journal.verify, id)).whole)


def test_a_tenant_moves_there_and_back_and_others_are_untouched(places: dict[str, Any]) -> None:
    stores, id = taken_apart(places)
    before, other = moving.count(stores[""], id), moving.count(stores[""], B)
    done = mover(stores, A).move(id, "big")
    assert done.tables == before
    assert (done.entry.silo, done.entry.state, done.left) == ("big", "active", "shared")
    assert left_out(moving.count(stores["big"], id)) == left_out(before)
    assert whole(stores["big"], id)
    assert entry(stores, id).silo == "big"
    rows.enter(stores["big"], id)
    with pytest.raises(Unavailable):
        rows.enter(stores[""], id)  # a server that has not heard of it yet
    owner = moving.Place(name="", dsn=databases.url(databases.owner_dsn(stores[""])), store=owner_of(
        databases.owner_dsn(stores[""])))  # fmt: skip
    assert sum(mover(stores, A).clear(id, "", owner).values()) == sum(t.rows for t in before.values())
    assert not any(t.rows for t in moving.count(stores[""], id).values())
    held = moving.count(stores["big"], id)
    assert mover(stores, A).move(id, "").tables == held
    assert left_out(moving.count(stores[""], id)) == left_out(held)
    rows.enter(stores[""], id)
    assert moving.count(stores[""], B) == other
    assert whole(stores[""], A)
    owner.store.shut()


def test_both_journals_tell_of_the_move(places: dict[str, Any]) -> None:
    stores, id = taken_apart(places)
    mover(stores, A).move(id, "big")
    own = [line.entry for line in stores["big"].run(stores["big"].read(journal.entries, id))]
    assert '"what":"tenant.moved"' in own[-1]
    told = " ".join(line.entry for line in stores[""].run(stores[""].read(journal.entries, A)))
    assert '"what":"tenant.moving"' in told
    assert '"what":"tenant.moved"' in told
    assert f'"actor":"{BY.id}"' in told
    assert entry(stores, id).told == entry(stores, id).version


class Cut(Exception):
    """The process ended here."""


@pytest.mark.parametrize("step", STEPS)
def test_cut_off_at_any_step_it_is_whole_in_one_place_and_a_second_run_ends_it(
    step: str, places: dict[str, Any]
) -> None:
    stores, id = taken_apart(places)
    before = moving.count(stores[""], id)

    def reached(done: str) -> None:
        if done == step:
            raise Cut

    with pytest.raises(Cut):
        mover(stores, A, reached).move(id, "big")
    held = entry(stores, id)
    served = stores[held.silo]
    assert whole(served, id)
    assert left_out(moving.count(served, id)) == left_out(before)
    assert (held.silo, held.state) == (("big", "active") if step in ("turned", "told") else ("", "moving"))
    done = mover(stores, A).move(id, "big")
    assert (done.entry.silo, done.entry.state) == ("big", "active")
    assert left_out(moving.count(stores["big"], id)) == left_out(before)
    rows.enter(stores["big"], id)


KILLED = """
import os, signal, sys
from tests import databases
from tests.core.carrying import mover
A, id, step, to = sys.argv[3:7]
def reached(done):
    if done == step:
        os.kill(os.getpid(), signal.SIGKILL)
stores = {"": databases.open_postgres(sys.argv[1]), "big": databases.open_postgres(sys.argv[2])}
mover(stores, A, reached).move(id, to)
"""


def killed(stores: dict[str, Any], id: str, step: str) -> None:
    """Move in a process that kills itself, at a step or within the transaction that brings the rows in."""
    dsns = [databases.owner_dsn(stores[name]) for name in ("", "big")]
    line = [sys.executable, "-c", KILLED, *dsns, A, id, step, "big"]
    root = Path(__file__).parents[2]
    ended = subprocess.run(line, capture_output=True, check=False, cwd=root, env=os.environ)  # noqa: S603 - our words
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


def test_killed_outright_again_and_again_it_ends_whole(places: dict[str, Any]) -> None:
    stores, id = taken_apart(places)
    before = moving.count(stores[""], id)
    for step in STEPS[:-1]:
        killed(stores, id, step)
        held = entry(stores, id)
        assert whole(stores[held.silo], id)
        assert left_out(moving.count(stores[held.silo], id)) == left_out(before)
    assert mover(stores, A).move(id, "big").entry.state == "active"
    assert left_out(moving.count(stores["big"], id)) == left_out(before)


def test_to_where_it_lives_gives_the_move_up(places: dict[str, Any]) -> None:
    stores, id = taken_apart(places)

    def reached(done: str) -> None:
        if done == "copied":
            raise Cut

    with pytest.raises(Cut):
        mover(stores, A, reached).move(id, "big")
    with pytest.raises(Unavailable):
        rows.enter(stores[""], id)
    assert mover(stores, A).move(id, "").entry.state == "active"
    rows.enter(stores[""], id)
    with pytest.raises(Rejected, match="older copy"):  # what the first try left there is not what is here
        mover(stores, A).move(id, "big")
    assert (entry(stores, id).state, entry(stores, id).silo) == ("active", "")
    rows.enter(stores[""], id)
    dsn = databases.owner_dsn(stores["big"])
    owner = moving.Place(name="big", dsn=databases.url(dsn), store=owner_of(dsn))
    mover(stores, A).clear(id, "big", owner)
    assert mover(stores, A).move(id, "big").entry.silo == "big"
    owner.store.shut()


def test_only_what_is_left_can_be_cleared(places: dict[str, Any]) -> None:
    stores, id = taken_apart(places)
    dsn = databases.owner_dsn(stores[""])
    owner = moving.Place(name="", dsn=databases.url(dsn), store=owner_of(dsn))
    with pytest.raises(Rejected):  # it is served there
        mover(stores, A).clear(id, "", owner)
    mistaken = moving.Place(name="big", dsn=owner.dsn, store=owner.store)
    with pytest.raises(Taken, match="served"):  # the DSN is not that of the place
        mover(stores, A).clear(id, "big", mistaken)
    assert moving.count(stores[""], id)["tenant"].rows == 1
    owner.store.shut()


def test_an_open_ballot_holds_the_move_back(places: dict[str, Any]) -> None:
    from renda_core.store import tables as t
    from renda_core.store.codec import new_id
    from renda_core.store.compile import add

    stores, id = taken_apart(places)

    async def open_box(unit: Any) -> None:
        made = {"id": new_id(), "kind": "k", "state": "open", "round": 1, "closes_at": None, "version": 0}
        await unit.write(add(t.ballot), **made, document=b"{}")
        unit.record("opened", on=made["id"], version=0, rule="test")

    stores[""].run(stores[""].write(open_box, id, CLERK))
    with pytest.raises(Rejected, match="ballots are open"):
        mover(stores, A).move(id, "big")
    assert entry(stores, id).state == "active"
    rows.enter(stores[""], id)


def test_two_movers_do_not_meet(places: dict[str, Any]) -> None:
    stores, id = taken_apart(places)
    seen = []

    def reached(done: str) -> None:
        if done == "shut":
            others = {n: databases.open_postgres(databases.owner_dsn(s)) for n, s in stores.items()}
            with pytest.raises(Taken, match="moving"):
                mover(others, A).move(id, "big")
            seen.append(done)
            for store in others.values():
                store.shut()

    assert mover(stores, A, reached).move(id, "big").entry.silo == "big"
    assert seen == ["shut"]


def test_places_and_tenants_that_are_not_there(places: dict[str, Any]) -> None:
    stores, id = taken_apart(places)
    with pytest.raises(ConfigError, match="nowhere"):
        mover(stores, A).move(id, "nowhere")
    with pytest.raises(NotFound):
        mover(stores, A).move("0198a000-0000-7000-8000-0000000000ff", "big")
    with pytest.raises(Rejected):  # the operator's own
        mover(stores, A).move(A, "big")
    assert entry(stores, A).state == "active"


def test_a_write_under_way_is_carried_along_or_rolled_back(store: Any) -> None:
    """Whoever has not sealed when the journal is shut is told to come again, and nothing of it is kept."""
    rows.enter(store, A)
    before = moving.count(store, A)
    fencing.shut(store, A)
    with pytest.raises(Unavailable) as refused:
        rows.enter(store, A)
    assert refused.value.retry_after > 0
    assert moving.count(store, A) == before  # where the mark is not part of the tenant
    assert whole(store, A)
    fencing.unshut(store, A)
    rows.enter(store, A)
    assert whole(store, A)
    rows.enter(store, B)
