"""Who is hosted: the directory of tenants, what the operator does to it, and tenants made by the thousand."""
