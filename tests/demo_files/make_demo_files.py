"""Make the demo files of the tenant xianning: the shape of a real city, every person in them invented.

Run ``python tenants/make_demo_files.py``; the same seed gives the same bytes. Identity numbers have an area code that
was never assigned (421299), telephones lie in one block (199 0000 xxxx), firms and schools are called 示例.
"""

import csv
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import demo_words as words
import xlsxwriter
from demo_people import (
    ROSTER,
    STATIONS,
    UNITS,
    Row,
    after,
    between,
    given,
    make_roster,
    make_stations,
    make_units,
    name_of,
    on,
    rng,
    works,
)

HERE = Path(__file__).parents[2] / "tenants" / "xianning"
SUGGESTIONS = "编号 标题 内容 领衔代表 附议代表 代表团 提出日期 届次会次 会议期间 类别 疑难 希望承办单位"
STEPS = (
    "编号 环节 日期 经办单位 主办单位 会办单位 独办单位 分办单位 等次 说明 答复文号 答复分类 签发人 面商日期 "
    "主任会议成员 政府领导 对口委员会 代表机构 督办代表 移送领域"
)
OPINIONS = (
    "编号 登记日期 站点 反映人 手机号 内容 类别 接待代表 "
    "处理方式 承办单位 答复日期 答复内容 反馈选民日期 反馈代表日期 办结日期"
)
ORDER = ["审查受理", "交办", "列为重点", "会办意见", "移送检察", "检察决定", "答复", "评价", "二次交办", "办结"]
FIELDS = ("平安建设", "生态环境保护", "未成年人保护")
BRANCHES = (("当场答复", 38), ("村社区办理", 24), ("乡镇街道办理", 22), ("转县级交办", 13), ("转为建议", 3))
DIRECTORS, LEADERS = ([name_of()[0] for _ in range(6)] for _ in range(2))


# Suggestions and their handling


def make_suggestions(city: list[Row]) -> list[Row]:
    """File 149 suggestions in the week of the session, nine in the three fields of the procuratorate."""
    places = [town for _, _, found, _ in words.COUNTIES.values() for town in found.split()]
    drawn = [(topic, place) for topic in words.TOPICS for place in places]
    chosen = rng.sample(drawn, 140) + list(zip(words.PROTECTED, rng.sample(places, 9), strict=True))
    rng.shuffle(chosen)
    days = sorted(rng.choices([on(f"01{day}") for day in range(12, 17)], (20, 45, 55, 25, 4), k=len(chosen)))
    hard = set(rng.sample(range(len(chosen)), 12))
    rows = list[Row]()
    for at, ((category, unit, title, text), place) in enumerate(chosen):
        lead, *others = rng.sample(city, rng.choice((1, 2, 3, 4, 6, 11)))
        row = (
            f"六届三次第{at + 1:03d}号", f"关于{title.format(p=place)}的建议",
            f"经走访了解，{place}{text}。请承办单位研究办理，并把进度告知代表和群众。", lead["代表证号"],
            "、".join(str(other["代表证号"]) for other in others), lead["代表团"], days[at], "六届三次会议", "是",
            category, "是" if at in hard else "否", f"市{unit}" if rng.random() < 0.3 else "",
        )  # fmt: skip
        rows.append(dict(zip(SUGGESTIONS.split(), row, strict=True)) | {"unit": f"市{unit}", "lead": lead})
    return rows


def plan(rows: list[Row], units: list[str]) -> None:
    """Decide who handles each suggestion and how it ends: 117 satisfied, 28 basically, 4 not in the first round."""
    numbers = rng.sample(range(len(rows)), len(rows))
    separate, lead = set(numbers[:9]), set(numbers[9:39])
    hard = [row for row in rows if row["疑难"] == "是"]
    plain = [row for at, row in enumerate(rows) if row["疑难"] == "否" and at not in separate]
    rng.shuffle(plain)
    slow = [row for row in hard if row["类别"] not in FIELDS][:4]
    for at, row in enumerate(rows):
        unit = str(row["unit"])
        others = rng.sample([name for name in units if name != unit], 2)
        mode = "分办单位" if at in separate else "主办单位" if at in lead else "独办单位"
        row |= {"mode": mode, "answers": [unit], "joint": [], "due": (on("0225"), on("0417")), "grade": "满意"}
        if mode == "分办单位":
            row["answers"] = [unit, others[0]]
        elif mode == "主办单位":
            row["joint"] = others[: rng.choice((1, 1, 2))]
        if row["类别"] in FIELDS:
            row["due"] = (on("0316"), on("0417"))
    for row in plain[:3]:
        row["due"] = (on("0422"), on("0512"))
    for row in slow:
        row["due"] = (on("0518"), on("0710"))
    for at, row in enumerate(plain[3:35]):
        row |= {
            "grade": "不满意" if at < 4 else "基本满意",
            "again": "满意" if at < 27 else "基本满意" if at < 29 else "",
        }
    rest = [row for row in plain if row["类别"] not in FIELDS]
    rng.shuffle(rest)
    key = hard + [row for row in rows if row["类别"] in FIELDS and row not in hard]
    for row in key + rest[: 46 - len(key)]:
        row["key"] = True


