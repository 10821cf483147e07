"""A check of a result by somebody who trusts nothing of renda: this file and the library cryptography alone.

    python outsider.py board.json result.json

It knows votes where each subject passes for itself with a share of the base. Formats: docs/reference/sealed-box.md.
"""

import hashlib
import json
import sys
from fractions import Fraction
from itertools import pairwise

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def canonical(data: object) -> bytes:
    """RFC 8785, for names in ASCII and whole numbers."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def sha(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def lines(texts: list[str]) -> str:
    return sha("".join(f"{text}\n" for text in sorted(texts)).encode())


def signed(key: str, signature: str, statement: dict[str, object]) -> None:
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), canonical(statement))


def check(board: dict, result: dict) -> None:
    sheet, peeled, choices = result["sheet"], result["peeled"], result["choices"]
    rule, asked, trustees = sheet["rule"], sheet["asked"], sheet["trustees"]
    bound = sha(canonical({
        "format": "renda sealed paper 1", "ballot": sheet["ballot"], "round": sheet["round"], "trial": sheet["trial"],
        "mode": rule["mode"], "subjects": asked["subjects"], "answers": rule["answers"], "places": asked["places"],
        "costs": asked["costs"], "budget": asked["budget"], "box_keys": [t["box_key"] for t in trustees],
    }))  # fmt: skip
    assert sheet["trial"] is False
    assert (board["ballot"], board["round"]) == (sheet["ballot"], sheet["round"])
    assert len(set(board["hashes"])) == len(board["hashes"]) == peeled[0]["taken"]
    assert board["digest"] == lines(board["hashes"]) == peeled[0]["in"]
    assert [layer["trustee"] for layer in peeled] == [t["name"] for t in trustees]
    for n, (layer, trustee) in enumerate(zip(peeled, trustees, strict=True), 1):
        told = {name: layer[name] for name in ("trustee", "in", "taken", "out", "given")}
        told |= {"format": "renda layer 1", "sheet": bound, "layer": n, "layers": len(trustees)}
        signed(trustee["sign_key"], layer["signature"], told)
        assert layer["given"] <= layer["taken"]
    for one, other in pairwise(peeled):
        assert (one["out"], one["given"]) == (other["in"], other["taken"])
    assert (peeled[-1]["out"], peeled[-1]["given"]) == (lines(choices), len(choices))
    taken = peeled[0]["taken"]
    told = {"format": "renda result 1", "sheet": sha(canonical(sheet)), "box": board["digest"], "papers": taken,
            "choices": lines(choices), "unreadable": taken - len(choices)}  # fmt: skip
    assert result["signatures"].keys() == {t["name"] for t in trustees}
    for trustee in trustees:
        signed(trustee["sign_key"], result["signatures"][trustee["name"]], told)
    judge(sheet, choices, taken, result["announced"])


def judge(sheet: dict, choices: list[str], taken: int, announced: dict) -> None:
    rule, asked, attendance = sheet["rule"], sheet["asked"], announced["attendance"]
    assert attendance["by_device"] == attendance["returned"] == taken
    papers = [bytes.fromhex(choice) for choice in choices]
    findings = announced["verdict"]["findings"]
    assert [f["subject"] for f in findings] == asked["subjects"]
    for at, finding in enumerate(findings):
        votes = {answer: sum(p[at] == n for p in papers) for n, answer in enumerate(rule["answers"], 1)}
        assert finding["votes"] == votes
        verdict = rule["otherwise"]
        for rung in reversed(rule["rungs"]):
            hits, needed = sum(votes[a] for a in rung["answers"]), Fraction(rung["share"]["of"])
            base = attendance[rule["base"]]
            if hits > needed * base if rung["share"]["above"] else hits >= needed * base:
                verdict = rung["verdict"]
        assert finding["verdict"] == verdict
    assert announced["verdict"]["state"] == "decided"


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as one, open(sys.argv[2], encoding="utf-8") as other:
        try:
            check(json.load(one), json.load(other))
        except (AssertionError, InvalidSignature, KeyError, ValueError) as error:
            sys.exit(f"the result does not hold: {error!r}")
    print("the result holds")
