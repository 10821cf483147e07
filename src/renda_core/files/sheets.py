"""The files renda reads: which columns each has, as the people who fill them in call them."""

from typing import Final

from renda_core.domain.areas import LEVEL_TITLES
from renda_core.files.chinese import ETHNIC_GROUPS
from renda_core.files.columns import Column, Sheet
from renda_core.files.english import with_english

UNITS: Final = Sheet(
    "units",
    "承办单位",
    (
        Column(
            "name",
            titles=("单位名称", "名称", "单位"),
            required=True,
            example="示例市示例局",
        ),
        Column(
            "credit_code",
            titles=("统一社会信用代码", "信用代码"),
            kind="uscc",
            note="18 位；请先把该列设为文本格式",
        ),
        Column("category", titles=("类别", "单位类别"), example="政府工作部门"),
        Column("head", titles=("负责人", "主要负责人"), kind="name", example="张三"),
        Column("phone", titles=("联系电话", "电话"), kind="phone", example="0715-8000000"),
        Column("parent", titles=("上级单位", "主管单位"), note="须为本表中的单位名称"),
    ),
)

CONGRESSES: Final = Sheet(
    "congresses",
    "人民代表大会",
    (
        Column("name", titles=("人大名称", "名称"), required=True, note="全称", example="示例县人民代表大会"),
        Column("level", titles=("层级",), kind="choice", required=True, example="县级",
               choices={title: level for level, title in LEVEL_TITLES.items()}),
        Column("area", titles=("行政区划代码", "区划代码"), note="6 位或 9 位；请先把该列设为文本格式"),
        Column("parent", titles=("上级人大",), note="须为本表中的人大全称；最高一级留空"),
        Column("has_districts", titles=("设区",), kind="bool", note="设区的市填 是"),
        Column("population", titles=("人口",), kind="int"),
        Column("term", titles=("届次", "届"), kind="int", ordinal=True, required=True, note="只写数字", example="6"),
        Column("began", titles=("本届首次会议日期", "首次会议日期"), kind="date", required=True, example="2021-12-28"),
    ),
)  # fmt: skip

ROSTER: Final = Sheet(
    "roster",
    "代表名册",
    (
        Column("name", titles=("姓名", "代表姓名"), kind="name", required=True, example="张三"),
        Column("sex", titles=("性别",), kind="choice", choices={"男": "male", "女": "female"}, example="男"),
        Column("ethnicity", titles=("民族",), short=ETHNIC_GROUPS, example="汉族"),
        Column("born", titles=("出生日期", "出生年月日", "出生年月"), kind="date", month=True,
               note="如 1980-05-06", example="1980-05-06"),
        Column("id_number", titles=("身份证号", "身份证号码", "公民身份号码"), kind="id_number",
               note="18 位；请先把该列设为文本格式；可只留后四位，其余写 *", example="**************1234"),
        Column("phone", titles=("手机号", "手机号码", "联系电话"), kind="phone", example="19900000000"),
        Column("party", titles=("党派", "政治面貌"), example="中共党员"),
        Column("education", titles=("学历", "文化程度"), example="大学本科"),
        Column("employer", titles=("工作单位",)),
        Column("post", titles=("职务", "工作职务")),
        Column("congress", titles=("所属人大", "人大名称"), required=True, note="人民代表大会全称",
               example="示例县人民代表大会"),
        Column("term", titles=("届次", "届"), kind="int", ordinal=True, required=True,
               note="只写数字，如 6", example="6"),
        Column("district", titles=("选区", "选举单位", "选区(选举单位)")),
        Column("certificate", titles=("代表证号", "证号")),
        Column("elected", titles=("当选日期",), kind="date", required=True, example="2021-12-20"),
        Column("by_election", titles=("补选", "是否补选"), kind="bool", note="是 或 否，新增时空为否"),
        Column("delegation", titles=("代表团",)),
        Column("group", titles=("代表小组", "小组")),
        Column("composition", titles=("构成", "代表构成"), note="工人、农民、专业技术人员、党政领导干部等"),
    ),
)  # fmt: skip

