"""Earlier opinions with a text much alike: the law of the index, and what whom is offered, on both back ends."""

import random
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from renda_core.catalogue import Catalogue
from renda_core.domain.likeness import lengths_of, nearest, packed
from renda_core.errors import Invalid, NotFound, Taken
from renda_core.services import likeness
from renda_core.services.likeness import finding, keeping
from renda_core.store.sqlite import SqliteStore
from renda_core.store.words import words

SHARED = {"suggestion_handling": {}, "reception": {}}
TEXTS = st.lists(st.text(alphabet="路灯坏了桥垃圾水管", min_size=2, max_size=12), min_size=1, max_size=25)
TOLD = (
    "永安街道金鸡社区路灯损坏多年无人维修，希望尽快维修",
    "永安街道金鸡社区的路灯坏了很多年，没有人维修，希望尽快修好",
    "鱼岳镇南冲村水管漏水把楼下泡了，请协调解决",
    "天城镇洪下村机耕路被压坏，种粮大户意见很大",
    "白霓镇石岭村卫生室没有医生值班，老人看病不方便",
)


def held(texts):
    lists, counts = {}, []
    for n, text in enumerate(texts):
        counts.append(len(words(text)))
        for word in words(text):
            lists.setdefault(word, []).append(n)
    return {w: packed(numbers) for w, numbers in lists.items()}, lengths_of(counts)


@given(TEXTS, st.text(alphabet="路灯坏了桥垃圾水管", min_size=2, max_size=12), st.integers(1, 30))
def test_the_nearest_shares_most_and_what_shares_nothing_is_never_there(texts, asked, n):
    lists, lengths = held(texts)
    cut = words(asked)
    found = nearest((lists[w] for w in cut if w in lists), lengths, len(cut), n)
    shares = {i: 2 * len(cut & words(t)) / (len(cut) + len(words(t))) for i, t in enumerate(texts) if cut & words(t)}
    assert len(found) <= n
    assert all(near.shared == pytest.approx(shares[near.text]) for near in found)
    assert [near.shared for near in found] == sorted((near.shared for near in found), reverse=True)
    if n >= len(texts):  # then all that shares enough is compared sign by sign
        assert {near.text for near in found} == set(shares)


def test_nothing_is_near_where_nothing_is_held():
    assert nearest([], b"", 3, 5) == []
    assert nearest([packed([])], lengths_of([2]), 3, 5) == []


@pytest.fixture
def station(county, monkeypatch):
    """A county with five opinions of last month, all settled."""
    monkeypatch.setattr(keeping, "FEW", 2)
    monkeypatch.setattr(keeping, "HELD_BACK", 0)
    place = county(SHARED, catalogue=Catalogue.installed())
    clerk = place.actor("clerk", "station")
    for text in TOLD:
        place.open("opinion", clerk, {"text": text, "voter": "陈阿婆", "phone": "13900001234"}, title=text[:12])
    return place


def asked(place, text, by=None, **rest):
    return place.ask(likeness.alike, by or place.actor("clerk", "station"), text, "opinion", **rest)


def keep(place):
    return place.store.run(likeness.keep(place.store, place.tenant))


def test_the_same_is_offered_before_and_after_the_index_is_kept(station):
    before = asked(station, "金鸡社区路灯多年没有人修")
    assert keep(station) == likeness.Kept(texts=5, segments=1)
    after = asked(station, "金鸡社区路灯多年没有人修")
    assert [a.text for a in before] == [a.text for a in after] == [TOLD[1], TOLD[0]]
    assert after[0].likeness == round(fuzz.ratio("金鸡社区路灯多年没有人修", TOLD[1]), 1) > 50
    assert keep(station).texts == 0  # nothing new


def test_what_comes_after_is_compared_too_until_it_has_a_segment(station, monkeypatch):
    keep(station)
    monkeypatch.setattr(keeping, "FEW", 1)
    clerk = station.actor("clerk", "station")
    for n in range(9):
        new = station.open("opinion", clerk, {"text": f"沙坪镇{n}组井盖丢失，晚上有人摔倒"}, title="井盖")
        assert new.id in [a.id for a in asked(station, f"沙坪镇{n}组井盖丢失，有人摔倒", size=20)]
        assert keep(station).texts >= 1
    assert station.store.run(likeness.keep(station.store, station.tenant)).segments <= keeping.MOST_SEGMENTS + 1
    assert {a.text for a in asked(station, "沙坪镇井盖丢失，晚上有人摔倒", size=20)} == {
        f"沙坪镇{n}组井盖丢失，晚上有人摔倒" for n in range(9)
    }


def test_many_segments_become_one_again_and_nothing_is_lost(station, monkeypatch):
    monkeypatch.setattr(keeping, "FEW", 1)
    monkeypatch.setattr(keeping, "SEGMENT", 1)
    monkeypatch.setattr(keeping, "ROWS", 1)
    assert keep(station).segments == 5
    monkeypatch.setattr(keeping, "MOST_SEGMENTS", 2)
    monkeypatch.setattr(keeping, "SEGMENT", 100)
    assert keep(station) == likeness.Kept(texts=5, segments=1)
    assert [a.text for a in asked(station, TOLD[3])] == [TOLD[3]]


def test_two_processes_that_keep_at_once_write_it_once(station):
    one, two = (likeness.keep(station.store, station.tenant) for _ in range(2))
    station.store.run(one)
    station.store.run(two)
    found = [("x" * 36, "晚到的一段")]
    with pytest.raises(Taken):  # as one that was slower
        station.store.run(station.store.write(keeping._write, station.file.id, keeping.INDEXER, "opinion", 0, found))
    assert [a.text for a in asked(station, TOLD[2])] == [TOLD[2]]


