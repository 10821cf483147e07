"""Accounts (账号): who may come in to a tenant, by what, and with which powers."""
