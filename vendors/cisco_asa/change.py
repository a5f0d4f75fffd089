"""Commands from one set of tunnels to another, in the order that keeps live tunnels up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from appliance.model.algorithms import IkeVersion
from appliance.model.change import Change, Step
from appliance.model.tunnel import Tunnel, Tunnels
from vendors.cisco.writing.edits import edits
from vendors.cisco.writing.section import Line, Section
from vendors.cisco_asa.writing.sections import sections
from vendors.cisco_asa.writing.switch import turned_off, turned_on

_OF_IKE = ("crypto ikev", "tunnel-group ", "group-policy ")
"""Sections that say how the IKE SA is made: the child SAs go and come with it."""


def change(running: Tunnels, intended: Tunnels) -> Change:
    """Steps from `running` to `intended`; both must be all tunnels of the device.

    Raises `RefusedError` when two tunnels want different things of one shared object.
    """
    before = sections(running)
    after = sections(intended) | turned_off(running, intended)
    referred = {line.text for line in _staying(before, after)}

    def stays(section: Section, _: Mapping[str, Section]) -> bool:
        """What the device had before us, objects that are not ours, and what those refer to."""
        return section.given or f"default-{section.key.removesuffix(' attributes')}" in referred

    made = edits(before, after, stays)
    first, last = turned_on(running, intended)
    return Change(steps=(*first, *made.steps, *last, *_clear(running, intended, made.stale)))


def _staying(before: Mapping[str, Section], after: Mapping[str, Section]) -> Iterator[Line]:
    """The lines of what is left on the device though no tunnel of ours needs it."""
    for key, section in before.items():
        if section.given and key not in after:
            yield from section.lines


def _clear(running: Tunnels, intended: Tunnels, stale: Iterable[Section]) -> Iterator[Step]:
    """Live SAs keep their old values until cleared, and a verify would see those.

    `clear crypto ...` is taken in configuration mode as it is, without `do`.
    """
    stale = tuple(stale)
    before = {tunnel.name: tunnel for tunnel in running}
    for tunnel in intended:
        mine = [section for section in stale if tunnel.name in section.users]
        if not mine or tunnel.name not in before:
            continue
        anew = any(section.key.startswith(_OF_IKE) for section in mine)
        for address in _addresses(before[tunnel.name], tunnel):
            commands = [f"clear crypto ipsec sa peer {address}"]
            if anew:
                commands.append(f"clear crypto {_kind(before[tunnel.name])} sa {address}")
            for command in commands:
                yield Step(
                    text=command,
                    why="negotiates again with the new settings",
                    bounces=(tunnel.name,),
                    child_only=not anew,
                )


def _kind(tunnel: Tunnel) -> str:
    return "ikev2" if tunnel.ike.version is IkeVersion.V2 else "ikev1"


def _addresses(old: Tunnel, new: Tunnel) -> tuple[object, ...]:
    return tuple(dict.fromkeys((*old.remote.addresses, *new.remote.addresses)))
