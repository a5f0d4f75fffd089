"""Functions of template expressions that depend on nothing but their arguments.

As in "ARM template functions"; arguments here are known, through and through.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from ipaddress import ip_network
from types import MappingProxyType

MAX_SIZE = 100_000
"""Characters of a text that an expression may make."""
MAX_ELEMENTS = 10_000
"""Elements of a list or an object ("Template limits": `range` gives no more)."""
PLACE = re.compile(r"\{(\d{1,4})(?:,(-?\d{1,4}))?(?::([A-Za-z]?)(\d{0,3})[^{}]*)?\}")
"""A place of `format`: index, width, kind and digits."""
_MAX_NUMBER = 1 << 63
_REFUSALS = (
    *(TypeError, ValueError, ArithmeticError, LookupError, AttributeError),
    *(RecursionError, StopIteration),
)


class ArgumentError(ValueError):
    """Arguments that a function does not take."""


def call(name: str, arguments: Sequence[object]) -> object:
    """What a function gives. Raises `KeyError` for an unknown one, `ArgumentError`."""
    function = _FUNCTIONS[name]
    try:
        result = function(*arguments)
    except _REFUSALS as error:
        raise ArgumentError(f"{name}() does not take these arguments") from error
    if isinstance(result, int) and abs(result) > _MAX_NUMBER:
        raise ArgumentError(f"{name}() gives a number of more than 64 bits")
    if isinstance(result, str) and len(result) > MAX_SIZE:
        raise ArgumentError(f"{name}() gives more than {MAX_SIZE} characters")
    if isinstance(result, list | dict) and len(result) > MAX_ELEMENTS:
        raise ArgumentError(f"{name}() gives more than {MAX_ELEMENTS} elements")
    return result


def same(one: object, other: object) -> bool:
    """`equals`: text exactly, members of objects in any order."""
    return type(one) is type(other) and one == other


def member(value: object, key: object) -> object:
    """What is under a key (in any capitals) or index. Raises `LookupError`, `TypeError`."""
    if isinstance(value, dict):
        wanted = str(key).casefold()
        return next(value[name] for name in value if name.casefold() == wanted)
    if isinstance(value, list | str) and isinstance(key, int) and not isinstance(key, bool):
        return value[key]
    raise TypeError


def text(value: object) -> str:
    """A value as `string` and `concat` write it."""
    if isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _concat(*parts: object) -> object:
    if parts and all(isinstance(part, list) for part in parts):
        return [element for part in parts if isinstance(part, list) for element in part]
    if any(isinstance(part, list | dict) for part in parts):
        raise TypeError
    return "".join(map(text, parts))


def _format(pattern: str, *parts: object) -> str:
    """.NET's composite formatting, as far as templates use it: `{0}`, `{1:D3}`, `{2,-8}`."""
    whole = pattern.replace("{{", "\0").replace("}}", "\1")
    made = PLACE.sub(lambda found: _formatted(parts[int(found.group(1))], found), whole)
    if "{" in PLACE.sub("", whole):
        raise ValueError
    return made.replace("\0", "{").replace("\1", "}")


def _formatted(value: object, found: re.Match[str]) -> str:
    kind, digits = found.group(3) or "", found.group(4) or ""
    if kind in ("D", "d", "X", "x") and isinstance(value, int):
        made = format(value, "d" if kind in "Dd" else kind).rjust(int(digits or 0), "0")
    elif kind and not isinstance(value, str):  # .NET passes over what it cannot do with text
        raise ValueError
    else:
        made = text(value)
    width = int(found.group(2) or 0)
    if abs(width) > MAX_SIZE:
        raise ValueError
    return made.ljust(-width) if width < 0 else made.rjust(width)


def _first(value: list[object] | str) -> object:
    return value[0] if value else None


def _last(value: list[object] | str) -> object:
    return value[-1] if value else None


def _contains(container: object, item: object) -> bool:
    if isinstance(container, dict):
        return text(item).casefold() in map(str.casefold, container)
    if isinstance(container, str):
        return text(item) in container
    return isinstance(container, list) and any(same(item, each) for each in container)


def _union(*parts: object) -> object:
    if all(isinstance(part, dict) for part in parts):
        return {
            key: value for part in parts if isinstance(part, dict) for key, value in part.items()
        }
    return list({_key(each): each for part in parts for each in _list(part)}.values())


def _key(value: object) -> tuple[type, str]:
    """What two equal values have in common."""
    return type(value), json.dumps(value, sort_keys=True, default=repr)


def _intersection(first: object, *others: object) -> object:
    if isinstance(first, dict):
        return {
            key: value
            for key, value in first.items()
            if all(isinstance(other, dict) and other.get(key) == value for other in others)
        }
    kept = [{_key(each) for each in _list(other)} for other in others]
    return [each for each in _list(first) if all(_key(each) in keys for keys in kept)]


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _range(start: int, count: int) -> list[int]:
    if count > MAX_ELEMENTS:
        raise ValueError
    return list(range(start, start + count))


