"""Would the BGP session that Azure counts on come up? By both ends' settings: it is not spoken."""

from __future__ import annotations

from appliance.azure.expectation import Endpoint, Expectation
from appliance.model.tunnel import Tunnel


def speaks(tunnel: Tunnel, expectation: Expectation, endpoint: Endpoint) -> bool:
    """Whether both ends name each other's address and number, so that routes are learnt."""
    bgp, theirs = tunnel.bgp, expectation.on_premises
    if bgp is None or not expectation.bgp_enabled or theirs.bgp_asn not in (None, bgp.local_asn):
        return False
    known = {*endpoint.bgp_addresses, *endpoint.apipa_addresses}
    return any(
        peer.enabled
        and peer.address in known
        and peer.asn == expectation.bgp_asn
        and theirs.bgp_address in (None, peer.local_address)
        for peer in bgp.peers
    )


def silent(tunnel: Tunnel, expectation: Expectation, endpoint: Endpoint) -> bool:
    """Whether Azure counts on routes by BGP that nobody would learn."""
    return expectation.bgp_enabled and not speaks(tunnel, expectation, endpoint)
