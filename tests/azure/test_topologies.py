"""Topologies from export to device: read, intended, planned, applied, read back without drift."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path
from typing import Any  # JSON of any shape is edited in place here

import pytest

from appliance import driver as drivers
from appliance.azure import Expectation, load
from appliance.checks import Subject, run
from appliance.compare import compare
from appliance.intend import disagreements, intend
from appliance.intend.fit import fit
from appliance.inventory.model import OnPremisesBgp, Site
from appliance.model.intent import Intent
from appliance.model.secret import Secret
from appliance.model.tunnel import Mode, Tunnel
from appliance.plan import plan
from tests.vendors import intents
from tests.vendors.boxes import KINDS

EXAMPLE = Path(__file__).parents[2] / "examples" / "azure" / "site-a"
NETWORK = (
    "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/network-rg"
    "/providers/Microsoft.Network"
)
GATEWAY = f"{NETWORK}/virtualNetworkGateways/vpngw"
KEY = Secret("Zk3vR8wQ1xT6yB4nM7pL2s")
LOOPBACK, APIPA = IPv4Address("10.12.255.1"), IPv4Address("169.254.21.2")
Files = dict[str, Any]


def _configurations() -> list[dict[str, object]]:
    return [
        {
            "name": name,
            "id": f"{GATEWAY}/ipConfigurations/{name}",
            "privateIPAddress": f"10.20.255.{4 + number}",
            "subnet": {"id": f"{NETWORK}/virtualNetworks/hub-vnet/subnets/GatewaySubnet"},
        }
        for number, name in enumerate(("default", "activeActive"))
    ]


def active_active(files: Files) -> None:
    """Two instances, each with a public, a BGP and two APIPA addresses."""
    files["gateway"] |= {"activeActive": True, "ipConfigurations": _configurations()}
    files["gateway"]["bgpSettings"] = {
        "asn": 65515,
        "bgpPeeringAddresses": [
            {
                "ipconfigurationId": f"{GATEWAY}/ipConfigurations/{name}",
                "tunnelIpAddresses": [f"198.51.100.{7 + number}"],
                "defaultBgpIpAddresses": [f"10.20.255.{30 - number}"],
                "customBgpIpAddresses": [f"169.254.2{1 + number}.1", f"169.254.2{1 + number}.5"],
            }
            for number, name in enumerate(("default", "activeActive"))
        ],
    }


def speaking(address: IPv4Address) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        files["connection"]["enableBgp"] = True
        files["gateway"]["enableBgp"] = True
        files["local-gateway"] |= {
            "bgpSettings": {"asn": 65050, "bgpPeeringAddress": str(address)},
            "localNetworkAddressSpace": {"addressPrefixes": []},
        }

    return change


def choosing(files: Files) -> None:
    """This connection uses the second APIPA address of each instance."""
    files["connection"]["gatewayCustomBgpIpAddresses"] = [
        {"ipConfigurationId": f"{GATEWAY}/ipConfigurations/{name}", "customBgpIpAddress": address}
        for name, address in (("default", "169.254.21.5"), ("activeActive", "169.254.22.5"))
    ]


def spokes(files: Files) -> None:
    """One peered VNet uses the gateway, another does not."""
    files["vnet"]["virtualNetworkPeerings"] = [
        {
            "name": name,
            "peeringState": "Connected",
            "allowGatewayTransit": transit,
            "remoteVirtualNetwork": {"id": f"{NETWORK}/virtualNetworks/{name}"},
            "remoteVirtualNetworkAddressSpace": {"addressPrefixes": [prefix]},
        }
        for name, transit, prefix in (
            ("spoke", True, "10.30.0.0/16"),
            ("other", False, "10.31.0.0/16"),
        )
    ]


def forced(files: Files) -> None:
    files["gateway"]["gatewayDefaultSite"] = {"id": files["local-gateway"]["id"]}


def selecting(files: Files) -> None:
    files["connection"]["usePolicyBasedTrafficSelectors"] = True


def named(files: Files) -> None:
    del files["local-gateway"]["gatewayIpAddress"]
    files["local-gateway"]["fqdn"] = "branch.example.net"


def ikev1(files: Files) -> None:
    files["connection"]["connectionProtocol"] = "IKEv1"
    files["connection"]["ipsecPolicies"][0] |= {
        "ipsecEncryption": "AES256",
        "ipsecIntegrity": "SHA1",
        "ikeIntegrity": "SHA1",
    }


def policy_based(files: Files) -> None:
    files["gateway"] |= {"vpnType": "PolicyBased", "sku": {"name": "Basic"}}
    files["connection"] |= {"connectionProtocol": "IKEv1", "ipsecPolicies": []}


def private(files: Files) -> None:
    """VPN over ExpressRoute: tunnels end at the private addresses of the instances."""
    files["connection"]["useLocalAzureIpAddress"] = True


def translating(files: Files) -> None:
    """The VNet is shown as 100.65.0.0/16, the site's first network to the VNet as 100.66.0.0/16."""
    rules = [
        {
            "id": f"{GATEWAY}/natRules/{name}",
            "name": name,
            "mode": mode,
            "internalMappings": [{"addressSpace": inner}],
            "externalMappings": [{"addressSpace": outer}],
        }
        for name, mode, inner, outer in (
            ("out", "EgressSnat", "10.20.0.0/16", "100.65.0.0/16"),
            ("in", "IngressSnat", "10.10.0.0/16", "100.66.0.0/16"),
        )
    ]
    files["gateway"]["natRules"] = rules
    files["connection"]["egressNatRules"] = [{"id": rules[0]["id"]}]
    files["connection"]["ingressNatRules"] = [{"id": rules[1]["id"]}]