def handle(row: Row, heads: dict[str, str], city: list[Row], letters: "Counter[str]") -> Iterator[Row]:
    """Follow one suggestion from review to its end."""

    def step(name: str, day: dt.date, **more: object) -> Row:
        return {"编号": row["编号"], "环节": name, "日期": day} | more

    def reply(unit: str, first: dt.date, last: dt.date, classes: Sequence[tuple[str, int]]) -> Row:
        day = between(first, last)
        letters[unit] += 1
        met = max(on("0205"), day - dt.timedelta(days=14)) if first < on("0601") else on("0602")
        return step(
            "答复", day, 经办单位=unit, 答复文号=f"咸{unit[1:3]}函〔2026〕{letters[unit]}号", 答复分类=given(classes),
            签发人=heads[unit], 面商日期=between(met, day) if rng.random() < 0.9 else "",
        )  # fmt: skip

    answers, joint, mode = list(row["answers"]), list(row["joint"]), str(row["mode"])
    yield step("审查受理", on("0115") if row["提出日期"] <= on("0114") else on("0116"))
    yield step("交办", on("0120"), **{mode: "、".join(answers), "会办单位": "、".join(joint)})
    if row.get("key"):
        watching = [str(one["姓名"]) for one in [row["lead"], *rng.sample(city, 2)]]
        yield step(
            "列为重点", on("0202"), 主任会议成员=rng.choice(DIRECTORS), 政府领导=rng.choice(LEADERS),
            对口委员会=rng.choice(words.COMMITTEES.split()), 代表机构="代表工作委员会", 督办代表="、".join(watching),
        )  # fmt: skip
    for unit in joint:
        yield step("会办意见", between(on("0205"), on("0213")), 经办单位=unit, 说明="已向主办单位提出书面会办意见")
    happy = row["grade"] == "满意"
    first, last = row["due"]
    classes = (("A", 60), ("B", 30), ("C", 7), ("D", 3)) if happy else (("B", 50), ("C", 35), ("D", 15))
    replies = [reply(unit, first, last, classes) for unit in answers]
    yield from replies
    ends = after(max(one["日期"] for one in replies), 17, 2)
    yield step("评价", ends, 等次=row["grade"], 说明="" if happy else rng.choice(words.UNHAPPY[str(row["grade"])]))
    if row["类别"] in FIELDS:
        yield step("移送检察", on("0310"), 移送领域=row["类别"])
        if row["decided"]:
            yield step("检察决定", on("0520"), 等次=row["decided"])
            ends = max(ends, on("0520"))
    if not happy:
        yield step(
            "二次交办", on("0601"), 独办单位=answers[0], 说明="代表所提问题尚未解决到位，请重新研究办理并当面答复代表"
        )
        if not row["again"]:
            return
        second = reply(answers[0], on("0610"), on("0626"), (("A", 75), ("B", 25)))
        ends = after(second["日期"], 17, 2)
        yield second
        note = "" if row["again"] == "满意" else "主要事项已落实，其余列入下年度计划"
        yield step("评价", ends, 等次=row["again"], 说明=note)
    yield step(
        "办结", after(ends, 7, 1), 说明="" if happy or row["again"] == "满意" else "代表同意办结，后续进度继续跟踪"
    )


def make_steps(rows: list[Row], units: list[Row], city: list[Row]) -> list[Row]:
    """Write the office's work in date order."""
    heads = {str(unit["单位名称"]): str(unit["负责人"]) for unit in units}
    plan(rows, [name for name in heads if "法院" not in name and "检察院" not in name])
    fields = [row for row in rows if row["类别"] in FIELDS]
    for row, decided in zip(fields, rng.sample(["受理"] * 5 + ["不受理"] * 2 + [""] * 2, 9), strict=True):
        row["decided"] = decided
    letters = Counter[str]()
    steps = [step for row in rows for step in handle(row, heads, city, letters)]
    return sorted(steps, key=lambda step: (step["日期"], step["编号"], ORDER.index(str(step["环节"]))))


