"""County-level divisions as they are published (行政区划), and the tenant that each of them would be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import attrs
import msgspec

from renda_core import profiles
from renda_core.catalogue import Catalogue
from renda_core.configuration import Layer, TenantFile
from renda_core.domain.areas import Level
from renda_core.domain.calendar import Calendar
from renda_core.errors import ConfigError
from renda_core.tenancy import ALWAYS

NAMESPACE = UUID("5b6a2f43-3d0c-5e53-9d2e-6b7f2b7f0a11")
"""Under which a division's code gives its tenant's id, so that making tenants again makes none twice."""
OFFICE = "人大常委会"
WITHOUT_COUNTIES = "00"
"""How the code of a city ends that has no counties below it: its congress is the city's own."""
ZONES = range(71, 80)
"""Last two digits of zones that statistics count as divisions (开发区、管理区). U: read from the names in the published
list, where every such code is a zone's and no other is."""
HEADINGS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
"""What stands in the list in place of a city's name where there is none."""
SHEETS = ("areas.json", "cities.json", "provinces.json")
SHOWN = 5


@attrs.frozen(kw_only=True)
class Division:
    """One division with the names above it, the highest first."""

    code: str
    name: str
    above: tuple[str, ...] = ()

    @property
    def zone(self) -> bool:
        """Tell whether it is a zone, which has no congress of its own."""
        return self.code[4:].isdigit() and int(self.code[4:]) in ZONES

    @property
    def level(self) -> Level:
        """Give the level of its congress."""
        return "city" if self.code.endswith(WITHOUT_COUNTIES) else "county"

    @property
    def office(self) -> str:
        """Name its standing committee's office, with what lies above it."""
        return "".join((*self.above, self.name, OFFICE))

    @property
    def id(self) -> str:
        """Give its tenant's id: of one code always the same."""
        return str(uuid5(NAMESPACE, self.code))


class _Row(msgspec.Struct):
    code: str
    name: str
    cityCode: str = ""  # noqa: N815 - as the published list has it
    provinceCode: str = ""  # noqa: N815 - as the published list has it


def read(paths: Sequence[Path]) -> tuple[Division, ...]:
    """Read divisions from the published sheets, or from the folder that holds them; ordered by code.

    A sheet whose rows name a city is one of counties; the others give the names above them.

    Raises:
        ConfigError: A file cannot be read, a code is none or is there twice, or what lies above is missing.
    """
    files = [path / name for path in paths if path.is_dir() for name in SHEETS]
    files += [path for path in paths if not path.is_dir()]
    wrong, rows = [], list[_Row]()
    for file in files:
        try:
            rows += msgspec.json.decode(file.read_bytes(), type=list[_Row])
        except (OSError, msgspec.DecodeError) as error:
            wrong.append(f"{file}: {error}")
    names: dict[str, str] = {}
    for row in rows:
        if not (row.code.isdigit() and row.code.isascii() and len(row.code) in (2, 4, 6)) or not row.name.strip():
            wrong.append(f"{row.code} {row.name}: a division has 2, 4 or 6 digits and a name")
        elif row.code in names:
            wrong.append(f"{row.code}: is there twice")
        names[row.code] = row.name
    found = [row for row in rows if row.cityCode]
    missing = sorted({c for row in found for c in (row.cityCode, row.provinceCode) if c not in names})
    wrong += [f"{code}: is named as lying above others and is not there" for code in missing]
    if wrong or not found:
        raise ConfigError("the divisions cannot be read", *(wrong[:SHOWN] or ["there is no county in them"]))
    made = (Division(code=row.code, name=row.name, above=_above(row, names)) for row in found)
    return tuple(sorted(made, key=lambda one: one.code))


def _above(row: _Row, names: Mapping[str, str]) -> tuple[str, ...]:
    listed = (names[row.provinceCode], names[row.cityCode])
    return tuple(name for name in listed if name not in HEADINGS and name != row.name)


def files(
    divisions: Iterable[Division], catalogue: Catalogue, profile: str = "", enable: Iterable[str] = ()
) -> list[TenantFile]:
    """Give each division's tenant: a profile's rules, and some practices beside the profile's.

    Raises:
        ConfigError: There is no such profile or practice, or the profile binds another congress; then the place's own
            decision must be named, in a file of its own.
    """
    wanted, wrong = {name: dict[str, Any]() for name in enable}, list[str]()
    wrong += [f"no practice {name!r} is installed" for name in sorted(wanted.keys() - catalogue.offers.keys())]
    place = Path("divisions.toml")
    asked: dict[str, Any] = {"extends": profile, "adopted": {"by": "", "on": ALWAYS}} if profile else {}
    chain = profiles.chain(asked, place, place.parent / profiles.FOLDER, wrong)
    below = tuple(layer for layer in chain.layers if layer.file != str(place))
    made = []
    for one in divisions:
        unbound = [p.name for p in chain.profiles if not p.binding(one.office, one.level)]
        if unbound:
            wrong.append(f"{one.office}: {', '.join(unbound)} binds another congress; write it a file of its own")
        own = Layer(name=one.code, file=f"{one.code}.toml", since=ALWAYS, plugins=wanted, sources={})
        made.append(
            TenantFile(
                path=f"{one.code}.toml",
                id=one.id,
                code=one.code,
                name=one.office,
                level=one.level,
                layers=(*below, own),
                profiles=chain.profiles,
                prefer=chain.prefer,
            )
        )
    if wrong:
        raise ConfigError("no tenant was made", *list(dict.fromkeys(wrong))[:SHOWN])
    for file in made[:1]:  # but for code and name they are one
        file.open(catalogue, Calendar(), ALWAYS)
    return made
