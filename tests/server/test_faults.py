"""A disk that is full, as whoever asks meets it: 503 and when to come again, nothing half done, and then on it goes."""

from __future__ import annotations

from typing import Any

import pytest

from renda_core.store.sqlite import SqliteStore

from .conftest import WANG, Site

CASE = {
    "kind": "suggestion",
    "title": "修桥",
    "body": {"text": "城东石桥多年失修" * 200},
    "parties": {"proposer": [WANG]},
}


def test_a_full_disk_is_answered_503_and_keeps_no_half(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    full, opened = [False], SqliteStore._opened

    def tight(store: SqliteStore, role: str) -> Any:
        raw = opened(store, role)
        if role == "writer":  # a file is never smaller than it is
            raw.execute(f"PRAGMA max_page_count={1 if full[0] else 1 << 30}")
        return raw

    monkeypatch.setattr(SqliteStore, "_opened", tight)
    assert site.post("/api/cases", CASE, "wang").status_code == 201
    full[0], answers = True, []
    for n in range(60):
        answers.append(site.post("/api/cases", CASE, "wang", **{"Idempotency-Key": f"bridge-{n}"}))
    made, refused = ([a for a in answers if a.status_code == code] for code in (201, 503))
    assert len(made) + len(refused) == len(answers)
    assert refused
    assert caplog.text.count("the disk is full") == len(refused)  # whoever runs the server sees it
    for answer in refused:
        assert answer.json()["code"] == "unavailable"
        assert int(answer.headers["Retry-After"]) > 0
        assert "城东" not in answer.text
    assert site.get("/api/cases", "wang").status_code == 200  # reading goes on
    assert site.verify().whole
    full[0] = False
    again = site.post("/api/cases", CASE, "wang", **{"Idempotency-Key": f"bridge-{answers.index(refused[-1])}"})
    assert again.status_code == 201
    with site.open() as county:
        raw = county.store._open("reader")  # type: ignore[attr-defined]
        counts = [raw.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("case_file", "request_key")]  # noqa: S608 - ours
    assert counts == [len(made) + 2, len(made) + 1]
    assert site.verify().whole
