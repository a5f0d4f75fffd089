"""Commands from one set of tunnels to another, in the order that keeps live tunnels up."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from ipaddress import IPv4Address

from appliance.model.algorithms import IkeVersion
from appliance.model.change import Change, Step
from appliance.model.tunnel import Tunnel, Tunnels
from appliance.record import replace
from vendors.cisco.writing.edits import Sections, edits
from vendors.cisco.writing.section import Section
from vendors.cisco_ios.writing.sections import sections


def change(running: Tunnels, intended: Tunnels) -> Change:
    """Steps from `running` to `intended`; both must be all tunnels of the device.

    Raises `RefusedError` when two tunnels want different things of one shared object.
    """
    return between((sections(running), sections(intended)), running, intended)


def between(sides: tuple[Sections, Sections], running: Tunnels, intended: Tunnels) -> Change:
    """Steps from the sections of the first side to those of the second, for these tunnels."""
    made = edits(*sides, _stays)
    wanted = {tunnel.name: tunnel for tunnel in intended}
    same = {one.name for one in running if wanted.get(one.name) == one}
    renegotiate = {
        user
        for section in made.stale
        for user in section.users
        if user not in same or not _only_less(sides[0][section.key], section)
    }
    return Change(steps=(*made.steps, *_clear(running, intended, renegotiate)))


def _only_less(before: Section, after: Section) -> bool:
    """Whether a section only loses lines: who is the same as before did not say them."""
    return set(after.lines) <= set(before.lines)


def _stays(section: Section, after: Mapping[str, Section]) -> bool:
    """What others may use: objects that are not ours, and isakmp policies that only seem unused.

    The isakmp policies of a device are known only while some tunnel speaks IKEv1.
    """
    policy = "crypto isakmp policy "
    if section.key.startswith(policy) and not any(key.startswith(policy) for key in after):
        return True
    return section.remove is None and section.key.startswith("crypto ")


def _clear(running: Tunnels, intended: Tunnels, names: Collection[str]) -> Iterator[Step]:
    """Live SAs keep their old values until cleared, and a verify would see those (IOS, 1.7)."""
    peers = {tunnel.name: tunnel for tunnel in running}
    for tunnel in intended:
        held = peers.get(tunnel.name)
        if held is None or not held.enabled:
            continue  # no SA to clear
        if tunnel.name in names or _offers_more(held, tunnel):
            for address in _addresses(held, tunnel):
                local = _end(held, address, running)
                yield Step(
                    text=f"do clear crypto session {local}remote {address}",
                    why="negotiates again with the new settings",
                    bounces=(tunnel.name,),
                )


def _end(held: Tunnel, address: IPv4Address, running: Tunnels) -> str:
    """Our end as well, where another tunnel goes to this gateway and is to stay up."""
    others = (one for one in running if one.name != held.name and address in one.remote.addresses)
    own = held.local.address
    return f"local {own} " if own is not None and any(others) else ""


def _offers_more(old: Tunnel, new: Tunnel) -> bool:
    """Whether it gets a proposal of its own in a policy that others share and do not notice."""
    held = {replace(one, lifetime_seconds=0) for one in old.ike.proposals}
    wanted = {replace(one, lifetime_seconds=0) for one in new.ike.proposals}
    return new.ike.version is IkeVersion.V2 and not wanted <= held


def _addresses(old: Tunnel, new: Tunnel) -> tuple[IPv4Address, ...]:
    return tuple(dict.fromkeys((*old.remote.addresses, *new.remote.addresses)))
