"""群众意见: what voters say, who said it too, how it was sorted and told back; read from the case alone."""

from collections.abc import Iterator
from typing import Any, Literal

import attrs

from renda_core.domain.case import Case
from renda_core.domain.fields import refers, titled
from renda_core.domain.sealed import Personal, Sealed, personal
from renda_core.errors import Invalid

KIND = "opinion"
SUGGESTION = "suggestion"
"""The kind that an opinion may become; another practice offers it, or none does."""
BECAME = "became"
"""The relation of an opinion to the suggestion that it became."""
STATES = {"registered": "已登记", "sorted": "已分流", "answered": "已答复", "closed": "办结"}
BRANCHES = {
    "none": "未分流",
    "on_spot": "当场答复",
    "village": "村（社区）办理",
    "township": "乡镇街道办理",
    "county": "转县人大交办",
    "suggestion": "转为代表建议",
    "refused": "不予受理",
}
"""Source: 漯河, its five branches; refusal with the right channel after three places."""
HANDLED = "village township county"
"""Branches in which units are named; the others end where the opinion was heard, or become a suggestion."""
CHANNELS = {
    "court": "人民法院",
    "reconsideration": "行政复议",
    "arbitration": "仲裁",
    "petition": "信访",
    "police": "公安机关",
    "procuratorate": "检察机关",
    "supervision": "监察机关",
    "other": "其他渠道",
}
"""Where what is refused belongs to. Source: 漯河 and two other places (courts, 复议, 仲裁); the others U."""
RATINGS = {
    "none": "未请评",
    "asked": "已请评",
    "reminded": "已催评",
    "solved": "已解决",
    "basically": "基本解决",
    "not_solved": "未解决",
    "unanswered": "未评",
}
MOST_PEOPLE = 10_000
"""People who may tell one matter together; more is a phone number in the wrong cell."""
ALL = -1
"""In place of a voice's number: all of them at once."""

Branch = Literal["on_spot", "village", "township", "county", "suggestion", "refused"]
Channel = Literal[
    "", "court", "reconsideration", "arbitration", "petition", "police", "procuratorate", "supervision", "other"
]
How = Literal["phone", "message", "visit", "in_person", "notice_board"]
BY_NUMBER = frozenset({"phone", "message"})
"""Ways to tell that need a number."""
AT_ONCE = frozenset({"notice_board", "message"})
"""Ways to tell everybody at once: 公示栏, 群发."""


def said(_: object, attribute: "attrs.Attribute[Any]", value: str) -> None:
    """Refuse, as a validator, a text without a word.

    Raises:
        Invalid: Naming the field by its title.
    """
    if not value.strip():
        raise Invalid(
            f"{attribute.metadata.get('title', attribute.name)}: write it down in words", field=attribute.name
        )


def trimmed(made: attrs.AttrsInstance) -> None:
    """Cut the blanks around every text of an object that is being made: a name of blanks is no name."""
    for a in attrs.fields(type(made)):
        value = getattr(made, a.name)
        if isinstance(value, str) and value != value.strip():
            object.__setattr__(made, a.name, value.strip())


def _people() -> Any:
    return titled("一同反映人数", default=1, validator=[attrs.validators.ge(1), attrs.validators.le(MOST_PEOPLE)])


def _visit() -> Any:
    return titled("来访登记序号", default=0, validator=attrs.validators.ge(0))


def _placed(reception: str, visit: int) -> None:
    if visit and not reception:
        raise Invalid("a visit is numbered in a reception's register: name the reception", field="reception")


@attrs.frozen(kw_only=True)
class Opinion:
    """What a voter says; the voter may stay unnamed, and leave no number.

    Attributes:
        station: The home or station where it was heard.
        received_by: Who heard it, as a register has it; a deputy of the roster is the party ``receiver`` instead.
        approx: Whether it comes from a register that gives round figures only.
        people: How many told it together.
        reception: The case of the reception where it was heard, if it was at one.
        visit: The visit's number in that reception's register. Who has several matters tells them in one visit: each
            is an opinion, and all bear its number.

    Raises:
        Invalid: It has no word, or a visit without a reception.
    """

    text: str = titled("内容", validator=said)
    category: str = titled("类别", default="")
    station: str = refers("station", "站点", default="")
    received_by: str = titled("接待代表", default="")
    approx: bool = titled("约数", default=False)
    voter: Personal = personal("选民")
    phone: Personal = personal("电话")
    people: int = _people()
    reception: str = titled("接待活动", default="")
    visit: int = _visit()

    def __attrs_post_init__(self) -> None:
        trimmed(self)
        _placed(self.reception, self.visit)


@attrs.frozen(kw_only=True)
class Voice:
    """One more who tells the same matter: one case, many voices.

    Attributes:
        people: How many told it together.
        station, reception, visit: Where and when, as of an :class:`Opinion`.
    """

    voter: Personal = personal("选民")
    phone: Personal = personal("电话")
    people: int = _people()
    station: str = refers("station", "站点", default="")
    reception: str = titled("接待活动", default="")
    visit: int = _visit()

    def __attrs_post_init__(self) -> None:
        trimmed(self)
        _placed(self.reception, self.visit)


