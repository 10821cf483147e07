"""Where tenants live, and how they come to live there: one SQLite file for each, one PostgreSQL, or several."""

from renda_core.premises.places import Premises, alone, read_silos

__all__ = ["Premises", "alone", "read_silos"]
