"""The ring of keys: several at once, two suites, boxes that name both, and servers that learn a new one as they run."""

from __future__ import annotations

import base64
import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.databases import KEYS, A, B

from renda_core.errors import ConfigError, Invalid, Rejected
from renda_core.store import keys as keys_module
from renda_core.store import ring
from renda_core.store.keys import OLDEST, Keys, Mark, mark_of, mark_of_hash
from renda_core.store.ring import Key
from renda_core.store.suites import AES, SM, SM4GCM, SUITES

ONE, TWO = bytes(range(32)), bytes(range(32, 64))
FIELD = "person.phone"


def both(now: float = 100.0, since: float = 50.0) -> Keys:
    """Two keys, the second of which seals from a moment on."""
    return Keys({1: Key(id=1, secret=ONE), 2: Key(id=2, secret=TWO, since=since)}, clock=lambda: now)


def test_sm4_gcm_gives_the_published_vector():
    """RFC 8998, A.1."""
    key, nonce = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"), bytes.fromhex("00001234567800000000ABCD")
    told = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    plain = b"".join(bytes([b]) * 8 for b in (0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0xEE, 0xAA))
    sealed = bytes.fromhex(
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397"
        "B4024A2691233B8D" + "83DE3541E4C2B58177E065A9BF7B62EC"
    )
    assert SM4GCM(key).encrypt(nonce, plain, told) == sealed
    assert SM4GCM(key).decrypt(nonce, sealed, told) == plain


def test_sm4_alone_gives_the_vector_of_its_standard():
    """GB/T 32907-2016, A.1: one block under itself."""
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import SM4
    from cryptography.hazmat.primitives.ciphers.modes import ECB

    key = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
    work = Cipher(SM4(key), ECB()).encryptor()  # noqa: S305 - the vector is of the bare cipher
    assert (work.update(key) + work.finalize()).hex() == "681edf34d206965e86b3e94f536e4246"


def test_sm3_gives_the_vector_of_its_standard():
    """GB/T 32905-2016, A.1."""
    from cryptography.hazmat.primitives.hashes import Hash

    made = Hash(SUITES[SM].hash)
    made.update(b"abc")
    assert made.finalize().hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_hmac_sm3_is_what_the_definition_says():
    """RFC 2104 over SM3, written out plainly."""
    from cryptography.hazmat.primitives.hashes import Hash

    def sm3(text):
        made = Hash(SUITES[SM].hash)
        made.update(text)
        return made.finalize()

    key = bytes(range(32)).ljust(64, b"\0")
    inner = sm3(bytes(b ^ 0x36 for b in key) + b"renda")
    assert SUITES[SM].keyed(bytes(range(32)), b"renda") == sm3(bytes(b ^ 0x5C for b in key) + inner)


@pytest.mark.parametrize("cut", [0, 1, 15])
def test_sm4_takes_no_short_tag(cut):
    from cryptography.exceptions import InvalidTag

    box = SM4GCM(bytes(16)).encrypt(bytes(12), b"", b"")
    with pytest.raises(InvalidTag):
        SM4GCM(bytes(16)).decrypt(bytes(12), box[:cut], b"")


def test_a_box_says_its_key_and_its_suite():
    keys = both()
    for suite, head in ((AES, b"\x02\x00\x02"), (SM, b"\x03\x00\x02")):
        keys.use(A, suite)
        box = keys.seal_bytes(b"x", tenant=A, field=FIELD)
        assert box[:3] == head
        assert mark_of(box) == Mark(2, suite)
        assert keys.open_bytes(box, tenant=A, field=FIELD) == b"x"
    assert mark_of(KEYS.seal_bytes(b"x", tenant=A, field=FIELD)) == OLDEST
    assert mark_of(b"") is mark_of(b"\x02\x00") is mark_of(b"\x09\x00\x01") is None


def test_what_the_first_key_sealed_before_there_were_several_opens():
    old = base64.b64decode(OLD)
    assert old[0] == 1
    for keys in (Keys(ONE), both()):
        assert keys.open_bytes(old, tenant=A, field=FIELD) == b"13907241234"


OLD = "AQABAgMEBQYHCAkKCzeMO39jxcICQBVocnstN7RZUCAyYfsclnpP4Q=="
"""Made by the code as it was before: nonce 0…11, the key 0…31."""


@given(st.text(max_size=60), st.sampled_from([AES, SM]), st.booleans())
def test_what_is_sealed_opens_under_any_key_and_suite(text, suite, second):
    keys = both(now=100.0 if second else 0.0)
    keys.use(A, suite)
    sealed = keys.seal(text, tenant=A, field=FIELD)
    assert mark_of(sealed.raw()) == Mark(2 if second else 1, suite)
    keys.use(A, AES if suite == SM else SM)
    assert keys.open(sealed, tenant=A, field=FIELD) == text
    for tenant, field in ((B, FIELD), (A, "person.id_number")):
        with pytest.raises(Invalid):
            keys.open(sealed, tenant=tenant, field=field)


@pytest.mark.parametrize("suite", [AES, SM])
@pytest.mark.parametrize("at", [0, 1, 2, 3, 14, 15, -1])
def test_a_changed_byte_is_noticed_also_in_the_mark(suite, at):
    keys = both()
    keys.use(A, suite)
    box = bytearray(keys.seal_bytes(b"secret", tenant=A, field=FIELD))
    box[at] ^= 1
    with pytest.raises(Invalid):
        keys.open_bytes(bytes(box), tenant=A, field=FIELD)


