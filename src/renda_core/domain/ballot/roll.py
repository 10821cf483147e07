"""The numbers of a round: who might vote, who was there, what was handed out and what came back."""

import attrs


@attrs.frozen(kw_only=True)
class Attendance:
    """The numbers that the tellers (计票人) sign; nothing is inferred from them.

    Attributes:
        by_device: How many of the returned came by device and not on paper.
        device_issued: How many of the issued were slots of the box, to be filled by device, and not papers.
    """

    seats: int = 0
    incumbent: int
    present: int
    issued: int
    returned: int
    by_device: int = 0
    device_issued: int = 0


@attrs.frozen(kw_only=True)
class Trustee:
    """Somebody who holds a key of the ballot box (监票人 or 计票人), outside the database.

    Attributes:
        name: As minuted, e.g. 监票人甲.
        body: The body the trustee comes from; trustees should come from different ones.
        box_key, sign_key: Public keys in hex, X25519 to seal to and Ed25519 to sign with.
    """

    name: str
    box_key: str
    sign_key: str
    body: str = ""