def test_who_is_slower_passes_nothing_over(station, monkeypatch):
    sixth = "沙坪镇井盖丢失，晚上有人摔倒"
    station.open("opinion", station.actor("clerk", "station"), {"text": sixth}, title="井盖")
    monkeypatch.setattr(keeping, "FEW", 1)
    monkeypatch.setattr(keeping, "SEGMENT", 5)
    monkeypatch.setattr(keeping, "HELD_BACK", 3)
    assert keep(station).texts == 3
    monkeypatch.setattr(keeping, "HELD_BACK", 0)
    before = keeping._segments

    async def none_yet(*_):
        monkeypatch.setattr(keeping, "_segments", before)
        return []

    monkeypatch.setattr(keeping, "_segments", none_yet)  # as one that looked before the other wrote
    assert keep(station) == likeness.Kept(texts=0, segments=1)
    keep(station)
    assert [asked(station, text)[0].text for text in (*TOLD, sixth)] == [*TOLD, sixth]


def test_full_segments_are_not_written_anew_every_night(station, monkeypatch):
    monkeypatch.setattr(keeping, "FEW", 1)
    monkeypatch.setattr(keeping, "SEGMENT", 1)
    monkeypatch.setattr(keeping, "MOST_SEGMENTS", 2)
    assert keep(station) == likeness.Kept(texts=5, segments=5)
    assert keep(station) == likeness.Kept(texts=0, segments=5)


def test_a_question_is_answered_whole_while_all_is_written_anew(station, monkeypatch):
    monkeypatch.setattr(keeping, "FEW", 1)
    monkeypatch.setattr(keeping, "SEGMENT", 1)
    assert keep(station).segments == 5
    monkeypatch.setattr(keeping, "MOST_SEGMENTS", 2)
    monkeypatch.setattr(keeping, "SEGMENT", 100)
    ask = finding._of_segment

    async def meanwhile(*args):
        monkeypatch.setattr(finding, "_of_segment", ask)
        if isinstance(station.store, SqliteStore):  # whose connections are each one thread's
            other = threading.Thread(target=keep, args=(station,))
            other.start()
            other.join()
        else:
            await likeness.keep(station.store, station.tenant)
        return await ask(*args)

    monkeypatch.setattr(finding, "_of_segment", meanwhile)
    assert [a.text for a in asked(station, TOLD[3])] == [TOLD[3]]
    assert keep(station) == likeness.Kept(texts=0, segments=1)


def test_the_newest_wait_for_those_that_may_still_come_before_them(station, monkeypatch):
    monkeypatch.setattr(keeping, "HELD_BACK", 3)
    assert keep(station) == likeness.Kept(texts=2, segments=1)
    assert [asked(station, text)[0].text for text in TOLD] == list(TOLD)


@pytest.mark.parametrize(
    ("text", "size", "told"),
    [("", 5, "no word"), ("！！！", 5, "no word"), ("路" * 4001, 5, "longer than 4000"), ("路灯", 0, "from 1 to 20")],
)
def test_what_cannot_be_asked_is_refused_with_the_reason(station, text, size, told):
    with pytest.raises(Invalid, match=told):
        asked(station, text, size=size)


def test_only_who_reads_opinions_is_offered_any_and_nobody_is_told_a_voter(station):
    keep(station)
    for name, roles, unit in (("x", "public", ""), ("y", "", "局"), ("z", "", "")):
        with pytest.raises(NotFound, match="open to you"):
            asked(station, TOLD[0], station.actor(name, roles, unit))
    told = repr(asked(station, TOLD[0], station.actor("d", "deputy")))
    assert TOLD[0] in told
    assert "陈阿婆" not in told
    assert "1234" not in told


def test_a_kind_that_offers_nothing_alike_says_so(station):
    with pytest.raises(Invalid, match="offers nothing alike"):
        station.ask(likeness.alike, station.actor("clerk", "office"), "路灯", "suggestion")


def test_what_has_little_in_common_is_not_offered(station):
    keep(station)
    assert asked(station, "请问什么时候发放耕地地力保护补贴") == ()
    assert finding.LEAST == 50


def test_a_thousand_made_up_opinions_recall_what_comparing_all_finds():
    draw = random.Random(5)
    places, troubles = ("东街", "西街", "河口村", "南山村", "北门"), ("漏水", "停电", "太吵", "路不平", "没人管")
    things = ("水管", "电线", "广场", "水泥路", "垃圾站", "桥", "校门")
    texts = [
        f"{draw.choice(places)}{draw.randrange(30)}号{draw.choice(things)}{draw.choice(troubles)}，"
        f"{draw.choice(things)}也{draw.choice(troubles)}"
        for _ in range(1000)
    ]
    lists, lengths = held(texts)
    good = total = 0
    for _ in range(30):
        text = f"{draw.choice(places)}{draw.randrange(30)}号{draw.choice(things)}{draw.choice(troubles)}"
        cut = words(text)
        near = nearest((lists[w] for w in cut if w in lists), lengths, len(cut), finding.COMPARED)
        ours = sorted((fuzz.ratio(text, texts[n.text]) for n in near), reverse=True)[:5]
        fifth = sorted((fuzz.ratio(text, t) for t in texts), reverse=True)[4]
        good += sum(1 for score in ours if score >= fifth)
        total += 5
    assert good / total >= 0.9
