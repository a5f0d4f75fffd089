"""What a lab device holds after some commands: nobody logs in, nothing listens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module

# driver: the function (text, lines) -> text of the kind of device that it speaks to.
_KINDS: Mapping[str, str] = {
    "cisco_ios": "appliance.lab.ios.after",
    "cisco_asa": "appliance.lab.asa.after",
    "juniper_junos": "appliance.lab.junos.after",
}


def after(driver: str, running: str, lines: Sequence[str]) -> str:
    """The configuration of a device that ran `running`, once it was given `lines`.

    Raises ValueError where the lab has no device that can be given a configuration of this kind,
    and when the device refuses a line: its number is told, never the line, which may hold a key.
    """
    if driver not in _KINDS:
        raise ValueError(f"none can be given a configuration of {driver}")
    carried_out: Callable[[str, Sequence[str]], str] = import_module(_KINDS[driver]).after
    return carried_out(running, lines)
