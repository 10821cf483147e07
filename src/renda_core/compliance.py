"""What a place demands of security and privacy (合规要求): one set of settings, which the service obeys everywhere."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal

import attrs

from renda_core.settings import at_least, setting

if TYPE_CHECKING:
    from renda_core.tenancy import Tenant

PLUGIN = "compliance"
"""The practice by which a county sets them; without it the defaults hold."""
Suite = Literal["aes-gcm", "sm4-gcm"]


@attrs.frozen(kw_only=True)
class Compliance:
    """The settings, each with its source."""

    password_length: int = setting(
        10,
        unit="characters",
        title="口令最短长度",
        source="U: NIST SP 800-63B § 5.1.1 asks for 8",
        validator=at_least(8),
    )
    password_days: int = setting(
        0,
        unit="days",
        title="口令有效期（0 为不限）",
        source="U: NIST SP 800-63B § 5.1.1 asks for none",
        validator=at_least(0),
    )
    wrong_tries: int = setting(
        5, unit="tries", title="连续输错几次后开始等待", source="GB/T 22239-2019 8.1.4.1 b)", validator=at_least(1)
    )
    idle_minutes: int = setting(
        30, unit="minutes", title="无操作自动退出", source="GB/T 22239-2019 8.1.4.1 b)", validator=at_least(1)
    )
    session_hours: int = setting(
        12, unit="hours", title="登录最长时间", source="U: a working day", validator=at_least(1)
    )
    second_factor: str = setting(
        "",
        title="须用两种方式鉴别的角色（空格分隔；* 为全部）",
        source="GB/T 22239-2019 8.1.4.1 d): level 3 asks for two of every user",
    )
    three_roles: bool = setting(
        False, title="三员分立（系统、安全、审计）", source="GB/T 22239-2019 8.1.5.1-3: level 3"
    )
    suite: Suite = setting(
        "aes-gcm",
        title="加密算法",
        source="GB/T 39786-2021: commercial cryptography at level 3",
        validator=attrs.validators.in_(("aes-gcm", "sm4-gcm")),
    )
    log_days: int = setting(
        200, unit="days", title="日志保存", source="网络安全法 21 (3): six months at least", validator=at_least(183)
    )
    voter_days: int = setting(
        1095,
        unit="days",
        title="群众联系方式在办结后保存",
        source="U: 个人信息保护法 19: no longer than needed",
        validator=at_least(1),
    )

    @property
    def idle(self) -> dt.timedelta:
        """After how long without a request a session ends."""
        return dt.timedelta(minutes=self.idle_minutes)


def of(tenant: Tenant) -> Compliance:
    """Give what a tenant demands today."""
    held = tenant.settings(PLUGIN, tenant.today)
    return held if isinstance(held, Compliance) else DEFAULT


DEFAULT = Compliance()
"""What holds where a place says nothing."""
