"""renda over HTTP: identity, tenants, and the library's use cases; no rule lives here."""