def make_opinions(stations: list[Row], roster: list[Row], units: list[Row]) -> Iterator[Row]:
    """Register 5,440 opinions from January 2025 to October 2026; 395 are still open, most of them recent."""
    hosts = dict[object, list[object]]()
    for one in roster:
        hosts.setdefault(one["所属人大"], []).append(one["代表证号"])
    months = [dt.date(year, month, 1) for year in (2025, 2026) for month in range(1, 13)][:22]
    days = list[dt.date]()
    for at in range(5_440):
        fifteenth = months[at * 22 // 5_440].replace(day=15)
        while not works(fifteenth):
            fifteenth += dt.timedelta(days=1)
        days.append(fifteenth if rng.random() < 0.7 else between(fifteenth.replace(day=1), fifteenth.replace(day=28)))
    days.sort()
    left = set(rng.sample(range(4_700), 95)) | set(rng.sample(range(4_700, 5_440), 300))
    refused = set(rng.sample([at for at in range(5_440) if at not in left], 60))
    offices = [str(unit["单位名称"]) for unit in units if unit["类别"] == "政府工作部门"]
    for at, day in enumerate(days):
        station = rng.choice(stations)
        category, text, reply = rng.choice(words.MATTERS)
        branch = given(BRANCHES)
        if at in refused:
            (text, reply), category, branch = words.REFUSED, "涉法涉诉", "不予受理告知"
        if at in left and branch == "当场答复":
            branch = "乡镇街道办理"
        unit = rng.choice(offices) if branch == "转县级交办" else ""
        row = dict.fromkeys(OPINIONS.split(), "") | {
            "编号": f"意见{day.year}-{at + 1:05d}", "登记日期": day, "站点": station["名称"], "内容": text,
            "类别": category,
            "反映人": name_of()[0] if rng.random() < 0.98 else "", "处理方式": branch, "承办单位": unit,
            "手机号": f"{19900007000 + rng.randrange(3000)}" if rng.random() < 0.92 else "",
            "接待代表": rng.choice(hosts[station["所属人大"]]),
        }  # fmt: skip
        if at not in left or rng.random() < 0.3:
            slow = {"当场答复": 0, "不予受理告知": 0, "村社区办理": 10, "乡镇街道办理": 15}.get(branch, 20)
            row["答复日期"] = day if not slow else after(day, slow, 1)
            row["答复内容"] = "已转为代表建议" if branch == "转为建议" else reply
        if at not in left:
            row["反馈选民日期"], row["反馈代表日期"] = (after(row["答复日期"], 5) for _ in range(2))
            row["办结日期"] = after(max(row["反馈选民日期"], row["反馈代表日期"]), 5)
        yield row


# Files


def write_xlsx(name: str, columns: str, rows: Iterable[Row]) -> None:
    """Write one sheet: texts as texts, dates as dates."""
    book = xlsxwriter.Workbook(str(HERE / name))
    book.set_properties({"created": dt.datetime(2026, 1, 10)})
    page = book.add_worksheet("数据")
    head, day = book.add_format({"bold": True, "font_name": "宋体"}), book.add_format({"num_format": "yyyy-mm-dd"})
    text = book.add_format({"num_format": "@"})
    page.freeze_panes(1, 0)
    for at, title in enumerate(columns.split()):
        page.set_column(at, at, 60 if title == "内容" else 20 if title == "身份证号" else 14, text)
        page.write_string(0, at, title, head)
    for number, row in enumerate(rows, 1):
        for at, title in enumerate(columns.split()):
            value = row[title]
            if isinstance(value, dt.date):
                page.write_datetime(number, at, value, day)
            elif isinstance(value, int):
                page.write_number(number, at, value)
            elif value:
                page.write_string(number, at, str(value), text)
    book.close()


def write_csv(name: str, columns: str, rows: Iterable[Row]) -> None:
    """Write UTF-8 with the mark that Excel needs."""
    with (HERE / name).open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, columns.split(), restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    """Make all six files."""
    HERE.mkdir(exist_ok=True)
    roster, units, stations = make_roster(), make_units(), make_stations()
    city = [row for row in roster if row["所属人大"] == "咸宁市人民代表大会"]
    suggestions = make_suggestions(city)
    write_xlsx("units.xlsx", UNITS, units)
    write_xlsx("roster.xlsx", ROSTER, roster)
    write_csv("stations.csv", STATIONS, stations)
    write_xlsx("suggestions.xlsx", SUGGESTIONS, suggestions)
    write_csv("steps.csv", STEPS, make_steps(suggestions, units, city))
    write_csv("opinions.csv", OPINIONS, make_opinions(stations, roster, units))


if __name__ == "__main__":
    main()
