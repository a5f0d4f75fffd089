"""Names and numbers on a firewall that is in use: what others have is never touched."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

import pytest

from appliance.compare import compare
from appliance.driver import load
from appliance.errors import RefusedError, SecretError
from appliance.intend import intend
from appliance.inventory.model import OnPremisesBgp, Site, TunnelSettings
from appliance.lab.asa import Settings, asa_device, branch
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity
from appliance.model.intent import Intent, Observed
from appliance.model.pairing import mine
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Mode, TrafficSelector, Tunnels
from appliance.plan import plan
from tests.vendors import intents
from tests.vendors.cisco_asa.box import AsaBox
from vendors.cisco_asa.writing.labels import own
from vendors.cisco_asa.writing.place_networks import blocks

ASA = load("cisco_asa")
KEY = Secret("one-key-for-both-ends")
NET = IPv4Network


def _site(**device: object) -> Site:
    site = intents.site("cisco_asa")
    return replace(site, device=replace(site.device, **device))  # type: ignore[arg-type]  # by name


def _routed(**device: object) -> Intent:
    return ASA.express(intend(_site(**device), intents.expectation(), KEY))


def _selected(site: Site | None = None, **changes: object) -> Intent:
    made = intents.expectation(policy_based=True, **changes)
    if not made.selectors:
        pairs = tuple(
            TrafficSelector(local=local, remote=remote)
            for local in made.on_premises.prefixes
            for remote in made.vnet_prefixes
        )
        made = replace(made, selectors=pairs)
    return ASA.express(intend(site or _site(), made, KEY))


def _box(*lines: str, version: str = "9.20(2)", text: str = "") -> AsaBox:
    """The lab's branch firewall with more lines."""
    device = asa_device(startup=text or branch("site-b"), settings=Settings(version=version))
    device.configure(*lines)
    return AsaBox(device)


def _commands(intent: Intent, *lines: str) -> list[str]:
    made = plan(intent, ASA.parse(_box(*lines).running()), ASA)
    return [step.text for step in made.change.steps]


def _there_and_back(intent: Intent, *lines: str) -> list[str]:
    """What is sent, when carrying it out leads where it says and back to the very same text."""
    box = _box(*lines)
    before = box.running().splitlines()
    made = plan(intent, ASA.parse(box.running()), ASA)
    box.apply(made.change)
    after = ASA.parse(box.running())
    assert not ASA.change(after.tunnels, made.target)
    assert not plan(intent, after, ASA).change
    box.apply(made.rollback)
    back = [line for line in box.running().splitlines() if not line.startswith("Cryptochecksum")]
    assert back == [line for line in before if not line.startswith("Cryptochecksum")]
    return [step.text for step in made.change.steps]


def _partners(tunnels: Tunnels) -> Tunnels:
    return tuple(one for one in tunnels if one.name == "outside_map 10")


# --- numbers and names that are taken ---


def test_a_crypto_map_entry_joins_the_map_of_the_interface() -> None:
    commands = _there_and_back(_selected())
    assert "crypto map outside_map 20 set peer 198.51.100.7" in commands
    assert not any(command.startswith("crypto map outside_map interface") for command in commands)
    entry = [command for command in commands if command.startswith("crypto map outside_map 20 ")]
    assert entry[-1].endswith("match address appliance-site-a-1"), "it comes to life complete"


def test_a_dynamic_catch_all_stays_the_last() -> None:
    dynamic = (
        "crypto dynamic-map DYN 10 set ikev1 transform-set PARTNER",
        "crypto map outside_map 65535 ipsec-isakmp dynamic DYN",
    )
    commands = _there_and_back(_selected(), *dynamic)
    assert "crypto map outside_map 20 set peer 198.51.100.7" in commands


