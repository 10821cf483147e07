"""The people of the demo data: deputies, handling units and stations, on real working days, all of them invented."""

import datetime as dt
import itertools
import random
from collections.abc import Iterator, Sequence

import demo_words as words

SEED = 20260120
TODAY = dt.date(2026, 11, 20)
DAY = dt.timedelta(days=1)
# Source: 国务院办公厅 holiday notices for 2025 and 2026.
OFF = (
    "20250101-20250101 20250128-20250204 20250404-20250406 20250501-20250505 20250531-20250602 20251001-20251008 "
    "20260101-20260103 20260215-20260223 20260404-20260406 20260501-20260505 20260619-20260621 20260925-20260927 "
    "20261001-20261007"
)
WORKED = "20250126 20250208 20250427 20250928 20251011 20260104 20260214 20260228 20260509 20260920 20261010"
UNITS = "单位名称 统一社会信用代码 类别 负责人 联系电话 上级单位"
ROSTER = (
    "姓名 性别 民族 出生日期 身份证号 手机号 党派 学历 工作单位 职务 "
    "所属人大 届次 选区 代表证号 当选日期 补选 代表团 代表小组 构成"
)
STATIONS = "名称 类型 编号 所属人大 地址 负责人 联系电话"

Row = dict[str, object]
rng = random.Random(SEED)


# Days


def on(text: str) -> dt.date:
    """Read ``0302`` as a day of the demo's year 2026, or a date of eight digits."""
    return dt.datetime.strptime(text if len(text) == 8 else f"2026{text}", "%Y%m%d").date()


MAKEUPS = {on(day) for day in WORKED.split()}
HOLIDAYS = {
    first + n * DAY
    for first, last in ((on(span[:8]), on(span[9:])) for span in OFF.split())
    for n in range((last - first).days + 1)
}


def works(day: dt.date) -> bool:
    """Tell whether *day* is a working day."""
    return day in MAKEUPS or (day.weekday() < 5 and day not in HOLIDAYS)


def between(first: dt.date, last: dt.date) -> dt.date:
    """Pick a working day of the span."""
    return rng.choice([day for n in range((last - first).days + 1) if works(day := first + n * DAY)])


def after(day: dt.date, most: int, least: int = 0) -> dt.date:
    """Pick a working day *least* to *most* days later, not beyond the demo's today."""
    span = [day + n * DAY for n in range(least, most + 1) if day + n * DAY <= TODAY]
    return rng.choice([later for later in span if works(later)] or span[-1:])


# People


def given(weights: Sequence[tuple[str, int]]) -> str:
    """Pick a word by its weight."""
    return rng.choices([word for word, _ in weights], [weight for _, weight in weights])[0]


def name_of(serial: int = 1) -> tuple[str, str]:
    """Make a name and a people; a few have a middle dot or a rare character."""
    if serial % 600 == 300:
        return rng.choice(words.DOTTED.split()), "维吾尔族"
    first = rng.choice(words.SURNAMES)
    if serial % 350 == 7:
        return first + rng.choice(words.RARE), "汉族"
    people = rng.choice(words.PEOPLES) if rng.random() < 0.04 else "汉族"
    return first + "".join(rng.sample(words.GIVEN, rng.choice((1, 2, 2, 2)))), people


def person(serial: int, place: str) -> Row:
    """Make one deputy."""
    name, people = name_of(serial)
    woman = rng.random() < 0.32
    # Each serial has its own day of birth within a cycle of 500, so no two identity numbers can be the same.
    born = dt.date(1956, 1, 1) + (rng.randrange(1_000) * 15 + serial // 500) * DAY
    first = f"421299{born:%Y%m%d}{serial % 500 * 2 + (0 if woman else 1):03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    check = "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first, weights, strict=True)) % 11]
    group, post, employer, _ = rng.choices(words.JOBS, [job[3] for job in words.JOBS])[0]
    return {
        "姓名": name, "性别": "女" if woman else "男", "民族": people, "出生日期": born, "身份证号": first + check,
        "手机号": f"{19900000000 + serial}", "党派": given(words.PARTIES), "学历": given(words.EDUCATION),
        "工作单位": place + employer, "职务": post, "构成": group,
    }  # fmt: skip


