"""Names, numbers and files for an intent; what is not ours is never written."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import pytest

from appliance.compare import compare
from appliance.driver import load
from appliance.errors import RefusedError
from appliance.intend import intend
from appliance.inventory.model import OnPremisesBgp, TunnelSettings
from appliance.model.algorithms import Encryption, IkeVersion, Integrity, Prf
from appliance.model.change import Change, Step
from appliance.model.intent import Environment, Intent, Observed
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Mode, TrafficSelector, Tunnel
from appliance.plan import plan
from tests.vendors import intents
from tests.vendors.strongswan.box import LinuxBox
from vendors.strongswan import express as expressing
from vendors.strongswan.parse import parse

KEY = Secret("right-horse-battery-staple")
DRIVER = load("strongswan")
MAIN = "# file: /etc/swanctl/swanctl.conf\ninclude conf.d/*.conf\n"


def _asked(**changes: object) -> Intent:
    return intend(intents.site("strongswan"), intents.expectation(**changes), KEY)


def _intent(**changes: object) -> Intent:
    return DRIVER.express(_asked(**changes))


def _selected(**changes: object) -> Intent:
    pair = TrafficSelector(local=IPv4Network("10.10.0.0/16"), remote=IPv4Network("10.20.0.0/16"))
    return _intent(policy_based=True, selectors=(pair,), **changes)


def _text(intent: Intent, observed: Observed) -> str:
    made = DRIVER.render(DRIVER.place(intent, observed))
    return "".join(f"{step.reveal()}\n" for step in made)


def test_a_tunnel_gets_files_and_an_interface_of_its_own() -> None:
    (tunnel,) = DRIVER.place(_intent(), parse(MAIN))
    assert (tunnel.name, tunnel.interface and tunnel.interface.name) == ("site-a-1", "xfrm100")
    change = DRIVER.change((), (tunnel,)).text
    assert change.splitlines()[0] == "create /etc/systemd/network/50-appliance-site-a-1.netdev"
    assert " [Xfrm] InterfaceId=100\n" in change
    assert " [Route] Destination=10.20.0.0/16\n" in change
    assert " secrets.ike-site-a-1.secret = <pre-shared-key>\n" in change
    assert change.endswith("do networkctl reload\ndo swanctl --load-all --noprompt\n")


def test_numbers_and_names_that_others_have_are_left_to_them() -> None:
    others = (
        MAIN + "# file: /etc/swanctl/conf.d/x.conf\n"
        "connections { site-a-1 { remote_addrs = 192.0.2.1\n"
        " children { c { if_id_out = 101\n } } } }\n"
        "# file: /etc/systemd/network/a.netdev\n[NetDev]\nName=xfrm102\nKind=dummy\n"
        "# file: /etc/systemd/network/b.netdev\n[NetDev]\nName=b\nKind=xfrm\n"
        "[Xfrm]\nInterfaceId=0x64\n"
    )
    *_, tunnel = DRIVER.place(_intent(), parse(others))
    assert tunnel.name == "site-a-1-2"
    assert tunnel.interface is not None
    assert tunnel.interface.name == "xfrm103"


def test_a_dot_in_a_label_is_none_in_a_section() -> None:
    asked = _intent()
    dotted = replace(asked, tunnels=(replace(asked.tunnels[0], name="site.a-1"),))
    text = _text(dotted, parse(MAIN))
    assert "# file: /etc/swanctl/conf.d/appliance-site.a-1.conf\n" in text
    assert "  site-a-1 {\n" in text
    assert not plan(dotted, parse(MAIN + text), DRIVER).change


def test_red_hat_keeps_its_files_elsewhere() -> None:
    main = "# file: /etc/strongswan/swanctl/swanctl.conf\ninclude conf.d/*.conf\n"
    text = _text(_selected(), parse(main))
    assert "# file: /etc/strongswan/swanctl/conf.d/appliance-site-a-1.conf\n" in text
    assert not plan(_selected(), parse(main + text), DRIVER).change


BY_HAND = """\
connections { azure {
  remote_addrs = 198.51.100.7
  local { auth = psk }
  remote { auth = psk }
  children { c { remote_ts = 10.20.0.0/16
    local_ts = 10.10.0.0/16 } } } }