def test_without_a_map_the_interface_gets_one_and_loses_it_again() -> None:
    bare = "\n".join(
        row for row in branch("site-b").splitlines() if not row.startswith("crypto map ")
    )
    box = _box(text=bare)
    before = box.running()
    made = plan(_selected(), ASA.parse(before), ASA)
    texts = [step.text for step in made.change.steps]
    assert "crypto map appliance-map interface outside" in texts
    box.apply(made.change)
    back = [step.text for step in made.rollback.steps]
    unbound = back.index("no crypto map appliance-map interface outside")
    assert unbound < back.index("clear configure crypto map appliance-map 10")
    box.apply(made.rollback)
    assert box.running() == before


def test_numbers_that_are_taken_are_left_alone() -> None:
    taken = ("interface Tunnel100", "nameif other", "ip address 172.16.0.1 255.255.255.252")
    commands = _there_and_back(_routed(), *taken)
    assert "interface Tunnel101" in commands
    assert "interface Tunnel100" not in commands


def test_a_policy_takes_a_number_behind_all_others() -> None:
    others = ("crypto ikev2 policy 1", "encryption aes", "crypto ikev2 policy 30", "group 19")
    assert "crypto ikev2 policy 40" in _there_and_back(_selected(), *others)
    last = ("crypto ikev2 policy 65535", "encryption aes")
    assert "crypto ikev2 policy 65534" in _there_and_back(_selected(), *last)


EQUAL = (
    "crypto ikev2 policy 7",
    "encryption aes-256",
    "integrity sha256",
    "group 14",
    "prf sha256",
    "lifetime seconds 28800",
)


def test_an_equal_policy_is_used_and_survives_the_rollback() -> None:
    commands = _there_and_back(_selected(), *EQUAL)
    assert not any(command.startswith("crypto ikev2 policy") for command in commands)


def test_a_policy_of_others_is_never_edited() -> None:
    other = (
        *("crypto ikev2 policy 7", "encryption aes", "integrity sha256", "group 19", "prf sha256"),
        "crypto ikev2 enable outside",
        "crypto ipsec ikev2 ipsec-proposal P2",
        *("protocol esp encryption aes", "protocol esp integrity sha-256"),
        "access-list P2 extended permit ip 10.10.0.0 255.255.0.0 172.16.60.0 255.255.255.0",
        "tunnel-group 192.0.2.60 type ipsec-l2l",
        "tunnel-group 192.0.2.60 ipsec-attributes",
        "ikev2 remote-authentication pre-shared-key partner-two",
        "ikev2 local-authentication pre-shared-key partner-two",
        "crypto map outside_map 15 set peer 192.0.2.60",
        "crypto map outside_map 15 set ikev2 ipsec-proposal P2",
        "crypto map outside_map 15 match address P2",
    )
    commands = _there_and_back(_selected(), *other)
    assert "crypto ikev2 policy 17" in commands
    assert "crypto ikev2 policy 7" not in commands
    assert not any("ikev2 enable" in command for command in commands), "it is enabled already"


def test_what_is_enabled_already_stays_so() -> None:
    commands = _there_and_back(_selected(), "crypto ikev2 enable outside")
    assert "crypto ikev2 enable outside" not in commands


def test_a_tunnel_group_that_nobody_uses_is_refused_with_what_to_do() -> None:
    leftover = ("tunnel-group 198.51.100.7 type ipsec-l2l",)
    with pytest.raises(RefusedError, match=r"clear configure tunnel-group 198\.51\.100\.7"):
        _commands(_selected(), *leftover)


# --- networks and NAT ---


def test_one_rule_exempts_the_traffic_before_all_others() -> None:
    commands = _there_and_back(_selected())
    (rule,) = [command for command in commands if command.startswith("nat ")]
    assert rule.startswith("nat (inside,outside) 1 source static appliance-site-a-1-local ")
    assert rule.endswith(" no-proxy-arp route-lookup")
    box = _box()
    made = plan(_selected(), ASA.parse(box.running()), ASA)
    box.apply(made.change)
    rules = [row for row in box.running().splitlines() if row.startswith("nat (")]
    assert "appliance-site-a-1-local" in rules[0]


