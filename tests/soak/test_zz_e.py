import random, pytest
from tests.soak import test_ballot_races as m
from renda_core.store import ballots as rows
from renda_core.store.compile import Write, Query
from sqlalchemy import select, update, bindparam, or_, Integer, Boolean
from renda_core.store.compile import mine, keyed
from renda_core.store.columns import Instant
_b,_r=rows._b,rows._r
def unlocked():
    o=(select(_b.c.tenant_id,_b.c.id).where(mine(_b),_b.c.id==bindparam("ballot_id",type_=_b.c.id.type),_b.c.round==bindparam("round",type_=Integer()),_b.c.state=="open",or_(_b.c.closes_at.is_(None),_b.c.closes_at>bindparam("now",type_=Instant))).subquery("o"))
    return Write(update(_r).where(*keyed(_r,"ballot_id","round","person"),_r.c.tenant_id==o.c.tenant_id,_r.c.ballot_id==o.c.id,_r.c.standing=="entitled",_r.c.present,_r.c.issued=="device",or_(_r.c.sealed.is_(None),bindparam("recast",type_=Boolean()))).values(sealed=bindparam("sealed",type_=_r.c.sealed.type)))
@pytest.mark.parametrize("what",["CAST","HOLD"])
def test_mut(postgres_store, monkeypatch, what):
    monkeypatch.setattr(rows, what, unlocked() if what=="CAST" else rows.ONE)
    dice=random.Random(7); bad=0
    for n in range(60):
        try:
            t,b,h=m.race(postgres_store,dice)
            bad += not (t==b==h)
        except AssertionError as e:
            bad+=1
    print(what,"disagreeing rounds of 60:",bad)
