"""Parameter binding: names, types, sets and ranges, refused in PowerShell's words."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network

from appliance.lab.rras.tables import CMDLETS, COMMON, CUSTOM_ONLY, Parameter, words

Value = object
Bound = dict[str, Value]


class CmdletError(Exception):
    """What a cmdlet writes to the error stream; a terminating one ends its pipeline."""

    def __init__(self, message: str, *, identity: str = "", terminating: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.identity = identity or "WIN32 87"
        self.terminating = terminating


def bind(cmdlet: str, given: Mapping[str, Value], level: int) -> tuple[str, Bound]:
    """The cmdlet's own name and its parameters by their own names. Raises `CmdletError`."""
    name = next((one for one in CMDLETS if one.lower() == cmdlet.lower()), None)
    if name is None:
        raise CmdletError(
            f"The term '{cmdlet}' is not recognized as the name of a cmdlet, function, script "
            "file, or operable program.",
            identity="CommandNotFoundException",
            terminating=True,
        )
    known = {**CMDLETS[name], **COMMON}
    bound: Bound = {}
    for typed, value in given.items():
        own = next((one for one in known if one.lower() == typed.lower()), None)
        if own is None or known[own].since > level:
            raise CmdletError(
                f"A parameter cannot be found that matches parameter name '{typed}'.",
                identity=f"NamedParameterNotFound,{name}",
                terminating=True,
            )
        bound[own] = _value(own, known[own], value, level)
    _sets(name, bound)
    _needed(name, bound)
    return name, bound


def _value(name: str, parameter: Parameter, value: Value, level: int) -> Value:
    if parameter.kind in {"switch", "bool"}:
        return _flag(name, parameter, value)
    if parameter.kind == "uint32":
        return _number(name, parameter, value)
    if parameter.kind == "enum":
        return _word(name, value, level)
    if parameter.kind in {"strings", "subnets"}:
        listed = [str(one) for one in (value if isinstance(value, list) else [value])]
        for one in listed if parameter.kind == "subnets" else ():
            _subnet(name, one)
        return listed
    if isinstance(value, list):
        raise _unbound(name, "System.String")
    return str(value)


def _unbound(name: str, kind: str) -> CmdletError:
    return CmdletError(
        f"Cannot bind argument to parameter '{name}': cannot convert the value to type {kind}.",
        identity="ParameterArgumentTransformationError",
        terminating=True,
    )


def _flag(name: str, parameter: Parameter, value: Value) -> bool:
    if value is None and parameter.kind == "switch":
        return True
    if not isinstance(value, bool):
        raise _unbound(name, "System.Boolean")
    return value


def _number(name: str, parameter: Parameter, value: Value) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**32:
        raise _unbound(name, "System.UInt32")
    number = int(value)
    inside = parameter.least <= number <= parameter.most
    if not inside or (parameter.among and number not in parameter.among):
        raise CmdletError(f"The parameter is incorrect: {name} {number} is out of range.")
    return number


def _word(name: str, value: Value, level: int) -> str:
    for word in words(name, level):
        if word.lower() == str(value).lower():
            return word
    raise CmdletError(
        f"Cannot validate argument on parameter '{name}'. The argument \"{value}\" does not belong "
        f'to the set "{",".join(words(name, level))}".',
        identity="ParameterArgumentValidationError",
        terminating=True,
    )


def _subnet(name: str, text: str) -> None:
    address, _, metric = text.partition(":")
    try:
        IPv4Network(address)
    except ValueError:
        metric = ""
    if not metric.isdigit():
        raise CmdletError(f"The parameter is incorrect: {name} '{text}' is no subnet and metric.")


def _sets(cmdlet: str, bound: Bound) -> None:
    """The crypto parameters exist only with -CustomPolicy, -EncryptionType only without."""
    if "VpnS2SInterface" not in cmdlet:
        return
    custom = any(name in bound for name in CUSTOM_ONLY)
    if (custom and not bound.get("CustomPolicy")) or (
        bound.get("CustomPolicy") and "EncryptionType" in bound
    ):
        raise CmdletError(
            "Parameter set cannot be resolved using the specified named parameters.",
            identity="AmbiguousParameterSet",
            terminating=True,
        )


def _needed(cmdlet: str, bound: Bound) -> None:
    """What is mandatory cannot be asked for here: nobody is at the console."""
    missing = [name for name, one in CMDLETS[cmdlet].items() if one.needed and not bound.get(name)]
    if missing:
        raise CmdletError(
            "Cannot process command because of one or more missing mandatory parameters: "
            f"{' '.join(missing)}.",
            identity=f"MissingMandatoryParameter,{cmdlet}",
            terminating=True,
        )


def forced(cmdlet: str, bound: Bound) -> None:
    """A cmdlet that asks before it acts cannot ask here: nobody is at the console."""
    if not bound.get("Force") and bound.get("Confirm") is not False:
        raise CmdletError(
            f"{cmdlet} asks for confirmation, and Windows PowerShell is in NonInteractive mode.",
            identity="InvalidOperation",
            terminating=True,
        )