def _split(value: str, marks: str | list[str]) -> list[str]:
    first, *others = [marks] if isinstance(marks, str) else marks
    for mark in others:
        value = value.replace(mark, first)
    return value.split(first)


def _int(value: str | int) -> int:
    return int(value)


def _bool(value: str | int | bool) -> bool:  # noqa: FBT001 -- what a template hands over
    return value.casefold() in ("true", "1") if isinstance(value, str) else bool(value)


def _padded(value: str | int, length: int, mark: str = " ") -> str:
    return str(value).rjust(min(length, MAX_SIZE), mark)


def _object(*parts: object) -> dict[str, object]:
    return {text(key): value for key, value in zip(parts[::2], parts[1::2], strict=True)}


def _items(value: dict[str, object]) -> list[object]:
    return [{"key": key, "value": value[key]} for key in sorted(value)]


def _subnet(prefix: str, length: int, index: int) -> str:
    network = ip_network(prefix, strict=False)
    size = 1 << (network.max_prefixlen - length)
    base = int(network.network_address) + index * size
    if length < network.prefixlen or not 0 <= index < 1 << (length - network.prefixlen):
        raise ValueError
    return f"{type(network.network_address)(base)}/{length}"


def _host(prefix: str, index: int) -> str:
    return str(ip_network(prefix, strict=False)[index + 1])


def _parsed(prefix: str) -> dict[str, object]:
    """`parseCidr`: what there is to say of a network."""
    network = ip_network(prefix, strict=False)
    first, last = network[0], network[-1]
    inside = network.num_addresses > 2  # noqa: PLR2004 -- without the network and the broadcast
    return {
        "network": str(first),
        "netmask": str(network.netmask),
        "broadcast": str(last),
        "firstUsable": str(first + 1 if inside else first),
        "lastUsable": str(last - 1 if inside else last),
        "cidr": network.prefixlen,
    }


def _number(fold_two: Callable[[int, int], int]) -> Callable[..., int]:
    def function(one: int, other: int) -> int:
        if isinstance(one, str) or isinstance(other, str):
            raise TypeError
        return fold_two(one, other)

    return function


def _substring(value: str, start: int, length: int | None = None) -> str:
    end = len(value) if length is None else start + length
    if start < 0 or end > len(value):
        raise ValueError
    return value[start:end]


def _skip(value: list[object] | str, count: int) -> object:
    return value[max(count, 0) :]


def _take(value: list[object] | str, count: int) -> object:
    return value[: max(count, 0)]


def _replace(value: str, old: str, new: str) -> str:
    if len(new) * (value.count(old) + 1) > MAX_SIZE * 10:
        raise ValueError
    return value.replace(old, new)


def _index(value: str, sought: str) -> int:
    return value.casefold().find(sought.casefold())


_FUNCTIONS: MappingProxyType[str, Callable[..., object]] = MappingProxyType(
    {
        "add": _number(lambda one, other: one + other),
        "array": lambda value: value if isinstance(value, list) else [value],
        "bool": _bool,
        "cidrhost": _host,
        "cidrsubnet": _subnet,
        "concat": _concat,
        "contains": _contains,
        "createarray": lambda *parts: list(parts),
        "createobject": _object,
        "div": _number(lambda one, other: int(one / other)),
        "empty": lambda value: value is None or len(value) == 0,
        "endswith": lambda value, end: value.casefold().endswith(end.casefold()),
        "equals": same,
        "false": lambda: False,
        "first": _first,
        "flatten": lambda value: [each for part in value for each in _list(part)],
        "format": _format,
        "greater": lambda one, other: one > other,
        "greaterorequals": lambda one, other: one >= other,
        "indexof": _index,
        "int": _int,
        "intersection": _intersection,
        "items": _items,
        "join": lambda parts, mark: mark.join(map(text, parts)),
        "json": json.loads,
        "last": _last,
        "length": len,
        "less": lambda one, other: one < other,
        "lessorequals": lambda one, other: one <= other,
        "max": lambda *parts: max(parts[0] if isinstance(parts[0], list) else parts),
        "min": lambda *parts: min(parts[0] if isinstance(parts[0], list) else parts),
        "mod": _number(lambda one, other: one % other),
        "mul": _number(lambda one, other: one * other),
        "not": lambda value: not _bool(value),
        "null": lambda: None,
        "objectkeys": lambda value: sorted(value.keys()),
        "padleft": _padded,
        "parsecidr": _parsed,
        "range": _range,
        "lastindexof": lambda value, sought: value.casefold().rfind(sought.casefold()),
        "replace": _replace,
        "shallowmerge": lambda parts: {key: part[key] for part in parts for key in part},
        "skip": _skip,
        "split": _split,
        "startswith": lambda value, start: value.casefold().startswith(start.casefold()),
        "string": text,
        "sub": _number(lambda one, other: one - other),
        "substring": _substring,
        "take": _take,
        "tolower": lambda value: text(value).lower(),
        "toupper": lambda value: text(value).upper(),
        "trim": lambda value: value.strip(),
        "true": lambda: True,
        "union": _union,
    }
)
