"""What a saved text does not tell, or what the model cannot hold: reported, never guessed."""

from __future__ import annotations

import pytest

from appliance.model.secret import Hidden
from appliance.model.tunnel import Mode, Tunnel
from vendors.juniper_junos.parse import parse

BASE = """set interfaces ge-0/0/3 unit 0 family inet address 192.0.2.33/28
set interfaces st0 unit 4 family inet address 169.254.44.1/30
set security ike proposal I dh-group group19
set security ike proposal I encryption-algorithm aes-128-gcm
set security ike policy K proposals I
set security ike gateway FAR ike-policy K
set security ike gateway FAR address 203.0.113.144
set security ike gateway FAR external-interface ge-0/0/3.0
set security ipsec policy C proposal-set prime-128
set security ipsec vpn TO-FAR bind-interface st0.4
set security ipsec vpn TO-FAR ike gateway FAR
set security ipsec vpn TO-FAR ike ipsec-policy C
"""
VPN = "set security ipsec vpn TO-FAR"


def read(*rows: str) -> tuple[Tunnel, list[str]]:
    found = parse(BASE + "\n".join(rows))
    return found.tunnels[0], [odd.text for odd in found.unrecognized]


@pytest.mark.parametrize(
    "key",
    ["<secret hidden>", "<removed>", "<the key of the site>", '"netconanRemoved17"', "REMOVED"],
)
def test_what_stands_in_place_of_a_key_is_no_key(key: str) -> None:
    tunnel, odd = read(f"set security ike policy K pre-shared-key ascii-text {key}")
    assert isinstance(tunnel.psk, Hidden)
    assert odd == []


def test_a_placeholder_in_braces_is_one_word_as_well() -> None:
    text = "security { ike { policy K { pre-shared-key ascii-text <secret hidden>; mode main; } } }"
    tunnel, odd = read(text)
    assert isinstance(tunnel.psk, Hidden)
    assert odd == []


def test_a_network_that_is_masked_is_not_everything() -> None:
    masked = f"{VPN} ike proxy-identity local 10.x.x.0/24"
    tunnel, odd = read(masked, f"{VPN} ike proxy-identity remote 10.64.0.0/14")
    assert tunnel.selectors == ()
    assert odd == [masked]


def test_selectors_of_the_other_family_are_selectors_all_the_same() -> None:
    other = f"{VPN} traffic-selector SIX local-ip 2001:db8:44::/48"
    tunnel, odd = read(other, f"{VPN} traffic-selector SIX remote-ip 2001:db8:45::/48")
    assert (tunnel.mode, tunnel.selectors) == (Mode.POLICY_BASED, ())
    assert odd == [other, other.replace("local", "remote").replace("44", "45")]


def test_half_a_traffic_selector_selects_nothing() -> None:
    tunnel, odd = read(f"{VPN} traffic-selector HALF local-ip 10.44.0.0/16")
    assert (tunnel.mode, tunnel.selectors, odd) == (Mode.ROUTE_BASED, (), [])


PAIR = (
    f"{VPN} traffic-selector WEB local-ip 10.44.0.0/16",
    f"{VPN} traffic-selector WEB remote-ip 10.64.0.0/14",
)


@pytest.mark.parametrize(
    "row",
    [
        f"{VPN} traffic-selector WEB protocol tcp",
        f"{VPN} traffic-selector WEB destination-port 443",
        f"{VPN} traffic-selector WEB term A remote-port 443",
        f"{VPN} ike proxy-identity service junos-https",
    ],
)
def test_ports_are_nothing_that_azure_negotiates(row: str) -> None:
    assert read(*PAIR)[0].quirks == ()
    tunnel, odd = read(*PAIR, row)
    assert ["no protocols and no ports" in quirk for quirk in tunnel.quirks] == [True]
    assert odd == []


@pytest.mark.parametrize(
    "row",
    [
        f"{VPN} traffic-selector WEB protocol any",
        f"{VPN} ike proxy-identity service any",
    ],
)
def test_any_protocol_is_what_there_is_anyway(row: str) -> None:
    assert read(*PAIR, row)[0].quirks == ()


COMPARED = """
netops@edge# show | compare
[edit security ike]
     gateway FAR { ... }
+    gateway NEAR {
+        ike-policy K;
+        address 203.0.113.9;
+    }
-    gateway PAST {
-        address 203.0.113.8;
-    }
[edit security ipsec vpn TO-FAR ike]
!     gateway FAR;

[edit]
netops@edge# exit
"""


def test_a_comparison_in_a_log_is_no_configuration() -> None:
    tunnel, odd = read(COMPARED)
    assert str(tunnel.remote.addresses[0]) == "203.0.113.144"
    assert odd == []


SHOWN = """
netops@edge# show security ike gateway FAR
##
## inactive: security ike gateway FAR
##
ike-policy K;
address 203.0.113.145;
"""


def test_a_section_that_is_shown_by_itself_says_in_a_remark_that_it_is_off() -> None:
    tunnel, odd = read(SHOWN)
    assert (tunnel.enabled, odd) == (False, [])
    assert tunnel.objects["off"] == "inactive security ike gateway FAR"
    assert read(SHOWN.replace("inactive: ", ""))[0].enabled


def test_a_session_in_a_text_that_does_not_tell_our_as_is_not_passed_over() -> None:
    session = "set protocols bgp group CLOUD neighbor 169.254.44.2 peer-as 65515"
    tunnel, odd = read(session)
    assert (tunnel.bgp, tunnel.missing, odd) == (
        None,
        ("routing-options autonomous-system",),
        [],
    )
    tunnel, _ = read(session, "set routing-options autonomous-system 65044")
    assert tunnel.bgp is not None
    assert (tunnel.bgp.local_asn, tunnel.missing) == (65044, ())


@pytest.mark.parametrize("kind", ["logical-systems", "tenants"])
def test_an_interface_that_a_part_of_the_device_has_is_not_missing(kind: str) -> None:
    tunnel, odd = read(
        "delete interfaces st0",
        f"set {kind} PART interfaces st0 unit 4 family inet address 169.254.45.1/30",
        f"set {kind} PART security zones security-zone lan interfaces st0.4",
        "set security zones security-zone wan interfaces ge-0/0/3.0",
    )
    assert tunnel.interface is not None
    assert (str(tunnel.interface.address), tunnel.interface.vrf) == ("169.254.45.1/30", "PART")
    assert (tunnel.missing, tunnel.passes, odd) == ((), None, [])
