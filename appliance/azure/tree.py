"""A cursor over exported JSON: knows where it stands, and collects what is wrong.

Exports differ in ways that mean nothing: capitals (PowerShell), snake_case (SDK `as_dict`), a
`properties` level (REST) or none (az), null or nothing, numbers and booleans as strings, a list as
{"value": [...], "Count": n}, and PowerShell's `...Text` members that hold an object's JSON again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network

from appliance.azure.cuts import cut, cut_in
from appliance.azure.origin import Moved, Unknown
from appliance.azure.spelling import shorten
from appliance.errors import ApplianceError, ExpectationError

_JOINED = re.compile(r"[\da-fA-F.:]+(?:/\d+)?(?: [\da-fA-F.:]+(?:/\d+)?)+")
"""A list of addresses or prefixes that ConvertTo-Json did not descend into: it joins them."""
_DEEPER = "PowerShell cut the export short: repeat it with `ConvertTo-Json -Depth 20`"
_REPEAT = "correct it in Azure, or repeat the export if that is what is broken"
_ID = "/subscriptions/"
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}
_MAX_NUMBER_DIGITS = 18
_MAX_FAULTS = 100


class ManyFaultsError(ExpectationError):
    """More than one fault; `faults` holds them in order."""

    def __init__(self, faults: tuple[ApplianceError, ...], what: str) -> None:
        text = "\n".join(map(str, faults))
        super().__init__(f"{len(faults)} faults in {what}\n{text}")
        self.faults = faults


@dataclass(slots=True)
class Faults:
    """Faults found so far, each once and in order; reading goes on after one."""

    found: list[ApplianceError] = field(default_factory=list)

    def add(self, message: str, *, where: str, hint: str = "") -> None:
        """Note a fault at `where`; `hint` is what to do about it."""
        self.take(ExpectationError(message, where=where, hint=hint))

    def take(self, fault: ApplianceError) -> None:
        """Note a fault that was raised, or each of those it lists."""
        if isinstance(fault, ManyFaultsError):
            for each in fault.faults:
                self.take(each)
            return
        if len(self.found) < _MAX_FAULTS and str(fault) not in map(str, self.found):
            self.found.append(fault)

    def stop(self, what: str) -> None:
        """Raise `ExpectationError` for everything found; `what` was being read."""
        if len(self.found) == 1 and isinstance(self.found[0], ExpectationError):
            raise self.found[0]
        if self.found:
            raise ManyFaultsError(tuple(self.found), what)


@dataclass(frozen=True, slots=True)
class Node:
    """A JSON value (not shown: keys pass through here), the file it is in and its path there."""

    value: object = field(repr=False)
    file: str
    path: str
    faults: Faults = field(repr=False, compare=False)

    @property
    def where(self) -> str:
        """Place for a message: `gw.json: $.properties.sku`."""
        return f"{self.file}: {self.path}"

    def fault(self, message: str, hint: str = _REPEAT) -> None:
        """Note that this value is wrong."""
        self.faults.add(message, where=self.where, hint=hint)

    @property
    def is_object(self) -> bool:
        """Whether this is an object; what is none is noted as a fault."""
        found = isinstance(_decoded(self.value), dict)
        if not found and not self.unknown():
            self._no_object()
        return found

    def decoded(self) -> Node:
        """What is in a text that holds JSON; the same for anything else."""
        return Node(_decoded(self.value), self.file, self.path, self.faults)

    def at(self, name: str) -> str:
        """Place of a member, there or not."""
        return f"{self.where}.{name}"

    def get(self, name: str) -> Node | None:
        """A member in any capitals, here or in `properties`; None when missing or null."""
        found = self._own(name)
        if found is None and (properties := self._own("properties")) is not None:
            found = properties._own(name)
        if found is not None and not (cut(found.value) or isinstance(found.value, dict | list)):
            return found
        again = self._own(f"{name}Text")
        return again if again is not None and (found is None or cut_in(found.value)) else found

    def told(self, name: str, notes: list[str]) -> Node | None:
        """A member as by `get`; one that the source leaves unknown is noted, and None."""
        found = self.get(name)
        if found is None or not isinstance(found.value, Unknown):
            return found
        notes.append(f"{found.where}: not known: {found.value.why}")
        return None

    def unknown(self) -> bool:
        """Whether the source leaves this value unknown, which is then noted as a fault."""
        if not isinstance(self.value, Unknown):
            return False
        self.fault(f"not known: {self.value.why}", self.value.hint)
        return True

    def items(self, name: str) -> tuple[Node, ...]:
        """Elements of a list member, without nulls; a single value counts as a list of one."""
        found = self.get(name)
        return () if found is None else found.elements()

    def elements(self) -> tuple[Node, ...]:
        """Elements of this list (or what PowerShell makes of one), without nulls."""
        if self.unknown():
            return ()
        value, path = _unwrap(self.value), self.path
        if isinstance(value, str) and _JOINED.fullmatch(value):
            value = value.split()
        if not isinstance(value, list):
            return (self,) if value not in ("", None) else ()
        if isinstance(self.value, dict):
            path = f"{path}.value"
        return tuple(
            Node(element, self.file, f"{path}[{index}]", self.faults)
            for index, element in enumerate(value)
            if element is not None
        )

    def text(self, name: str) -> str | None:
        """A member's text, stripped; None when missing, null or empty."""
        found = self.get(name)
        return None if found is None else found.as_text()

    def as_text(self) -> str | None:
        """This value as text, stripped; None when empty."""
        if self.unknown():
            return None
        if isinstance(self.value, str) and self.value.strip().isprintable():
            return self.value.strip() or None
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return str(self.value)
        text = isinstance(self.value, str)
        what = "text with control characters" if text else _kind(self.value)
        self.fault(f"plain text is expected here, not {what}")
        return None

    def number(self, name: str) -> int | None:
        """A member's whole number, also when written as text; None when missing or null."""
        found = self.get(name)
        if found is None or found.value == "" or found.unknown():
            return None
        number = _whole(found.value)
        if number is None:
            found.fault(f"a whole number is expected here, not {_shown(found.value)}")
        return number

    def flag(self, name: str) -> bool:
        """A member's truth, also when written as text; False when missing or null."""
        found = self.get(name)
        if found is None or isinstance(found.value, bool):
            return found is not None and found.value is True
        if found.unknown():
            return False
        known = _BOOLEANS.get(str(found.value).strip().casefold() or "false")
        if known is None:
            found.fault(f"true or false is expected here, not {_shown(found.value)}")
        return bool(known)

    def address(self) -> IPv4Address | None:
        """This value as an IPv4 address; None when empty or (noted as a fault) no address."""
        text = self.as_text()
        try:
            return None if text is None else IPv4Address(text)
        except ValueError:
            self.fault(f"{shorten(text or '')} is no IPv4 address")
            return None

    def network(self, notes: list[str]) -> IPv4Network | None:
        """This value as an IPv4 prefix; None when empty, IPv6 (a note) or wrong (a fault)."""
        text = self.as_text()
        try:
            found = None if text is None else ip_network(text, strict=False)
        except ValueError:
            self.fault(f"{shorten(text or '')} is no IPv4 prefix", "write it as 10.20.0.0/16")
            return None
        if isinstance(found, IPv6Network):
            notes.append(f"{self.where}: IPv6 prefix {found} left out: only IPv4 is carried")
            return None
        if found is not None and not str(text).startswith(str(found.network_address)):
            notes.append(f"{self.where}: {shorten(str(text))} has host bits set; read as {found}")
        return found

    def _own(self, name: str) -> Node | None:
        members = self._members()
        wanted = fold(name)
        for key in (name,) if name in members else members:
            if fold(key) == wanted and members[key] is not None:
                value = _decoded(members[key]) if wanted.endswith("text") else members[key]
                return Node(value, self.file, self._place(key), self.faults)
        return None

    def _place(self, key: str) -> str:
        """Path of a member, or of what it was made of."""
        here = f"{self.path}.{key}"
        return self.value.origin.get(key, here) if isinstance(self.value, Moved) else here

    def _members(self) -> dict[str, object]:
        value = _decoded(self.value)
        if isinstance(value, dict):
            return value
        if self.unknown():
            return {}
        if isinstance(value, str) and value.startswith(_ID):  # as --query and Format-List show it
            return {"id": value}
        if value not in ("", []):
            self._no_object()
        return {}

    def _no_object(self) -> None:
        hint = _DEEPER if cut(self.value) else _REPEAT
        self.fault(f"an object is expected here, not {_kind(self.value)}", hint)


