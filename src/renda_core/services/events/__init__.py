"""Telling other systems of events (事件): who is told, and how far each has been."""
