"""Values that nobody changes by mistake: mappings that refuse to be written to, and whole objects made so.

Practices are handed the very objects that are stored afterwards, and settings that tenants share. Whoever changes
them in a roundabout way (``object.__setattr__``, ``dict.update``) does so on purpose; practices are trusted code.
"""

import collections.abc
from collections.abc import Mapping
from functools import cache
from typing import Any, NoReturn, TypeVar, get_args, get_origin

import attrs

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")
MUTABLE = (list, dict, set, bytearray)
WRITTEN = frozenset(
    {*MUTABLE, collections.abc.MutableMapping, collections.abc.MutableSequence, collections.abc.MutableSet}
)


class Frozen(dict[K, V]):
    """A dict that is never changed, so that JSON, equality and ``{**this}`` know it as they know any other.

    Example:
        ::

            states = Frozen(main="open")
            states["main"] = "closed"  # TypeError
    """

    __slots__ = ()

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("this mapping is only read; make a new one: {**old, name: value}")

    __setitem__ = __delitem__ = clear = pop = popitem = setdefault = update = __ior__ = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self),)


EMPTY: Frozen[str, Any] = Frozen()
"""One for all, since most acts name neither parties nor links."""


def names_by_role(given: Mapping[str, Any]) -> Frozen[str, tuple[str, ...]]:
    """Freeze a mapping from names to lists of names."""
    return Frozen({name: tuple(listed) for name, listed in given.items()}) if given else EMPTY


def frozen(value: Any) -> Any:
    """Freeze a value and all that is in it: dicts, lists and sets are replaced, attrs objects are made anew."""
    if isinstance(value, Frozen):
        return value
    if isinstance(value, dict):
        return Frozen({name: frozen(part) for name, part in value.items()})
    if isinstance(value, list | tuple):
        new = tuple(map(frozen, value))
        same = type(value) is not list and all(a is b for a, b in zip(value, new, strict=True))
        return value if same else new
    if isinstance(value, set):
        return frozenset(value)
    if isinstance(value, bytearray):
        return bytes(value)
    return _object(value) if attrs.has(type(value)) else value


def _object(value: Any) -> Any:
    cls: Any = type(value)
    parts = {name: getattr(value, name) for name in _fields(cls)}
    made = {name: new for name, part in parts.items() if (new := frozen(part)) is not part}
    for name, new in made.items():
        object.__setattr__(value, name, new)  # in place: made anew, its class would check a tuple where it wrote list
    return value


@cache
def _fields(cls: type) -> tuple[str, ...]:
    if not attrs.inspect(cls).is_frozen:
        raise TypeError(f"{cls.__name__} can be changed: write @attrs.frozen")
    return tuple(a.name for a in attrs.fields(cls))


def refuse_mutable(_: Any, attribute: Any, cls: Any) -> None:
    """Refuse, as a validator, a class of a body or payload whose objects could be changed.

    Raises:
        TypeError: Naming the class, and the field where it is one.
    """
    if cls is not None and (wrong := mutable(cls)):
        raise TypeError(f"{attribute.name}: {wrong}")


@cache
def mutable(cls: type) -> str:
    """Say what of a class's objects could be changed; nothing where all is fixed."""
    if not attrs.has(cls):
        return ""
    if not attrs.inspect(cls).is_frozen:
        return f"{cls.__name__} can be changed: write @attrs.frozen"
    for field in attrs.fields(cls):
        for kind in kinds_of(cls, field.name):
            if kind in WRITTEN:
                return f"{cls.__name__}.{field.name} can be changed: write tuple, frozenset or Mapping"
            if isinstance(kind, type) and attrs.has(kind) and kind is not cls and (wrong := mutable(kind)):
                return wrong
    return ""


@cache
def maps(cls: type) -> bool:
    """Tell whether objects of a class hold mappings, which come out of a document as plain dicts."""
    if not attrs.has(cls):
        return False
    kinds = [kind for field in attrs.fields(cls) for kind in kinds_of(cls, field.name)]
    return any(k in (Mapping, Any) or (isinstance(k, type) and k is not cls and maps(k)) for k in kinds)


def kinds_of(cls: type, field: str) -> list[Any]:
    """List every class that a field's annotation names; none for one that can be read in no module."""
    try:
        told = getattr(attrs.fields(attrs.resolve_types(cls)), field).type
    except NameError:
        return []
    return _within(told)


def _within(told: Any) -> list[Any]:
    """List every class that an annotation names."""
    found = [get_origin(told) or told]
    for part in get_args(told):
        found += _within(part)
    return found
