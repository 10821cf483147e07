"""Heads over HTTP: one tenant's server signs, another's takes, lists, and refuses what goes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from renda_core.services import journal_file, witness
from renda_core.testing import uid

from .conftest import IDS, both

if TYPE_CHECKING:
    from .conftest import Site


def head(site: Site, who: str = "office") -> dict[str, Any]:
    found = site.get("/api/journal/statement", who)
    assert found.status_code == 200, found.text
    told: dict[str, Any] = found.json()
    return told


@both
def test_a_head_goes_from_one_county_to_the_other(site: Site) -> None:
    seqs = []
    for _ in "123":
        site.opened()
        made = head(site)
        taken = site.post("/api/witness", made, "other")
        assert (taken.status_code, taken.json()["new"]) == (200, True), taken.text
        assert site.post("/api/witness", made, "other").json()["new"] is False
        seqs.append(made["seq"])
    listed = site.get(f"/api/witness?of={IDS['qing']}", "other").json()["items"]
    assert [one["seq"] for one in listed] == seqs
    assert [one["seq"] for one in site.get("/api/witness", "other").json()["items"]] == seqs[-1:]
    page = site.get(f"/api/witness?of={IDS['qing']}&size=2", "other")
    assert [one["seq"] for one in page.json()["items"]] == seqs[:2]
    assert page.json()["after"] == str(seqs[1])
    assert site.get("/api/witness").json()["items"] == []  # the county keeps nobody's
    with site.open() as county:
        lines = list(witness.export(county.store, IDS["qing"]))
    assert journal_file.check(lines, listed) == []
    assert site.verify("bai").whole


def test_what_is_no_head_is_refused(site: Site) -> None:
    made = head(site)
    assert site.post("/api/witness", made, "other").status_code == 200
    site.opened()
    later = head(site)
    for changed, status in (
        ({"seq": made["seq"] + 100}, 422),
        ({"hash": "0" * 64}, 422),
        ({"tenant": IDS["bai"]}, 400),
        ({"tenant": "x"}, 400),
        ({"hash": "0"}, 400),
        ({"seq": -1}, 400),
        ({"seq": 10**12}, 400),
        ({"at": "tomorrow, early"}, 400),
        ({"signatures": {}}, 400),
        ({"signatures": {"0" * 64: "0" * 128}}, 422),
        ({"more": 1}, 400),
    ):
        answer = site.post("/api/witness", later | changed, "other")
        assert answer.status_code == status, (changed, answer.text)
    assert site.post("/api/witness", later, "other").json()["new"] is True
    back = site.post("/api/witness", made | {"seq": made["seq"] - 1}, "other")
    assert back.status_code == 422
    for who in ("wang", "roads"):
        assert site.post("/api/witness", later, who).status_code == 403
        assert site.get("/api/witness", who).status_code == 403
        assert site.get("/api/journal/statement", who).status_code == 403
    assert site.get(f"/api/witness?of={uid('nowhere')}", "other").json()["items"] == []


def test_a_county_without_a_witness_brings_nothing(site: Site) -> None:
    done = site.post("/api/jobs/witness", None)
    assert (done.status_code, done.json()) == (200, {"seq": 0, "failed": []})


@pytest.mark.parametrize("path", ["/api/witness?of=x", "/api/witness?after=x", "/api/witness?colour=red"])
def test_odd_questions_are_refused(site: Site, path: str) -> None:
    assert site.get(path).status_code == 400
