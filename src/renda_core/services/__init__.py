"""Use cases: load, decide, save, journal; each is one transaction."""