def elect(congress: str, term: int, letters: str, day: str, parts: Sequence[tuple[str, list[Row]]]) -> Iterator[Row]:
    """Give the people of each delegation a mandate, a certificate and a group of nine or so."""
    number = itertools.count(1)
    for part, people in parts:
        groups = max(1, len(people) // 9)
        for at, one in enumerate(people):
            n, by_election = next(number), rng.random() < 0.02
            city, town = congress == "咸宁市人民代表大会", part.endswith(("镇", "乡")) and congress.count(part)
            yield one | {
                "所属人大": congress, "届次": term, "选区": part if city else f"第{(n + 1) // 2}选区",
                "代表证号": f"{letters}-{n:03d}",
                "当选日期": between(on("20220301"), on("20251031")) if by_election else on(day),
                "补选": "是" if by_election else "否", "代表团": "" if town else f"{part}代表团",
                "代表小组": f"{part}第{at % groups + 1}代表小组",
            }  # fmt: skip


def make_roster() -> list[Row]:
    """Elect townships, then counties with 190 of their deputies, then the city with 60 of the counties': 6,030."""
    serial, towns, counties, city = itertools.count(1), list[Row](), list[Row](), list[tuple[str, list[Row]]]()
    names = [town for _, _, found, _ in words.COUNTIES.values() for town in found.split()]
    sizes = [66 + rng.randint(-14, 14) for _ in names]
    while gap := 4170 - sum(sizes):
        sizes[rng.randrange(len(sizes))] += 1 if gap > 0 else -1
    left = iter(sizes)
    for county, (term, seats, found, streets) in words.COUNTIES.items():
        letters, parts = words.LETTERS[county], list[tuple[str, list[Row]]]()
        places = found.split() + [f"{street}街道" for street in streets.split()]
        twice = 30 if county == "嘉鱼县" else 32
        for at, place in enumerate(places):
            own = seats // len(places) + (at < seats % len(places))
            nested = list[Row]()
            if not place.endswith("街道"):
                people = [person(next(serial), county + place) for _ in range(next(left))]
                congress = f"{county}{place}人民代表大会"
                towns += elect(congress, term, f"{letters}{at + 1:02d}", "20211115", [(place, people)])
                count = len(found.split())
                nested = people[: twice // count + (at < twice % count)]
            parts.append((place, nested + [person(next(serial), county) for _ in range(own - len(nested))]))
        counties += elect(f"{county}人民代表大会", term, letters, "20211115", parts)
        both = [*[people[-1] for _, people in parts][:8], parts[0][1][-2], parts[1][1][-2]]
        city.append((county, both + [person(next(serial), county) for _ in range(50)]))
    return [*elect("咸宁市人民代表大会", 6, "XN", "20211224", city), *counties, *towns]


# Units and stations


def make_units() -> list[Row]:
    """List the handling units, the two judicial organs among them."""
    rows = list[Row]()
    for category, found in words.UNITS.items():
        for name in found.split():
            signs, serial = "0123456789ABCDEFGHJKLMNPQRTUWXY", len(rows)
            first = f"11421299MB9{serial:05d}A"
            check = signs[-sum(signs.index(sign) * 3**at for at, sign in enumerate(first)) % 31]
            unit, head = f"市{name}", name_of()[0]
            row = (unit, first + check, category, head, f"{19900006000 + serial}", words.PARENTS.get(unit, ""))
            rows.append(dict(zip(UNITS.split(), row, strict=True)))
    return rows


def make_stations() -> list[Row]:
    """List 70 homes (townships, streets, one of the city) and 371 stations in villages and communities."""
    rows, phone = list[Row](), itertools.count(19900006100)

    def add(name: str, kind: str, code: str, congress: str, address: str) -> None:
        row = (name, kind, code, congress, address, name_of()[0], f"{next(phone)}")
        rows.append(dict(zip(STATIONS.split(), row, strict=True)))

    add("市直机关代表之家", "代表之家", "421299000000-01", "咸宁市人民代表大会", "咸宁市示例路1号")
    at = 0
    for county, (_, _, towns, streets) in words.COUNTIES.items():
        for place in towns.split() + [f"{street}街道" for street in streets.split()]:
            at += 1
            congress = f"{county}{'' if place.endswith('街道') else place}人民代表大会"
            add(f"{place}代表之家", "代表之家", f"421299{at:03d}000-01", congress, f"{county}{place}示例路{at}号")
            for n, village in enumerate(rng.sample(words.VILLAGES.split(), 5 + (at <= 26)), 1):
                where = f"{place}{village}{'社区' if place.endswith('街道') else '村'}"
                add(
                    f"{where}代表联络站",
                    "代表联络站",
                    f"421299{at:03d}{n:03d}-01",
                    congress,
                    f"{county}{where}党群服务中心",
                )
    return rows
