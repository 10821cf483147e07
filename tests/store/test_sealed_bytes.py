"""Whole files sealed: they open for their own tenant and place, unchanged, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.databases import KEYS, A, B

from renda_core.errors import Invalid


@given(st.binary(max_size=5_000), st.text(max_size=40))
def test_what_is_sealed_opens(raw, field):
    box = KEYS.seal_bytes(raw, tenant=A, field=field)
    assert KEYS.open_bytes(box, tenant=A, field=field) == raw
    assert KEYS.seal_bytes(raw, tenant=A, field=field) != box
    assert len(box) == len(raw) + 29


@pytest.mark.parametrize(("tenant", "field"), [(B, "file:1"), (A, "file:2"), (A, "")])
def test_it_opens_nowhere_else(tenant, field):
    box = KEYS.seal_bytes(b"secret", tenant=A, field="file:1")
    with pytest.raises(Invalid, match="does not open"):
        KEYS.open_bytes(box, tenant=tenant, field=field)


@pytest.mark.parametrize("at", [0, 1, 13, -1])
def test_a_changed_byte_is_noticed(at):
    box = bytearray(KEYS.seal_bytes(b"secret", tenant=A, field="f"))
    box[at] ^= 1
    with pytest.raises(Invalid) as told:
        KEYS.open_bytes(bytes(box), tenant=A, field="f")
    assert "secret" not in str(told.value)


@pytest.mark.parametrize("many", [0, 1, 12, 13, 28])
def test_a_box_cut_short_is_noticed(many):
    box = KEYS.seal_bytes(b"secret", tenant=A, field="f")
    with pytest.raises(Invalid):
        KEYS.open_bytes(box[:many], tenant=A, field="f")