def test_without_nat_there_is_nothing_to_exempt() -> None:
    bare = "\n".join(row for row in branch("site-b").splitlines() if "nat (" not in row)
    box = _box(text=bare)
    made = plan(_selected(), ASA.parse(box.running()), ASA)
    assert not any(step.text.startswith("nat ") for step in made.change.steps)
    box.apply(made.change)
    assert compare(_selected(), ASA.parse(box.running())) == ()


def test_networks_behind_several_interfaces_get_a_rule_each() -> None:
    lan = (
        *("interface GigabitEthernet0/2", "no shutdown", "nameif lab", "security-level 50"),
        "ip address 10.11.0.1 255.255.0.0",
    )
    commands = _there_and_back(_selected(), *lan)
    rules = [command for command in commands if command.startswith("nat ")]
    assert [rule.split()[1] for rule in rules] == ["(inside,outside)", "(lab,outside)"]
    assert "object-group network appliance-site-a-1-local-lab" in commands
    (entry,) = [c for c in commands if c.startswith("access-list appliance-site-a-1 extended")]
    assert "object-group appliance-site-a-1-local object-group" in entry


def test_a_network_behind_a_router_is_found_by_its_route() -> None:
    lab = (
        *("interface GigabitEthernet0/2", "no shutdown", "nameif lab", "security-level 50"),
        "ip address 172.20.0.1 255.255.255.0",
        "route lab 10.11.0.0 255.255.0.0 172.20.0.2",
    )
    rules = [c for c in _there_and_back(_selected(), *lab) if c.startswith("nat ")]
    assert [rule.split()[1] for rule in rules] == ["(inside,outside)", "(lab,outside)"]


def test_an_inside_interface_that_is_not_there_is_refused() -> None:
    with pytest.raises(RefusedError, match=r"device\.interfaces\.inside must be one of: .*inside"):
        _commands(_selected(_site(inside_interface="lan")))


def test_pairs_that_are_no_product_become_several() -> None:
    pairs = (
        TrafficSelector(local=NET("10.10.0.0/16"), remote=NET("10.20.0.0/16")),
        TrafficSelector(local=NET("10.10.0.0/16"), remote=NET("10.21.0.0/16")),
        TrafficSelector(local=NET("10.11.0.0/16"), remote=NET("10.21.0.0/16")),
        TrafficSelector(local=NET("10.12.0.1/32"), remote=NET("10.21.0.0/16")),
    )
    found = blocks(pairs)
    assert [(one.locals, one.remotes) for one in found] == [
        ((NET("10.10.0.0/16"),), (NET("10.20.0.0/16"), NET("10.21.0.0/16"))),
        ((NET("10.11.0.0/16"), NET("10.12.0.1/32")), (NET("10.21.0.0/16"),)),
    ]
    commands = _there_and_back(_selected(selectors=pairs))
    entries = [c for c in commands if c.startswith("access-list appliance-site-a-1 extended")]
    assert len(entries) == 2
    assert " network-object host 10.12.0.1" in commands


def test_the_full_product_of_many_prefixes_is_one_entry() -> None:
    site = _site()
    ours = tuple(NET(f"10.1.{n}.0/24") for n in range(6))
    site = replace(site, on_premises=replace(site.on_premises, prefixes=ours))
    end = replace(intents.expectation().on_premises, prefixes=ours)
    theirs = tuple(NET(f"10.20.{n}.0/24") for n in range(7))
    intent = _selected(site, on_premises=end, vnet_prefixes=theirs)
    assert len(intent.tunnels[0].selectors) == 42
    commands = _there_and_back(intent)
    assert len([c for c in commands if c.startswith("access-list ")]) == 2, "remark and entry"
    assert len([c for c in commands if c.startswith(" network-object ")]) == 13


