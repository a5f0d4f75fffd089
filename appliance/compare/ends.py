"""Rules on what a tunnel stands on: its state, its two ends, its interface."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.compare.finding import Finder
from appliance.model.difference import Difference, Severity
from appliance.model.tunnel import Encapsulation, Tunnel, TunnelInterface

MAXIMUM_MTU = 1400
"""What fits without an MSS clamp (Azure, "About VPN devices")."""


def state(finder: Finder, wanted: Tunnel, running: Tunnel) -> Iterator[Difference]:
    """References that lead nowhere, a tunnel switched off, GRE instead of plain IPsec."""
    for name in running.missing:
        yield finder.found(
            Severity.BREAKING,
            "missing",
            (name, None),
            f"the device's tunnel refers to {name}, which is not defined",
        )
    if running.enabled is not wanted.enabled:
        reason = "the tunnel is switched off on the device"
        yield finder.breaking("enabled", wanted.enabled, running.enabled, reason)
    if running.encapsulation is not wanted.encapsulation:
        reason = "Azure cannot terminate GRE inside IPsec"
        if wanted.encapsulation is not Encapsulation.IPSEC:
            reason = "the encapsulation differs"
        yield finder.breaking("encapsulation", wanted.encapsulation, running.encapsulation, reason)


def ends(finder: Finder, wanted: Tunnel, running: Tunnel) -> Iterator[Difference]:
    """The outer addresses, the identities and the tunnel interface."""
    yield from _local(finder, wanted, running)
    yield from _remote(finder, wanted, running)
    if wanted.interface is not None and running.interface is not None:
        yield from _address(finder, wanted, wanted.interface, running.interface)
        yield from _sizes(finder, wanted.interface, running.interface)


def _local(finder: Finder, wanted: Tunnel, running: Tunnel) -> Iterator[Difference]:
    ours, theirs = wanted.local, running.local
    if ours.address is not None and theirs.address is not None:
        if ours.address != theirs.address:
            reason = "IKE leaves from another address than Azure knows"
            yield finder.breaking("local.address", str(ours.address), str(theirs.address), reason)
    elif ours.interface is not None and ours.interface != theirs.interface:
        reason = "the tunnel leaves from another interface"
        yield finder.breaking("local.interface", ours.interface, theirs.interface, reason)
    own = (None, str(theirs.address))
    if ours.identity != theirs.identity and not (ours.identity in own and theirs.identity in own):
        reason = "the device calls itself by a name that Azure does not expect"
        if ours.identity is not None:
            reason = "behind NAT the device must call itself by its public address"
        yield finder.breaking("local.identity", ours.identity, theirs.identity, reason)

    if ours.apart and not theirs.apart:
        reason = "its key and profile count at any end, and another tunnel goes to this gateway"
        yield finder.breaking("local.apart", "at one end", "at any end", reason)


def _remote(finder: Finder, wanted: Tunnel, running: Tunnel) -> Iterator[Difference]:
    ours, theirs = wanted.remote, running.remote
    if set(ours.addresses) - set(theirs.addresses):
        reason = "the device points to another address than Azure's gateway has"
        yield finder.breaking(
            "remote.addresses", _texts(ours.addresses), _texts(theirs.addresses), reason
        )
        return
    if set(theirs.addresses) - set(ours.addresses):
        reason = "the device has further peers for this tunnel"
        yield finder.information(
            "remote.addresses", _texts(ours.addresses), _texts(theirs.addresses), reason
        )
    if theirs.identity not in (None, ours.identity):
        reason = "Azure names itself by its public address, the device expects another identity"
        yield finder.breaking("remote.identity", ours.identity, theirs.identity, reason)


def _address(
    finder: Finder, wanted: Tunnel, ours: TunnelInterface, theirs: TunnelInterface
) -> Iterator[Difference]:
    if ours.address is not None and ours.address != theirs.address:
        severity = Severity.INFORMATION if wanted.bgp is None else Severity.BREAKING
        values = (str(ours.address), None if theirs.address is None else str(theirs.address))
        reason = "the tunnel interface has another address"
        yield finder.found(severity, "interface.address", values, reason)
    elif ours.unnumbered is not None and theirs.address is None and theirs.unnumbered is None:
        reason = "the tunnel interface has no address, so nothing is routed into it"
        yield finder.breaking("interface.address", ours.unnumbered, None, reason)


def _sizes(finder: Finder, ours: TunnelInterface, theirs: TunnelInterface) -> Iterator[Difference]:
    """Azure drops fragments inside the tunnel, so TCP must be told to stay small."""
    if ours.mss != theirs.mss and ours.mss is not None:
        fits = theirs.mtu is not None and theirs.mtu <= MAXIMUM_MTU
        if theirs.mss is None:
            reason = "no TCP MSS clamp: large packets are lost, small ones pass"
            severity = Severity.INFORMATION if fits else Severity.WARNING
        else:
            larger = theirs.mss > ours.mss
            reason = "TCP segments are clamped to another size"
            severity = Severity.WARNING if larger else Severity.INFORMATION
        yield finder.found(severity, "interface.mss", (ours.mss, theirs.mss), reason)
    if ours.mtu is not None and ours.mtu != theirs.mtu:
        larger = theirs.mtu is None or theirs.mtu > ours.mtu
        severity = Severity.WARNING if larger else Severity.INFORMATION
        reason = "the tunnel interface has another MTU"
        yield finder.found(severity, "interface.mtu", (ours.mtu, theirs.mtu), reason)


def _texts(values: tuple[object, ...]) -> list[str]:
    return [str(value) for value in values]
