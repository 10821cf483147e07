"""Spreadsheets in and out: tables read with care, rows checked by column, workbooks written whole."""

from .columns import Column, Problem, Read, Sheet, check_headers, read_rows
from .sheets import SHEETS
from .tables import Line, Table, read_table
from .workbook import Page, write_template, write_workbook
from .written import write_csv

__all__ = [
    "SHEETS",
    "Column",
    "Line",
    "Page",
    "Problem",
    "Read",
    "Sheet",
    "Table",
    "check_headers",
    "read_rows",
    "read_table",
    "write_csv",
    "write_template",
    "write_workbook",
]
