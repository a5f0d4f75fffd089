"""What to do about a cause, at the device and at Azure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from appliance.model.failure import Kind

ADVICE: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.KEY: "set the same pre-shared key at both ends; with the key named in the inventory "
        "`appliance plan SITE` tells which end differs",
        Kind.IDENTITY: "the device must call itself by its public address, also behind NAT, and "
        "expect Azure's; `appliance rehearse SITE` names the setting",
        Kind.CERTIFICATE: "renew or install the certificate, or authenticate with a pre-shared key "
        "as Azure's connection does",
        Kind.PEER_OR_VERSION: "compare the addresses and the IKE version of both ends: the called "
        "end has nothing for this caller",
        Kind.IKE_PROPOSAL: "give both ends one combination in common: `appliance plan SITE` for "
        "the device, a custom IPsec/IKE policy of the connection for Azure",
        Kind.ESP_PROPOSAL: "give both ends one combination in common, PFS included: "
        "`appliance plan SITE` for the device, a custom policy of the connection for Azure",
        Kind.REKEY: "make the PFS group the same at both ends: without a policy Azure takes no PFS "
        "when it dials, and several groups when it is dialled",
        Kind.SELECTORS: "name the same pairs of networks at both ends; route-based gateways of "
        "Azure propose any-to-any unless the connection has selectors",
        Kind.NO_ANSWER: "see that UDP 500 and 4500 pass in both directions, that the address is "
        "that of the gateway, and that the other end is configured at all",
        Kind.PEER_LOST: "look at the line between the two ends, and for maintenance of either",
        Kind.CLOSED: "the reason is at the end that closed it: read its log, too",
        Kind.STALE: "clear the SAs of this peer at the end that has them still, and keep dead peer "
        "detection on",
        Kind.DAMAGED: "look for reordering, fragments and a middle box on the way; lower the MSS",
        Kind.TRAFFIC: "look at routes, NAT exemption and rules for this pair of networks: "
        "`appliance plan SITE` compares them",
        Kind.LEAK: "the end that sends in clear has no selector, route or crypto map for this "
        "traffic",
        Kind.LET_THROUGH: "narrow the rules or selectors that let it through",
        Kind.BGP: "compare the AS numbers, both peer addresses, the host route to the peer and "
        "multihop: `appliance plan SITE`",
        Kind.FAILOVER: "give the device both ways and let it notice that one is lost: routes or "
        "BGP over each, dead peer detection on each",
        Kind.PATH: "make the circuit win over the VPN both ways: the same prefixes on both, a "
        "higher local preference over the circuit, static routes behind BGP",
        Kind.LIMIT: "a licence, table or gateway is full: buy, or take load off",
        Kind.CONFIGURATION: "the device's own configuration is not complete: `appliance plan SITE`",
        Kind.LINE: "bring the device's own line back, or give it a second way to the gateway; the "
        "tunnel follows by itself",
        Kind.RESTART: "nothing, where it came back by itself; if it did not: is the configuration "
        "saved, does the device dial, does dead peer detection clear what is stale?",
        Kind.CHANGED: "ask who changed it and why: `appliance drift SITE` shows what is not as it "
        "should be, `appliance history SITE` what was pushed",
        Kind.UNKNOWN: "read the whole log at both ends",
    }
)
