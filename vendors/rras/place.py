"""Names and numbers for an intent, on the server as observed: what it will hold.

What is there keeps its name, metrics and further settings that serve; what others have is never
touched, and where it is in the way the push is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network

from appliance.errors import RefusedError
from appliance.model.intent import Intent, Observed
from appliance.model.pairing import LABEL, pair
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Bgp, Local, Tunnel, TunnelInterface, Tunnels
from appliance.record import replace
from vendors.rras import names
from vendors.rras.writing.interface import FIRST_METRIC


def place(intent: Intent, observed: Observed) -> Tunnels:
    """All tunnels the server should hold: others' as they are, then the site's.

    Raises `RefusedError` when the server cannot take them without touching what others use.
    """
    _installed(intent, observed)
    pairs = pair(intent, observed.tunnels)
    mine = {running.name for _, running in pairs if running is not None}
    others = tuple(tunnel for tunnel in observed.tunnels if tunnel.name not in mine)
    placed = []
    for index, (wanted, running) in enumerate(pairs):
        _check(intent.site, wanted, running, others, observed)
        placed.append(_place(wanted, running, index, intent, observed))
    return (*others, *placed)


def _installed(intent: Intent, observed: Observed) -> None:
    said = observed.objects.get(names.REMOTE_ACCESS)
    if said is not None and said[0].lower().endswith(" uninstalled"):
        raise RefusedError(
            "site-to-site VPN is not installed on this server",
            where=f"site {intent.site}",
            hint="on the server: Install-WindowsFeature RemoteAccess,Routing "
            "-IncludeManagementTools, then Install-RemoteAccess -VpnType VpnS2S",
        )


def _check(
    site: str, wanted: Tunnel, running: Tunnel | None, others: Tunnels, observed: Observed
) -> None:
    """Raise `RefusedError` for what stands in the way on the server."""
    if running is None:
        _name_free(site, wanted, observed)
    elif "Protocol" in running.objects or running.selectors:
        what = "traffic selectors" if running.selectors else "protocol Automatic"
        raise _refused(
            site,
            f"interface {running.name} has {what}, which cannot be set back",
            f"remove it by hand: Remove-VpnS2SInterface -Name {running.name}; then push again",
        )
    own = "" if running is None else running.name.lower()
    for name, lines in _interfaces(observed):
        if name.lower() != own and _dials(lines, wanted):
            raise _refused(
                site,
                f"the enabled interface {name} dials {wanted.remote.addresses[0]} too",
                "with a pre-shared key only one interface an address is possible: disable that "
                f"one, Set-VpnS2SInterface -Name {name} -AdminStatus $false, or remove it",
            )
    for other in others:
        _not_taken(site, wanted, other)


def _refused(site: str, message: str, hint: str) -> RefusedError:
    return RefusedError(message, where=f"site {site}", hint=hint)


def _name_free(site: str, wanted: Tunnel, observed: Observed) -> None:
    for name, _ in _interfaces(observed):
        if name.lower() == wanted.name.lower():
            raise _refused(
                site,
                f"an interface {name} exists and is not this site's tunnel",
                "rename the site in the inventory, or remove the interface",
            )


def _interfaces(observed: Observed) -> Iterable[tuple[str, tuple[str, ...]]]:
    for heading, lines in observed.objects.items():
        if heading.startswith(names.INTERFACE):
            yield heading.removeprefix(names.INTERFACE), lines


def _dials(lines: tuple[str, ...], wanted: Tunnel) -> bool:
    said = {name: rest.split() for name, _, rest in (line.partition(" ") for line in lines)}
    enabled = said.get("AdminStatus", ["True"])[:1] not in (["False"], ["false"], ["0"])
    return enabled and str(wanted.remote.addresses[0]) in said.get("Destination", [])


def _not_taken(site: str, wanted: Tunnel, other: Tunnel) -> None:
    """Another interface's route for the same network, or a part of it, would take its traffic."""
    for network in wanted.routes:
        for held in other.routes if other.enabled else ():
            if held.subnet_of(network):
                raise _refused(
                    site,
                    f"interface {other.name} routes {held} already, {network} should go to Azure",
                    "take that network from its IPv4Subnet, or from Azure's prefixes",
                )


