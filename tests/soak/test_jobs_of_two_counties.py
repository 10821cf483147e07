"""Jobs of two counties in any order on two servers, while connections are cut: each file is its county's alone."""

from __future__ import annotations

import os
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from tests.server.test_idempotency_postgres import town  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from tests.server.test_idempotency_postgres import Town

LONG = os.environ.get("RENDA_SOAK") == "1"
JOBS = 1_000 if LONG else 300
SEED = 13
CANARIES = {"office": "金丝雀甲", "other": "金丝雀乙"}
"""What stands in each county's cases and nowhere else."""
AWAY = 503
CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'renda_app' ORDER BY random() LIMIT 1"
pytestmark = pytest.mark.postgres


def job(town: Town, n: int, dice: random.Random) -> tuple[str, str, Any]:  # noqa: F811 - the fixture's value
    """Do one job of one county on one of the servers."""
    who, kind = dice.choice(list(CANARIES)), dice.choice(["file", "file", "sweep", "case"])
    if kind == "file":
        return who, kind, town.call(n, "GET", "/api/exports/ledger.csv", who)
    if kind == "sweep":
        return who, kind, town.call(n, "POST", "/api/jobs/sweep", who, json={})
    case = {"kind": "suggestion", "title": CANARIES[who], "body": {"text": CANARIES[who]}}
    return who, kind, town.call(n, "POST", "/api/cases", who, json=case, headers={"Idempotency-Key": f"job-{n}"})


def test_each_file_holds_its_own_canary_alone(town: Town) -> None:  # noqa: F811 - as above
    dice, over = random.Random(SEED), threading.Event()
    seeds = [random.Random(dice.random()) for _ in range(JOBS)]
    for who, canary in CANARIES.items():
        made = {"kind": "suggestion", "title": canary, "body": {"text": canary}}
        path = town.call(0, "POST", "/api/cases", who, json=made).headers["Location"]
        answer = town.call(0, "POST", f"{path}/steps", who, json={"step": "submit", "version": 0})
        assert answer.status_code == 200, answer.text

    def crash() -> None:
        with psycopg.connect(town.dsn, autocommit=True) as raw:
            while not over.wait(0.05):
                raw.execute(CUT)

    cutting = threading.Thread(target=crash)
    cutting.start()
    try:
        with ThreadPoolExecutor(8) as pool:
            done = list(pool.map(lambda n: job(town, n, seeds[n]), range(JOBS)))
    finally:
        over.set()
        cutting.join()
    files = cut = 0
    for who, kind, answer in done:
        other = next(canary for name, canary in CANARIES.items() if name != who)
        assert other not in answer.text, (kind, answer.text)
        assert answer.status_code in (200, 201, 204, AWAY), (kind, answer.status_code, answer.text)
        cut += answer.status_code == AWAY
        if kind == "file" and answer.status_code == 200:
            assert CANARIES[who] in answer.text
            files += 1
    assert (files > JOBS // 4, cut > 0) == (True, True), (files, cut)
    for who, canary in CANARIES.items():
        kept = [a.json()["id"] for whose, kind, a in done if (whose, kind, a.status_code) == (who, "case", 201)]
        assert kept
        for id in kept:  # what was acknowledged is there
            assert canary in town.call(0, "GET", f"/api/cases/{id}", who).text
