"""What an export leaves out or covers, told on the sheet 说明 of each workbook: nobody should find it out too late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_COVERED = "身份证号、手机号、电话只显示后四位，其余为 *：导回本系统视为未改动，导入另一系统则为空。"
_STEPS = "导入空库时，请先把全部行按日期排序：并案等环节要看其他建议当时的状态。"
NOTES: Mapping[str, tuple[str, ...]] = {
    "congresses": ("每届一行；已撤销的人大不列入。",),
    "units": ("只列现有单位；已撤并单位及其承继关系不列入。", _COVERED),
    "roster": (
        "只列现任代表；已离任的另见“离任代表”：renda export 租户 former 文件。",
        _COVERED,
        "代表团、小组只列现在的，不列职务和先前的。导入空库后，每个代表资格都是“在任”，其确认、暂停的经过不带入。",
    ),
    "former": ("本表供查阅，不能导入：终止、当选无效由法定程序登记。",),
    "stations": ("只列现有的家站。", _COVERED),
    "voters": ("只列现在登记的选民。", _COVERED),
    "suggestions": (
        "草稿不列入；附议代表只列已附议的，未答复和不同意的不列入。",
        "没有列的内容不带出：不公开原因、是否涉密、事项数、代表团提出。办理经过另见“办理进度”。",
    ),
    "steps": (
        "系统自动办理的环节、越程序变更、删除个人信息不列入；签名、提交由“代表建议”表代表。",
        "导入空库后，经办人是导入的人；一个单元格写不下的内容（如承诺事项）不带出。",
        _STEPS,
    ),
    "records": (
        "只列待核、已核的（申诉未决仍计入的列为已核）；已驳回、已撤销的和只供本人与人大机关查阅的种类不列入。",
        "登记号写作 case:…/编号 的，由办理环节产生：随建议、办理进度等导入重新产生，导入空库前请先导入它们。",
        "核实、更正、申诉的经过不带出；导入空库后，登记人是导入的人。",
    ),
    "opinions": (
        "反映人只显示末字，手机号只显示后四位，其余为 *：导回本系统视为未改动，导入另一系统则为空。",
        "承办单位、乡镇和县级办理的经过供查阅，不随导入带入；已删除的个人信息为空。",
    ),
}
"""By sheet; what is not here says nothing."""


def notes_on(sheet: str) -> Sequence[str]:
    """Give the lines about one export."""
    return NOTES.get(sheet, ())