def test_a_new_prefix_is_added_before_an_old_one_goes() -> None:
    box = _box()
    box.apply(plan(_selected(), ASA.parse(box.running()), ASA).change)
    moved = _selected(vnet_prefixes=(NET("10.20.0.0/16"), NET("10.22.0.0/16")))
    made = plan(moved, ASA.parse(box.running()), ASA)
    assert [step.text for step in made.change.steps] == [
        "object-group network appliance-site-a-1-remote",
        " network-object 10.22.0.0 255.255.0.0",
        " no network-object 10.21.0.0 255.255.0.0",
        "clear crypto ipsec sa peer 198.51.100.7",
    ]
    assert made.change.bounces == ("outside_map 20",)
    box.apply(made.change)
    assert compare(moved, ASA.parse(box.running())) == ()


def test_what_somebody_adds_to_our_list_by_hand_goes_again() -> None:
    box = _box()
    box.apply(plan(_selected(), ASA.parse(box.running()), ASA).change)
    box.device.configure(
        "access-list appliance-site-a-1 extended permit ip host 10.10.0.9 host 10.99.0.1"
    )
    observed = ASA.parse(box.running())
    assert [found.path for found in compare(_selected(), observed)] == ["selectors"]
    made = plan(_selected(), observed, ASA)
    assert [step.text for step in made.change.steps] == [
        "no access-list appliance-site-a-1 extended permit ip host 10.10.0.9 host 10.99.0.1",
        "clear crypto ipsec sa peer 198.51.100.7",
    ]
    box.apply(made.change)
    assert compare(_selected(), ASA.parse(box.running())) == ()


# --- tunnels made by hand ---

BY_HAND = (
    *EQUAL,
    "crypto ikev2 enable outside",
    "crypto ipsec ikev2 ipsec-proposal AZ",
    *("protocol esp encryption aes-256", "protocol esp integrity sha-256"),
    "access-list AZ extended permit ip 10.10.0.0 255.255.0.0 10.20.0.0 255.255.0.0",
    "access-list AZ extended permit ip 10.10.0.0 255.255.0.0 10.21.0.0 255.255.0.0",
    "access-list AZ extended permit ip 10.11.0.0 255.255.0.0 10.20.0.0 255.255.0.0",
    "access-list AZ extended permit ip 10.11.0.0 255.255.0.0 10.21.0.0 255.255.0.0",
    *("object network VNETS", "subnet 10.20.0.0 255.254.0.0"),
    *("object network OURS", "subnet 10.10.0.0 255.254.0.0"),
    "nat (inside,outside) 1 source static OURS OURS destination static VNETS VNETS",
    "group-policy AZ internal",
    *("group-policy AZ attributes", "vpn-tunnel-protocol ikev2"),
    "tunnel-group 198.51.100.7 type ipsec-l2l",
    *("tunnel-group 198.51.100.7 general-attributes", "default-group-policy AZ"),
    "tunnel-group 198.51.100.7 ipsec-attributes",
    "ikev2 remote-authentication pre-shared-key one-key-for-both-ends",
    "ikev2 local-authentication pre-shared-key one-key-for-both-ends",
    "isakmp keepalive threshold 10 retry 3",
    "crypto map outside_map 5 set peer 198.51.100.7",
    "crypto map outside_map 5 set ikev2 ipsec-proposal AZ",
    "crypto map outside_map 5 set pfs group14",
    "crypto map outside_map 5 set security-association lifetime seconds 27000",
    "crypto map outside_map 5 set security-association lifetime kilobytes 102400000",
    "crypto map outside_map 5 match address AZ",
)


def test_a_tunnel_made_by_hand_is_taken_over_by_the_least_change() -> None:
    assert _there_and_back(_selected(), *BY_HAND) == [
        "crypto ipsec ikev2 ipsec-proposal appliance-site-a",
        " protocol esp encryption aes-gcm-256",
        " protocol esp integrity null",
        "crypto map outside_map 5 set ikev2 ipsec-proposal appliance-site-a",
        "clear crypto ipsec sa peer 198.51.100.7",
    ]


