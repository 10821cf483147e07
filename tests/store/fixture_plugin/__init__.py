"""A plugin that has one table of its own."""
