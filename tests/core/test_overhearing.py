"""The ear that is laid on every test hears what it should."""

from __future__ import annotations

import logging

import pytest
from tests.overhearing import overhearing


@pytest.mark.parametrize("said", ["call 13907241234 back", "证件421299199001015678。", "42129919900101567X"])
def test_what_is_personal_is_heard(said):
    logging.getLogger("renda.anything").error("%s", said)
    assert len(overhearing.taken()) == 1


def test_so_is_what_a_traceback_tells():
    try:
        raise ValueError("no 13907241234")
    except ValueError:
        logging.getLogger("renda.server").exception("defect")
    assert len(overhearing.taken()) == 1


@pytest.mark.parametrize("said", ["01a204fe-9cf7-7751-9718-139072412345", "20261122", "x13907241234", "139072412345"])
def test_what_is_none_is_not(said):
    logging.getLogger("renda.anything").error(said)
    assert overhearing.taken() == []