@dataclass(frozen=True, slots=True)
class Topology:
    """What is changed in the shipped export, and what each tunnel of the device must then have."""

    id: str
    changes: tuple[Callable[[Files], None], ...]
    remotes: tuple[str, ...] = ("198.51.100.7",)
    routes: tuple[tuple[str, ...], ...] = (("10.20.0.0/16", "10.21.0.0/16"),)
    drivers: tuple[str, ...] = ("cisco_ios", "juniper_junos")
    bgp: IPv4Address | None = None
    peers: tuple[str, ...] = ()
    mode: Mode = Mode.ROUTE_BASED
    stopped: Mapping[str, str] = field(default_factory=dict)


BOTH = ("198.51.100.7", "198.51.100.8")
PLAIN = ("10.20.0.0/16", "10.21.0.0/16")
ALL = ("cisco_ios", "cisco_asa", "juniper_junos")
TOPOLOGIES = (
    Topology("active-active", (active_active,), BOTH, (PLAIN, PLAIN), ALL),
    Topology(
        "BGP, default addresses of both instances",
        (active_active, speaking(LOOPBACK)),
        BOTH,
        (("10.20.255.30/32",), ("10.20.255.29/32",)),
        ALL,
        bgp=LOOPBACK,
        peers=("10.20.255.30", "10.20.255.29"),
    ),
    Topology(
        "BGP, first APIPA address of both instances",
        (active_active, speaking(APIPA)),
        BOTH,
        (("169.254.21.1/32",), ("169.254.22.1/32",)),
        bgp=APIPA,
        peers=("169.254.21.1", "169.254.22.1"),
    ),
    Topology(
        "BGP, APIPA addresses that the connection chooses",
        (active_active, speaking(APIPA), choosing),
        BOTH,
        (("169.254.21.5/32",), ("169.254.22.5/32",)),
        bgp=APIPA,
        peers=("169.254.21.5", "169.254.22.5"),
    ),
    Topology(
        "gateway transit", (spokes,), routes=(("10.20.0.0/16", "10.21.0.0/16", "10.30.0.0/16"),)
    ),
    Topology("forced tunnelling, any to any", (forced,), drivers=ALL),
    Topology(
        "forced tunnelling into selectors",
        (forced, selecting),
        routes=((),),
        drivers=ALL,
        mode=Mode.POLICY_BASED,
        stopped={"AZ-CON-007": "site-a-1 has no selector with 0.0.0.0/0 as its local side"},
    ),
    Topology("FQDN", (named,), drivers=ALL),
    Topology("IKEv1", (ikev1,)),
    Topology("policy-based gateway", (policy_based,), routes=((),), mode=Mode.POLICY_BASED),
    Topology(
        "VPN over ExpressRoute",
        (active_active, private),
        ("10.20.255.4", "10.20.255.5"),
        (PLAIN, PLAIN),
        ALL,
    ),
    Topology("NAT rules", (translating,), routes=(("100.65.0.0/16", "10.21.0.0/16"),), drivers=ALL),
)
CASES = [(one, driver) for one in TOPOLOGIES for driver in one.drivers]


def imported(folder: Path, *changes: Callable[[Files], None]) -> Expectation:
    files: Files = {
        path.stem: json.loads(path.read_text(encoding="utf-8")) for path in EXAMPLE.glob("*.json")
    }
    for change in changes:
        change(files)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    (found,) = load([folder])
    return found


def placed(driver: str, bgp: IPv4Address | None = None) -> Site:
    """The site with a device of this driver; one with an own tunnel address where that is APIPA."""
    site = intents.site(driver)
    speaker = None if bgp is None else OnPremisesBgp(asn=65_050, address=bgp)
    return replace(site, on_premises=replace(site.on_premises, bgp=speaker))


def meant(site: Site, expectation: Expectation) -> Intent:
    return fit(intend(site, expectation, KEY), drivers.load(site.device.driver))


def put(intent: Intent) -> tuple[Tunnel, ...]:
    """Onto a device as it stands in a branch, and what it then holds; nothing may differ."""
    driver, box = drivers.load(intent.driver), KINDS[intent.driver].make()
    made = plan(intent, driver.parse(box.running()), driver)
    box.apply(made.change)
    after = driver.parse(box.running())
    assert compare(intent, after) == ()
    assert not plan(intent, after, driver).change.steps
    return after.tunnels


