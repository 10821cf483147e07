"""Practices that spoil how a procedure is drawn, its forms or its numbers: named, and nothing else is lost."""

import time
from collections.abc import Callable
from typing import Any

import attrs
import pytest
from tests.core.suggesting import NAME, OFFICE, plugin

from renda_core.catalogue import Catalogue
from renda_core.domain.calendar import Period
from renda_core.domain.procedure import ClockRule, Kind, Step, when
from renda_core.errors import PluginError
from renda_core.services import budgets, procedures
from renda_plugins import suggestion_handling

S = "suggestion"


def ends(*_: object) -> Any:
    """End the program."""
    raise SystemExit(3)


def hangs(*_: object) -> Any:
    """Never come back."""
    while True:
        time.sleep(0.01)


@pytest.mark.parametrize("period", [ends, hangs, lambda *_: 3], ids=["ends", "hangs", "nonsense"])
def test_a_span_that_cannot_be_told_is_left_open(
    bench: Any, monkeypatch: pytest.MonkeyPatch, period: Callable[..., Any]
) -> None:
    monkeypatch.setattr(budgets, "RULE", 0.3)
    bad = plugin(ClockRule(kind=S, name="odd", title="怪", period=period, source="U"), *when(S, "accept", start="odd"))
    b = bench({NAME: {}, "bad": {}}, catalogue=Catalogue.collect({NAME: suggestion_handling, "bad": bad}))
    spans = {c.name: c.period for c in b.ask(procedures.procedure, OFFICE, S).clocks}
    assert (spans["odd"], spans["reply"]) == (None, Period(3, "month"))


class Strange:
    """A class that no file or form can hold."""


@attrs.frozen(kw_only=True)
class Odd:
    """A payload with such a field."""

    of: Strange | None = None


def test_a_payload_that_no_form_can_be_made_of_is_refused_at_start() -> None:
    bad = plugin(Step(kind=S, name="odd", who="office", takes=Odd))
    with pytest.raises(PluginError) as said:
        Catalogue.collect({NAME: suggestion_handling, "bad": bad})
    assert "'bad': no form can be made of Odd" in said.value.reasons[0]


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("{foo}", "makes no number"),
        ("{n", "makes no number"),
        ("{year}", "the same number"),
        ("{0}", "makes no number"),
    ],
)
def test_a_numbering_that_makes_no_numbers_is_refused(form: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Kind(name="odd", title="怪", opening="odd", audience="office", numbering=form)
