"""Names and numbers on a device that is in use: what others have is never touched."""

from __future__ import annotations

import re
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

import pytest

from appliance.azure.defaults import ROUTE_BASED
from appliance.compare import compare
from appliance.driver import load
from appliance.errors import RefusedError
from appliance.intend import intend
from appliance.inventory.model import OnPremisesBgp, TunnelSettings
from appliance.lab import branch
from appliance.lab.wiring import Wiring
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity
from appliance.model.intent import Dials, Intent
from appliance.model.pairing import mine
from appliance.model.secret import Secret
from appliance.model.tunnel import Mode, TrafficSelector
from appliance.plan import as_running, plan
from tests.vendors import intents
from tests.vendors.cisco_ios.box import IosBox

IOS = load("cisco_ios")
KEY = Secret("one-key-for-both-ends")


def _intent(**device: object) -> Intent:
    site = intents.site("cisco_ios")
    site = replace(site, device=replace(site.device, **device))  # type: ignore[arg-type]  # by name
    return intend(site, intents.expectation(), KEY)


def _commands(intent: Intent, running: str) -> list[str]:
    made = plan(intent, IOS.parse(running), IOS)
    return [step.text for step in made.change.steps]


def _router(*more: str, name: str = "site-a") -> str:
    """The lab's branch router with more lines in front of its end."""
    return branch(name).removesuffix("end\n") + "\n".join(more) + "\nend\n"


def test_numbers_that_are_taken_are_left_alone() -> None:
    running = _router("interface Tunnel100", " ip address 172.16.0.1 255.255.255.0")
    commands = _commands(_intent(), running)
    assert "interface Tunnel101" in commands
    assert "interface Tunnel100" not in commands


def test_an_isakmp_policy_takes_a_number_behind_all_others() -> None:
    policy = intents.custom(
        (Encryption.AES256, Integrity.SHA1, DhGroup.MODP2048),
        (Encryption.AES256, Integrity.SHA256, None),
    )
    expected = intents.expectation(ike_version=IkeVersion.V1, policy=policy)
    intent = intend(intents.site("cisco_ios"), expected, KEY)
    assert "crypto isakmp policy 110" in _commands(intent, branch("site-a"))


def test_an_isakmp_policy_that_is_there_already_is_used() -> None:
    policy = intents.custom(
        (Encryption.AES256, Integrity.SHA256, DhGroup.MODP2048),
        (Encryption.AES256, Integrity.SHA256, None),
    )
    expected = intents.expectation(ike_version=IkeVersion.V1, policy=policy)
    intent = intend(intents.site("cisco_ios"), expected, KEY)
    commands = _commands(intent, branch("site-a"))
    assert not any(command.startswith("crypto isakmp policy") for command in commands)


NEIGHBOUR = """\
crypto ikev2 proposal STRONG
 encryption aes-cbc-256
 integrity sha384
 group 20
crypto ikev2 policy EVERYONE
 proposal STRONG
crypto ikev2 keyring PARTNER2
 peer P
  address 192.0.2.60
  pre-shared-key partner-Only-2
crypto ikev2 profile PARTNER2
 match identity remote address 192.0.2.60 255.255.255.255
 authentication remote pre-share
 authentication local pre-share
 keyring local PARTNER2
crypto ipsec profile PARTNER2
 set ikev2-profile PARTNER2
interface Tunnel60
 ip address 172.31.60.2 255.255.255.252
 tunnel source GigabitEthernet1
 tunnel mode ipsec ipv4
 tunnel destination 192.0.2.60
 tunnel protection ipsec profile PARTNER2"""


def test_an_ikev2_policy_that_others_need_is_refused_with_what_to_do() -> None:
    with pytest.raises(RefusedError) as refusal:
        _commands(_intent(), _router(NEIGHBOUR))
    words = str(refusal.value)
    assert "IKEv2 policy EVERYONE serves Tunnel60" in words
    assert "aes256 sha256 group 14" in words
    assert "add a proposal" in words


def test_an_ikev2_policy_that_offers_what_is_needed_is_shared_untouched() -> None:
    fits = (
        NEIGHBOUR.replace(" proposal STRONG", " proposal STRONG\n proposal AZURE")
        + "\ncrypto ikev2 proposal AZURE\n encryption aes-cbc-256\n integrity sha256\n group 14"
    )
    commands = _commands(_intent(), _router(fits))
    assert not any("ikev2 policy" in c or "ikev2 proposal" in c for c in commands)
    assert "interface Tunnel100" in commands