def test_a_tunnel_made_by_hand_that_is_right_is_left_alone() -> None:
    policy = intents.custom(
        (Encryption.AES256, Integrity.SHA256, DhGroup.MODP2048),
        (Encryption.AES256, Integrity.SHA256, DhGroup.MODP2048),
    )
    assert _commands(_selected(policy=policy), *BY_HAND) == []


def test_a_list_of_others_is_replaced_and_not_edited() -> None:
    short = tuple(line for line in BY_HAND if "10.11.0.0 255.255.0.0 10.21" not in line)
    commands = _there_and_back(_selected(), *short)
    assert "crypto map outside_map 5 match address appliance-site-a-outside_map-5" in commands
    assert not any("access-list AZ" in command for command in commands)


def test_a_gateway_that_moved_gets_its_tunnel_group_and_the_old_one_stays_with_its_owner() -> None:
    moved = tuple(line.replace("198.51.100.7", "198.51.100.200") for line in BY_HAND)
    commands = _there_and_back(_selected(), *moved)
    new = commands.index("crypto map outside_map 5 set peer 198.51.100.7")
    old = commands.index("no crypto map outside_map 5 set peer 198.51.100.200")
    assert new < old
    assert "tunnel-group 198.51.100.7 type ipsec-l2l" in commands
    assert not any("tunnel-group 198.51.100.200" in command for command in commands)


def test_implied_values_come_back_as_no_statement() -> None:
    silent = tuple(line for line in BY_HAND if "lifetime seconds 27000" not in line)
    box = _box(*silent)
    made = plan(_selected(), ASA.parse(box.running()), ASA)
    forth, back = made.change.text, made.rollback.text
    statement = "crypto map outside_map 5 set security-association lifetime seconds 27000"
    assert f"\n{statement}\n" in forth
    assert f"no {statement}\n" in back


def test_a_key_the_device_hides_is_left_alone() -> None:
    box = _box(*BY_HAND)
    made = plan(_selected(), ASA.parse(box.device.shown()), ASA)
    assert made.change
    assert not any("pre-shared-key" in step.text for step in made.change.steps)


def test_a_group_policy_of_others_is_theirs_to_change() -> None:
    closed = tuple(line.replace("protocol ikev2", "protocol ssl-client") for line in BY_HAND)
    with pytest.raises(RefusedError, match=r"group policy AZ .* does not let peers use ikev2"):
        _commands(_selected(), *closed)


def test_a_change_of_form_is_refused() -> None:
    with pytest.raises(RefusedError, match=r"outside_map 5 reaches .* as a policy-based tunnel"):
        _commands(_routed(mode=Mode.ROUTE_BASED), *BY_HAND)


# --- interfaces ---


def test_an_address_that_is_not_the_devices_is_refused() -> None:
    text = branch("site-b").replace("203.0.113.10 255", "192.0.2.1 255")
    with pytest.raises(RefusedError, match=r"outside has 192\.0\.2\.1, but the inventory"):
        plan(_routed(), ASA.parse(_box(text=text).running()), ASA)


def test_an_interface_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(RefusedError, match=r"one of: .*inside, outside"):
        _commands(_routed(outside_interface="dmz"))


def test_an_interface_by_its_hardware_name_is_the_same() -> None:
    commands = _commands(_routed(outside_interface="GigabitEthernet0/0"))
    assert " tunnel source interface outside" in commands


def test_an_interface_that_is_down_is_refused() -> None:
    with pytest.raises(RefusedError, match="outside is shut down"):
        _commands(_routed(), "interface GigabitEthernet0/0", "shutdown")


def test_a_device_that_names_itself_otherwise_is_refused() -> None:
    with pytest.raises(RefusedError, match="crypto isakmp identity hostname"):
        _commands(_routed(), "crypto isakmp identity hostname")


def test_a_free_link_address_is_the_same_every_time_and_never_one_of_azures() -> None:
    placed = ASA.place(_routed(), Observed(driver="cisco_asa"))
    again = ASA.place(_routed(), Observed(driver="cisco_asa"))
    assert placed[0].interface is not None
    address = placed[0].interface.address
    assert address is not None
    assert again == placed
    assert address.ip in NET("169.254.64.0/18")
    assert not any(address.network.overlaps(NET(f"169.254.{n}.0/24")) for n in (21, 22))
    held = ("interface Tunnel5", "nameif five", f"ip address {address.ip} 255.255.255.252")
    assert f" ip address {address.ip} 255.255.255.252" not in _commands(_routed(), *held)