def fold(name: str) -> str:
    """A member's name without its writer's taste: capitals and underscores."""
    return name.replace("_", "").casefold()


def _unwrap(value: object) -> object:
    """The list in PowerShell's {"value": [...], "Count": n}, or the value itself."""
    if isinstance(value, dict) and {fold(key) for key in value} == {"value", "count"}:
        return next(inner for key, inner in value.items() if fold(key) == "value")
    return _decoded(value)


def _decoded(value: object) -> object:
    """The value in a text that holds JSON (PowerShell's `...Text`), or the value itself."""
    if not (isinstance(value, str) and value.lstrip()[:1] in ("{", "[")):
        return None if value == "null" else value
    import json  # noqa: PLC0415 -- only PowerShell exports need it here

    try:
        decoded: object = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return decoded


def _whole(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 2**53 else None
    text = str(value).strip() if isinstance(value, int | str) else ""
    return int(text) if _digits(text) else None


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MAX_NUMBER_DIGITS


def _shown(value: object) -> str:
    return shorten(value) if isinstance(value, str) else _kind(value)


def _kind(value: object) -> str:
    """What a value is, for a message; text is not repeated, since it might be a key."""
    match value:
        case bool() | int() | float():
            return "a number" if not isinstance(value, bool) else "true or false"
        case str():
            return "text"
        case list():
            return "a list"
        case dict():
            return "an object"
        case _:
            return "nothing"
