"""Keys: under a passphrase in a file, on paper in shares; the very same keys come back, or a clear refusal."""

from __future__ import annotations

import json
from itertools import combinations

import attrs
import pytest
from tests.sealing.hall import hall, key

from renda_core import sealing
from renda_core.errors import Invalid, Rejected, RendaError
from renda_core.sealing import keys, shares

PHRASE = "石桥 一九九八 山楂树 缝纫机"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guesses cost little here; what they cost in truth, one test asks for."""
    monkeypatch.setitem(keys.SCRYPT, "n", 2**8)


def test_a_guess_costs_what_the_source_asks_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.undo()
    assert keys.SCRYPT == {"n": 131_072, "r": 8, "p": 1}
    assert keys.read_key(keys.write_key(key(0), PHRASE), PHRASE) == key(0)


def test_a_key_comes_back_from_its_file(monkeypatch: pytest.MonkeyPatch):
    raw = keys.write_key(key(0), PHRASE)
    assert keys.read_key(raw, PHRASE) == key(0)
    assert keys.read_trustee(raw) == key(0).trustee
    assert key(0).secret not in raw
    assert key(0).secret.hex().encode() not in raw
    assert raw != keys.write_key(key(0), PHRASE)
    assert "secret" not in repr(key(0))


def test_every_key_is_new():
    made = [keys.new_key(" 王秀英 ", "县人大") for _ in range(20)]
    assert len({k.secret for k in made}) == len({keys.fingerprint(k.trustee) for k in made}) == 20
    assert made[0].name == "王秀英"
    with pytest.raises(Invalid, match="has a name"):
        keys.new_key(" ")


def test_both_keys_come_from_the_secret_and_differ():
    one = key(0).trustee
    assert len({one.box_key, one.sign_key, key(0).secret.hex()}) == 3
    assert key(0).trustee == key(0).trustee != key(1).trustee


@pytest.mark.parametrize("phrase", ["", "123456789", PHRASE[:-1], PHRASE + " ", PHRASE.replace("桥", "橋")], ids=str)
def test_a_wrong_passphrase_opens_nothing(phrase: str):
    with pytest.raises(Rejected, match="passphrase is wrong"):
        keys.read_key(keys.write_key(key(0), PHRASE), phrase)


def test_a_passphrase_is_the_same_however_it_was_typed():
    """An input method writes full-width letters, and some machines write an accent apart."""
    raw = keys.write_key(key(0), "ＡＢＣ　café-2026")
    assert keys.read_key(raw, "ABC cafe\u0301-2026") == key(0)


@pytest.mark.parametrize("phrase", ["", "短", "123456789"])
def test_a_short_passphrase_is_refused(phrase: str):
    with pytest.raises(Invalid, match="take 10 or more"):
        keys.write_key(key(0), phrase)


@pytest.mark.parametrize("name", ["name", "body", "box_key", "sign_key", "fingerprint", "salt", "secret", "format"])
def test_a_key_file_that_was_changed_is_refused(name: str):
    data = json.loads(keys.write_key(key(0), PHRASE))
    data[name] = ("x" if data[name][0] != "x" else "y") + data[name][1:]
    with pytest.raises(RendaError):
        keys.read_key(json.dumps(data).encode(), PHRASE)


def test_keys_of_another_under_the_same_secret_are_refused():
    data = json.loads(keys.write_key(key(0), PHRASE))
    other = json.loads(keys.write_public(key(1).trustee))
    data |= {name: other[name] for name in ("box_key", "sign_key", "fingerprint")}
    with pytest.raises(Rejected):
        keys.read_key(json.dumps(data).encode(), PHRASE)


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"\xff", b"[" * 100_000, b'{"format":"renda trustee key 1"}'])
def test_what_is_no_key_file_is_refused(raw: bytes):
    with pytest.raises(Invalid, match="no file of a trustee"):
        keys.read_key(raw, PHRASE)


def test_a_public_file_holds_no_secret_and_is_no_key():
    raw = keys.write_public(key(0).trustee)
    assert keys.read_trustee(raw) == key(0).trustee
    assert json.loads(raw).keys() == {"format", "name", "body", "box_key", "sign_key", "fingerprint"}
    with pytest.raises(Invalid, match="public keys only"):
        keys.read_key(raw, PHRASE)


def test_a_fingerprint_is_forty_digits_of_both_keys():
    one = key(0).trustee
    shown = keys.fingerprint(one)
    assert [len(group) for group in shown.split()] == [5] * 8
    assert shown.replace(" ", "").isdigit()
    for change in ({"box_key": key(1).trustee.box_key}, {"sign_key": key(1).trustee.sign_key}):
        assert keys.fingerprint(attrs.evolve(one, **change)) != shown
    assert keys.fingerprint(attrs.evolve(one, name="别人")) == shown
    wide = shown.replace(" ", "").translate({ord("0") + n: 0xFF10 + n for n in range(10)})
    assert keys.same_fingerprint(shown, wide)
    assert not keys.same_fingerprint(shown, shown[:-1])


# -- shares


@pytest.mark.parametrize(("needed", "made"), [(2, 3), (3, 5), (2, 2), (4, 4)])
def test_any_shares_enough_give_the_very_same_keys(needed: int, made: int):
    words = shares.split(key(0).secret, needed, made)
    assert len(set(words)) == made
    for some in combinations(words, needed):
        assert shares.join(some) == key(0).secret
    assert shares.join(words) == key(0).secret


@pytest.mark.parametrize(("needed", "made"), [(2, 3), (3, 5)])
def test_one_share_too_few_is_a_clean_refusal(needed: int, made: int):
    words = shares.split(key(0).secret, needed, made)
    for some in combinations(words, needed - 1):
        with pytest.raises(Rejected, match=f"cannot open: {needed} shares needed, {needed - 1} given"):
            shares.join(some)
    with pytest.raises(Rejected, match=f"{needed} shares needed, 1 given"):
        shares.join([words[0]] * needed)
    with pytest.raises(Rejected, match="no share"):
        shares.join([])


def test_shares_are_read_as_people_type_them():
    first, second, _ = shares.split(key(0).secret, 2, 3)
    numbered = "\n".join(f"{n}. {word.upper()}" for n, word in enumerate(first.split(), 1))
    assert shares.join([numbered, "  " + second.replace(" ", "，") + "。"]) == key(0).secret
    assert len(first.split()) == 33


def test_a_slip_of_the_pen_is_found_and_named():
    first, second, _ = shares.split(key(0).secret, 2, 3)
    words = second.split()
    swapped = " ".join([words[1], words[0], *words[2:]])
    for wrong in (swapped, " ".join(words[:-1]), " ".join(["xyzzy", *words[1:]]), ""):
        with pytest.raises(Invalid, match="share 2 is not as it was written"):
            shares.join([first, wrong])


def test_shares_of_two_keys_do_not_mix():
    one, other = shares.split(key(0).secret, 2, 3), shares.split(key(1).secret, 2, 3)
    again = shares.split(key(0).secret, 2, 3)
    for mixed in ([one[0], other[1]], [one[0], again[1]]):
        with pytest.raises(Rejected, match="of different keys, or of different splittings"):
            shares.join(mixed)


@pytest.mark.parametrize(("needed", "made"), [(1, 3), (0, 0), (4, 3), (2, 17), (-1, 2)])
def test_numbers_of_shares_that_make_no_sense_are_refused(needed: int, made: int):
    with pytest.raises(Invalid, match="shares"):
        shares.split(key(0).secret, needed, made)


def test_a_lost_key_opens_from_paper_and_a_lost_share_too_many_does_not():
    """Destroy all but *k* shares and the key file: the tally works. Destroy one more: a clean refusal."""
    vote = hall()
    box = sealing.make_box(vote.sheet, vote.seal([[(0, 0)], [(0, 1)], []]))
    words = shares.split(vote.keys[1].secret, 2, 3)
    joined = keys.Key(name="监票人乙", body="第2代表团", secret=shares.join(words[1:]))
    vote.keys = (vote.keys[0], joined, vote.keys[2])
    assert sealing.opened(vote.opened(box)).taken == 3
    with pytest.raises(Rejected, match="cannot open: 2 shares needed, 1 given"):
        shares.join(words[2:])