def test_an_address_that_overlaps_is_refused() -> None:
    settings = TunnelSettings(addresses=(IPv4Interface("10.10.9.1/30"),))
    with pytest.raises(RefusedError, match=r"overlaps with .*, which has 10\.10\.0\.1/16"):
        _commands(_routed(tunnel=settings))


def test_a_route_that_leads_elsewhere_is_refused() -> None:
    with pytest.raises(RefusedError, match=r"leads 10\.20\.0\.0/16 elsewhere: `route inside"):
        _commands(_routed(), "route inside 10.20.0.0 255.255.0.0 10.10.0.9")
    further = "route inside 10.20.0.0 255.255.0.0 10.10.0.9 250"
    assert _there_and_back(_routed(), further)


def test_the_second_tunnels_static_routes_are_further() -> None:
    made = intents.expectation()
    made = replace(made, endpoints=(*made.endpoints, intents.SECOND))
    commands = _there_and_back(ASA.express(intend(_site(), made, KEY)))
    routes = [command.split() for command in commands if command.startswith("route ")]
    assert [words[5:] for words in routes] == [[], [], ["2"], ["2"]]


# --- what is one for the whole box ---


@pytest.mark.parametrize(
    ("before", "sent"),
    [
        (None, ["sysopt connection tcpmss 1350"]),
        (1400, ["sysopt connection tcpmss 1350"]),
        (0, ["sysopt connection tcpmss 1350"]),
        (1300, []),
    ],
)
def test_the_clamp_is_lowered_never_raised_and_put_back(
    before: int | None, sent: list[str]
) -> None:
    lines = () if before is None else (f"sysopt connection tcpmss {before}",)
    commands = _there_and_back_of_size(_routed(), lines)
    assert [command for command in commands if "tcpmss" in command] == sent


def _there_and_back_of_size(intent: Intent, lines: tuple[str, ...]) -> list[str]:
    box = _box(*lines)
    before = box.running()
    made = plan(intent, ASA.parse(before), ASA)
    box.apply(made.change)
    assert not ASA.change(ASA.parse(box.running()).tunnels, made.target)
    box.apply(made.rollback)
    assert box.running() == before
    return [step.text for step in made.change.steps]


def _speaking(address: str) -> Intent:
    site = _site()
    speaker = OnPremisesBgp(asn=65_050, address=IPv4Address(address))
    site = replace(site, on_premises=replace(site.on_premises, bgp=speaker))
    return ASA.express(intend(site, intents.expectation(bgp_enabled=True), KEY))


def test_bgp_comes_with_its_process_and_goes_with_it() -> None:
    commands = _there_and_back(_speaking("169.254.21.2"))
    start = commands.index("router bgp 65050")
    assert commands[start : start + 7] == [
        "router bgp 65050",
        " address-family ipv4 unicast",
        "  neighbor 169.254.21.1 remote-as 65515",
        "  neighbor 169.254.21.1 ebgp-multihop 2",
        "  neighbor 169.254.21.1 activate",
        "  network 10.10.0.0 mask 255.255.0.0",
        "  network 10.11.0.0 mask 255.255.0.0",
    ]
    assert not any(command.startswith("route ") for command in commands)


def test_bgp_joins_the_process_that_is_there() -> None:
    held = (
        "router bgp 65050",
        "address-family ipv4 unicast",
        "neighbor 10.10.0.2 remote-as 65001",
        "neighbor 10.10.0.2 activate",
    )
    commands = _there_and_back(_speaking("10.11.255.1"), *held)
    assert "interface Loopback100" in commands
    assert "  neighbor 10.20.255.30 update-source appliance-loopback100" in commands
    assert any(c.startswith("route ") and "255.255.255.255" in c for c in commands)