BY_HAND = """\
crypto ikev2 proposal AZ
 encryption aes-cbc-256
 integrity sha256
 group 14
crypto ikev2 policy AZ
 match address local 203.0.113.10
 proposal AZ
crypto ikev2 keyring AZ
 peer azure
  address 198.51.100.7
  pre-shared-key one-key-for-both-ends
crypto ikev2 profile AZ
 match identity remote address 198.51.100.7 255.255.255.255
 authentication remote pre-share
 authentication local pre-share
 keyring local AZ
 lifetime 28800
 dpd 10 3 periodic
crypto ipsec transform-set AZ esp-aes 256 esp-sha256-hmac
 mode tunnel
crypto ipsec profile AZ
 set security-association lifetime seconds 27000
 set security-association lifetime kilobytes 102400000
 set transform-set AZ
 set pfs group14
 set ikev2-profile AZ
interface Tunnel7
 ip address 169.254.0.1 255.255.255.252
 ip tcp adjust-mss 1350
 tunnel source GigabitEthernet1
 tunnel mode ipsec ipv4
 tunnel destination 198.51.100.7
 tunnel protection ipsec profile AZ
ip route 10.20.0.0 255.255.0.0 Tunnel7
ip route 10.21.0.0 255.255.0.0 Tunnel7"""


def test_a_tunnel_made_by_hand_is_taken_over_by_the_least_change() -> None:
    assert _commands(_intent(), _router(BY_HAND)) == [
        "crypto ipsec transform-set appliance-site-a esp-gcm 256",
        " mode tunnel",
        "crypto ipsec profile AZ",
        " set transform-set appliance-site-a",
        "do clear crypto session remote 198.51.100.7",
    ]


def test_a_tunnel_made_by_hand_that_is_right_is_left_alone() -> None:
    right = BY_HAND.replace("esp-aes 256 esp-sha256-hmac", "esp-gcm 256")
    assert _commands(_intent(), _router(right)) == []


def test_a_gateway_that_moved_is_followed_everywhere_at_once() -> None:
    right = BY_HAND.replace("esp-aes 256 esp-sha256-hmac", "esp-gcm 256")
    moved = right.replace("198.51.100.7", "198.51.100.200")
    intent = _intent()
    made = plan(intent, IOS.parse(_router(moved)), IOS)
    assert [difference.path for difference in made.differences] == ["remote.addresses"]
    texts = [step.text.strip() for step in made.change.steps]
    assert "tunnel destination 198.51.100.7" in texts
    assert "match identity remote address 198.51.100.7 255.255.255.255" in texts
    assert "no match identity remote address 198.51.100.200 255.255.255.255" in texts
    assert "address 198.51.100.7" in texts


def test_a_change_of_form_is_refused() -> None:
    selectors = (
        TrafficSelector(
            local=intents.expectation().on_premises.prefixes[0],
            remote=intents.expectation().vnet_prefixes[0],
        ),
    )
    site = intents.site("cisco_ios")
    site = replace(site, device=replace(site.device, mode=Mode.POLICY_BASED))
    intent = intend(site, intents.expectation(policy_based=True, selectors=selectors), KEY)
    with pytest.raises(RefusedError, match=r"Tunnel7 reaches .* as a route-based tunnel"):
        _commands(intent, _router(BY_HAND))


def test_an_address_that_is_not_the_devices_is_refused() -> None:
    with pytest.raises(RefusedError, match=r"GigabitEthernet1 has 192\.0\.2\.1, but the inventory"):
        _commands(_intent(), branch("site-a", wiring=Wiring(outside="192.0.2.1")))


def test_an_interface_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(RefusedError, match="one of: GigabitEthernet1, GigabitEthernet2"):
        _commands(_intent(outside_interface="GigabitEthernet9"), branch("site-a"))


def test_an_address_that_overlaps_is_refused() -> None:
    settings = TunnelSettings(addresses=(IPv4Interface("10.10.9.1/30"),))
    with pytest.raises(RefusedError, match=r"overlaps with GigabitEthernet2, which has 10\.10"):
        _commands(_intent(tunnel=settings), branch("site-a"))


def _speaking(asn: int) -> Intent:
    site = intents.site("cisco_ios")
    speaker = OnPremisesBgp(asn=asn, address=IPv4Address("10.11.255.1"))
    site = replace(site, on_premises=replace(site.on_premises, bgp=speaker))
    return intend(site, intents.expectation(bgp_enabled=True), KEY)


