"""Check a journal that was exported (日志离线核验): without a database, without a key, without the rest of renda.

An auditor may copy this one file and run it: ``python journal_file.py JOURNAL [--witness FILE]… [--key HEX]…``. It
needs Python and ``cryptography``, and reads the format in its own words, to share no mistake with what wrote it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

JOURNAL, HEAD = "renda journal 1", "renda head 1"
SAID = ("tenant", "seq", "hash", "at")
"""What is signed of a head."""
Found = tuple[int, str]
"""The first entry that is touched, 0 for none, and what is wrong."""


def said(head: Mapping[str, Any]) -> bytes:
    """Write what is signed of a head, always in the same bytes."""
    told = {"format": HEAD, **{name: head[name] for name in SAID}}
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def signers(head: Mapping[str, Any]) -> frozenset[str]:
    """Give the keys, in hex, whose signatures under a head hold."""
    good = set()
    for key, signature in head["signatures"].items():
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), said(head))
        except (InvalidSignature, ValueError):  # not this key's, or no key at all
            continue
        good.add(key)
    return frozenset(good)


def heads(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Read witnessed heads, one a line; what is no head counts as one that nobody signed."""
    for line in filter(str.strip, lines):
        try:
            yield _head(json.loads(line))
        except ValueError:
            yield _head(None)


def _head(found: Any) -> dict[str, Any]:
    try:
        head = {name: str(found[name]) for name in SAID} | {"signatures": dict(found["signatures"])}
        return head | {"seq": int(found["seq"])}
    except (ValueError, KeyError, TypeError):
        return {"tenant": "", "seq": 0, "hash": "", "at": "", "signatures": {}}


def check(
    journal: Iterable[str], witnessed: Iterable[Mapping[str, Any]] = (), keys: Collection[str] = ()
) -> list[Found]:
    """Find everything that is wrong with an exported journal; nothing, where it is whole.

    Args:
        witnessed: Heads that others kept, of this tenant or of any.
        keys: Whose signature is believed, in hex; without any, that under the earliest witnessed head.
    """
    lines = iter(journal)
    try:
        begins = json.loads(next(lines, "null"))
        if begins["format"] != JOURNAL:
            return [(0, f"this is a {begins['format']!r}, and no journal")]
        tenant, chained, head, wrong = begins["tenant"], *_follow(lines)
    except (ValueError, KeyError, TypeError) as error:
        return [(0, f"the file cannot be read: {type(error).__name__}")]
    given = list(witnessed)
    mine = sorted((one for one in given if one["tenant"] in ("", tenant)), key=lambda one: one["seq"])
    if given and not mine:
        wrong.append((0, "none of the witnessed heads is this tenant's"))
    trusted, good = set(keys), []
    for one in mine:
        by = signers(one)
        trusted |= by if not trusted or by & trusted else set()
        if by & trusted:
            good.append(one)
        else:
            wrong.append(
                (0, f"a witnessed head of entry {one['seq']} is not signed by the tenant's key; it is left out")
            )
    broken = min((seq for seq, _ in wrong if seq), default=len(chained))
    wrong += _against(good, chained, broken)
    if head is None:
        wrong.append((len(chained), "the file ends without a head: its end was cut off"))
    else:
        wrong += _ended(head, tenant, chained, trusted, broken)
    return sorted(wrong, key=lambda found: found[0] or len(chained) + 1)


def _follow(lines: Iterator[str]) -> tuple[list[str], dict[str, Any] | None, list[Found]]:
    """Compute the chain; give each entry's hash as it should be, the head, and the first entry that does not fit."""
    previous, chained, wrong, head = bytes(32), [bytes(32).hex()], list[Found](), None
    for line in filter(str.strip, lines):
        one = json.loads(line)
        if "head" in one:
            head = _head(one["head"])
            continue
        seq = len(chained)
        previous = hashlib.sha256(previous + hashlib.sha256(one["entry"].encode()).digest()).digest()
        chained.append(previous.hex())
        if wrong:
            continue  # after the first that does not fit, none can
        if head is not None:
            wrong.append((seq, f"entry {seq} stands behind the head: it was added"))
        elif one["seq"] != seq:
            wrong.append((seq, f"where entry {seq} belongs stands {one['seq']}: one is missing, moved or added"))
        elif one["hash"] != chained[seq]:
            wrong.append((seq, f"entry {seq} was changed, or the one before it was taken away or added"))
        elif not _kept(one):
            wrong.append((seq, f"entry {seq}: its personal part is not what it commits to"))
    return chained, head, wrong


def _kept(one: Mapping[str, Any]) -> bool:
    told = one.get("private")
    return told is None or hashlib.sha256(told.encode()).hexdigest() == json.loads(one["entry"])["private"]


def _against(good: Iterable[Mapping[str, Any]], chained: list[str], broken: int) -> Iterator[Found]:
    """Compare with what was witnessed: the chain must pass through each head, as far as it is one."""
    last, fits = len(chained) - 1, 0
    for one in good:
        seq, told = one["seq"], f"entry {one['seq']} was witnessed at {one['at']}"
        if seq > last:
            yield last + 1, f"{told}, and the journal ends at {last}: entries were cut off"
        elif seq >= broken:
            return
        elif chained[seq] != one["hash"]:
            yield fits + 1, f"{told} as another: the journal was rewritten somewhere from entry {fits + 1} to {seq}"
            return
        else:
            fits = seq


def _ended(
    head: Mapping[str, Any], tenant: str, chained: list[str], trusted: Collection[str], broken: int
) -> Iterator[Found]:
    """Look at the head that the file itself ends with."""
    last, by = len(chained) - 1, signers(head)
    if head["seq"] != last:
        yield min(head["seq"], last) + 1, f"the head stands at {head['seq']}, the last entry is {last}"
    elif head["hash"] != chained[last] and broken > last:
        yield last, "the head is not that of the last entry"
    if head["tenant"] != tenant or not by or (trusted and not by & set(trusted)):
        yield 0, "the head is not signed by the tenant's key"


def main(given: list[str] | None = None) -> int:
    """Run from the command line; 0 where the journal is whole, 1 where it is not."""
    parser = argparse.ArgumentParser(description="Check an exported journal 日志离线核验")
    parser.add_argument("journal", type=Path)
    parser.add_argument("--witness", type=Path, action="append", default=[], help="a file of witnessed heads")
    parser.add_argument("--key", action="append", default=[], help="a key that is believed, in hex")
    asked = parser.parse_args(given)
    witnessed = [one for path in asked.witness for one in heads(path.read_text("utf-8").splitlines())]
    with asked.journal.open(encoding="utf-8") as lines:
        found = check(lines, witnessed, asked.key)
    for seq, told in found:
        print(f"{seq}: {told}" if seq else told)
    print("broken 不符" if found else "whole 完整")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
