"""How what the services say in English stands on these pages: roles, states, reasons, moments, and browsers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from renda_core.catalogue import Catalogue
from renda_core.domain.accounts import TITLES
from renda_core.domain.procedure import Role
from renda_core.errors import Rejected, RendaError
from renda_core.workspace import ZONE

ROLES: Mapping[str, str] = {
    "office": "代表工作机构",
    "assigner": "交办人",
    "deputy": "人大代表",
    "government": "政府督办部门",
    "director": "常委会领导",
    "committee": "专门（工作）委员会",
    "member": "常委会组成人员",
    "presidium": "主席团",
    "congress": "代表大会",
    "inspector": "督查人员",
    "expert": "专家",
    "overseer": "监督人员",
    "station": "联络站工作人员",
    "registrar": "登记人员",
    **TITLES,
}
STATES: Mapping[str, str] = {
    "": "全部",
    "active": "使用中",
    "invited": "已邀请",
    "suspended": "已停用",
    "closed": "已注销",
}
REASONS: Sequence[tuple[str, str]] = (
    ("fewer than", "太短了，或者只有几种字符，请再长一些"),
    ("more than 200", "太长了，请在 200 个字符以内"),
    ("different characters", "来来去去就几个字符，请多用几种"),
    ("repeats itself", "是同一段反复，请换一个"),
    ("login name, or a name", "里面有登录名、姓名或县名，请换一个"),
    ("tried first", "是最容易被猜到的词或键盘上的一排，请换一个"),
    ("this one is too old", "和原来的一样，请换一个新的"),
    ("the one that you have", "和原来的一样，请换一个新的"),
    ("look at the clock", "验证码不对。请看一下手机的时间准不准，再填它现在显示的数字"),
    ("waited too long", "等得太久了，请重新扫码"),
    ("this device is known", "这台设备已经登记过了"),
    ("remove one first", "登记的设备太多了，请先删掉不用的"),
    ("tied to an account already", "这个统一认证账号已经绑定了别的账号"),
    ("untie it first", "这个账号已经绑定了另一个，请先解除绑定"),
    ("kept apart here", "系统管理员、安全管理员、审计员不能由同一个人担任"),
    ("no role", "这里没有这种权限"),
    ("nobody would be left", "至少要留一位管理员"),
    ("second factor is asked for", "按本地规定，您的权限要求两步验证，请先登记另一种"),
    ("sign in with it once more", "请退出，用验证码重新登录一次，再来停用"),
    ("sign in anew first", "登录已经有一段时间了。为了安全，请先退出，重新登录一次，再来办理"),
    ("login name cannot be used", "这个登录名不能用，请换一个"),
    ("the account is", "这个账号现在不能这样做，请刷新看看"),
)
"""What a service objects, by a part of it, and how it is said to whoever fills in a form."""
OTHERWISE = "没有做成，请看看填的内容，再试一次"
PROGRAMS = (
    ("MicroMessenger", "微信"),
    ("Edg", "Edge 浏览器"),
    ("Firefox", "火狐浏览器"),
    ("Chrome", "Chrome 浏览器"),
    ("Safari", "Safari 浏览器"),
)
SYSTEMS = (
    ("Android", "安卓手机"),
    ("iPhone", "苹果手机"),
    ("iPad", "苹果平板"),
    ("Windows", "Windows 电脑"),
    ("Macintosh", "苹果电脑"),
    ("Linux", "Linux 电脑"),
)


def titles(catalogue: Catalogue) -> Mapping[str, str]:
    """Give every role its title: those of the core, and those that a practice brings."""
    brought = (r for records in catalogue.offers.values() for r in records if isinstance(r, Role))
    return {**{role.name: role.title for role in brought}, **ROLES}


def said(names: Iterable[str], known: Mapping[str, str]) -> list[str]:
    """Say roles in words, in order."""
    return [known.get(name, name) for name in sorted(names)]


def reason(error: RendaError) -> str:
    """Say why a service would not."""
    texts = error.objections if isinstance(error, Rejected) else (str(error),)
    found = [word for text in texts for part, word in REASONS if part in text]
    return "；".join(dict.fromkeys(found)) or OTHERWISE


def moment(at: dt.datetime) -> str:
    """Write a moment, e.g. 1月20日 09:00."""
    here = at.astimezone(ZONE)
    return f"{here.month}月{here.day}日 {here:%H:%M}"


def browser(agent: str) -> str:
    """Name a browser in its holder's words, so that they know their devices apart; by what it says of itself."""
    found = [next((word for part, word in listed if part in agent), "") for listed in (SYSTEMS, PROGRAMS)]
    return " · ".join(filter(None, found)) or "一台设备"
