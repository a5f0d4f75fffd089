"""Names and numbers on a device that is in use: what others have is never touched."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

import pytest

from appliance.compare import compare
from appliance.driver import load
from appliance.errors import RefusedError, UnsupportedError
from appliance.intend import intend
from appliance.inventory.model import OnPremisesBgp, TunnelSettings
from appliance.model.change import Plan
from appliance.model.intent import Intent, Observed
from appliance.model.secret import Secret
from appliance.model.tunnel import Mode
from appliance.plan import plan
from tests.vendors import intents
from tests.vendors.juniper_junos.box import SrxBox, make

JUNOS = load("juniper_junos")
KEY = Secret("one-key-for-both-ends")
SPEAKER = OnPremisesBgp(asn=65_050, address=IPv4Address("10.11.255.1"))
BOTH = (*intents.expectation().endpoints, intents.SECOND)


def _intent(*, bgp: bool = False, both: bool = False, **device: object) -> Intent:
    site = intents.site("juniper_junos")
    site = replace(site, device=replace(site.device, **device))  # type: ignore[arg-type]  # by name
    changes: dict[str, object] = {"endpoints": BOTH} if both else {}
    if bgp:
        site = replace(site, on_premises=replace(site.on_premises, bgp=SPEAKER))
        changes["bgp_enabled"] = True
    return JUNOS.express(intend(site, intents.expectation(**changes), KEY))


def _box(*lines: str) -> SrxBox:
    """The lab's firewall with some lines more."""
    box = make()
    if lines:
        box.device.configure(*lines)
    return box


def _plan(box: SrxBox, intent: Intent | None = None) -> Plan:
    return plan(intent or _intent(), JUNOS.parse(box.running()), JUNOS)


def _commands(box: SrxBox, intent: Intent | None = None) -> list[str]:
    return [step.text for step in _plan(box, intent).change.steps]


def _pushed(box: SrxBox, intent: Intent) -> Plan:
    """Push, see that nothing is left to do, and that the way back leads back to the letter."""
    before = box.running()
    made = _plan(box, intent)
    box.apply(made.change)
    after = JUNOS.parse(box.running())
    assert compare(intent, after) == ()
    assert not plan(intent, after, JUNOS).change
    box.apply(made.rollback)
    assert sorted(box.running().splitlines()) == sorted(before.splitlines())
    box.apply(made.change)
    return made


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("bgp", [False, True])
def test_the_way_back_leads_back_to_the_letter(*, bgp: bool, both: bool) -> None:
    _pushed(make(), _intent(bgp=bgp, both=both))


def test_selectors_need_no_routes() -> None:
    box = make()
    commands = [s.text for s in _pushed(box, _intent(mode=Mode.POLICY_BASED)).change.steps]
    assert sum("traffic-selector" in c for c in commands) == 8
    assert not any("routing-options" in c for c in commands)
    assert "set security ipsec vpn site-a-1 traffic-selector ts1 local-ip 10.10.0.0/16" in commands


def test_units_that_are_taken_are_left_alone() -> None:
    box = _box("set interfaces st0 unit 100 family inet")
    commands = _commands(box)
    assert "set interfaces st0 unit 101 family inet" in commands
    assert "set security ipsec vpn site-a-1 bind-interface st0.101" in commands


def test_names_that_are_taken_are_left_alone() -> None:
    box = _box(
        "set security ike proposal site-a dh-group group2",
        "set security ike proposal site-a authentication-method pre-shared-keys",
        "set security ipsec policy site-a-1 proposals PARTNER",
    )
    made = _pushed(box, _intent())
    commands = [step.text for step in made.change.steps]
    assert "set security ike proposal site-a-2 dh-group group14" in commands
    assert "set security ipsec policy site-a-1-2 proposals site-a" in commands
    assert "dh-group group2" in box.running()