STATIONS: Final = Sheet(
    "stations",
    "代表家站",
    (
        Column("name", titles=("名称", "家站名称"), required=True, example="示例镇代表之家"),
        Column("kind", titles=("类型",), kind="choice", required=True,
               choices={"代表之家": "home", "代表联络站": "station", "代表联系点": "point", "联系点": "point"},
               example="代表之家"),
        Column("code", titles=("编号",)),
        Column("congress", titles=("所属人大", "人大名称"), required=True, example="示例镇人民代表大会"),
        Column("address", titles=("地址",)),
        Column("head", titles=("负责人", "站长"), kind="name"),
        Column("phone", titles=("联系电话", "电话"), kind="phone"),
        Column("township", titles=("乡镇街道", "所在乡镇街道"), note="行政区划代码或者名称"),
        Column("liaison", titles=("联络员",), kind="name"),
        Column("position", titles=("位置", "经纬度"), note="纬度在前，如 29.85,114.32"),
        Column("offers", titles=("服务事项",), kind="list", note="用顿号分开，如 调解、法律咨询"),
        Column("deputies", titles=("驻站代表", "进站代表"), kind="list",
               note="姓名或者代表证号，用顿号分开；先导入代表名册；不再列出的即离站；空着不变，填 无 则全部离站"),
        Column("closed", titles=("撤销日期",), kind="date", note="自该日起不再开放"),
    ),
)  # fmt: skip

SUGGESTIONS: Final = Sheet(
    "suggestions",
    "代表建议",
    (
        Column("number", titles=("编号", "建议编号"), required=True, example="示例001"),
        Column("title", titles=("标题", "建议标题", "案由"), required=True, example="关于示例的建议"),
        Column("text", titles=("内容", "建议内容"), required=True, note="一事一议", example="示例内容"),
        Column(
            "lead",
            titles=("领衔代表", "领衔人"),
            required=True,
            note="代表证号或姓名",
            example="张三",
        ),
        Column(
            "cosigners",
            titles=("附议代表", "附议人", "联名代表"),
            kind="list",
            note="用顿号分开",
        ),
        Column("delegation", titles=("代表团",)),
        Column("filed", titles=("提出日期",), kind="date", required=True, example="2026-01-12"),
        Column("session", titles=("届次会次", "会次"), note="如 六届三次会议"),
        Column(
            "in_session",
            titles=("会议期间", "会议期间提出"),
            kind="bool",
            note="是 或 否，新增时空为否（闭会期间）",
        ),
        Column("category", titles=("类别", "建议类别")),
        Column("hard", titles=("疑难", "涉及面广处理难度大"), kind="bool", note="是 或 否，新增时空为否"),
        Column("preferred_unit", titles=("希望承办单位", "建议承办单位")),
    ),
)

STEPS: Final = Sheet(
    "steps",
    "办理进度",
    (
        Column("number", titles=("编号", "建议编号"), required=True),
        Column("step", titles=("环节",), required=True, note="如 审查受理、交办、答复、评价、办结"),
        Column("on", titles=("日期", "办理日期"), kind="date", required=True),
        Column("by_unit", titles=("经办单位",), note="办理这一环节的单位；人大机关办理的环节留空"),
        Column("lead_unit", titles=("主办单位",)),
        Column("joint_units", titles=("会办单位", "协办单位"), kind="list"),
        Column("separate_units", titles=("分办单位",), kind="list"),
        Column("sole_unit", titles=("独办单位",)),
        Column("grade", titles=("等次",)),
        Column("merged_into", titles=("并入", "并入建议", "主案编号"), note="并案时填主案的编号"),
        Column("note", titles=("说明", "备注")),
    ),
    extra=True,
)

OPINIONS: Final = Sheet(
    "opinions",
    "群众意见登记",
    (
        Column("number", titles=("编号", "登记编号"), required=True, example="示例0001"),
        Column("registered", titles=("登记日期", "接待日期"), kind="date", required=True, example="2026-03-16"),
        Column("station", titles=("站点", "家站", "接待站点")),
        Column("voter", titles=("反映人", "选民姓名"), kind="name", personal=True, note="可不填（匿名）"),
        Column("phone", titles=("手机号", "联系电话"), kind="phone", note="可不填"),
        Column("text", titles=("内容", "反映内容"), required=True, example="示例内容"),
        Column("category", titles=("类别",)),
        Column("received_by", titles=("接待代表",), note="代表证号或姓名"),
        Column("branch", titles=("处理方式", "分流方式"), kind="choice", choices={
            "当场答复": "on_spot", "村社区办理": "village", "乡镇街道办理": "township",
            "转县级交办": "county", "转为建议": "suggestion", "不予受理告知": "refused",
        }),
        Column("channel", titles=("告知渠道",), kind="choice", choices={
            "人民法院": "court", "行政复议": "reconsideration", "仲裁": "arbitration", "信访": "petition",
            "公安机关": "police", "检察机关": "procuratorate", "监察机关": "supervision", "其他渠道": "other",
        }, note="不予受理时填写，答复内容写明如何办理"),
        Column("unit", titles=("承办单位",)),
        Column("replied", titles=("答复日期",), kind="date"),
        Column("reply", titles=("答复内容",)),
        Column("told_voter", titles=("反馈选民日期",), kind="date"),
        Column("told_deputy", titles=("反馈代表日期",), kind="date"),
        Column("closed", titles=("办结日期",), kind="date"),
    ),
)  # fmt: skip

