"""Every error renda raises on purpose; the server maps classes to HTTP statuses, core knows no HTTP."""

from typing import ClassVar


class RendaError(Exception):
    """Base of all deliberate errors.

    Attributes:
        code: Stable, translatable key, e.g. ``"stale"``.
        details: JSON-able facts for the message template.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.details = details


class Invalid(RendaError):
    """A value makes no sense in itself."""

    code = "invalid"


class NotFound(RendaError):
    """No such object in this tenant, or none that the asker may know of."""

    code = "not_found"


class NotAllowed(RendaError):
    """The asker is known and may not do this."""

    code = "not_allowed"


class NotLetIn(RendaError):
    """Nobody was let in: what was shown opens nothing, and why is not told."""

    code = "not_let_in"


class Stale(RendaError):
    """Someone else saved a newer version first; ``details["changed"]`` tells what happened since."""

    code = "stale"


class Taken(RendaError):
    """A row of this key was written by someone else first; nothing of this change was kept."""

    code = "taken"


class _Listed(RendaError):
    """An error that carries every reason at once."""

    key: ClassVar[str]

    def __init__(self, message: str, *reasons: str, **details: object) -> None:
        super().__init__(message, **{self.key: reasons}, **details)
        self.reasons = reasons

    def __str__(self) -> str:
        return f"{self.args[0]}: {'; '.join(self.reasons)}" if self.reasons else str(self.args[0])


class Rejected(_Listed):
    """Rules object; ``objections`` lists every reason, ``details["open"]`` the steps that are open and to whom."""

    code = "rejected"
    key = "objections"

    @property
    def objections(self) -> tuple[str, ...]:
        """Give every objection."""
        return self.reasons


class ConfigError(_Listed):
    """A configuration or an input file is wrong; every mistake at once, each with file, line or key, and remedy."""

    code = "config"
    key = "mistakes"


class PluginError(_Listed):
    """Plugins are missing, conflict, or point at what nobody offers; every mistake at once."""

    code = "plugin"
    key = "mistakes"


class TooMany(RendaError):
    """Tried too often; ``details["retry_after"]`` says in how many seconds the next try is looked at."""

    code = "too_many"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message, retry_after=retry_after)
        self.retry_after = retry_after


class Unavailable(RendaError):
    """The data cannot be reached just now, or too many ask; ``details["retry_after"]`` says when to come again."""

    code = "unavailable"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message, retry_after=retry_after)
        self.retry_after = retry_after


class PracticeFailed(RendaError):
    """The code of a practice failed where nothing but its own answer rests on it; ``details["plugin"]`` names it."""

    code = "practice"


class Misuse(RendaError):
    """A service or plugin broke the store's contract; a defect, never the user's fault."""

    code = "misuse"
