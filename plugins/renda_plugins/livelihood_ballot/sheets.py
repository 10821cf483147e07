"""What stands in the four clears (四个清), row by row."""

import attrs

from renda_core.domain.fields import titled
from renda_core.domain.rates import Rate


@attrs.frozen(kw_only=True)
class Seat:
    """Who is responsible in one of the six steps."""

    stage: str = titled("阶段")
    step: str = titled("环节")
    bodies: str = titled("责任主体")


@attrs.frozen(kw_only=True)
class Seated:
    """Who took which seat for one project, and when; an empty seat shows that nobody has."""

    number: str = titled("编号")
    project: str = titled("项目")
    collected: str = titled("征集")
    settled: str = titled("初定")
    deliberated: str = titled("审议")
    voted: str = titled("票决")
    supervised: str = titled("监督")
    assessed: str = titled("评估")


@attrs.frozen(kw_only=True)
class SeatTable:
    """边界清: who sits where, and who did."""

    seats: tuple[Seat, ...] = titled("责任主体")
    projects: tuple[Seated, ...] = titled("对号入座")


@attrs.frozen(kw_only=True)
class DutyLine:
    """Who answers for one project; *signed_on* is empty while nobody does."""

    number: str = titled("编号")
    project: str = titled("项目")
    leader: str = titled("责任领导")
    lead_unit: str = titled("牵头单位")
    units: str = titled("配合单位")
    duties: str = titled("职责")
    supervisors: str = titled("监督代表")
    answers_for: str = titled("责任追究")
    signed_on: str = titled("签订日期")


@attrs.frozen(kw_only=True)
class Duties:
    """职责清: the duties of every project that was decided."""

    total: int = titled("项目数")
    signed: int = titled("已签责任书")
    duties: tuple[DutyLine, ...] = titled("责任书")


@attrs.frozen(kw_only=True)
class Stop:
    """One date on the way of one project."""

    on: str = titled("时间")
    number: str = titled("编号")
    project: str = titled("项目")
    what: str = titled("节点")
    who: str = titled("责任人")


@attrs.frozen(kw_only=True)
class Standing:
    """Where one project stands on the way."""

    number: str = titled("编号")
    project: str = titled("项目")
    state: str = titled("所处环节")
    since: str = titled("自")


@attrs.frozen(kw_only=True)
class Route:
    """流程清: the call's window, where every project stands, and what is due when."""

    call: str = titled("征集时间")
    projects: tuple[Standing, ...] = titled("项目进程")
    milestones: tuple[Stop, ...] = titled("时间节点")


@attrs.frozen(kw_only=True)
class AccountLine:
    """What became of one project; *votes* and *share* are of the round that decided it."""

    number: str = titled("编号")
    project: str = titled("项目")
    site: str = titled("地点")
    beneficiaries: int = titled("受益人数")
    investment: str = titled("总投资（万元）")
    fiscal: str = titled("财政性资金")
    votes: str = titled("得票")
    share: Rate | None = titled("得票率")
    course: str = titled("进展")
    changes: str = titled("票决后调整")
    spent: str = titled("实际投资（万元）")
    grade: str = titled("评估")


@attrs.frozen(kw_only=True)
class Account:
    """效果清: every decided project, its votes, its money and what it came to."""

    total: int = titled("项目数")
    completed: int = titled("已完成")
    investment: str = titled("总投资（万元）")
    projects: tuple[AccountLine, ...] = titled("明白账")