def test_another_as_number_is_refused() -> None:
    with pytest.raises(RefusedError, match="the device runs `router bgp 64999`"):
        _commands(_speaking(65_050), _router("router bgp 64999", " bgp log-neighbor-changes"))


def test_an_as_number_in_two_halves_is_the_same() -> None:
    commands = _commands(_speaking(65_546), _router("router bgp 1.10", " bgp asnotation dot"))
    assert "router bgp 1.10" in commands
    assert "router bgp 65546" not in commands


def test_azure_may_see_another_as_than_the_routers() -> None:
    intent = _speaking(65_050)
    box = IosBox(_router("router bgp 64999", " bgp log-neighbor-changes"))
    made = plan(_speaking(64_999), IOS.parse(box.running()), IOS)
    box.apply(made.change)
    (peer,) = (peer for tunnel in made.target if tunnel.bgp for peer in tunnel.bgp.peers)
    said = f"neighbor {peer.address} local-as 65050 no-prepend replace-as"
    seen = box.running().replace(
        f" neighbor {peer.address} remote-as", f" {said}\n neighbor {peer.address} remote-as"
    )
    assert not plan(intent, IOS.parse(seen), IOS).change
    longer = plan(intent, IOS.parse(seen.replace("ebgp-multihop 2", "ebgp-multihop 1")), IOS)
    texts = [step.text for step in longer.change.steps]
    assert "router bgp 64999" in texts
    assert not any("local-as" in text for text in texts)
    back = [step.text for step in plan(_speaking(64_999), IOS.parse(seen), IOS).change.steps]
    assert f" no neighbor {peer.address} local-as" in back


ACL = """\
interface GigabitEthernet1
 ip access-group OUTSIDE-IN in
ip access-list extended OUTSIDE-IN
 10 permit tcp any any established
 20 permit icmp any any
 30 deny ip any any log"""


def test_permits_go_in_front_of_the_first_deny() -> None:
    commands = _commands(_intent(outside_acl="OUTSIDE-IN"), _router(ACL))
    start = commands.index("ip access-list extended OUTSIDE-IN")
    assert commands[start + 1 : start + 4] == [
        " 27 permit udp host 198.51.100.7 any eq isakmp",
        " 28 permit udp host 198.51.100.7 any eq non500-isakmp",
        " 29 permit esp host 198.51.100.7 any",
    ]


def test_permits_that_others_gave_already_are_not_given_again() -> None:
    open_ = ACL.replace(" 20 permit icmp any any", " 20 permit ip any any")
    commands = _commands(_intent(outside_acl="OUTSIDE-IN"), _router(BY_HAND, open_))
    assert not any("access-list" in command for command in commands)


def test_a_blocked_gateway_is_a_finding() -> None:
    right = BY_HAND.replace("esp-aes 256 esp-sha256-hmac", "esp-gcm 256")
    observed = IOS.parse(_router(right, ACL))
    assert [d.path for d in compare(_intent(outside_acl="OUTSIDE-IN"), observed)] == ["permits"]


