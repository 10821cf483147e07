"""English titles of the columns, for files that were not made in Chinese."""

from collections.abc import Mapping

import attrs

from renda_core.files.columns import Sheet

_TITLES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "units": {
        "name": ("Unit", "Unit name", "Organisation"),
        "credit_code": ("Credit code", "USCC", "Unified social credit code"),
        "category": ("Type of unit",),
        "head": ("Head of unit", "Person in charge"),
        "phone": ("Telephone",),
        "parent": ("Parent unit",),
    },
    "congresses": {
        "name": ("Congress", "Name of congress"),
        "level": ("Tier",),
        "area": ("Area code", "Division code"),
        "parent": ("Higher congress", "Parent congress"),
        "has_districts": ("With districts",),
        "population": ("Inhabitants",),
        "term": ("Term number",),
        "began": ("First session", "First session on"),
    },
    "roster": {
        "name": ("Full name", "Deputy"),
        "sex": ("Gender",),
        "ethnicity": ("Ethnic group", "Nationality"),
        "born": ("Date of birth", "Birth date", "Birthday"),
        "id_number": ("ID No.", "ID card", "Citizen ID"),
        "phone": ("Mobile", "Mobile phone", "Telephone"),
        "party": ("Political affiliation",),
        "education": ("Level of education",),
        "employer": ("Work unit", "Workplace"),
        "post": ("Position", "Job"),
        "congress": ("People's Congress",),
        "term": ("Term number",),
        "district": ("Electoral district", "Constituency"),
        "certificate": ("Certificate number", "Deputy certificate"),
        "elected": ("Date of election", "Elected on"),
        "by_election": ("By-election", "By election"),
        "delegation": ("Deputy delegation",),
        "group": ("Deputy group",),
        "composition": ("Category of deputy",),
    },
    "stations": {
        "name": ("Station", "Station name"),
        "kind": ("Type",),
        "code": ("Station code",),
        "congress": ("People's Congress",),
        "address": ("Location",),
        "head": ("Head of station",),
        "phone": ("Telephone",),
        "township": ("Township",),
        "liaison": ("Liaison officer",),
        "position": ("Latitude and longitude",),
        "offers": ("Services",),
        "deputies": ("Bound deputies",),
        "closed": ("Closed on",),
    },
    "suggestions": {
        "number": ("Suggestion number",),
        "title": ("Subject",),
        "text": ("Content",),
        "lead": ("Lead deputy", "First signer"),
        "cosigners": ("Co-signers", "Cosigners of suggestion"),
        "delegation": ("Deputy delegation",),
        "filed": ("Filed on", "Date filed"),
        "session": ("Congress session",),
        "in_session": ("During session",),
        "category": ("Subject area",),
        "hard": ("Difficult",),
        "preferred_unit": ("Preferred unit",),
    },
    "steps": {
        "number": ("Suggestion number",),
        "step": ("Stage",),
        "on": ("Date",),
        "by_unit": ("Done by unit",),
        "lead_unit": ("Lead unit",),
        "joint_units": ("Joint units",),
        "separate_units": ("Separate units",),
        "sole_unit": ("Sole unit",),
        "grade": ("Rating",),
        "merged_into": ("Merged into",),
        "note": ("Remark", "Remarks"),
    },
    "opinions": {
        "number": ("Opinion number",),
        "registered": ("Registered on", "Date registered"),
        "station": ("Deputy station",),
        "voter": ("Voter name",),
        "phone": ("Telephone", "Mobile"),
        "text": ("Content",),
        "category": ("Subject area",),
        "received_by": ("Received by deputy",),
        "branch": ("Handled by", "Way of handling"),
        "channel": ("Belongs to",),
        "unit": ("Handling unit",),
        "replied": ("Replied on",),
        "reply": ("Text of reply",),
        "told_voter": ("Voter told on",),
        "told_deputy": ("Deputy told on",),
        "closed": ("Closed on",),
    },
    "voters": {
        "name": ("Full name", "Voter"),
        "sex": ("Gender",),
        "ethnicity": ("Ethnic group", "Nationality"),
        "born": ("Date of birth", "Birth date"),
        "id_number": ("ID No.", "ID card", "Citizen ID"),
        "phone": ("Mobile", "Telephone"),
        "congress": ("People's Congress",),
        "district": ("Electoral district", "Constituency"),
        "registered": ("Registered on", "Date registered"),
    },
    "sessions": {
        "congress": ("People's Congress",),
        "term": ("Term number",),
        "number": ("Session", "Session number"),
        "opens": ("Opens on", "Opening"),
        "closes": ("Closes on", "Closing"),
    },
}


def with_english(sheet: Sheet) -> Sheet:
    """Give the sheet's columns their English titles, after the Chinese ones."""
    titles = _TITLES[sheet.name]
    columns = (attrs.evolve(column, titles=(*column.titles, *titles.get(column.name, ()))) for column in sheet.columns)
    return attrs.evolve(sheet, columns=tuple(columns))
