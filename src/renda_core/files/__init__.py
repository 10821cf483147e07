"""Spreadsheets in and out: tables read with care, rows checked by column, workbooks written whole."""

from .bulk import write_table
from .columns import Column, Problem, Read, Sheet
from .reading import Rows, open_rows, read_file
from .sheets import SHEETS
from .templates import write_template
from .workbook import Page, write_workbook
from .written import write_csv

__all__ = [
    "SHEETS",
    "Column",
    "Page",
    "Problem",
    "Read",
    "Rows",
    "Sheet",
    "open_rows",
    "read_file",
    "write_csv",
    "write_table",
    "write_template",
    "write_workbook",
]
