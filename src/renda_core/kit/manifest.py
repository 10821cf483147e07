"""The manifest ``plugin.toml`` of a practice: titles, owner, sources, tier, exemptions; read strictly."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_args

import attrs

from renda_core.editions import near
from renda_core.errors import ConfigError

FILE = "plugin.toml"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
Tier = Literal["bronze", "silver", "gold"]
TIERS: tuple[Tier, ...] = get_args(Tier)
LANGUAGES = {"zh": "Chinese", "en": "English"}
"""Languages of the tenants; a manifest gives a title in each."""
LISTS = ("tests", "benchmarks", "counties")
KEYS = ("tier", "owner", "title", "source", "exempt", "page", *LISTS)
SOURCE_KEYS = ("cite", "gives", "name_only")


@attrs.frozen(kw_only=True)
class Source:
    """One text that the practice comes from.

    Attributes:
        cite: Law and article, or place and year, or whatever else finds the text again.
        gives: What the practice takes from it; empty where *name_only*.
        name_only: The source gives a name and says nothing of how it is done.
    """

    cite: str
    gives: str = ""
    name_only: bool = False


@attrs.frozen(kw_only=True)
class Manifest:
    """What a practice says of itself.

    Attributes:
        title: Name by language, e.g. ``{"zh": "重点督办", "en": "Key items"}``.
        owner: Who answers for it.
        tier: The tier that it claims.
        exempt: Rules that it need not keep, each with the reason.
        page: Its page of documentation, relative to the distribution; by default ``docs/…/<name>.md``.
        tests: Files of tests beside those named ``test_<name>….py``.
        benchmarks: Files that measure it.
        counties: Counties that use it, where the distribution holds no tenants' files to count.
    """

    title: Mapping[str, str]
    owner: str
    tier: Tier
    sources: tuple[Source, ...]
    exempt: Mapping[str, str] = attrs.Factory(dict)
    page: str = ""
    tests: tuple[str, ...] = ()
    benchmarks: tuple[str, ...] = ()
    counties: tuple[str, ...] = ()


def read(path: Path, rules: tuple[str, ...] = ()) -> Manifest:
    """Read a manifest.

    Args:
        rules: Names of the rules that it may be exempt from; any, if empty.

    Raises:
        ConfigError: With every mistake, each with file and key.
    """
    raw = _toml(path)
    mistakes = [f"{path}: {m}" for m in _mistakes(raw, rules)]
    if mistakes:
        raise ConfigError("the manifest is wrong", *mistakes)
    lists = {key: tuple(raw.get(key, ())) for key in LISTS}
    return Manifest(
        title=raw["title"],
        owner=raw.get("owner", "").strip(),
        tier=raw["tier"],
        sources=tuple(Source(**source) for source in raw["source"]),
        exempt=raw.get("exempt", {}),
        page=raw.get("page", ""),
        **lists,
    )


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ConfigError("there is no manifest", f"{path}: no such file; renda plugin new NAME writes one") from None
    except UnicodeDecodeError:
        raise ConfigError("the manifest is wrong", f"{path}: is not UTF-8; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError("the manifest is wrong", f"{path}: {error}") from None


def _mistakes(raw: Mapping[str, Any], rules: tuple[str, ...]) -> Iterator[str]:
    """Find everything that is wrong with a manifest, key by key."""
    for key in raw:
        if key not in KEYS:
            yield f"{key}: no such key{near(key, KEYS)}"
    if raw.get("tier") not in TIERS:
        yield f"tier = {raw.get('tier')!r}; must be one of {', '.join(TIERS)}"
    for key in ("owner", "page"):
        if not isinstance(raw.get(key, ""), str):
            yield f"{key} must be text"
    for key in LISTS:
        if not _texts(raw.get(key, [])):
            yield f'{key} must be a list of texts, e.g. {key} = ["…"]'
    yield from _titles(raw.get("title"))
    yield from _sources(raw.get("source"))
    yield from _exemptions(raw.get("exempt", {}), rules)


def _titles(title: Any) -> Iterator[str]:
    if not isinstance(title, dict):
        yield 'title is missing; write [title] with zh = "…" and en = "…"'
        return
    for language in title:
        if language not in LANGUAGES:
            yield f"title.{language}: no such language{near(language, LANGUAGES)}"
        elif not isinstance(title[language], str) or not title[language].strip():
            yield f"title.{language} must be text"
    if not CHINESE.search(str(title.get("zh", ""))):
        yield "title.zh is missing; give the name that people see, in Chinese"


def _sources(sources: Any) -> Iterator[str]:
    if not isinstance(sources, list) or not sources:
        yield 'source is missing; write [[source]] with cite = "law and article, or place and year" and gives = "…"'
        return
    for n, source in enumerate(sources):
        at = f"source[{n}]"
        if not isinstance(source, dict):
            yield f"{at} must be a table, written as [[source]]"
            continue
        yield from (f"{at}.{key}: no such key{near(key, SOURCE_KEYS)}" for key in source if key not in SOURCE_KEYS)
        if not isinstance(source.get("cite"), str) or not source["cite"].strip():
            yield f"{at}.cite is missing; law and article, or place and year"
        only = source.get("name_only", False)
        if not isinstance(only, bool):
            yield f"{at}.name_only must be true or false"
        elif not isinstance(gives := source.get("gives", ""), str) or bool(gives.strip()) == only:
            yield f"{at}.gives: say what the practice takes from it, or name_only = true where it gives only a name"


def _exemptions(exempt: Any, rules: tuple[str, ...]) -> Iterator[str]:
    if not isinstance(exempt, dict):
        yield 'exempt must be a table of rule = "reason"'
        return
    for rule, reason in exempt.items():
        if rules and rule not in rules:
            yield f"exempt.{rule}: no such rule{near(rule, rules)}"
        if not isinstance(reason, str) or not reason.strip():
            yield f"exempt.{rule} gives no reason; say why the rule need not hold here"


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) for v in value)
