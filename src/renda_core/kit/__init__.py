"""The kit for authors of practices: write one, check one, draw one."""
