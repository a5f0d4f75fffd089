"""`appliance doctor`: what of the tool can be used on this machine, and how to get the rest."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec

from appliance.cli.common import FAILED, OK, UNDETERMINED, emit, with_output
from appliance.errors import ApplianceError, UsageError
from appliance.record import dataclass

__all__ = ["EXAMPLES", "UNDETERMINED", "configure", "run"]

EXAMPLES = (
    "  appliance doctor                    everything; fails only for what every push needs\n"
    "  appliance doctor rehearse -o json   in a script: fails where nothing can be rehearsed"
)
SCHEMA = "appliance/doctor/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something of the tool that needs more than Python.

    `missing` tells what it lacks, empty where it can be used; `how` what to do then.
    """

    name: str
    what: str
    missing: str = ""
    how: tuple[str, ...] = ()
    needed: bool = False


def configure(options: argparse.ArgumentParser) -> None:
    """Add the options."""
    options.add_argument(
        "parts", nargs="*", metavar="PART", help=f"only these: {', '.join(_PARTS)}"
    )
    with_output(options)


def run(arguments: argparse.Namespace) -> int:
    """0 what was asked for can be used (of all parts: what every push needs), else 1."""
    unknown = [name for name in arguments.parts if name not in _PARTS]
    if unknown:
        raise UsageError(f"there is no part {unknown[0]!r}", hint=f"parts are {', '.join(_PARTS)}")
    asked = dict.fromkeys(arguments.parts or _PARTS)
    parts = [_PARTS[name]() for name in asked]
    works = not any(one.missing and (one.needed or arguments.parts) for one in parts)
    if arguments.output == "json":
        emit({"schema": SCHEMA, "works": works, "parts": [_document(one) for one in parts]})
    else:
        for one in parts:
            print("\n".join(_lines(one)))
    return OK if works else FAILED


def _document(one: Part) -> dict[str, object]:
    return {
        "part": one.name,
        "what": one.what,
        "works": not one.missing,
        "needed": one.needed,
        "missing": one.missing or None,
        "how": list(one.how),
    }


def _lines(one: Part) -> Iterator[str]:
    mark = "ok" if not one.missing else "NO" if one.needed else "no"
    yield f"{mark}  {one.name:11} {one.what}"
    if one.missing:
        yield f"      {one.missing}"
        yield from (f"      - {way}" for way in one.how)


def _state() -> Part:
    from appliance.journal.folder import state_directory  # noqa: PLC0415 -- as each part: its own

    made = Part(
        name="state", what="journal, locks and host keys: every push and verify", needed=True
    )
    try:
        folder = state_directory()
    except ApplianceError as error:
        return _lacking(made, f"{error.where}: {error.message}", error.hint)
    return _said(made, f"{made.what} ({folder})")


def _rehearse() -> Part:
    from appliance.twin.needs import advice, missing  # noqa: PLC0415 -- as above

    made = Part(name="rehearse", what="`rehearse`: two IKE daemons in namespaces")
    why = missing()
    return _lacking(made, why, *advice()) if why else made


def _bgp() -> Part:
    from appliance.twin.needs import advice_bgp, missing_bgp  # noqa: PLC0415 -- as above

    made = Part(name="bgp", what="`rehearse` with BGP spoken, and with ExpressRoute: BIRD")
    why = missing_bgp()
    return _lacking(made, why, *advice_bgp()) if why else made


def _sign() -> Part:
    from appliance.machine import install, program  # noqa: PLC0415 -- as above

    made = Part(name="sign", what="signatures of plan files, by OpenSSH")
    if program("ssh-keygen") is not None:
        return made
    return _lacking(made, "ssh-keygen is not installed", install(["openssh-client"]))


def _keyring() -> Part:
    made = _extra("keyring", "secrets from the system's key ring", "keyring", "keyring")
    if made.missing:
        return made
    import keyring  # noqa: PLC0415 -- an extra, and slow to import
    from keyring.backends import fail  # noqa: PLC0415 -- as above

    if not isinstance(keyring.get_keyring(), fail.Keyring):
        return made
    return _lacking(
        made,
        "there is no key ring that it could ask",
        "write env:NAME or file:PATH in the inventory; or start a key ring (Secret Service)",
    )


def _lab_strongswan() -> Part:
    from appliance.lab.kinds import unavailable  # noqa: PLC0415 -- as above

    made = _extra("lab-linux", "`lab` with a real strongSwan host", "asyncssh", "lab")
    why = unavailable("strongswan")
    return _lacking(made, why) if why else made


def _extra(name: str, what: str, module: str, extra: str) -> Part:
    made = Part(name=name, what=what)
    if _installed(module):
        return made
    return _lacking(
        made, f"the Python package {module} is not installed", f"pip install 'appliance[{extra}]'"
    )


def _installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # what it is a part of is not there either
        return False


def _lacking(made: Part, why: str, *how: str | None) -> Part:
    return Part(
        name=made.name,
        what=made.what,
        needed=made.needed,
        missing=why,
        how=tuple(one for one in how if one),
    )


def _said(made: Part, what: str) -> Part:
    return Part(name=made.name, what=what, needed=made.needed)


_PARTS: Mapping[str, Callable[[], Part]] = {
    "state": _state,
    "rehearse": _rehearse,
    "bgp": _bgp,
    "sign": _sign,
    "azure": lambda: _extra("azure", "Azure read live", "azure.identity", "azure"),
    "rras": lambda: _extra("rras", "Windows servers over PowerShell remoting", "pypsrp", "rras"),
    "keyring": _keyring,
    "lab": lambda: _extra("lab", "`lab` with Cisco, Juniper and Windows", "asyncssh", "lab"),
    "lab-linux": _lab_strongswan,
}
