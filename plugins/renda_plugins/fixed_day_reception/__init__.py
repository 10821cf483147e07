"""固定接待日: Reception on a fixed day."""
