"""Frozen, slotted dataclasses that cost nothing to define: what a command pays at every start.

`dataclasses` writes and compiles six functions for each class and imports `inspect` to do it:
10 ms, and half a millisecond a class, where Python itself starts in 15. Here all classes share
the same functions. To type checkers these names are those of `dataclasses`; at run time
`dataclasses.replace`, `fields`, `asdict` and `is_dataclass` work on these classes as well.
Only what the model uses is here: `frozen=True, slots=True` always, `kw_only`, `order`, defaults,
and `field` with `default`, `default_factory`, `compare`, `hash` and `repr`.
"""

from __future__ import annotations

TYPE_CHECKING = False

__all__ = ["dataclass", "field", "replace"]

if TYPE_CHECKING:
    from dataclasses import dataclass, field, replace
else:
    _NOTHING = object()

    class field:  # noqa: N801 -- the name it stands for
        """One field, as `dataclasses.field` makes it."""

        __slots__ = ("compare", "default", "factory", "hash", "name", "repr", "store")

        def __init__(
            self,
            *,
            default=_NOTHING,
            default_factory=None,
            compare=True,
            hash=None,  # noqa: A002 -- as dataclasses calls it
            repr=True,  # noqa: A002 -- as above
        ):
            self.default = default
            self.factory = default_factory
            self.compare = compare
            self.hash = compare if hash is None else hash
            self.repr = repr

    def dataclass(cls=None, *, frozen=True, slots=True, kw_only=False, order=False):
        """Make a class a record; see the module's docstring for what is supported."""
        if cls is None:
            return lambda made: dataclass(
                made, frozen=frozen, slots=slots, kw_only=kw_only, order=order
            )
        if not (frozen and slots):
            raise TypeError("a record is frozen and slotted")
        members = dict(cls.__dict__)
        declared = members.get("__annotations__", {})
        own = [_field(name, members.pop(name, _NOTHING)) for name in declared]
        members.pop("__dict__", None)
        members.pop("__weakref__", None)
        members |= _SHARED
        if order:
            members |= _ORDERED
        members["__slots__"] = names = tuple(declared)
        members["__match_args__"] = members["__positional__"] = () if kw_only else names
        members["__record__"] = own
        members["__plan__"] = plan = []
        made = type(cls)(cls.__name__, cls.__bases__, members)
        slots = made.__dict__
        for described in own:
            store = described.store = slots[described.name].__set__
            plan.append((described.name, store, described.default, described.factory))
        return made

    def _field(name, default):
        described = default if isinstance(default, field) else field(default=default)
        described.name = name
        return described

    def _init(self, *args, **values):
        if args:
            names = self.__positional__
            if len(args) > len(names):
                raise TypeError(f"{type(self).__name__}() takes {len(names)} positional arguments")
            values |= zip(names, args, strict=False)
        given = 0
        for name, store, default, factory in self.__plan__:
            if name in values:
                store(self, values[name])
                given += 1
            elif default is not _NOTHING:
                store(self, default)
            elif factory is not None:
                store(self, factory())
            else:
                raise TypeError(f"{type(self).__name__}() needs {name!r}")
        if given != len(values):
            unknown = values.keys() - self.__slots__
            raise TypeError(f"{type(self).__name__}() has no {', '.join(sorted(unknown))}")

    def _repr(self):
        shown = (
            f"{described.name}={getattr(self, described.name)!r}"
            for described in self.__record__
            if described.repr
        )
        return f"{type(self).__qualname__}({', '.join(shown)})"

    def _compared(self):
        return tuple(getattr(self, d.name) for d in self.__record__ if d.compare)

    def _eq(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self is other or _compared(self) == _compared(other)

    def _hash(self):
        return hash(tuple(getattr(self, d.name) for d in self.__record__ if d.hash))

    def _frozen(self, name, *_):
        raise AttributeError(f"{type(self).__name__} is frozen: {name!r} cannot be changed")

    def _less(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        return _compared(self) < _compared(other)

    def _state(self):
        return [getattr(self, described.name) for described in self.__record__]

    def _restore(self, state):
        for described, value in zip(self.__record__, state, strict=True):
            described.store(self, value)

    class _AsDataclass:
        """Builds what `dataclasses` asks a class for, when it asks."""

        def __get__(self, _, owner):
            import dataclasses  # noqa: PLC0415 -- not before somebody asks

            built = dataclasses.make_dataclass(
                owner.__name__,
                [(d.name, object, dataclasses.field(**_options(d))) for d in owner.__record__],
                kw_only=True,
            ).__dataclass_fields__
            owner.__dataclass_fields__ = built
            return built

    def _options(described):
        options = {"compare": described.compare, "hash": described.hash, "repr": described.repr}
        if described.factory is not None:
            options["default_factory"] = described.factory
        elif described.default is not _NOTHING:
            options["default_factory"] = lambda: described.default
        return options

    def replace(record, /, **changes):
        """A copy with some fields changed."""
        for described in record.__record__:
            changes.setdefault(described.name, getattr(record, described.name))
        return type(record)(**changes)

    _SHARED = {
        "__init__": _init,
        "__repr__": _repr,
        "__eq__": _eq,
        "__hash__": _hash,
        "__setattr__": _frozen,
        "__delattr__": _frozen,
        "__getstate__": _state,
        "__setstate__": _restore,
        "__dataclass_fields__": _AsDataclass(),
    }
    _ORDERED = {
        "__lt__": _less,
        "__gt__": lambda self, other: _less(other, self),
        "__le__": lambda self, other: self == other or _less(self, other),
        "__ge__": lambda self, other: self == other or _less(other, self),
    }