def test_two_gateways_share_what_is_equal() -> None:
    commands = _commands(make(), _intent(both=True))
    assert "set security ike policy site-a-1 proposals site-a" in commands
    assert "set security ike policy site-a-2 proposals site-a" in commands
    assert sum(c.startswith("set security ike proposal site-a dh-group") for c in commands) == 1
    assert "set routing-options static route 10.20.0.0/16 next-hop st0.101" in commands
    assert not any("site-a-2-out" in c for c in commands), "one policy lets both through"


# --- what lets packets through ---


def test_addresses_that_are_there_are_used_and_stay() -> None:
    box = make()
    made = _pushed(box, _intent())
    commands = [step.text for step in made.change.steps]
    assert any(c.endswith("site-a-1-out match source-address branch-lan") for c in commands)
    assert not any("branch-lan" in step.text for step in made.rollback.steps)


def test_address_books_of_zones_are_not_mixed_with_the_global_one() -> None:
    box = _box(
        "delete security address-book global",
        "delete security policies",
        "set security zones security-zone trust address-book address lan 10.10.0.0/16",
    )
    commands = [step.text for step in _pushed(box, _intent()).change.steps]
    assert not any("security address-book global" in c for c in commands)
    azure = "set security zones security-zone azure address-book address net-10.20.0.0_16"
    assert f"{azure} 10.20.0.0/16" in commands
    assert any(c.endswith("match source-address lan") for c in commands)


def test_a_policy_goes_in_front_of_one_that_would_shadow_it() -> None:
    context = "set security policies from-zone trust to-zone azure policy last"
    box = _box(
        "set security zones security-zone azure",
        f"{context} match source-address any",
        f"{context} match destination-address any",
        f"{context} match application any",
        f"{context} then deny",
    )
    made = _pushed(box, _intent())
    path = "security policies from-zone trust to-zone azure policy site-a-1-out"
    assert f"insert {path} before policy last" in [s.text for s in made.change.steps]
    running = box.running()
    assert running.index("site-a-1-out") < running.index("policy last")


def test_a_policy_that_was_put_behind_is_found_and_put_in_front_again() -> None:
    context = "security policies from-zone trust to-zone azure policy"
    box = make()
    _pushed(box, _intent())
    box.device.configure(
        f"set {context} deny-all match source-address any",
        f"set {context} deny-all match destination-address any",
        f"set {context} deny-all match application any",
        f"set {context} deny-all then deny",
        f"insert {context} deny-all before policy site-a-1-out",
    )
    observed = JUNOS.parse(box.running())
    assert [found.path for found in compare(_intent(), observed)] == ["passes"]
    box.apply(plan(_intent(), observed, JUNOS).change)
    assert compare(_intent(), JUNOS.parse(box.running())) == ()


def test_policies_left_over_are_not_taken_for_new_ones() -> None:
    path = "security policies from-zone trust to-zone untrust policy site-a-1-out"
    box = _box(
        f"set {path} match source-address any",
        f"set {path} match destination-address any",
        f"set {path} match application any",
        f"set {path} then deny",
    )
    with pytest.raises(RefusedError) as caught:
        _plan(box)
    assert f"delete {path}" in caught.value.hint


INBOUND = "host-inbound-traffic system-services"
ZONE = "security zones security-zone untrust"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((), []),
        ((f"delete {ZONE} {INBOUND} ike",), [f"set {ZONE} {INBOUND} ike"]),
        (
            (f"delete {ZONE} host-inbound-traffic",),
            [f"set {ZONE} interfaces ge-0/0/0.0 {INBOUND} ike"],
        ),
        (
            (f"set {ZONE} interfaces ge-0/0/0.0 {INBOUND} ping",),
            [f"set {ZONE} interfaces ge-0/0/0.0 {INBOUND} ike"],
        ),
        ((f"delete {ZONE} {INBOUND} ike", f"set {ZONE} {INBOUND} all"), []),
    ],
)
def test_ike_is_let_in_where_rules_stand_already(
    lines: tuple[str, ...], expected: list[str]
) -> None:
    """What is said at an interface replaces what its zone says: ssh must not be shut out."""
    box = _box(*lines)
    made = _pushed(box, _intent())
    assert [step.text for step in made.change.steps if "system-services" in step.text] == expected


