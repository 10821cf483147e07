"""Pabulib ``.pb`` in and out: elections of projects that share a budget, with every vote cast in them.

Source: the format at pabulib.org/format; Stolicki, Szufa, Talmon, Pabulib: A Participatory Budgeting Library (2020).
"""

from renda_core.files.pabulib.election import Election, Project, VoteType
from renda_core.files.pabulib.reading import parse, read_pabulib
from renda_core.files.pabulib.writing import write_pabulib, written

__all__ = ["Election", "Project", "VoteType", "parse", "read_pabulib", "write_pabulib", "written"]
