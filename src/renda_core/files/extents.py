"""How far the cells of one part of a workbook reach: searched quickly, or followed tag by tag where it is odd."""

import re
from functools import cache
from xml.parsers import expat

import attrs

from renda_core.errors import Invalid
from renda_core.files.limits import MOST_CELLS, MOST_COLUMNS, MOST_ROWS, check_size, refuse

_LONGEST_TAG = 64 * 1024
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_WIDE = re.compile(rb'<c r="([A-Z]{2})[0-9]+"[^>/]*>')
_ONE_LETTER = 26
_FORMULA_ALONE = re.compile(rb"</f>(?:<v */>|<v></v>)?</c>|<f[^>]*/>(?:<v */>|<v></v>)?</c>")
_PREFIXED = re.compile(rb":(?:c|row|v|is|f|sst|Relationship)[\s/>]")
_HIDDEN_ROW = re.compile(rb'<row [^>]*\bhidden="(?:1|true)"')
_TEXTS = re.compile(rb'<sst((?: [A-Za-z:]+="[^"<>&]*")*) ?/?>')
_COUNT = re.compile(rb' (?:count|uniqueCount)="([0-9]+)"')
_DECLARED = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml(?:(?!\?>|encoding).)*(?:encoding=[\"'](?i:utf-8)[\"'][^>]*)?\?>|[A-Za-z])"
)


def damage(file: str) -> Invalid:
    """Build the error for a workbook whose parts cannot be read."""
    return refuse(file, "is damaged", "open it in Excel or WPS and save it again")


@attrs.define
class Extent:
    """The rectangle of the cells that hold something in one part of the workbook, and what else it says.

    Attributes:
        faults: Some cell holds an error of Excel, or a formula without a result.
        hides: Some row is hidden, as those are that a filter leaves out.
        unusual: The quick search met something it cannot judge.
        again: The part must be fed once more.
        broken: It is no well-formed XML.
        sheets: Worksheets of the book, by name: the key of the link to their part.
        targets: Links, by key.
    """

    file: str
    part: str
    faults: bool = False
    hides: bool = False
    since_1904: bool = False
    unusual: bool = False
    again: bool = False
    broken: bool = False
    sheets: dict[str, str] = attrs.field(factory=dict)
    targets: dict[str, str] = attrs.field(factory=dict)
    _columns: int = _ONE_LETTER
    _fed: int = 0
    _rest: bytes = b""
    _followed: "_Follower | None" = None

    @property
    def named_xml(self) -> bool:
        """Tell whether the part must be XML: by its name, or because it began as XML."""
        begun = self._followed is not None and self._followed.started
        return self.part.lower().endswith((".xml", ".rels")) or (begun and not is_drawing(self.part))

    def begin(self, *, exact: bool) -> None:
        """Start feeding; *exact* follows every tag."""
        self._fed, self._rest, self.unusual, self.again = 0, b"", False, False
        self._followed = _Follower(self) if exact else None

    def feed(self, chunk: bytes) -> None:
        """Look at the next bytes.

        Raises:
            Invalid: The part reaches too far or declares entities.
        """
        if self._followed:
            self._followed.feed(chunk)
        elif chunk:
            self._search(chunk)

    def _search(self, chunk: bytes) -> None:
        text = self._rest + chunk
        begin, _, tag = text.rpartition(b"<")
        self._rest = b"" if b">" in tag else b"<" + tag
        text = text if not self._rest else begin
        if (not self._fed and not _DECLARED.match(text)) or len(self._rest) > _LONGEST_TAG or self._odd(text):
            self.unusual = self.again = True
            return
        if _far(self._columns).search(text) and not self._widened(text):
            self.unusual = self.again = True
            return
        self.faults = self.faults or _has_fault(text)
        self.hides = self.hides or (b" hidden=" in text and _HIDDEN_ROW.search(text) is not None)
        self._fed += len(chunk)

    def _widened(self, text: bytes) -> bool:
        """Look for wider rows than were known; False where that does not explain what was found."""
        widest = max((column_number(name.decode()) for name in set(_WIDE.findall(text))), default=0)
        if not self._columns < widest <= MOST_COLUMNS:
            return False
        self.again |= self._fed > 0
        self._columns = widest
        return _far(widest).search(text) is None

    def _odd(self, text: bytes) -> bool:
        """Tell what a quick search cannot judge: document types, prefixed tags, links, the book's own part.

        Comments and quoted passages are searched like the rest, which can only refuse too much.
        """
        if b"DOCTYPE" in text or b"<Relationship " in text or b"<workbook " in text or _PREFIXED.search(text):
            return True
        if b"<sst" in text:
            found = _TEXTS.findall(text)
            check_texts(self.file, *(int(number) for attributes in found for number in _COUNT.findall(attributes)))
            return text.count(b"<sst") != len(found) or any(b"ount" in _COUNT.sub(b"", one) for one in found)
        return False


def _has_fault(text: bytes) -> bool:
    return b't="e"' in text or (b"<f" in text and _FORMULA_ALONE.search(text) is not None)


class _Follower:
    """Follows every tag of one part."""

    def __init__(self, extent: Extent) -> None:
        self._extent = extent
        self._row = self._column = self._rows = self._columns = 0
        self.started = False
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler, self._parser.StartDoctypeDeclHandler = self._start, self._doctype

    def feed(self, chunk: bytes) -> None:
        if self._extent.broken:
            return  # a picture: only its size matters
        try:
            self._parser.Parse(chunk, False)
        except (expat.ExpatError, ValueError, LookupError) as broken:
            self._extent.broken = True
            if self._extent.named_xml:
                raise damage(self._extent.file) from broken
        self._extent.faults = self._extent.faults or _has_fault(chunk)

    def _start(self, name: str, found: dict[str, str]) -> None:
        """Follow one opening tag, whatever part it stands in."""
        self.started = True
        tag, file = name.rpartition(":")[2], self._extent.file
        if tag == "row":
            self._row = int(found["r"]) if "r" in found else self._row + 1
            self._column = 0
            self._extent.hides |= found.get("hidden") in {"1", "true"}
        elif tag == "c":
            self._cell(found.get("r", ""))
        elif tag in {"v", "is", "f"} and (self._row > self._rows or self._column > self._columns):
            # Formatted but empty cells reach far in files from WPS; only cells with something in them count.
            self._rows, self._columns = max(self._rows, self._row), max(self._columns, self._column)
            check_size(file, rows=self._rows, columns=self._columns)
        elif tag == "sst":
            check_texts(file, int(found.get("count", 0)), int(found.get("uniqueCount", 0)))
        elif tag in {"Relationship", "workbookPr", "sheet"}:
            self._book(tag, found)

    def _cell(self, reference: str) -> None:
        self._column += 1
        if place := _REFERENCE.fullmatch(reference):
            self._column, self._row = column_number(place[1]), int(place[2])

    def _book(self, tag: str, found: dict[str, str]) -> None:
        """Note how the book is put together."""
        extent = self._extent
        if tag == "Relationship":
            if "sheets/_rels/" not in extent.part and is_drawing(found.get("Target", "")):
                raise refuse(extent.file, "has a drawing where a sheet belongs", "save it again in Excel or WPS")
            extent.targets[found.get("Id", "")] = found.get("Target", "")
        elif tag == "workbookPr":
            extent.since_1904 = found.get("date1904", "") in {"1", "true", "on"}
        else:
            key = next((value for name, value in found.items() if name.rpartition(":")[2] == "id"), "")
            extent.sheets[found.get("name", "")] = key

    def _doctype(self, *_: object) -> None:
        """Refuse a document type: no workbook has one, and entities hide in it."""
        raise refuse(self._extent.file, "declares XML entities", "open it in Excel or WPS and save it again as .xlsx")


def check_texts(file: str, *counts: int) -> None:
    """Refuse a table of texts that announces too many.

    The reader sets memory aside by this number alone, and takes the whole process down when it cannot.
    """
    if max(counts, default=0) > MOST_CELLS:
        raise refuse(file, f"announces more than {MOST_CELLS:,} texts", "save it again in Excel or WPS")


def is_drawing(name: str) -> bool:
    """Tell an old drawing: the one part that honest programs write as broken XML."""
    return name.lower().endswith(".vml")


def column_number(name: str) -> int:
    """Read a column's letters: A is 1, Z 26, AA 27."""
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number


@cache
def _far(columns: int) -> re.Pattern[bytes]:
    """Build the search for a cell that is written oddly, or lies lower than a table so wide may reach.

    Tags that only begin with ``<c`` (cols, cellXfs, ...) go on with a letter and are passed over.
    """
    rows = _up_to(min(MOST_ROWS, MOST_CELLS // columns))
    return re.compile(rf'<c(?![A-Za-z]| r="(?:{_names(columns)})(?:{rows})"[ />])'.encode())


def _names(columns: int) -> str:
    """Write an expression for the letters of the first *columns* columns, at least A to Z."""
    first, last = divmod(columns - 1, _ONE_LETTER)
    if not first:
        return "[A-Z]"
    whole = [f"[A-{chr(63 + first)}][A-Z]"] if first > 1 else []
    return "|".join(["[A-Z]", *whole, f"{chr(64 + first)}[A-{chr(65 + last)}]"])


def _up_to(limit: int) -> str:
    """Write an expression for the numbers 1 to *limit* without leading zeros."""
    digits = str(limit)
    parts = [f"[1-9][0-9]{{0,{len(digits) - 2}}}"] if len(digits) > 1 else []
    for at, digit in enumerate(digits):
        low = 1 if at == 0 else 0
        if int(digit) > low:
            parts.append(f"{digits[:at]}[{low}-{int(digit) - 1}][0-9]{{{len(digits) - at - 1}}}")
    return "|".join([*parts, digits])