def test_ike_that_is_shut_out_on_purpose() -> None:
    with pytest.raises(RefusedError, match="shuts out"):
        _plan(_box(f"set {ZONE} {INBOUND} all", f"set {ZONE} {INBOUND} ike except"))


def test_an_outside_interface_in_no_zone() -> None:
    with pytest.raises(RefusedError, match="no security zone"):
        _plan(_box(f"delete {ZONE} interfaces ge-0/0/0.0"))


def test_an_inside_that_is_not_known() -> None:
    box = _box(
        "delete security policies",
        "delete security nat",
        "delete security zones security-zone trust",
        "delete interfaces ge-0/0/1",
    )
    with pytest.raises(RefusedError) as caught:
        _plan(box, _intent(inside_interface=None))
    assert "device.interfaces.inside" in caught.value.hint


def test_networks_behind_several_zones() -> None:
    box = _box(
        "set interfaces ge-0/0/2 unit 0 family inet address 10.11.0.1/16",
        "set security zones security-zone dmz interfaces ge-0/0/2.0",
    )
    commands = [step.text for step in _pushed(box, _intent()).change.steps]
    for zone, network in (("trust", "branch-lan"), ("dmz", "net-10.11.0.0_16")):
        path = f"set security policies from-zone {zone} to-zone azure policy site-a-1-out"
        sources = [c for c in commands if c.startswith(f"{path} match source-address")]
        assert sources == [f"{path} match source-address {network}"]


# --- what stands around it ---


def test_the_mss_is_never_raised_for_others() -> None:
    box = _box("set security flow tcp-mss ipsec-vpn mss 1200")
    assert not any("tcp-mss" in command for command in _commands(box))
    box = _box("set security flow tcp-mss ipsec-vpn mss 1400")
    assert "set security flow tcp-mss ipsec-vpn mss 1350" in _commands(box)
    box = _box("set security flow tcp-mss all-tcp mss 1300")
    assert not any("tcp-mss" in command for command in _commands(box))


def test_a_route_that_leads_elsewhere_is_not_shared() -> None:
    box = _box("set routing-options static route 10.20.0.0/16 next-hop 203.0.113.7")
    with pytest.raises(RefusedError, match=r"10\.20\.0\.0/16 already: `next-hop 203\.0\.113\.7`"):
        _plan(box)


def test_a_backup_route_stays() -> None:
    route = "routing-options static route 10.20.0.0/16"
    box = _box(f"set {route} qualified-next-hop 203.0.113.7 preference 200")
    made = _pushed(box, _intent())
    assert f"set {route} next-hop st0.100" in [step.text for step in made.change.steps]
    assert f"delete {route} next-hop st0.100" in [step.text for step in made.rollback.steps]


def test_the_tunnel_goes_where_the_inside_is() -> None:
    box = _box(
        "set routing-instances campus instance-type virtual-router",
        "set routing-instances campus interface ge-0/0/1.0",
    )
    commands = [step.text for step in _pushed(box, _intent()).change.steps]
    assert "set routing-instances campus interface st0.100" in commands
    route = "set routing-instances campus routing-options static route 10.20.0.0/16"
    assert f"{route} next-hop st0.100" in commands
    assert "set security zones security-zone azure-campus interfaces st0.100" in commands