VOTERS: Final = Sheet(
    "voters",
    "选民登记",
    (
        Column("name", titles=("姓名", "选民姓名"), kind="name", required=True, personal=True,
               example="张三"),
        Column("sex", titles=("性别",), kind="choice", choices={"男": "male", "女": "female"}, example="男"),
        Column("ethnicity", titles=("民族",), short=ETHNIC_GROUPS, example="汉族"),
        Column("born", titles=("出生日期", "出生年月", "出生年月日"), kind="date",
               month=True, note="如 1980-05-06", example="1980-05-06"),
        Column("id_number", titles=("身份证号", "身份证号码", "公民身份号码"),
               kind="id_number", note="18 位；请先把该列设为文本格式", example="**************1234"),
        Column("phone", titles=("手机号", "手机号码", "联系电话"), kind="phone"),
        Column("congress", titles=("所属人大", "人大名称"), required=True,
               note="人民代表大会全称", example="示例镇人民代表大会"),
        Column("district", titles=("选区", "选区名称"), required=True,
               example="第1选区"),
        Column("registered", titles=("登记日期",), kind="date", required=True,
               example="2026-03-16"),
    ),
)  # fmt: skip

SESSIONS: Final = Sheet(
    "sessions",
    "会议",
    (
        Column("congress", titles=("所属人大", "人大名称"), required=True,
               note="人民代表大会全称", example="示例县人民代表大会"),
        Column("term", titles=("届次", "届"), kind="int", ordinal=True, required=True, note="只写数字", example="6"),
        Column("number", titles=("会次",), kind="int", ordinal=True, required=True,
               note="只写数字", example="3"),
        Column("opens", titles=("开幕日期", "开始日期"), kind="date", required=True,
               example="2026-01-12"),
        Column("closes", titles=("闭幕日期", "结束日期"), kind="date", note="可不填"),
    ),
)  # fmt: skip

RECORDS: Final = Sheet(
    "records",
    "履职登记",
    (
        Column("person", titles=("代表", "代表姓名", "姓名"), kind="name", required=True,
               note="姓名；重名的另填代表证号", example="张三"),
        Column("certificate", titles=("代表证号", "证号")),
        Column("kind", titles=("种类", "履职种类"), required=True, note="名称或者代码", example="走访选民"),
        Column("on", titles=("日期", "履职日期"), kind="date", required=True, example="2026-03-16"),
        Column("quantity", titles=("数量", "次数"), note="空着为 1；约数写 约300 或者 300余"),
        Column("title", titles=("事由", "履职内容", "活动名称"), example="示例事由"),
        Column("evidence", titles=("证据", "佐证材料", "证明材料"), note="一行一件，如 签到表第 3 页"),
        Column("source", titles=("登记号", "来源", "登记编号"),
               note="同一代表的同一种类不重号；空着时由日期和事由得出，再次导入认得同一条"),
        Column("congress", titles=("所属人大", "人大名称"), note="全称；空着则记入当日有效的各届代表资格"),
        Column("state", titles=("状态", "核实状态"), kind="choice", choices={"待核": "entered", "已核": "confirmed"},
               note="只用于新增；空着时由人大机关导入的为 已核"),
        Column("again", titles=("同日另一次",), note="同日同类已有登记、这是另一次时，填 是 或者写明"),
    ),
    extra=True,
)  # fmt: skip

_ALL = (CONGRESSES, UNITS, ROSTER, STATIONS, SUGGESTIONS, STEPS, OPINIONS, VOTERS, SESSIONS, RECORDS)

SHEETS: Final = {sheet.name: with_english(sheet) for sheet in _ALL}
"""Every sheet by its name, which is also the usual name of the file."""