def test_a_new_key_seals_from_its_moment_on_and_opens_at_once():
    early, late = both(now=49.9), both(now=50.0)
    assert (early.mark(A), late.mark(A)) == (Mark(1, AES), Mark(2, AES))
    assert early.open_bytes(late.seal_bytes(b"x", tenant=A, field=FIELD), tenant=A, field=FIELD) == b"x"
    assert late.open_bytes(early.seal_bytes(b"x", tenant=A, field=FIELD), tenant=A, field=FIELD) == b"x"


def test_hashes_name_their_key_too_and_those_of_others_are_known():
    keys = both()
    hashed = {}
    for suite in (AES, SM):
        keys.use(A, suite)
        hashed[suite] = keys.index("x", tenant=A, field=FIELD)
        assert mark_of_hash(hashed[suite]) == Mark(2, suite)
        every = list(keys.every("x", tenant=A, field=FIELD))
        assert len(every) == len(set(every)) == 4
        assert {hashed[suite], Keys(ONE).index("x", tenant=A, field=FIELD)} <= set(every)
    assert hashed[AES][3:] != hashed[SM][3:]
    assert mark_of_hash(Keys(ONE).index("x", tenant=A, field=FIELD)) == OLDEST
    assert mark_of_hash(b"short") is None


def test_no_suite_of_another_name():
    with pytest.raises(ConfigError, match="aes-gcm, sm4-gcm"):
        Keys(ONE).use(A, "rot13")


# the file


def test_a_file_of_one_key_stays_readable_and_becomes_one_of_several(tmp_path):
    path = tmp_path / "renda.key"
    path.write_text(ONE.hex() + "\n")
    path.chmod(0o600)
    assert {k.id: k.secret for k in ring.read(path).values()} == {1: ONE}
    made = ring.add(path, since=0.0)
    assert made.id == 2
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {k.id: k.secret for k in ring.read(path).values()} == {1: ONE, 2: made.secret}
    assert [p.name for p in tmp_path.iterdir()] == ["renda.key"]


def test_running_keys_learn_a_new_one_without_a_restart(tmp_path, monkeypatch):
    path = tmp_path / "renda.key"
    running = Keys.make(path)
    old = running.seal_bytes(b"x", tenant=A, field=FIELD)
    ring.add(path, since=0.0)
    other = Keys.read(path)
    box = other.seal_bytes(b"y", tenant=A, field=FIELD)
    assert mark_of(box).key == 2
    assert running.open_bytes(box, tenant=A, field=FIELD) == b"y"  # it meets the number, and looks
    monkeypatch.setattr(keys_module, "LOOK", 0.0)
    ring.add(path, since=0.0)
    assert running.mark(A).key == 3  # it looks by itself
    apart = ring.drop(path, 1)
    assert stat.S_IMODE(apart.stat().st_mode) == 0o600
    assert sorted(running.ring) == [2, 3]
    with pytest.raises(Invalid, match="key 1, which is not here"):
        Keys.read(path).open_bytes(old, tenant=A, field=FIELD)
    assert Keys.read(apart).open_bytes(old, tenant=A, field=FIELD) == b"x"  # for backups of that time


def test_a_file_that_is_gone_or_spoilt_for_a_moment_leaves_the_keys_in_use(tmp_path, monkeypatch):
    monkeypatch.setattr(keys_module, "LOOK", 0.0)
    path = tmp_path / "renda.key"
    running = Keys.make(path)
    box = running.seal_bytes(b"x", tenant=A, field=FIELD)
    path.rename(tmp_path / "away")
    assert running.open_bytes(box, tenant=A, field=FIELD) == b"x"
    assert mark_of(running.seal_bytes(b"x", tenant=A, field=FIELD)) == OLDEST
    path.write_text("nonsense")
    path.chmod(0o600)
    assert mark_of(running.seal_bytes(b"x", tenant=A, field=FIELD)) == OLDEST


def test_the_newest_key_is_not_retired_nor_one_that_is_not_there(tmp_path):
    path = tmp_path / "renda.key"
    Keys.make(path)
    for id, told in ((1, "newest"), (7, "no key 7")):
        with pytest.raises(Rejected, match=told):
            ring.drop(path, id)


def test_numbers_are_used_once(tmp_path, monkeypatch):
    path = tmp_path / "renda.key"
    Keys.make(path)
    monkeypatch.setattr(ring, "LAST", 2)
    ring.add(path, since=0.0)
    with pytest.raises(Rejected, match="used up"):
        ring.add(path, since=0.0)


@pytest.mark.parametrize(
    "text", ["1 00 0", "1 {k} x", "x {k} 0", "0 {k} 0", "70000 {k} 0", "1 {k} 0\n1 {k} 0", "1 {k}", "{k}\n{k}"]
)
def test_a_broken_ring_is_refused(tmp_path, text):
    path = tmp_path / "renda.key"
    path.write_text(text.format(k=ONE.hex()))
    path.chmod(0o600)
    with pytest.raises(ConfigError):
        ring.read(path)


def test_a_file_that_cannot_be_replaced_stays_whole(tmp_path, monkeypatch):
    path = tmp_path / "renda.key"
    Keys.make(path)
    before = path.read_bytes()

    def fails(_):
        raise OSError("no space")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(OSError, match="no space"):
        ring.add(path, since=0.0)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["renda.key"]


def test_no_key_is_shown():
    assert ONE.hex() not in repr(both()) + repr(both().ring)
    assert repr(ONE) not in repr(both().ring)