def test_another_as_number_is_refused() -> None:
    with pytest.raises(RefusedError, match="the device runs `router bgp 64999`"):
        _commands(_speaking("169.254.21.2"), "router bgp 64999")


CONTROL = (
    "access-list TO-BOX extended permit icmp any any",
    "access-list TO-BOX extended deny ip any any",
    "access-group TO-BOX in interface outside control-plane",
)


def test_a_control_plane_list_is_opened_before_its_denial() -> None:
    commands = _there_and_back(_routed(outside_acl="TO-BOX"), *CONTROL)
    assert [command for command in commands if "TO-BOX" in command] == [
        "access-list TO-BOX line 2 extended permit udp host 198.51.100.7 any eq isakmp",
        "access-list TO-BOX line 2 extended permit udp host 198.51.100.7 any eq 4500",
        "access-list TO-BOX line 2 extended permit esp host 198.51.100.7 any",
    ]


def test_the_list_of_the_interface_does_not_filter_what_is_for_the_box() -> None:
    commands = _commands(_routed(outside_acl="outside_in"))
    assert not any("access-list outside_in" in command for command in commands)


def test_another_control_plane_list_than_the_inventorys_is_refused() -> None:
    with pytest.raises(RefusedError, match=r"set device\.outside_acl: TO-BOX"):
        _commands(_routed(outside_acl="OTHER"), *CONTROL)


# --- from one to another, also where the device hides its keys ---

OLD = intents.custom(
    (Encryption.AES256, Integrity.SHA1, DhGroup.MODP2048),
    (Encryption.AES256, Integrity.SHA1, None),
)


def _becomes(first: Intent, second: Intent, *, hidden: bool) -> list[str]:
    """What is sent to make one of the other; it leads there, and back to the very same text."""
    box = _box()
    box.apply(plan(first, ASA.parse(box.running()), ASA).change)
    before = box.running()
    made = plan(second, ASA.parse(box.device.shown() if hidden else before), ASA)
    box.apply(made.change)
    assert compare(second, ASA.parse(box.running())) == ()
    after = ASA.parse(box.device.shown() if hidden else box.running())
    assert not ASA.change(after.tunnels, made.target)
    box.apply(made.rollback)
    assert box.running() == before
    return [step.text for step in made.change.steps]


@pytest.mark.parametrize("hidden", [False, True])
def test_another_version_of_ike_takes_its_own_key(*, hidden: bool) -> None:
    old = _selected(ike_version=IkeVersion.V1, policy=OLD)
    commands = _becomes(old, _selected(), hidden=hidden)
    assert " ikev2 local-authentication pre-shared-key <pre-shared-key>" in commands
    assert (" no ikev1 pre-shared-key" in commands) is not hidden, "what is lost is lost for ever"
    assert commands[-1] == "clear crypto ikev1 sa 198.51.100.7"
    back = _becomes(_selected(), old, hidden=hidden)
    assert "no crypto map outside_map 20 set ikev2 ipsec-proposal" in back


@pytest.mark.parametrize("hidden", [False, True])
def test_a_gateway_that_moved_is_followed(*, hidden: bool) -> None:
    made = intents.expectation()
    gateway = replace(made.endpoints[0], address=IPv4Address("198.51.100.77"))
    moved = ASA.express(intend(_site(), replace(made, endpoints=(gateway,)), KEY))
    commands = _becomes(_routed(), moved, hidden=hidden)
    assert "tunnel-group 198.51.100.77 type ipsec-l2l" in commands
    assert ("clear configure tunnel-group 198.51.100.7" in commands) is not hidden


def test_a_key_that_is_needed_and_not_given_is_told_before_anything_is_sent() -> None:
    box = _box()
    old = _selected(ike_version=IkeVersion.V1, policy=OLD)
    box.apply(plan(old, ASA.parse(box.running()), ASA).change)
    unknown = tuple(replace(one, psk=Hidden("not asked for")) for one in _selected().tunnels)
    made = plan(replace(_selected(), tunnels=unknown), ASA.parse(box.device.shown()), ASA)
    with pytest.raises(SecretError, match="needs the pre-shared key"):
        [step.reveal() for step in made.change.steps]