def test_bgp_speaks_from_the_tunnel_where_there_is_one() -> None:
    commands = _commands(make(), _intent(bgp=True))
    assert "set interfaces st0 unit 100 family inet address 10.11.255.1/32" in commands
    group = "set protocols bgp group site-a"
    for wanted in (
        f"{group} type external",
        f"{group} neighbor 10.20.255.30 multihop ttl 2",
        f"{group} neighbor 10.20.255.30 local-address 10.11.255.1",
        f"{group} neighbor 10.20.255.30 hold-time 180",
        f"{group} neighbor 10.20.255.30 export site-a-networks",
        f"{group} neighbor 10.20.255.30 peer-as 65515",
        f"{group} neighbor 10.20.255.30 local-as 65050",
        "set policy-options policy-statement site-a-networks term ours from route-filter "
        "10.10.0.0/16 exact",
        "set policy-options policy-statement site-a-networks term rest then reject",
        "set security zones security-zone azure interfaces st0.100 host-inbound-traffic "
        "protocols bgp",
        "set routing-options static route 10.20.255.30/32 next-hop st0.100",
    ):
        assert wanted in commands


def test_bgp_of_two_gateways_speaks_from_a_loopback() -> None:
    commands = _commands(make(), _intent(bgp=True, both=True))
    assert "set interfaces lo0 unit 0 family inet address 10.11.255.1/32" in commands
    assert "set security zones security-zone azure interfaces lo0.0" in commands
    assert "set protocols bgp group site-a neighbor 10.20.255.31 peer-as 65515" in commands


def test_bgp_speaks_from_an_address_that_is_there() -> None:
    box = _box("set interfaces ge-0/0/2 unit 0 family inet address 10.11.255.1/24")
    commands = [step.text for step in _pushed(box, _intent(bgp=True)).change.steps]
    assert not any(" 10.11.255.1/" in c for c in commands)


def test_bgp_is_let_in_where_rules_of_the_zone_stand_already() -> None:
    zone = "security zones security-zone azure host-inbound-traffic"
    box = _box(f"set {zone} system-services ping")
    assert f"set {zone} protocols bgp" in _commands(box, _intent(bgp=True))
    box = _box(f"set {zone} protocols all")
    assert not any("protocols bgp" in c for c in _commands(box, _intent(bgp=True)) if "zone" in c)


# --- what is there already ---


def _taken(*lines: str) -> SrxBox:
    """A firewall to which the site was pushed, then somebody came."""
    box = make()
    box.apply(_plan(box).change)
    box.device.configure(*lines)
    return box


@pytest.mark.parametrize(
    ("line", "repair"),
    [
        ("deactivate security ipsec vpn site-a-1", "activate security ipsec vpn site-a-1"),
        ("set interfaces st0 unit 100 disable", "delete interfaces st0 unit 100 disable"),
    ],
)
def test_what_was_switched_off_is_switched_on_again(line: str, repair: str) -> None:
    box = _taken(line)
    found = compare(_intent(), JUNOS.parse(box.running()))
    assert "enabled" in [difference.path for difference in found]
    made = _plan(box)
    assert repair in [step.text for step in made.change.steps]
    box.apply(made.change)
    assert compare(_intent(), JUNOS.parse(box.running())) == ()


def test_what_restarts_a_tunnel_is_told() -> None:
    box = _taken("set security ike proposal site-a dh-group group2")
    made = _plan(box)
    assert [s.text for s in made.change.steps] == [
        "set security ike proposal site-a dh-group group14"
    ]
    assert made.change.bounces == ("site-a-1",)


def test_a_proposal_that_others_take_is_never_edited() -> None:
    box = _taken(
        "set security ike policy PARTNER proposals site-a",
        "delete security ike policy PARTNER proposals PARTNER",
        "set security ike proposal site-a dh-group group2",
    )
    made = _plan(box)
    commands = [step.text for step in made.change.steps]
    assert not any(c.startswith("set security ike proposal site-a dh-group") for c in commands)
    assert "set security ike proposal site-a-2 dh-group group14" in commands
    assert commands[0] == "delete security ike policy site-a-1 proposals"
    assert made.change.bounces == ("site-a-1",)


