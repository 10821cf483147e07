"""Opinions as the tests of receiving voters tell them: who hears, who handles, and what is told back."""

import attrs

from renda_core.domain.case import Actor
from renda_plugins.reception.opinion import Becoming, Feedback, Opinion, Sorting, Told, Voice

STATION, OFFICE = Actor(id="he", roles={"station"}), Actor(id="clerk", roles={"office"})
WANG, LI = Actor(id="wang", roles={"deputy"}), Actor(id="li", roles={"deputy"})
CHAIR = Actor(id="chair", roles={"overseer"})
CLOCK, FOLLOWER = Actor(id="job:clocks", roles={"clock"}), Actor(id="job:follow", roles={"follower"})
VOTER = Actor(id="job:code", roles={"voter"})
ROADS = Actor(id="zhao", unit="roads")
GUIDANCE = "请向县人民法院立案庭提交起诉状"
REFUSED = Sorting(channel="court", guidance=GUIDANCE)


def told(how="phone", voice=-1, text="路灯已修好"):
    """Give what telling a voter takes."""
    return {"payload": Feedback(how=how, voice=voice, text=text)}


def deputy(to=""):
    """Give what telling a deputy takes."""
    return {"payload": Told(to=to)}


def becoming(agrees="yes", *, name=False):
    """Give what becoming a suggestion takes."""
    return {"payload": Becoming(voter_agrees=agrees, passes_name=name), "links": {"became": ("s1",)}}


def heard(p, receiver=("wang",), **body):
    """Register what somebody says at the station, heard by a deputy."""
    said = {"text": "楼道灯不亮", "voter": "蔡湖", "phone": "19900000000", **body}
    return p.open("opinion", STATION, Opinion(**said), parties={"receiver": receiver} if receiver else {})


def voice(p, case, receiver=(), **payload):
    """Let one more tell the same matter."""
    parties = {"receiver": receiver} if receiver else {}
    return p.do(case, "voice", STATION, payload=Voice(**payload), parties=parties)


def sorted_to(p, branch, case=None):
    """Sort an opinion; a refused one with its channel."""
    payload = REFUSED if branch == "refused" else Sorting()
    return p.do(case or heard(p), "sort", STATION, grade=branch, payload=payload)


def answered(p, branch="on_spot", case=None):
    """Answer an opinion where it was heard."""
    return p.do(sorted_to(p, branch, case), "reply", STATION, note="路灯已修好")


def all_told(p, case=None):
    """Tell the voter and the deputy."""
    case = case or answered(p)
    return p.do(p.do(case, "tell_deputy", STATION, **deputy()), "tell_voter", STATION, **told())


def closed(p, case=None):
    """Close an opinion that was told back."""
    return p.do(all_told(p, case), "close", STATION)


def on(p, day):
    """Give the same place on another day."""
    return attrs.evolve(p, today=day)


def running(case):
    """Name the clocks that run."""
    return {c.name for c in case.clocks if c.state == "running"}
