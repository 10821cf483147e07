"""A ballot for people at a terminal: its rule, its rounds and, once they may be seen, numbers and reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renda_core.cli import telling

if TYPE_CHECKING:
    from renda_core.cli.session import Session
    from renda_core.services.ballots import BallotView, RoundView

SECRECY = {True: "无记名", False: "记名"}


def show(session: Session, view: BallotView) -> None:
    """Show a ballot, as JSON or for people."""
    session.tell(view, lambda: _human(view))


def _human(view: BallotView) -> None:
    from renda_core.workspace import ZONE

    way = "电子表决" if view.electronic else "纸质票"
    telling.line(f"{view.title or view.kind}  {SECRECY[view.rule.secret]}，{way}  {view.id}")
    telling.line(f"规则 rule: {view.rule.name} {view.rule.version}".rstrip() + f"  {view.rule.source}".rstrip())
    if view.electronic and view.rule.secret:
        opened = "演练已通过 rehearsed" if view.rehearsed else "演练未做 not rehearsed yet"
        telling.line(f"密钥保管人 trustees: {'、'.join(t.name for t in view.trustees) or 'none 无'}; {opened}")
    if view.closes_at is not None:
        telling.line(f"截止 closes at: {view.closes_at.astimezone(ZONE):%Y-%m-%d %H:%M}")
    for one in view.rounds:
        _round(view, one)


def _round(view: BallotView, now: RoundView) -> None:
    from renda_core.domain.ballot.rounds import STATES

    places = f"，应选 {now.places}" if now.places else ""
    telling.line(f"\n第{now.number}轮 round {now.number}: {STATES[now.state]}{places}")
    if now.box:
        telling.line(f"公告板 board: {now.box}")
    if now.verdict is None or now.attendance is None:
        rows = [(n, view.titles.get(s, s)) for n, s in enumerate(now.subjects, 1)]
        telling.table(("序号", "事项"), rows)
        return
    there, counted = now.attendance, now.counted
    good = f"，有效 {counted.valid}，无效 {counted.void}" if counted is not None else ""
    telling.line(f"实有 {there.incumbent}，出席 {there.present}，发出 {there.issued}，收回 {there.returned}{good}")
    _findings(view, now)
    for reason in (*now.verdict.reasons, *now.verdict.warnings):
        telling.line(f"  {reason}")
    if now.suppressed:
        telling.line("  票数过少的不予公布 votes of too small a group are left out")


def _findings(view: BallotView, now: RoundView) -> None:
    from renda_core.domain.ballot.clauses import CLAUSES
    from renda_core.services.ballots.words import answer_title
    from renda_core.services.papers.ballot_words import OUTCOMES, verdict_title

    verdict = now.verdict
    if verdict is None:
        return
    answers = [answer_title(view.rule, at) for at in range(len(view.rule.answers))]
    rows = []
    for found in verdict.findings:
        votes = [found.votes.get(answer, "") for answer in view.rule.answers]
        clause = CLAUSES.get(found.clause, found.clause)
        rows.append(
            (
                view.titles.get(found.subject, found.subject),
                *votes,
                verdict_title(view.rule, found),
                clause,
                found.reason,
            )
        )
    telling.line(f"结果 outcome: {OUTCOMES.get(verdict.state, verdict.state)}")
    telling.table(("事项", *answers, "结果", "依据", "理由"), rows, empty="nothing was decided 未作决定", fold=True)