@attrs.frozen(kw_only=True)
class Sorting:
    """To whom what is refused belongs, and how the voter gets there; empty for every other branch."""

    channel: Channel = titled("告知渠道", choices=CHANNELS, default="")
    guidance: str = titled("告知内容", default="")

    def __attrs_post_init__(self) -> None:
        trimmed(self)


@attrs.frozen(kw_only=True)
class Becoming:
    """What a voter said to the opinion being made a deputy's suggestion.

    Attributes:
        passes_name: Whether the voter's name may be passed on with it.
    """

    voter_agrees: Literal["yes", "no", "not_asked"] = titled(
        "选民是否同意", choices={"yes": "同意", "no": "不同意", "not_asked": "未征询"}
    )
    passes_name: bool = titled("可否转告选民姓名", default=False)


@attrs.frozen(kw_only=True)
class Feedback:
    """How and with which words the answer was told to the voter, who reads these words later, too.

    Attributes:
        voice: Which of the voices, 0 for who came first; ``ALL`` for all at once, on the board or by 群发.
    """

    how: How = titled(
        "反馈方式",
        choices={
            "phone": "电话",
            "message": "短信群发",
            "visit": "上门",
            "in_person": "当面",
            "notice_board": "公示栏",
        },
    )
    voice: int = titled("第几位反映人", default=ALL, validator=attrs.validators.ge(ALL))
    text: str = titled("反馈内容", validator=said)

    def __attrs_post_init__(self) -> None:
        trimmed(self)


@attrs.frozen(kw_only=True)
class Told:
    """Which deputy the answer was told to; empty for all who heard the opinion."""

    to: str = refers("person", "反馈代表", default="")


def voices(case: Case) -> tuple[Voice, ...]:
    """List who told a matter; 0 is who came first, and each keeps its number."""
    return (_first(case), *(voice for _, voice in case.said(Voice)))


def people(case: Case) -> int:
    """Count the people who told a matter, those who came together each by one."""
    return sum(voice.people for voice in voices(case))


def untold_voices(case: Case) -> tuple[int, ...]:
    """List the voices that have not been told this round's answer, by number."""
    waiting, n, at = {0}, 1, 1
    for act in case.acts:
        if act.round != at:
            waiting, at = set(range(n)), act.round
        if isinstance(act.payload, Voice):
            waiting.add(n)
            n += 1
        elif isinstance(act.payload, Feedback):
            waiting = set() if act.payload.voice == ALL else waiting - {act.payload.voice}
    return tuple(sorted(waiting))


def untold_deputies(case: Case) -> tuple[str, ...]:
    """List the deputies who heard it and have not been told this round's answer.

    One whom a register names, and nobody of the roster, is listed as the register has it.
    """
    named = case.body_as(Opinion).received_by
    waiting = dict.fromkeys(case.parties.get("receiver", ()) or ((named,) if named else ()))
    for act in case.acts:
        if act.round != case.round:
            continue
        if isinstance(act.payload, Voice):
            waiting |= dict.fromkeys(act.parties.get("receiver", ()))
        elif isinstance(act.payload, Told) and act.payload.to:
            waiting.pop(act.payload.to, None)
        elif isinstance(act.payload, Told):
            waiting.clear()
    return tuple(waiting)


def left_number(voice: Voice) -> bool:
    """Tell whether a voice left a number that is still there."""
    return _given(voice.phone)


def known(voice: Voice) -> bool:
    """Tell whether it can be known who a voice is: by name or number, while they are kept."""
    return _given(voice.voter) or _given(voice.phone)


def suggested(case: Case) -> str:
    """Name the suggestion that the opinion became in this round and that is still under way; empty for none."""
    found = ""
    for act in case.acts:
        if act.round == case.round and act.step == "become":
            found = next(iter(act.links.get(BECAME, ())), "")
        elif act.round == case.round and act.step == "suggestion_dropped":
            found = ""
    return found


def guidance(case: Case) -> str:
    """Give what a refused opinion's voter is told of where to turn; empty where it was not refused."""
    if case.states.get("branch") != "refused":
        return ""
    return next((told.guidance for act, told in reversed([*case.said(Sorting)]) if act.grade == "refused"), "")


def at_work(case: Case) -> Iterator[str]:
    """Give the units whose answer is still awaited in this round."""
    return (a.unit for a in case.current() if a.state == "assigned")


def _first(case: Case) -> Voice:
    body = case.body_as(Opinion)
    return Voice(**{a.name: getattr(body, a.name) for a in attrs.fields(Voice)})


def _given(field: Personal) -> bool:
    return not field.erased if isinstance(field, Sealed) else bool(field)
