"""The loopback that BGP speaks from where the tunnel itself does not have the address."""

from __future__ import annotations

from appliance.model.intent import Intent


def loopback(intent: Intent) -> str:
    """Sites of one device share it where they speak from one address, else each has its own."""
    sites = [one.intent for one in intent.beside if one.first and one.intent is not None]
    spoken = [found for one in sites if (found := _spoken_from(one))]
    number = (sites[0] if spoken else intent).environment.tunnel_number
    addresses = list(dict.fromkeys([*spoken, _spoken_from(intent)]))
    return f"Loopback{number + addresses.index(_spoken_from(intent))}"


def _spoken_from(intent: Intent) -> str:
    """The address of its BGP sessions where that is on a loopback of ours; else empty."""
    for tunnel in intent.tunnels:
        own = tunnel.interface and tunnel.interface.address and tunnel.interface.address.ip
        for peer in () if tunnel.bgp is None else tunnel.bgp.peers:
            named = peer.source is not None and not peer.source.startswith("Loopback")
            if peer.local_address != own and not named:
                return str(peer.local_address)
    return ""