"""


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (BY_HAND, "the text has no file names"),
        (f"# file: /etc/swanctl/conf.d/azure.conf\n{BY_HAND}", "/etc/swanctl/conf.d/azure.conf"),
        (
            "# file: /etc/ipsec.conf\nconn azure\n  right=198.51.100.7\n  authby=secret\n",
            "/etc/ipsec.conf",
        ),
    ],
)
def test_what_was_made_by_hand_is_not_taken_over(text: str, where: str) -> None:
    with pytest.raises(RefusedError, match="a file that is not ours") as caught:
        DRIVER.place(_selected(), parse(text))
    assert where in str(caught.value)


def test_another_form_is_not_slipped_in() -> None:
    text = MAIN + _text(_selected(), parse(MAIN))
    with pytest.raises(RefusedError, match="policy-based"):
        DRIVER.place(_intent(), parse(text))


def test_a_key_that_is_not_known_is_left_alone() -> None:
    hidden = intend(intents.site("strongswan"), intents.expectation(), Hidden("not asked for"))
    text = MAIN + _text(_intent(), parse(MAIN))
    made = plan(DRIVER.express(hidden), parse(text.replace("27000s", "3600s")), DRIVER)
    assert "secret" not in made.change.text
    assert " connections.site-a-1.children.net.rekey_time = 27000s\n" in made.change.text


def test_only_what_renegotiates_bounces() -> None:
    box = LinuxBox()
    box.apply(plan(_intent(), parse(box.running()), DRIVER).change)
    held = parse(box.running())
    more = _intent(vnet_prefixes=(IPv4Network("10.20.0.0/16"), IPv4Network("10.22.0.0/16")))
    quiet = plan(more, held, DRIVER).change
    assert quiet.bounces == ()
    assert "swanctl" not in quiet.text
    assert " no [Route] Destination=10.21.0.0/16\n" in quiet.text
    loud = plan(_intent(esp_lifetime_seconds=3_600), held, DRIVER).change
    assert loud.bounces == ("site-a-1",)
    assert "do swanctl --terminate --ike site-a-1 --force --timeout 5\n" in loud.text
    assert loud.text.endswith("--initiate --ike site-a-1 --child net --timeout 5\n")


def test_taking_a_tunnel_away_takes_all_of_it() -> None:
    target = DRIVER.place(_intent(), parse(MAIN))
    lines = DRIVER.change(target, ()).text.splitlines()
    assert [line for line in lines if line.startswith("delete")] == [
        "delete /etc/systemd/network/50-appliance-site-a-1.netdev",
        "delete /etc/systemd/network/50-appliance-site-a-1.network",
        "delete /etc/swanctl/conf.d/appliance-site-a-1.conf",
    ]
    assert lines.index("do ip link delete xfrm100") < lines.index("do networkctl reload")
    assert lines[-1] == "do swanctl --terminate --ike site-a-1 --force --timeout 5"


# --- what it cannot say, and what it says otherwise


def _settings(intent: Intent) -> list[str]:
    return [refusal.setting for refusal in DRIVER.refusals(intent)]


def _with(**changes: object) -> Intent:
    intent = _intent()
    tunnel = replace(intent.tunnels[0], **changes)  # type: ignore[arg-type]  # fields by name
    return replace(intent, tunnels=(tunnel,))


def _versioned(version: str) -> Intent:
    return replace(_intent(), environment=Environment(version=version))


def _ike(intent: Intent, **changes: object) -> Intent:
    tunnel = intent.tunnels[0]
    proposal = replace(tunnel.ike.proposals[0], **changes)  # type: ignore[arg-type]  # as above
    return replace(
        intent, tunnels=(replace(tunnel, ike=replace(tunnel.ike, proposals=(proposal,))),)
    )


def test_a_plain_intent_can_be_said() -> None:
    assert _settings(_intent()) == []
    assert _settings(_selected()) == []


def test_bgp_needs_another_daemon() -> None:
    site = intents.site("strongswan")
    speaker = OnPremisesBgp(asn=65_050, address=IPv4Address("10.11.255.1"))
    site = replace(site, on_premises=replace(site.on_premises, bgp=speaker))
    intent = DRIVER.express(intend(site, intents.expectation(bgp_enabled=True), KEY))
    assert _settings(intent) == ["bgp"]


def test_two_gateways_need_interfaces() -> None:
    double = (*intents.expectation().endpoints, intents.SECOND)
    assert _settings(_intent(endpoints=double)) == []
    assert _settings(_selected(endpoints=double)) == ["device.mode: policy-based"]


@pytest.mark.parametrize(
    ("version", "settings"),
    [
        ("4.5.2", ["device.version"]),
        ("5.7.2", ["device.mode: route-based"]),
        ("5.8.0", []),
        ("U6.0.3/K6.1", []),
        ("unknown", []),
    ],
)
def test_old_releases_lack_some(version: str, settings: list[str]) -> None:
    assert _settings(_versioned(version)) == settings


@pytest.mark.parametrize(
    ("key", "refused"),
    [
        ("plain", False),
        ('all " of \\ # {it} = $(x)', False),
        ("", True),
        ("line\nbreak", True),
        ("tab\tbed", True),
        ("schlüssel", True),
    ],
)
def test_keys(key: str, refused: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    assert bool(_settings(_with(psk=Secret(key)))) is refused


def test_algorithms_that_charon_has_no_word_for() -> None:
    seal = _ike(_intent(), encryption=(Encryption.SEAL,))
    assert _settings(seal) == ["IKEv2 encryption seal"]
    assert _settings(_ike(_intent(), encryption=(Encryption.NULL,))) == ["IKEv2 encryption null"]
    old = _intent(ike_version=IkeVersion.V1)
    gcm = _ike(old, encryption=(Encryption.AES256GCM,), integrity=(), prf=(Prf.SHA256,))
    assert set(_settings(gcm)) == {"IKEv1 prf", "IKEv1 encryption aes256gcm"}
    bare = replace(
        _intent().tunnels[0].esp.proposals[0],
        encryption=(Encryption.AES256,),
        integrity=(Integrity.NONE,),
    )
    esp = replace(_intent().tunnels[0].esp, proposals=(bare,))
    assert _settings(_with(esp=esp)) == ["ESP integrity none"]


def test_what_is_said_otherwise_is_noted_once_and_stays() -> None:
    site = intents.site("strongswan")
    tunnel = TunnelSettings(mss=1_350, unnumbered="eth1")
    site = replace(site, device=replace(site.device, tunnel=tunnel, outside_acl="INPUT"))
    double = intents.expectation(endpoints=(*intents.expectation().endpoints, intents.SECOND))
    asked = intend(site, double, KEY)
    said = DRIVER.express(asked)
    assert DRIVER.express(said) == said
    assert set(said.notes) - set(asked.notes) == {
        expressing.NO_CLAMP.format(40),
        expressing.NO_RETRY,
        expressing.NO_LENDER,
        expressing.NO_INTERFACE,
        expressing.NO_FILTER,
        expressing.NO_WITHDRAWAL,
    }
    first: Tunnel = said.tunnels[0]
    assert first.interface is not None
    assert (first.interface.mss, first.interface.mtu) == (None, 1_390)
    assert first.ike.dpd is not None
    assert not first.ike.dpd.on_demand
    assert (first.permits, first.passes, first.mode) == (None, None, Mode.ROUTE_BASED)


QUIRKS = {
    "sha256_96": "connections.site-a-1.children.net.sha256_96 = yes",
    "childless": "connections.site-a-1.childless = force",
    "esn": "connections.site-a-1.children.net.esp_proposals = aes256gcm16-modp2048-esn",
}


@pytest.mark.parametrize("quirk", QUIRKS)
def test_what_azure_does_not_get_along_with_is_found_and_taken_away(quirk: str) -> None:
    box = LinuxBox()
    box.apply(plan(_intent(), parse(box.running()), DRIVER).change)
    path = "/etc/swanctl/conf.d/appliance-site-a-1.conf"
    box.apply(Change(steps=(Step(text=f"edit {path}"), Step(text=f" {QUIRKS[quirk]}"))))
    observed = parse(box.running())
    found = compare(_intent(), observed)
    assert [difference.path for difference in found] == [f"quirks.{quirk}"]
    assert found[0].source is not None
    assert QUIRKS[quirk].split(" = ")[1] in found[0].source.text
    made = plan(_intent(), observed, DRIVER)
    box.apply(made.change)
    assert compare(_intent(), parse(box.running())) == ()
    box.apply(made.rollback)
    assert parse(box.running()).tunnels == observed.tunnels
