"""What is refused on an opinion, each with what to do instead."""

import datetime as dt
from collections.abc import Iterator

from renda_core.domain.case import Act, Case
from renda_core.records import Context
from renda_plugins.reception.opinion import (
    ALL,
    AT_ONCE,
    BECAME,
    BY_NUMBER,
    Becoming,
    Feedback,
    Sorting,
    Told,
    at_work,
    guidance,
    known,
    left_number,
    suggested,
    untold_deputies,
    untold_voices,
    voices,
)
from renda_plugins.reception.settings import Settings

ELSEWHERE = "notice_board, visit or in_person"


def refuse_no_channel(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Refuse nobody without saying where to turn, and send nobody elsewhere who is not refused."""
    if not isinstance(act.payload, Sorting):
        return
    if act.grade == "refused":
        if not act.payload.channel:
            yield "name the channel (告知渠道) that it belongs to: nobody is refused without being told where to turn"
        if not act.payload.guidance:
            yield "write the guidance (告知内容) that the voter is told"
    elif act.payload.channel or act.payload.guidance:
        yield "a channel and guidance belong to a refusal (不予受理) alone; leave them away, or refuse it"


def refuse_under_way(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Sort anew only what nobody is handling."""
    if any(at_work(case)):
        yield "units are handling it: replace them (replace_unit), or wait for their answer"
    if suggested(case):
        yield "it became a suggestion: wait for that, or reply"


def refuse_for_unit(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Leave the answer to the units once they were named."""
    if any(at_work(case)):
        yield "units were named to answer: wait for unit_reply"


def refuse_untied(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Become one suggestion, once at a time."""
    if len(set(act.links.get(BECAME, ()))) != 1:
        yield "name the one suggestion that it becomes"
    if suggested(case):
        yield "it became a suggestion already"


def refuse_unagreed(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Make no suggestion of what a voter has not agreed to; who is unknown cannot be asked."""
    if not isinstance(act.payload, Becoming):
        return
    agreed = act.payload.voter_agrees == "yes"
    if any(known(voice) for voice in voices(case)) and not agreed:
        yield "the voter has not agreed that it becomes a suggestion; ask first"
    if act.payload.passes_name and not agreed:
        yield "a name is passed on only where the voter agrees"


def refuse_unlent_name(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """A deputy lends the name, or has agreed in writing: nobody becomes a proposer unasked."""
    if act.by not in case.parties.get("receiver", ()) and not act.note.strip():
        yield "note the deputy's written consent, or let the deputy who heard it do it"


def refuse_other_suggestion(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Follow the suggestion that it became last, and no other."""
    if act.note != suggested(case):
        yield "it became another suggestion"


def refuse_no_number(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Call only who left a number; the others read it on the notice board, or hear it in person."""
    told, every = act.payload, voices(case)
    if not isinstance(told, Feedback) or told.how not in BY_NUMBER:
        return
    meant = untold_voices(case) if told.voice == ALL else (told.voice,)
    mute = [n for n in meant if n < len(every) and not left_number(every[n])]
    if mute and len(every) == 1:
        yield f"no phone number was left: tell it by {ELSEWHERE}"
    elif mute:
        yield f"no phone number was left by voice {_listed(mute)}: tell those by {ELSEWHERE}"


def refuse_wrong_voice(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Tell each voice there is, once a round; all of them at once on the board or by 群发."""
    told, every, waiting = act.payload, voices(case), untold_voices(case)
    if not isinstance(told, Feedback):
        return
    if told.voice >= len(every):
        yield f"there is no voice {told.voice}; they are numbered from 0 to {len(every) - 1}"
    elif not waiting or (told.voice != ALL and told.voice not in waiting):
        yield "it was told already"
    if told.voice == ALL and len(every) > 1 and told.how not in AT_ONCE:
        yield f"{len(every)} voices cannot be told at once by {told.how}: say which voice"


def refuse_other_words(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Tell whoever was refused where to turn, as it was written."""
    words = guidance(case)
    if isinstance(act.payload, Feedback) and words and words not in act.payload.text:
        yield f"it was refused: tell the voter where to turn, as it was written: {words}"


def refuse_wrong_deputy(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Tell each deputy who heard it, once a round."""
    waiting, heard = untold_deputies(case), case.parties.get("receiver", ())
    if not isinstance(act.payload, Told):
        return
    if act.payload.to and act.payload.to not in heard:
        yield "this deputy did not hear it; name one who did, or nobody for all of them"
    elif not waiting or (act.payload.to and act.payload.to not in waiting):
        yield "the deputy was told already" if heard or case.took("tell_deputy") else "no deputy heard it"


def refuse_untold(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Close only what was told back to everybody who asked, and to every deputy who heard it."""
    mute, deputies, every = untold_voices(case), untold_deputies(case), len(voices(case))
    if "voter" in context.settings.feedback and mute:
        yield "the voter has not been told" if every == 1 else f"{len(mute)} of {every} voices have not been told"
    if "deputy" in context.settings.feedback and deputies:
        several = f"{len(deputies)} deputies who heard it have not been told"
        yield several if len(deputies) > 1 else "the deputy who heard it has not been told"


def refuse_rating(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Take one judgement a round, of an answer that was told, while the time for it runs."""
    told = case.took("tell_voter", round=case.round)
    if not told:
        yield "the answer has not been told to the voter yet"
    elif case.took("rate", round=case.round):
        yield "it was judged already"
    elif (over := last_day(context, case, told[-1].on)) < act.on or case.took("no_rating", round=case.round):
        yield f"the time to judge it was over on {over}"


def last_day(context: Context[Settings], case: Case, told_on: dt.date) -> dt.date:
    """Give the last day on which a voter may judge an answer that was told on a day."""
    if (clock := case.clock("rating")) is not None:
        return clock.due(context.calendar)
    add, s = context.calendar.add, context.settings
    return add(add(told_on, s.ask_after), s.rating_window)


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))
