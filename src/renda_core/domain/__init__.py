"""The field's rules and values, pure: no storage, no clock, no network."""
