"""When a practice's own code fails: what it is answered with, in words that name it and tell nothing personal.

What a decision rests on fails closed, a decoration fails open; either way the failure is heard and named.
"""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from renda_core.domain.couplings import Context

T = TypeVar("T")


class Overrun(BaseException):
    """A practice's code took longer than it is given, and was cut off.

    No ``Exception``, so that a practice that catches those does not go on all the same.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds

    def __str__(self) -> str:
        return f"took longer than {self.seconds:g} s"


class Nonsense(TypeError):
    """A practice's code gave what it never may give; the message says which class, never what was in it."""


def why(error: BaseException) -> str:
    """Say how code failed, by the error's class alone: its message may quote what the reader may not see."""
    if isinstance(error, Overrun | Nonsense):
        return str(error)
    return f"failed: {type(error).__name__}"


def expect(found: object, sort: type[T]) -> T:
    """Give what a practice's code gave, or raise ``Nonsense`` where it is of another class."""
    if isinstance(found, sort):
        return found
    raise nonsense(found, f"a {sort.__name__}")


def nonsense(found: object, wanted: str) -> Nonsense:
    """Say what was given in place of what was wanted; what was to be awaited, and never will be, is closed."""
    if isinstance(found, Coroutine):
        found.close()
    return Nonsense(f"gave a {type(found).__name__}, not {wanted}")


Heard = Callable[[str, str, BaseException], None]
"""Is told of each failure: the plugin, what of it failed (``guard second_round``), and the error."""


def unheard(plugin: str, what: str, error: BaseException) -> None:
    """Keep no account of failures; they are still named in the answer."""


class Contexts(dict[str, Context[Any]]):
    """Each plugin's context, made when it is first asked for and then the same; and who hears where one fails."""

    __slots__ = ("_heard", "_make")

    def __init__(self, make: Callable[[str], Context[Any]], heard: Heard = unheard) -> None:
        super().__init__()
        self._make, self._heard = make, heard

    def __missing__(self, plugin: str) -> Context[Any]:
        made = self[plugin] = self._make(plugin)
        return made

    def __call__(self, plugin: str) -> Context[Any]:
        """Give a plugin its context."""
        return self[plugin]

    def failed(self, plugin: str, what: str, name: str, error: BaseException) -> str:
        """Report a failure, e.g. of ``"guard"`` ``"second_round"``, and say it in words that name the plugin."""
        self._heard(plugin, f"{what} {name}", error)
        return f"{what} {plugin}.{name} {why(error)}"
