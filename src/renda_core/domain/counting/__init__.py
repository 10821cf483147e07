"""Counting many papers: packed ballots, checked and counted in one pass."""
