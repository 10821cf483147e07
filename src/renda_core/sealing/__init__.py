"""The sealed ballot box (密封票箱): papers sealed on the voter's device, opened by trustees outside the database."""

from renda_core.sealing.box import Box, make_box, read_box
from renda_core.sealing.papers import box_digest, receipt, seal
from renda_core.sealing.sheet import Sheet

__all__ = ["Box", "Sheet", "box_digest", "make_box", "read_box", "receipt", "seal"]
