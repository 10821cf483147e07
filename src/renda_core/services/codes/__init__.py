"""Codes that voters follow their matter by: issue one, look by it, and judge what came of it."""