@pytest.mark.parametrize(
    ("topology", "driver"), CASES, ids=[f"{one.id}, {name}" for one, name in CASES]
)
def test_from_the_export_to_the_device(topology: Topology, driver: str, tmp_path: Path) -> None:
    expectation = imported(tmp_path / "x", *topology.changes)
    site = placed(driver, topology.bgp)
    assert disagreements(site, expectation, KEY) == ()
    intent = meant(site, expectation)
    assert [str(tunnel.remote.addresses[0]) for tunnel in intent.tunnels] == list(topology.remotes)
    assert tuple(tuple(map(str, t.routes)) for t in intent.tunnels) == topology.routes
    assert {tunnel.mode for tunnel in intent.tunnels} == {topology.mode}
    peers = [str(peer.address) for t in intent.tunnels if t.bgp for peer in t.bgp.peers]
    assert peers == list(topology.peers)
    subject = Subject(site=site, expectation=expectation, intent=intent)
    stopped = {one.check.id: one.detail for one in run([subject], today="2026-11-22") if one.stops}
    assert stopped == topology.stopped
    held = {str(t.remote.addresses[0]): t for t in put(intent) if t.remote.addresses}
    assert set(topology.remotes) <= set(held)


# --- several devices


def _second(files: Files) -> None:
    """Another device at the same place: a local network gateway and connection of its own."""
    files["connection"]["id"] += "-2"
    files["local-gateway"] |= {
        "id": files["local-gateway"]["id"] + "-2",
        "gatewayIpAddress": "203.0.113.11",
    }
    files["connection"]["localNetworkGateway2"] = {"id": files["local-gateway"]["id"]}


def _twins(
    folder: Path, driver: str, *changes: Callable[[Files], None], bgp: bool
) -> list[Subject]:
    """Two devices of one place at one gateway."""
    found = []
    speakers = (LOOPBACK, IPv4Address("10.12.255.2")) if bgp else (None, None)
    for number, speaker in enumerate(speakers):
        own = () if speaker is None else (speaking(speaker),)
        more = (_second,) if number else ()
        expectation = imported(folder / str(number), *changes, *own, *more)
        site = placed(driver, speaker)
        address = IPv4Address(f"203.0.113.{10 + number}")
        site = replace(
            site,
            name=f"device-{number}",
            psk=None,
            # The second stands behind a translator: the device of the tests has one address only.
            on_premises=replace(
                site.on_premises,
                address=address,
                nat=number > 0,
                private_address=intents.OUTSIDE if number else None,
            ),
        )
        intent = fit(
            intend(site, expectation, Secret(f"{KEY.reveal()}{number}")), drivers.load(driver)
        )
        found.append(Subject(site=site, expectation=expectation, intent=intent))
    return found


def _stops(subjects: list[Subject]) -> list[tuple[str, str]]:
    told = run(subjects, today="2026-11-22")
    return [(one.site, one.check.id) for one in told if one.stops]


@pytest.mark.parametrize("driver", ["cisco_ios", "juniper_junos"])
@pytest.mark.parametrize("instances", [1, 2])
def test_two_devices_speak_bgp_each_for_itself(driver: str, instances: int, tmp_path: Path) -> None:
    """Two devices at one gateway; with two instances that is dual redundancy, four tunnels."""
    changes = (active_active,) if instances > 1 else ()
    twins = _twins(tmp_path, driver, *changes, bgp=True)
    assert _stops(twins) == []
    addresses = set()
    for twin in twins:
        held = put(twin.intent)
        ours = [t for t in held if t.bgp and any(str(a) in BOTH for a in t.remote.addresses)]
        assert len(ours) == instances == len(twin.intent.tunnels)
        addresses |= {peer.local_address for t in twin.intent.tunnels for peer in t.bgp.peers}  # type: ignore[union-attr]  # BGP, as asserted
    assert addresses == {LOOPBACK, IPv4Address("10.12.255.2")}


def test_two_devices_without_bgp_are_stopped(tmp_path: Path) -> None:
    twins = _twins(tmp_path, "cisco_ios", bgp=False)
    assert _stops(twins) == [("device-1", "AZ-NET-012"), ("device-1", "AZ-NET-012")]


@pytest.mark.parametrize("driver", ["cisco_ios", "cisco_asa"])
def test_a_bgp_address_on_a_tunnel_of_two_is_told_before_the_device_refuses_it(
    driver: str, tmp_path: Path
) -> None:
    expectation = imported(tmp_path / "x", active_active, speaking(APIPA))
    site = placed(driver, APIPA)
    both = (IPv4Interface("169.254.21.2/30"), IPv4Interface("169.254.22.2/30"))
    tunnel = replace(site.device.tunnel, addresses=both)
    site = replace(site, device=replace(site.device, tunnel=tunnel))
    intent = meant(site, expectation)
    subject = Subject(site=site, expectation=expectation, intent=intent)
    assert _stops([subject]) == [(site.name, "AZ-BGP-014")]
    with pytest.raises(AssertionError, match=r"169\.254\.21\.2"):
        put(intent)
