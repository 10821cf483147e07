"""Check a practice against the rules of the tiers; nothing is installed, and nothing is asked of any network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import attrs

from renda_core.errors import ConfigError
from renda_core.kit import bronze, finer
from renda_core.kit.loading import loaded
from renda_core.kit.manifest import FILE, TIERS, Manifest, Tier, read
from renda_core.kit.packages import Package, find
from renda_core.kit.subject import Subject


@attrs.frozen(kw_only=True)
class Rule:
    """One thing that a tier asks; *lacks* yields what is missing, each with what to do."""

    name: str
    tier: Tier
    title: str
    lacks: Callable[[Subject], Iterator[str]]
    firm: bool = False
    """Whether nothing is exempt from it: without it a practice cannot be used at all."""


RULES = (
    Rule(name="manifest", tier="bronze", title="清单", lacks=bronze.manifest, firm=True),
    Rule(name="code", tier="bronze", title="代码", lacks=bronze.code, firm=True),
    Rule(name="names", tier="bronze", title="名称", lacks=bronze.names, firm=True),
    Rule(name="composition", tier="bronze", title="组合", lacks=bronze.composition, firm=True),
    Rule(name="sources", tier="bronze", title="依据", lacks=bronze.sources),
    Rule(name="settings", tier="bronze", title="参数", lacks=bronze.settings),
    Rule(name="tests", tier="bronze", title="测试", lacks=bronze.tests),
    Rule(name="page", tier="bronze", title="说明", lacks=bronze.page),
    Rule(name="titles", tier="silver", title="中文名", lacks=finer.titles),
    Rule(name="migrations", tier="silver", title="迁移", lacks=finer.migrations),
    Rule(name="owner", tier="silver", title="负责人", lacks=finer.owner),
    Rule(name="counties", tier="gold", title="应用县", lacks=finer.counties),
    Rule(name="benchmark", tier="gold", title="性能", lacks=finer.benchmark),
    Rule(name="properties", tier="gold", title="性质测试", lacks=finer.properties),
    Rule(name="accessibility", tier="gold", title="无障碍", lacks=finer.accessibility),
)
EXEMPTABLE = tuple(rule.name for rule in RULES if not rule.firm)


@attrs.frozen(kw_only=True)
class Finding:
    """What became of one rule.

    Attributes:
        lacks: What is missing, each with what to do; empty where the rule holds.
        exempt: The reason why it need not hold, as the manifest has it.
    """

    rule: str
    title: str
    tier: Tier
    lacks: tuple[str, ...]
    exempt: str = ""

    @property
    def good(self) -> bool:
        """Tell whether it holds, or need not."""
        return not self.lacks or bool(self.exempt)

    @property
    def idle(self) -> bool:
        """Tell whether an exemption is given and none is needed."""
        return bool(self.exempt) and not self.lacks


@attrs.frozen(kw_only=True)
class Report:
    """What a practice claims, what it reaches, and every rule."""

    name: str
    title: str
    claimed: Tier | None
    findings: tuple[Finding, ...]

    @property
    def reached(self) -> Tier | None:
        """Give the highest tier all of whose rules hold, and those of the tiers below."""
        found: Tier | None = None
        for tier in TIERS:
            if not all(f.good for f in self.findings if f.tier == tier):
                break
            found = tier
        return found

    @property
    def kept(self) -> bool:
        """Tell whether it reaches the tier that it claims."""
        return self.claimed is not None and self.reached is not None and _rank(self.reached) >= _rank(self.claimed)

    def owed(self, finding: Finding) -> bool:
        """Tell whether a finding keeps it from the tier that it claims."""
        return not finding.good and _rank(finding.tier) <= _rank(self.claimed or "bronze")


def check(path: Path) -> tuple[Report, ...]:
    """Check the practice of a folder, or every practice of a distribution.

    Raises:
        ConfigError: There is none to be found.
    """
    return tuple(examine(package) for package in find(path))


def examine(package: Package) -> Report:
    """Check one practice."""
    manifest, unread = _manifest(package)
    with loaded(package) as found:
        subject = Subject(
            package=package,
            manifest=manifest,
            unread=unread,
            module=found.module,
            catalogue=found.catalogue,
            broken=found.faults,
        )
        findings = tuple(_finding(rule, subject) for rule in RULES)
    title = manifest.title["zh"] if manifest else ""
    return Report(name=package.name, title=title, claimed=manifest.tier if manifest else None, findings=findings)


def _manifest(package: Package) -> tuple[Manifest | None, tuple[str, ...]]:
    try:
        return read(package.folder / FILE, EXEMPTABLE), ()
    except ConfigError as error:
        return None, tuple(reason.replace(f"{package.root}/", "") for reason in error.reasons)


def _finding(rule: Rule, subject: Subject) -> Finding:
    waits = not rule.firm and (subject.catalogue is None or subject.manifest is None)
    told = ("cannot be judged yet: mend manifest and code first",) if waits else tuple(rule.lacks(subject))
    exempt = subject.manifest.exempt.get(rule.name, "") if subject.manifest else ""
    return Finding(rule=rule.name, title=rule.title, tier=rule.tier, lacks=told, exempt=exempt)


def _rank(tier: Tier) -> int:
    return TIERS.index(tier)
