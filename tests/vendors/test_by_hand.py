"""Tunnels to Azure that people made by hand: what a plan against what Azure holds would change.

The configurations are whole ones of the field (`*/configs`), with other tunnels beside; Azure's
side is told here as its portal would show it. Each list of commands is complete.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest

from appliance import driver as drivers
from appliance.errors import RefusedError
from appliance.intend import intend
from appliance.intend.fit import fit
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity
from appliance.model.change import Plan
from appliance.model.intent import Intent, PeerPolicy
from appliance.model.secret import Secret
from appliance.model.tunnel import Mode, TrafficSelector
from appliance.plan import plan
from tests.vendors import intents

HERE = Path(__file__).parent
AES = (Encryption.AES256, Integrity.SHA256)
GCM = (Encryption.AES256GCM, Integrity.NONE)
STRONG = intents.custom((*AES, DhGroup.MODP2048), (*AES, DhGroup.MODP2048))


@dataclass(frozen=True, slots=True, kw_only=True)
class Azure:
    """What Azure and the inventory hold of one tunnel."""

    gateway: str
    ours: str
    outside: str
    policy: PeerPolicy = STRONG
    key: str = "any-key"
    version: IkeVersion = IkeVersion.V2
    local: tuple[str, ...] = ("10.250.0.0/24",)
    remote: tuple[str, ...] = ()
    selected: bool = False
    seconds: int = 27_000
    inside: str | None = None


def _intent(driver: str, azure: Azure) -> Intent:
    local = tuple(map(IPv4Network, azure.local))
    remote = tuple(map(IPv4Network, azure.remote))
    pairs = tuple(TrafficSelector(local=one, remote=other) for one in local for other in remote)
    site = intents.site(driver)
    mode = Mode.POLICY_BASED if azure.selected else Mode.ROUTE_BASED
    device = replace(
        site.device, outside_interface=azure.outside, inside_interface=azure.inside, mode=mode
    )
    address = IPv4Address(azure.ours)
    ends = replace(site.on_premises, address=address, prefixes=local)
    expected = intents.expectation(
        ike_version=azure.version,
        policy=azure.policy,
        policy_based=azure.selected,
        selectors=pairs if azure.selected else (),
        vnet_prefixes=remote,
        esp_lifetime_seconds=azure.seconds,
    )
    end = replace(expected.on_premises, address=address, prefixes=local)
    gateway = replace(expected.endpoints[0], address=IPv4Address(azure.gateway))
    expected = replace(expected, endpoints=(gateway,), on_premises=end)
    made = intend(replace(site, device=device, on_premises=ends), expected, Secret(azure.key))
    return fit(made, drivers.load(driver))


def _plan(driver: str, config: str, azure: Azure) -> Plan:
    text = (HERE / driver / "configs" / f"{config}.txt").read_bytes().decode("utf-8", "replace")
    found = drivers.load(driver)
    return plan(_intent(driver, azure), found.parse(text), found)


def _commands(made: Plan) -> list[str]:
    return [step.text for step in made.change.steps]


VOLUME = "set security-association lifetime kilobytes 102400000"
GCM14 = intents.custom((*AES, DhGroup.MODP2048), (*GCM, DhGroup.MODP2048))
SHA1_2 = intents.custom(
    (Encryption.AES256, Integrity.SHA1, DhGroup.MODP1024),
    (Encryption.AES256, Integrity.SHA1, None),
)
AES128_2 = intents.custom(
    (Encryption.AES128, Integrity.SHA1, DhGroup.MODP1024),
    (Encryption.AES256, Integrity.SHA1, None),
)
CASES = {
    "cisco_ios isr-g2-partners-map": (
        Azure(
            gateway="13.70.20.30",
            ours="203.0.113.65",
            outside="GigabitEthernet0/0",
            version=IkeVersion.V1,
            policy=AES128_2,
            local=("10.1.0.0/16",),
            remote=("10.50.0.0/16",),
            selected=True,
            key="AzurePolicyBased2016",
            seconds=3_600,
        ),
        [],
    ),
    "cisco_ios branch-4331-sample": (
        Azure(
            gateway="20.73.118.4",
            ours="192.0.2.41",
            outside="GigabitEthernet0/0/1",
            policy=SHA1_2,
            remote=("10.77.0.0/16", "10.78.4.0/22"),
            key="J3w$kQ!9pLx&z2",
            seconds=3_600,
        ),
        [
            "crypto ikev2 proposal azure-proposal-hub-vnet",
            " encryption aes-cbc-256",
            "crypto ikev2 profile azure-profile-hub-vnet",
            " lifetime 28800",
            " dpd 10 3 periodic",
            "do clear crypto session remote 20.73.118.4",
        ],
    ),
    # A key for each end: the keyring of others stays, so that the way back leads to both.
    "cisco_ios getvpn-and-vti": (
        Azure(
            gateway="51.140.20.10",
            ours="192.0.2.7",
            outside="GigabitEthernet0/0/1",
            policy=GCM14,
            remote=("10.60.0.0/16",),
        ),
        [
            "crypto ikev2 keyring appliance-site-a-Tunnel5",
            " peer appliance-site-a-Tunnel5",
            "  address 51.140.20.10",
            "  pre-shared-key <pre-shared-key>",
            "crypto ikev2 profile PROF-AZ",
            " keyring local appliance-site-a-Tunnel5",
            "crypto ipsec profile IPP-AZ",
            f" {VOLUME}",
            "do clear crypto session remote 51.140.20.10",
        ],
    ),
    # The second gateway has the profile, too: its session stays up.
    "cisco_ios hub-map-ikev2-selectors": (
        Azure(
            gateway="191.232.40.10",
            ours="203.0.113.130",
            outside="Port-channel1.900",
            local=("10.20.0.0/16", "172.18.4.4/32", "192.168.200.0/24"),
            remote=("10.180.0.0/16", "10.181.0.0/17"),
            selected=True,
            key="Pr0d-key-azure",
        ),
        [
            "crypto ikev2 profile IP-AZURE",
            " no match identity remote address 191.232.40.10 255.255.255.255",
            "crypto ikev2 profile appliance-site-a-CM-WAN-20",
            " match address local 203.0.113.130",
            " match identity remote address 191.232.40.10 255.255.255.255",
            " identity local address 203.0.113.130",
            " authentication remote pre-share",
            " authentication local pre-share",
            " keyring local KR-ALL",
            " lifetime 28800",
            " dpd 10 3 periodic",
            "ip access-list extended ACL-AZ-PROD",
            " no permit ip host 10.21.1.1 10.180.0.0 0.0.255.255",
            "crypto map CM-WAN 20 ipsec-isakmp",
            f" {VOLUME}",
            " set ikev2-profile appliance-site-a-CM-WAN-20",
            "do clear crypto session remote 191.232.40.10",
        ],
    ),
    "cisco_asa putty-crlf-log": (
        Azure(
            gateway="20.52.11.22",
            ours="198.51.100.90",
            outside="outside",
            inside="inside",
            local=("10.66.0.0/24",),
            remote=("10.67.0.0/16",),
            selected=True,
        ),
        [f"crypto map OUT 10 {VOLUME}"],
    ),
    "cisco_asa hq-5516-partners": (
        Azure(
            gateway="20.103.40.50",
            ours="203.0.113.66",
            outside="outside",
            inside="inside",
            local=("10.1.0.0/16", "172.16.8.0/21"),
            remote=("10.60.0.0/16", "10.61.4.0/22"),
            selected=True,
        ),
        [f"crypto map OUT-MAP 20 {VOLUME}"],
    ),
    "juniper_junos blog-minimal-set": (
        Azure(
            gateway="51.105.7.7",
            ours="192.0.2.200",
            outside="fe-0/0/0.0",
            policy=SHA1_2,
            local=("192.168.2.0/24",),
            remote=("10.96.0.0/16",),
            key="MyBlogKey123",
            seconds=3_600,
        ),
        [
            "set security ike gateway AZURE-GW dead-peer-detection always-send",
            "set security ike gateway AZURE-GW dead-peer-detection interval 10",
            "set security ike gateway AZURE-GW dead-peer-detection threshold 4",
            "set security ipsec proposal AZURE-IPSEC lifetime-kilobytes 102400000",
        ],
    ),
    "juniper_junos node-prompts-cluster-curly": (
        Azure(
            gateway="20.216.3.3",
            ours="203.0.113.189",
            outside="reth0.0",
            local=("10.44.0.0/24",),
            remote=("10.45.0.0/16",),
            key="clear-key",
        ),
        [
            "set security ike gateway az dead-peer-detection always-send",
            "set security ike gateway az dead-peer-detection interval 10",
            "set security ike gateway az dead-peer-detection threshold 4",
            "set security ipsec proposal esp-az lifetime-kilobytes 102400000",
            "set security flow tcp-mss ipsec-vpn mss 1350",
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_only_what_differs_is_changed_and_nothing_of_others(case: str) -> None:
    driver, config = case.split()
    azure, commands = CASES[case]
    assert _commands(_plan(driver, config, azure)) == commands


def test_a_profile_for_another_front_door_vrf_is_left_to_those_it_serves() -> None:
    azure = Azure(
        gateway="20.1.1.7",
        ours="192.0.2.129",
        outside="GigabitEthernet3",
        remote=("10.67.0.0/16",),
    )
    made = _plan("cisco_ios", "hand-mistakes", azure)
    told = {found.intended for found in made.differences if found.path == "missing"}
    assert told == {"match fvrf WAN in ikev2 profile prof"}
    for steps in (made.change.steps, made.rollback.steps):
        assert "crypto ikev2 profile prof" not in [step.text for step in steps]


def test_a_loopback_that_lends_its_address_to_a_map_is_not_where_traffic_leaves() -> None:
    azure = Azure(
        gateway="191.232.40.10",
        ours="203.0.113.130",
        outside="Loopback203",
        local=("10.20.0.0/16",),
        remote=("10.180.0.0/16",),
        selected=True,
    )
    with pytest.raises(RefusedError, match="lends its address") as refused:
        _plan("cisco_ios", "hub-map-ikev2-selectors", azure)
    assert "Port-channel1.900" in str(refused.value.hint)


def test_the_built_in_policy_is_used_where_it_offers_what_azure_wants() -> None:
    policy = intents.custom(
        (Encryption.AES256, Integrity.SHA384, DhGroup.ECP256),
        (Encryption.AES128, Integrity.SHA1, DhGroup.ECP256),
    )
    azure = Azure(
        gateway="40.68.30.40",
        ours="198.51.100.33",
        outside="GigabitEthernet1",
        policy=policy,
        remote=("10.88.0.0/16", "10.89.0.0/16"),
        seconds=3_600,
    )
    commands = _commands(_plan("cisco_ios", "c8k-smart-defaults", azure))
    assert not any("ikev2 policy" in one or "ikev2 proposal" in one for one in commands)


def test_keys_that_differ_by_end_are_a_persons_to_set() -> None:
    azure = Azure(
        gateway="20.9.0.3",
        ours="192.0.2.2",
        outside="outside",
        inside="inside",
        local=("10.0.0.0/16",),
        remote=("10.50.0.0/16",),
        selected=True,
    )
    with pytest.raises(RefusedError, match="another key for each end"):
        _plan("cisco_asa", "hand-mistakes", azure)
