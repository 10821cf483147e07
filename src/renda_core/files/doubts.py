"""What may be said of a cell that does not simply hold what its column asks."""

import attrs


class Unreadable(Exception):
    """A cell that does not say what its column asks; the message and the remedy are for people."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


@attrs.frozen
class Doubtful:
    """A value that was understood, and a warning that goes with it."""

    value: object
    message: str
    remedy: str


@attrs.frozen
class Fault:
    """A cell that holds no value at all: a formula that failed, or one that nobody has computed.

    Attributes:
        text: What Excel shows, e.g. ``#N/A``; empty for a formula without a result.
    """

    text: str

    def __str__(self) -> str:
        return self.text