def _place(
    wanted: Tunnel, running: Tunnel | None, index: int, intent: Intent, observed: Observed
) -> Tunnel:
    name = wanted.name if running is None else running.name
    objects = _objects(wanted, running, index)
    if (names.level(intent.environment.version or observed.version)) == names.OLD:
        objects[names.LEVEL] = names.OLD
    ours = wanted.bgp
    if ours is not None:
        ours = _speaking(intent.site, ours, running, observed)
        objects |= _spoken(ours, running, observed)
    held = None if running is None else running.local.address
    placed = replace(
        wanted,
        name=name,
        local=Local(address=None if held is None else wanted.local.address),
        interface=TunnelInterface(name=name),
        psk=wanted.psk if running is None else _psk(wanted, running),
        bgp=ours,
        objects=objects,
    )
    if wanted.filter is None and (running is None or running.filter is None):
        return placed
    from vendors.rras.writing.traffic import filtered  # noqa: PLC0415 -- few have rules

    return filtered(placed, running)


def _objects(wanted: Tunnel, running: Tunnel | None, index: int) -> dict[str, str]:
    if running is None:
        metric = FIRST_METRIC * (index + 1)
        return {
            LABEL: wanted.name,
            names.METRICS: " ".join(f"{network}:{metric}" for network in wanted.routes),
        }
    kinds = (LABEL, names.METRICS, names.POST_CONNECTION, "PfsGroup", names.LEVEL)
    kept = {kind: running.objects[kind] for kind in kinds if kind in running.objects}
    free = {
        kind: value
        for kind, value in running.objects.items()
        if kind in names.FREE and names.serves(kind, int(value))
    }
    return {**kept, **free}


def _psk(wanted: Tunnel, running: Tunnel) -> Secret | Hidden | None:
    """A key that cannot be compared is left alone, on either side."""
    comparable = isinstance(wanted.psk, Secret) and not isinstance(running.psk, Hidden)
    return wanted.psk if comparable or running.psk is None else running.psk


def _speaking(site: str, ours: Bgp, running: Tunnel | None, observed: Observed) -> Bgp:
    """The sessions, with all networks the router advertises already. Raises `RefusedError`."""
    said = dict(line.partition(" ")[::2] for line in observed.objects.get(names.ROUTER, ()))
    if said and said["LocalASN"] != str(ours.local_asn):
        raise _refused(
            site,
            f"the server's BGP router is AS {said['LocalASN']}, the inventory says "
            f"{ours.local_asn}: there is one router a server",
            "set on_premises.bgp.asn to the router's number (and in Azure's local network "
            "gateway), or change the router by hand",
        )
    known = () if running is None or running.bgp is None else running.bgp.peers
    addresses = {str(peer.address) for peer in ours.peers} - {str(peer.address) for peer in known}
    for heading, lines in observed.objects.items():
        taken = [line for line in lines if line.removeprefix("PeerIPAddress ") in addresses]
        if heading.startswith(f"{names.PEER} ") and taken:
            raise _refused(
                site,
                f"{heading} speaks to {taken[0].split()[-1]} already, outside of this tunnel",
                f"remove it by hand: Remove-BgpPeer -Name {heading.removeprefix(f'{names.PEER} ')}",
            )
    networks = dict.fromkeys((*_advertised(observed), *ours.networks))
    return replace(ours, networks=tuple(networks))


def _advertised(observed: Observed) -> tuple[IPv4Network, ...]:
    found = []
    for text in observed.objects.get(names.CUSTOM, ()):
        try:
            found.append(IPv4Network(text, strict=False))
        except ValueError:
            continue
    return tuple(found)


def _spoken(ours: Bgp, running: Tunnel | None, observed: Observed) -> dict[str, str]:
    """What change must know of the router: whether others need it, and what was there before."""
    kinds = (names.ROUTER, names.IDENTIFIER, names.KEPT)
    held = {} if running is None or running.bgp is None else dict(running.objects)
    found = {kind: held[kind] for kind in kinds if kind in held}
    for peer in ours.peers:
        kind = f"{names.PEER} {peer.address}"
        found |= {kind: held[kind]} if kind in held else {}
    ours_already = any(tunnel.bgp is not None for tunnel in observed.tunnels)
    if names.ROUTER in observed.objects and not ours_already:
        found[names.ROUTER] = "kept"
        found[names.KEPT] = " ".join(map(str, _advertised(observed)))
    return found
