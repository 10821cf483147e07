"""The kit for authors of practices: a manifest beside the code, a skeleton to begin with, and checks by tier."""