def test_a_gateway_that_others_take_is_not_changed() -> None:
    box = _taken(
        "set security ipsec vpn other bind-interface st0.50",
        "delete security ipsec vpn PARTNER",
        "set security ipsec vpn other ike gateway site-a-1",
        "set security ipsec vpn other ike ipsec-policy PARTNER",
        "set security ike gateway site-a-1 version v1-only",
    )
    with pytest.raises(RefusedError, match="serves other as well"):
        _plan(box)


def test_a_policy_based_vpn_is_read_and_not_changed() -> None:
    policy = "security policies from-zone trust to-zone untrust policy azure"
    box = _taken(
        "delete security ipsec vpn site-a-1 bind-interface",
        f"set {policy} match source-address any",
        f"set {policy} match destination-address any",
        f"set {policy} match application any",
        f"set {policy} then permit tunnel ipsec-vpn site-a-1",
    )
    with pytest.raises(RefusedError) as caught:
        JUNOS.place(_intent(), JUNOS.parse(box.running()))
    assert "then permit tunnel" in caught.value.message


def test_another_form_is_refused() -> None:
    box = make()
    box.apply(_plan(box, _intent(mode=Mode.POLICY_BASED)).change)
    with pytest.raises(RefusedError, match="policy-based"):
        JUNOS.place(_intent(), JUNOS.parse(box.running()))


def test_the_outside_interface_must_be_what_the_inventory_says() -> None:
    with pytest.raises(RefusedError, match=r"no interface ge-0/0/9\.0"):
        _plan(make(), _intent(outside_interface="ge-0/0/9"))
    with pytest.raises(RefusedError, match=r"has 10\.10\.0\.1"):
        _plan(make(), _intent(outside_interface="ge-0/0/1.0"))


def test_addresses_that_overlap() -> None:
    settings = TunnelSettings(addresses=(IPv4Interface("10.10.5.1/30"),))
    with pytest.raises(RefusedError, match=r"overlaps with ge-0/0/1\.0"):
        _plan(make(), _intent(tunnel=settings))


def test_without_a_device_the_outside_interface_must_be_named() -> None:
    intent = _intent(outside_interface=None)
    with pytest.raises(UnsupportedError, match="must be told the interface"):
        JUNOS.place(intent, Observed(driver="juniper_junos"))
    assert _commands(make(), intent), "on a device its address tells"


def test_networks_stand_as_they_are() -> None:
    target = JUNOS.place(_intent(), Observed(driver="juniper_junos"))
    assert IPv4Network("10.20.0.0/16") in target[0].routes
    lines = [step.text for step in JUNOS.render(target)]
    assert all(line.startswith("set ") for line in lines)
    assert len(lines) == len(set(lines))


def test_a_tunnel_of_a_logical_system_is_not_changed() -> None:
    box = make()
    box.apply(_plan(box).change)
    text = box.running()
    unit = JUNOS.parse(text).tunnels[-1].interface
    assert unit is not None
    name = unit.name.replace(".", " unit ")
    lent = text.replace(f"set interfaces {name}", f"set logical-systems RED interfaces {name}")
    with pytest.raises(RefusedError, match="leads into logical-systems RED"):
        plan(_intent(), JUNOS.parse(lent), JUNOS)


def test_a_unit_that_lost_its_family_gets_it_back() -> None:
    """As where a device has swallowed one line of a push: nothing is routed into such a unit."""
    box = _box()
    _pushed(box, _intent())
    lines = box.running().splitlines()
    lost = "set interfaces st0 unit 100 family inet"
    observed = JUNOS.parse("\n".join(line for line in lines if line != lost))
    assert lost in lines
    (found,) = compare(_intent(), observed)
    assert (found.path, found.running) == ("interface.address", None)
    assert [step.text for step in plan(_intent(), observed, JUNOS).change.steps] == [lost]
