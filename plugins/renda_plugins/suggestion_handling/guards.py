"""What may not happen while a suggestion is handled, each with the reason it gives."""

from collections.abc import Iterator

from renda_core.domain.case import Act, Case
from renda_core.domain.suggestion import Form, Reply, Suggestion, lowest, odd_mode, signers
from renda_core.records import Context
from renda_plugins.suggestion_handling.settings import Settings


def refuse_odd_modes(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Assign in one of the four modes: one 独办; one 主办 with 会办; two or more 分办."""
    if odd := odd_mode(act.units):
        yield odd


def refuse_odd_replacement(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Whoever steps in for a returned unit leaves the case in one of the four modes."""
    staying = tuple((a.unit, a.role) for a in case.current() if a.state != "released" and a.unit != act.unit)
    if odd := odd_mode((*staying, *act.units)):
        yield odd


def refuse_late_return(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Refuse a return (退件) after its window: it is refused by itself, and says since when."""
    clock = case.clock("return", unit=act.unit)
    if clock and clock.due(context.calendar) < act.on:  # a clock that stopped at an earlier request is not late itself
        yield f"the window for returns closed on {clock.due(context.calendar)}"


def refuse_twice_received(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Sign for receipt once a round."""
    if any(a.unit == act.unit for a in case.took("receive", round=case.round)):
        yield "receipt was signed for already"


def refuse_without_consent(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Where the place asks for consent, ask; nobody takes the longer class alone."""
    if context.settings.hard_needs_consent:
        yield "this place grants the longer class only on request: take ask_more_time"


def refuse_needless_request(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Where no consent is needed, there is nothing to ask."""
    if not context.settings.hard_needs_consent:
        yield "this place needs no consent: take take_more_time"


def refuse_no_longer(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """The longer class is taken once, in time, and not by what is in it from the start."""
    taken = [a for s in ("take_more_time", "grant_more_time") for a in case.took(s, round=case.round)]
    if case.body_as(Suggestion).hard or any(a.unit == act.unit for a in taken):
        yield "it has the longer class already"
    clock = case.clock("reply", unit=act.unit)
    if clock is None or clock.state == "stopped":
        yield "no reply is due from this unit"
    elif clock.late(context.calendar, act.on):
        yield f"the reply was due on {clock.due(context.calendar)}"


def refuse_unasked(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Answer a request for longer time once, and of the unit that made it."""
    asked = [a for a in case.took("ask_more_time", round=case.round) if a.unit == act.unit]
    told = [
        a for s in ("grant_more_time", "refuse_more_time") for a in case.took(s, round=case.round) if a.unit == act.unit
    ]
    if not act.unit or len(asked) <= len(told):
        yield "no request of this unit is open"


def refuse_unlisted_class(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Class a reply by the place's own codes."""
    known = context.settings.reply_classes
    if isinstance(act.payload, Reply) and act.payload.reply_class not in known:
        yield f"reply class {act.payload.reply_class!r} is not of this place: {', '.join(sorted(known))}"


def forms_wanted(context: Context[Settings], case: Case) -> tuple[str, ...]:
    """Say whose forms are wanted: the lead's, or every signer's, as the place has it."""
    everyone = signers(case)
    return everyone if context.settings.evaluated_by == "signers" else everyone[:1]


def refuse_strange_form(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Take one form from each of those whose word is asked."""
    of = act.payload.of if isinstance(act.payload, Form) else ""
    if of not in forms_wanted(context, case):
        yield "only those who sign fill in a form: " + context.settings.evaluated_by
    if any(form.of == of for a, form in case.said(Form) if a.step == "collect_form" and a.round == case.round):
        yield "this signer's form is here already"


def refuse_unfounded_grade(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Where every signer evaluates, the case's grade is the least content of their forms."""
    if isinstance(act.payload, Form) and act.payload.of and act.payload.of not in signers(case):
        yield "only those who sign evaluate"
    if act.grade == "unanswered":
        yield from _refuse_hasty_silence(context, case, act)
    if context.settings.evaluated_by != "signers":
        return
    forms = {f.of: a.grade for a, f in case.said(Form) if a.step == "collect_form" and a.round == case.round}
    missing = [p for p in forms_wanted(context, case) if p not in forms]
    if missing and not case.took("remind", round=case.round):
        yield f"{len(missing)} signers have not evaluated; collect their forms, or remind them first"
    if (told := lowest(tuple(forms.values()))) != act.grade:
        yield f"the signers' forms say {told}"


def _refuse_hasty_silence(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Silence counts only after a reminder. Source: 重庆 29."""
    if not case.took("remind", round=case.round):
        yield "remind the deputy before the answer is given up"


def refuse_secret(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Publish nothing that is a state secret, a trade secret or privacy. Source: 重庆 36, 青岛 30."""
    body = case.body_as(Suggestion)
    if body.secrecy or body.confidential:
        yield f"it is not to be published: {body.secrecy or 'the deputy asked for confidentiality'}"
    for _, reply in case.said(Reply):
        if not reply.open:
            yield f"reply {reply.document} is not to be published; withhold it"
