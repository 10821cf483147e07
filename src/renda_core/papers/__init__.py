"""Papers that people print and file: one style, PDF out of it."""