# --- IKEv1, keys, names ---


def test_ikev1_gets_its_own_words() -> None:
    policy = intents.custom(
        (Encryption.AES256, Integrity.SHA1, DhGroup.MODP2048),
        (Encryption.AES256, Integrity.SHA1, None),
    )
    commands = _there_and_back(_selected(ike_version=IkeVersion.V1, policy=policy))
    assert "crypto ikev1 policy 20" in commands
    assert "crypto ipsec ikev1 transform-set appliance-site-a esp-aes-256 esp-sha-hmac" in commands
    assert " ikev1 pre-shared-key <pre-shared-key>" in commands
    assert not any("set pfs" in command for command in commands)


@pytest.mark.parametrize("key", ["a?b!c", "#|%$&'\"`\\~", "*a*", "xyz1" * 32])
def test_keys_travel_intact(key: str) -> None:
    intent = _selected()
    intent = replace(intent, tunnels=tuple(replace(one, psk=Secret(key)) for one in intent.tunnels))
    box = _box()
    box.apply(plan(intent, ASA.parse(box.running()), ASA).change)
    (tunnel,) = [one for one in ASA.parse(box.running()).tunnels if one.name != "outside_map 10"]
    assert tunnel.psk == Secret(key)


def test_the_partner_is_never_touched() -> None:
    for intent in (_selected(), _routed(), _speaking("169.254.21.2")):
        box = _box()
        before = ASA.parse(box.running())
        box.apply(plan(intent, before, ASA).change)
        after = ASA.parse(box.running())
        assert _partners(after.tunnels) == _partners(before.tunnels)


def test_long_names_are_cut_but_stay_their_own() -> None:
    one, other = own("x" * 60 + "-1"), own("x" * 60 + "-2")
    assert len(one) <= 48
    assert one != other
    assert own("site-a-1") == "appliance-site-a-1"


@pytest.mark.parametrize("first", [True, False], ids=["new", "there"])
def test_timers_of_the_process_stay_those_of_others(*, first: bool) -> None:
    site = _site()
    speaker = OnPremisesBgp(asn=65050, address=IPv4Address("169.254.21.2"))
    site = replace(site, on_premises=replace(site.on_premises, bgp=speaker))
    intent = ASA.express(intend(site, intents.expectation(bgp_enabled=True), KEY))
    box = _box()
    if not first:
        box.apply(plan(intent, ASA.parse(box.running()), ASA).change)
    box.device.configure("router bgp 65050", "timers bgp 10 30")
    running = ASA.parse(box.running())
    made = plan(intent, running, ASA)
    box.apply(made.change)
    after = ASA.parse(box.running())
    assert not ASA.change(after.tunnels, made.target)
    (held,) = mine(intent, after.tunnels)
    assert held.bgp is not None
    assert [(one.keepalive_seconds, one.hold_seconds) for one in held.bgp.peers] == [(60, 180)]
    box.apply(made.rollback)
    assert ASA.parse(box.running()).tunnels == running.tunnels
    assert "timers 60 180" not in box.running()


def test_a_tunnel_interface_that_lost_its_address_gets_one() -> None:
    """Without any it stays down, whichever address it is."""
    intent, box = _routed(), _box()
    box.apply(plan(intent, ASA.parse(box.running()), ASA).change)
    lines = box.running().splitlines()
    (lost,) = [line for line in lines if line.startswith(" ip address 169.254.")]
    observed = ASA.parse("\n".join(line for line in lines if line != lost))
    (found,) = compare(intent, observed)
    assert (found.path, found.running) == ("interface.address", None)
    made = plan(intent, observed, ASA)
    assert [step.text.strip() for step in made.change.steps][1:] == [lost.strip()]
