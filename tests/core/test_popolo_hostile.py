"""Attacks on the import of Popolo: what is no Popolo, what is too much of it, and who may not bring it."""

from __future__ import annotations

import pytest
from tests.core.popolo_county import DEPUTY, PUBLIC, UNIT, bring, empty, look, raw
from tests.core.test_popolo_in import FOREIGN, all_of

from renda_core.domain.case import Actor
from renda_core.errors import ConfigError, NotAllowed
from renda_core.services.popolo import imports as popolo_import
from renda_core.services.popolo import read as popolo_read
from renda_core.services.popolo.imports import TOLD
from renda_core.testing import uid


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (b"", "no JSON in UTF-8"),
        (b"{", "no JSON in UTF-8"),
        (b"\xff\xfe{}", "no JSON in UTF-8"),
        (b'{"persons": [{"id": "\\ud800", "name": "x"}]}', "no JSON in UTF-8"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
        (b'{"persons": NaN}', "no JSON in UTF-8"),
        (b"1", "expected an object with persons"),
        (b"{}", "expected an object with persons"),
        (b'{"people": []}', "expected an object with persons"),
        (b'{"persons": {}}', r"\$.persons: expected an array"),
        (b'[{"id": "1", "name": "x"}]', r"\$\[0\]: an array does not say what it holds"),
        (b'[{"@type": "Motion"}]', "one of Person, Organization"),
    ],
)
def test_what_is_no_popolo_is_refused_whole(county, document, told):
    with pytest.raises(ConfigError, match=told):
        look(empty(county), document)


def test_a_document_has_a_largest_size(county, monkeypatch):
    b = empty(county)
    monkeypatch.setattr(popolo_read, "LARGEST", 100)
    with pytest.raises(ConfigError, match="at most 100: split it"):
        look(b, b" " * 101)
    monkeypatch.undo()
    monkeypatch.setattr(popolo_read, "MOST", 2)
    with pytest.raises(ConfigError, match="objects; at most 2"):
        look(b, FOREIGN)


def test_the_same_id_twice_is_refused_and_a_hundred_faults_end_with_a_number(county):
    b = empty(county)
    one = uid("somebody")
    seen = look(b, {"persons": [{"id": one, "name": "甲"}, {"id": one.upper(), "name": "乙"}]})
    assert "the id" in seen.errors[0]
    assert "$.persons[0] too" in seen.errors[0]
    many = look(b, {"persons": [{"id": str(n)} for n in range(TOLD + 50)]})
    assert len(many.errors) == TOLD + 1
    assert many.errors[-1] == "and 50 more"


@pytest.mark.parametrize(
    "who", [PUBLIC, DEPUTY, UNIT, Actor(id=uid("nobody")), Actor(id=uid("x"), roles="station overseer")]
)
def test_only_keepers_of_the_roster_import(county, who):
    b = empty(county)
    with pytest.raises(NotAllowed):
        b.ask(popolo_import.preview, who, raw(FOREIGN))
    with pytest.raises(NotAllowed):
        b.do(popolo_import.apply, who, raw(FOREIGN))
    assert all_of(b, "person") == []


def test_a_long_chain_of_parents_is_no_trouble(county):
    units = [
        {"id": f"u/{n}", "name": f"单位{n}", "classification": "handling unit", "parent_id": f"u/{n + 1}"}
        for n in range(2_000)
    ]
    units.append({"id": "u/2000", "name": "顶", "classification": "handling unit"})
    b = empty(county)
    assert bring(b, {"organizations": units}).new == 2_001
    assert look(b, {"organizations": units}).counts == {"same": 2_001}