@pytest.mark.parametrize(
    ("acl", "words"),
    [
        (ACL.replace("group OUTSIDE-IN in", "group OTHER in"), "set device.outside_acl: OTHER"),
        ("\n".join(ACL.splitlines()[:2]), "applied but not defined"),
        (ACL.replace(" 30 deny", " 22 deny"), "ip access-list resequence OUTSIDE-IN 10 10"),
    ],
)
def test_an_access_list_that_cannot_take_them_is_refused(acl: str, words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        _commands(_intent(outside_acl="OUTSIDE-IN"), _router(acl))


def test_a_crypto_map_entry_joins_the_map_of_the_interface() -> None:
    bound = """\
crypto map OUTSIDE 10 ipsec-isakmp
 set peer 192.0.2.70
 set transform-set PARTNER
 match address P70
ip access-list extended P70
 permit ip 10.10.0.0 0.0.255.255 10.70.0.0 0.0.255.255
crypto isakmp key partner-Only-3 address 192.0.2.70
interface GigabitEthernet1
 crypto map OUTSIDE"""
    expected = intents.expectation(policy_based=True)
    pairs = tuple(
        TrafficSelector(local=local, remote=remote)
        for local in expected.on_premises.prefixes
        for remote in expected.vnet_prefixes
    )
    intent = intend(intents.site("cisco_ios"), replace(expected, selectors=pairs), KEY)
    commands = _commands(intent, _router(bound))
    assert "crypto map OUTSIDE 20 ipsec-isakmp" in commands
    assert not any(command.startswith("interface") for command in commands)


def test_a_key_the_device_hides_is_left_alone() -> None:
    hidden = BY_HAND.replace(
        "pre-shared-key one-key-for-both-ends", "pre-shared-key 6 ZYXcGh_dRGaYKUWHXIQUNNHTQEOAAB"
    )
    commands = _commands(_intent(), _router(hidden))
    assert commands
    assert not any("pre-shared-key" in command for command in commands)


def test_a_key_that_stands_in_the_profile_has_to_be_moved_by_hand() -> None:
    inline = BY_HAND.replace(" keyring local AZ\n", "").replace(
        " authentication remote pre-share\n authentication local pre-share",
        " authentication remote pre-share key old-key\n authentication local pre-share key old-key",
    )
    with pytest.raises(RefusedError, match="IKEv2 profile AZ holds its key itself"):
        _commands(_intent(), _router(inline))


def test_built_in_isakmp_policies_that_others_rely_on_stay_on() -> None:
    bare = "\n".join(
        row for row in branch("site-a").splitlines() if not row.startswith("crypto isakmp policy")
    )
    policy = intents.custom(
        (Encryption.AES256, Integrity.SHA1, DhGroup.MODP2048),
        (Encryption.AES256, Integrity.SHA256, None),
    )
    expected = intents.expectation(ike_version=IkeVersion.V1, policy=policy)
    intent = intend(intents.site("cisco_ios"), expected, KEY)
    with pytest.raises(RefusedError, match="Tunnel50 use the isakmp policies built into IOS"):
        _commands(intent, bare)


def test_a_route_by_next_hop_is_taken_away_as_it_stands() -> None:
    right = BY_HAND.replace("esp-aes 256 esp-sha256-hmac", "esp-gcm 256")
    wider = f"{right}\nip route 10.99.0.0 255.255.0.0 169.254.0.2"
    assert _commands(_intent(), _router(wider)) == ["no ip route 10.99.0.0 255.255.0.0 169.254.0.2"]


def test_a_bgp_session_that_azure_does_not_ask_for_is_not_ours_to_remove() -> None:
    right = BY_HAND.replace("esp-aes 256 esp-sha256-hmac", "esp-gcm 256")
    speaking = f"{right}\nrouter bgp 65010\n neighbor 169.254.0.2 remote-as 65020"
    made = plan(_intent(), IOS.parse(_router(speaking)), IOS)
    assert [difference.path for difference in made.differences] == ["bgp"]
    assert not made.change


OUTSIDE = ("interface GigabitEthernet1", " ip address 203.0.113.10 255.255.255.0")
OLD_ENTRY = (
    " set peer 198.51.100.7",
    " set transform-set OLD",
    " match address OLD",
)
OLD_POLICY = (
    "crypto isakmp policy 10",
    " encr aes 256",
    " hash sha256",
    " authentication pre-share",
    " group 14",
    "crypto isakmp key FormerKey address 198.51.100.7",
    "crypto ipsec transform-set OLD esp-aes 256 esp-sha256-hmac",
    " mode tunnel",
    "ip access-list extended OLD",
    " permit ip 10.10.0.0 0.0.255.255 10.40.0.0 0.0.255.255",
)


def _selected() -> Intent:
    """By policy, in IKEv1."""
    pair = TrafficSelector(local=IPv4Network("10.10.0.0/16"), remote=IPv4Network("10.40.0.0/16"))
    strong = (Encryption.AES256, Integrity.SHA256, DhGroup.MODP2048)
    expected = intents.expectation(
        ike_version=IkeVersion.V1,
        policy=intents.custom(strong, strong),
        policy_based=True,
        selectors=(pair,),
    )
    site = intents.site("cisco_ios")
    device = replace(site.device, outside_interface="GigabitEthernet1", mode=Mode.POLICY_BASED)
    return intend(replace(site, device=device), expected, KEY)


@pytest.mark.parametrize("liveness", [(), ("crypto isakmp keepalive 3600 60",)])
def test_an_entry_left_behind_takes_the_key_of_the_gateway_along(liveness: tuple[str, ...]) -> None:
    gateway = str(_selected().tunnels[0].remote.addresses[0])
    lines = (
        *OLD_POLICY,
        *liveness,
        "crypto map FORMER 1 ipsec-isakmp",
        *OLD_ENTRY,
        "crypto map OUT 100 ipsec-isakmp",
        *OLD_ENTRY,
        *OUTSIDE,
        " crypto map OUT",
    )
    box = IosBox(_router(*(line.replace("198.51.100.7", gateway) for line in lines)))
    running = IOS.parse(box.running())
    made = plan(_selected(), running, IOS)
    assert [one for step in made.change.steps for one in step.bounces] == ["OUT 100"]
    box.apply(made.change)
    after = IOS.parse(box.running())
    assert not IOS.change(after.tunnels, made.target)
    keys = {one.name: one.psk for one in after.tunnels if one.name != "Tunnel50"}
    assert keys == {"OUT 100": KEY, "FORMER 1": KEY}
    box.apply(made.rollback)
    assert IOS.parse(box.running()).tunnels == running.tunnels


def test_of_two_ways_to_one_gateway_the_one_that_is_asked_for_is_meant() -> None:
    gateway = str(_selected().tunnels[0].remote.addresses[0])
    lines = (
        *OLD_POLICY,
        "crypto map OUT 100 ipsec-isakmp",
        *OLD_ENTRY,
        "crypto ipsec profile NEW",
        " set transform-set OLD",
        "interface Tunnel7",
        " ip address 172.30.7.1 255.255.255.252",
        " tunnel source GigabitEthernet1",
        " tunnel mode ipsec ipv4",
        f" tunnel destination {gateway}",
        " tunnel protection ipsec profile NEW",
        *OUTSIDE,
        " crypto map OUT",
    )
    running = IOS.parse(_router(*(line.replace("198.51.100.7", gateway) for line in lines)))
    for intent, name in ((_intent(), "Tunnel7"), (_selected(), "OUT 100")):
        for order in (running.tunnels, running.tunnels[::-1]):
            assert [one.name for one in mine(intent, order)] == [name]


def test_a_list_by_object_groups_is_left_and_another_one_taken() -> None:
    gateway = str(_selected().tunnels[0].remote.addresses[0])
    lines = (
        "object-group network HERE",
        " 10.10.0.0 255.255.0.0",
        " host 10.77.0.9",
        "object-group network THERE",
        " 10.40.0.0 255.255.0.0",
        *OLD_POLICY[:-1],
        " permit ip object-group HERE object-group THERE",
        "crypto map OUT 100 ipsec-isakmp",
        *OLD_ENTRY,
        *OUTSIDE,
        " crypto map OUT",
    )
    box = IosBox(_router(*(line.replace("198.51.100.7", gateway) for line in lines)))
    running = IOS.parse(box.running())
    made = plan(_selected(), running, IOS)
    box.apply(made.change)
    after = IOS.parse(box.running())
    (now,) = mine(_selected(), after.tunnels)
    assert now.selectors == _selected().tunnels[0].selectors
    assert " permit ip object-group HERE object-group THERE" in re.sub(
        r"(?m)^ \d+ permit", " permit", box.running()
    )
    box.apply(made.rollback)
    assert IOS.parse(box.running()).tunnels == running.tunnels


def test_an_address_whose_network_has_the_bgp_peer_in_it_stays() -> None:
    peer, ours = IPv4Address("169.254.21.1"), IPv4Address("169.254.21.2")
    site = intents.site("cisco_ios")
    ends = replace(site.on_premises, bgp=OnPremisesBgp(asn=65050, address=ours, source=None))
    endpoint = replace(intents.expectation().endpoints[0], bgp_addresses=(peer,))
    expected = intents.expectation(bgp_enabled=True, endpoints=(endpoint,))
    intent = intend(replace(site, on_premises=ends), expected, KEY)
    box = IosBox()
    box.apply(plan(intent, IOS.parse(box.running()), IOS).change)
    (held,) = mine(intent, IOS.parse(box.running()).tunnels)
    assert held.interface is not None
    box.device.configure(
        f"interface {held.interface.name}",
        f"ip address {ours} 255.255.255.252",
        "exit",
        f"no ip route {peer} 255.255.255.255 {held.interface.name}",
        "router bgp 65050",
        f"no neighbor {peer} ebgp-multihop",
    )
    running = IOS.parse(box.running())
    found = compare(intent, running)
    assert [one.path for one in found if one.severity > 0] == []
    assert not plan(intent, running, IOS).change


def test_what_a_default_policy_takes_and_the_device_offers_may_be_live() -> None:
    intent = intend(
        intents.site("cisco_ios"), intents.expectation(policy=ROUTE_BASED.policy(Dials.EITHER)), KEY
    )
    box = IosBox()
    box.apply(plan(intent, IOS.parse(box.running()), IOS).change)
    proposal = mine(intent, IOS.parse(box.running()).tunnels)[0].ike.proposals[0].name
    box.device.configure(f"crypto ikev2 proposal {proposal}", "integrity sha256 sha1")
    running = IOS.parse(box.running())
    (looked_for,) = as_running(intent, running)
    assert looked_for.ike.proposals[0].integrity == (Integrity.SHA256, Integrity.SHA1)


@pytest.mark.parametrize("above", ["timers bgp 10 30", "neighbor 10.9.9.9 remote-as 65001"])
@pytest.mark.parametrize("first", [True, False], ids=["new", "there"])
def test_timers_of_the_process_stay_those_of_others(above: str, *, first: bool) -> None:
    site = intents.site("cisco_ios")
    speaker = OnPremisesBgp(asn=65050, address=IPv4Address("169.254.21.2"), source=None)
    site = replace(site, on_premises=replace(site.on_premises, bgp=speaker))
    intent = intend(site, intents.expectation(bgp_enabled=True), KEY)
    box = IosBox()
    if not first:
        box.apply(plan(intent, IOS.parse(box.running()), IOS).change)
    box.device.configure("router bgp 65050", above)
    start = box.running()
    running = IOS.parse(start)
    made = plan(intent, running, IOS)
    box.apply(made.change)
    after = IOS.parse(box.running())
    assert not IOS.change(after.tunnels, made.target)
    (held,) = mine(intent, after.tunnels)
    assert held.bgp is not None
    assert [(one.keepalive_seconds, one.hold_seconds) for one in held.bgp.peers] == [(60, 180)]
    box.apply(made.rollback)
    assert IOS.parse(box.running()).tunnels == running.tunnels
    assert "timers 60 180" not in box.running()


def test_of_two_instances_with_one_profile_the_one_that_moves_gets_its_own() -> None:
    shared = (
        *("crypto ikev2 proposal A", " encryption aes-cbc-256", " integrity sha256", " group 14"),
        *("crypto ikev2 policy A", " proposal A"),
        *("crypto ikev2 keyring K", " peer ONE", "  address 198.51.100.7"),
        *("  pre-shared-key one-key-for-both-ends", " peer TWO", "  address 198.51.100.8"),
        *("  pre-shared-key one-key-for-both-ends", "crypto ikev2 profile P"),
        " match identity remote address 198.51.100.7 255.255.255.255",
        " match identity remote address 198.51.100.8 255.255.255.255",
        *(" authentication remote pre-share", " authentication local pre-share"),
        *(" keyring local K", "crypto ipsec transform-set T esp-gcm 256", " mode tunnel"),
        *("crypto ipsec profile I", " set transform-set T", " set ikev2-profile P"),
    )
    tunnels = (
        line
        for at, peer in ((11, 7), (12, 8))
        for line in (
            f"interface Tunnel{at}",
            f" ip address 172.30.{at}.1 255.255.255.252",
            *(" tunnel source GigabitEthernet1", " tunnel mode ipsec ipv4"),
            f" tunnel destination 198.51.100.{peer}",
            " tunnel protection ipsec profile I",
            f"ip route 10.20.0.0 255.255.0.0 Tunnel{at}",
        )
    )
    moved = replace(intents.SECOND, address=IPv4Address("198.51.100.9"))
    expected = intents.expectation(endpoints=(intents.expectation().endpoints[0], moved))
    settings = TunnelSettings(
        addresses=(IPv4Interface("172.30.11.1/30"), IPv4Interface("172.30.12.1/30"))
    )
    site = intents.site("cisco_ios")
    site = replace(site, device=replace(site.device, tunnel=settings))
    intent = intend(site, expected, KEY)
    box = IosBox(_router(*shared, *tunnels))
    running = IOS.parse(box.running())
    made = plan(intent, running, IOS)
    box.apply(made.change)
    after = IOS.parse(box.running())
    assert not IOS.change(after.tunnels, made.target)
    profiles = [one.objects["ikev2 profile"] for one in mine(intent, after.tunnels)]
    assert profiles == ["P", "appliance-site-a-Tunnel12"]
    box.apply(made.rollback)
    assert not IOS.change(IOS.parse(box.running()).tunnels, running.tunnels)
