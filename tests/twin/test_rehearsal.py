"""Real daemons: what works is found to work, and each fault is named by its field."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import pytest

from appliance import driver as drivers
from appliance.azure.defaults import ROUTE_BASED
from appliance.errors import ApplianceError
from appliance.model.algorithms import DhGroup, Encryption, Integrity
from appliance.model.intent import Dials
from appliance.model.secret import Hidden
from appliance.model.tunnel import Bgp, BgpPeer, Esp, EspProposal, Mode
from appliance.twin import (
    Rehearsal,
    Subject,
    missing,
    namespaces,
    needs,
    on_paper,
    rehearsal,
    rehearse,
)
from tests.twin.cases import FAULTS, KEY, Fault, pair, subject
from tests.twin.texts import IOS, Form, written

pytestmark = pytest.mark.twin
DRIVERS = drivers.names()


def test_daemons_can_run_here() -> None:
    assert missing() == "", "a rehearsal that was skipped proves nothing"


def _told(found: Rehearsal) -> list[tuple[str, str]]:
    return [(one.kind.value, one.fields[0]) for one in found.findings if one.breaking]


def _works(wanted: Subject) -> Rehearsal:
    found = rehearse(wanted)
    assert found.why == ""
    assert found.outcome is not None
    assert found.works, found.findings
    for attempt in (found.outcome.device, found.outcome.azure):
        if attempt is None:
            continue
        assert attempt.child_rekey is not None
        assert attempt.ike_rekey is not None
        assert (attempt.child_rekey.error, attempt.ike_rekey.error) == (None, None)
        for probe, passage in zip(found.probes, attempt.passages, strict=True):
            assert (passage.out, passage.back) == (probe.permitted, probe.permitted)
    return found


@pytest.mark.parametrize("name", DRIVERS)
def test_what_each_driver_writes_works(name: str) -> None:
    found = _works(subject(name))
    assert found.findings == ()
    assert sum(probe.permitted for probe in found.probes) == 4
    assert sum(not probe.permitted for probe in found.probes) == 4
    assert found.outcome is not None
    assert found.outcome.device is not None
    assert "AES_CBC/256/HMAC_SHA2_256_128" in found.outcome.device.ike
    assert KEY.reveal() not in repr(found)


@pytest.mark.parametrize("name", [name for name in DRIVERS if name != "rras"])
def test_policy_based_tunnels_work(name: str) -> None:
    found = _works(subject(name, mode=Mode.POLICY_BASED))
    assert found.findings == ()
    assert found.outcome is not None
    assert found.outcome.device is not None
    assert len(found.outcome.device.sas) == 4


def test_ikev1_works() -> None:
    assert _works(subject("cisco_ios", version=1)).findings == ()


def test_a_device_behind_nat_works_by_its_public_identity() -> None:
    plain = subject("cisco_ios")
    private = replace(plain.tunnel.local, address=IPv4Address("192.168.7.2"), identity=None)
    hidden = replace(plain, nat=True, tunnel=replace(plain.tunnel, local=private))
    found = rehearse(hidden)
    assert _told(found) == [("identity", "local.identity")]
    named = replace(private, identity=str(plain.public))
    _works(replace(hidden, tunnel=replace(plain.tunnel, local=named)))


def test_single_hosts_are_networks_too() -> None:
    base = subject("cisco_ios", mode=Mode.POLICY_BASED)
    pairs = (pair("10.10.0.9/32", "10.20.0.7/32"), pair("10.11.0.0/24", "10.20.0.0/16"))
    expected = replace(base.expectation, custom_selectors=True, selectors=pairs)
    found = _works(
        replace(base, expectation=expected, tunnel=replace(base.tunnel, selectors=pairs))
    )
    assert [(one.local, one.remote) for one in found.probes if one.permitted] == [
        ("10.10.0.9/32", "10.20.0.7/32"),
        ("10.11.0.0/24", "10.20.0.0/16"),
    ]


def _with_esp(base: Subject, group: DhGroup | None, dials: Dials) -> Subject:
    cipher = EspProposal(name="x", encryption=(Encryption.AES256,), integrity=(Integrity.SHA256,))
    ike = replace(base.tunnel.ike.proposals[0], groups=(DhGroup.MODP1024,))
    tunnel = replace(
        base.tunnel,
        ike=replace(base.tunnel.ike, proposals=(ike,)),
        esp=Esp(proposals=(cipher,), pfs_group=group),
    )
    expected = replace(base.expectation, policy=ROUTE_BASED.policy(dials))
    return replace(base, tunnel=tunnel, expectation=expected)


def test_azures_lists_differ_by_who_dials() -> None:
    """With a PFS group the device can renew, by the longer list, but Azure cannot."""
    asked = _with_esp(subject("cisco_ios"), DhGroup.MODP2048, Dials.EITHER)
    found = rehearse(asked)
    assert found.works
    assert [(one.kind.value, one.fields, one.dialled) for one in found.findings] == [
        ("rekey", ("esp.pfs_group",), ("azure",))
    ]


def test_an_end_that_does_not_dial_does_not() -> None:
    base = subject("cisco_ios")
    azure = rehearse(_with_esp(base, DhGroup.MODP2048, Dials.AZURE))
    assert azure.outcome is not None
    assert azure.outcome.device is None
    assert _told(azure) == [("rekey", "esp.pfs_group")]
    device = rehearse(_with_esp(base, DhGroup.MODP2048, Dials.APPLIANCE))
    assert device.outcome is not None
    assert device.outcome.azure is None
    assert device.findings == ()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_named(fault: Fault) -> None:
    good = subject("cisco_ios", mode=fault.mode, version=fault.version)
    found = rehearse(fault.apply(good))
    assert not found.works
    assert (fault.kind, fault.field) in _told(found)
    assert {field for _, field in _told(found)} == {fault.field}


@pytest.mark.parametrize("name", [name for name in DRIVERS if name != "cisco_ios"])
@pytest.mark.parametrize(
    "fault",
    [one for one in FAULTS if one.version == 2 and one.mode is Mode.ROUTE_BASED][:12:2],
    ids=lambda fault: fault.name,
)
def test_a_fault_is_named_for_other_vendors(fault: Fault, name: str) -> None:
    found = rehearse(fault.apply(subject(name)))
    assert (fault.kind, fault.field) in _told(found)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_rules_alone_name_the_same_field(fault: Fault) -> None:
    good = subject("cisco_ios", mode=fault.mode, version=fault.version)
    assert on_paper(good).findings == ()
    assert fault.field in {field for _, field in _told(on_paper(fault.apply(good)))}


def test_routes_come_by_a_session_that_really_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    base = subject("cisco_ios")
    peer = BgpPeer(
        address=IPv4Address("10.20.255.30"), asn=65515, local_address=IPv4Address("10.10.0.1")
    )
    bgp = Bgp(local_asn=65050, peers=(peer,), networks=base.prefixes)
    ours = replace(base.expectation.on_premises, prefixes=(), bgp_asn=65050)
    expected = replace(base.expectation, bgp_enabled=True, on_premises=ours)
    host = (IPv4Network("10.20.255.30/32"),)
    good = replace(base, expectation=expected, tunnel=replace(base.tunnel, bgp=bgp, routes=host))
    found = _works(good)
    assert not any("BGP" in text for text in found.unproven)
    assert found.outcome is not None
    assert found.outcome.device is not None
    talk = found.outcome.device.talk
    assert talk is not None
    assert talk.device.learnt == ("10.20.0.0/16", "10.21.0.0/16")
    assert talk.azure.learnt == ("10.10.0.0/16", "10.11.0.0/16")
    monkeypatch.setattr(rehearsal, "missing_bgp", lambda: "bird is not installed")
    assert any("BGP: by rules alone" in text for text in _works(good).unproven)
    monkeypatch.undo()
    for wrong, field in (
        (replace(bgp, local_asn=65051), "bgp.local_asn"),
        (replace(bgp, peers=(replace(peer, asn=65516),)), "bgp.peers.asn"),
    ):
        bad = replace(good, tunnel=replace(good.tunnel, bgp=wrong))
        assert _told(rehearse(bad)) == [("bgp", field)]
        assert _told(on_paper(bad)) == [("bgp", field)]


def test_hosts_are_not_the_routers_own_bgp_addresses() -> None:
    """A loopback in the site's network, and its prefix among those of the site, are usual."""
    made = written(IOS, Form.BGP)
    assert made is not None
    base = made.subject()
    speaker = IPv4Address("10.10.0.10")
    assert base.tunnel.bgp is not None
    peers = tuple(replace(peer, local_address=speaker) for peer in base.tunnel.bgp.peers)
    ours = replace(base.expectation.on_premises, bgp_address=speaker)
    found = _works(
        replace(
            base,
            prefixes=(*base.prefixes, IPv4Network(speaker)),
            expectation=replace(base.expectation, on_premises=ours),
            tunnel=replace(base.tunnel, bgp=replace(base.tunnel.bgp, peers=peers)),
        )
    )
    assert found.findings == ()
    assert str(speaker) not in {probe.local_host for probe in found.probes}
    assert sum(probe.permitted for probe in found.probes) == 4


def test_bgp_that_stays_down_beside_static_routes_is_a_warning() -> None:
    base = subject("cisco_ios")
    found = rehearse(replace(base, expectation=replace(base.expectation, bgp_enabled=True)))
    assert found.works
    assert [(one.kind.value, one.fields, one.breaking) for one in found.findings] == [
        ("bgp", ("bgp",), False)
    ]


def test_without_roots_rights_a_user_namespace_does(monkeypatch: pytest.MonkeyPatch) -> None:
    def unprivileged() -> tuple[str, ...]:
        return ("unshare", "--user", "--map-root-user", *needs.way()[-6:])

    monkeypatch.setattr(namespaces, "way", unprivileged)
    assert unprivileged()[3:] == (
        "--net",
        "--mount",
        "--pid",
        "--fork",
        "--kill-child",
        "--mount-proc",
    )
    _works(subject("cisco_ios"))


def test_an_answer_that_was_broken_off_is_an_error_of_ours() -> None:
    """As when its time is over in the middle of writing it."""
    word = ["sh", "-c", """read -r asked; printf '{"outcome": {'"""]
    pipe = subprocess.PIPE
    with (
        subprocess.Popen(word, stdin=pipe, stdout=pipe, stderr=pipe) as process,  # noqa: S603 -- our own words
        pytest.raises(ApplianceError, match="broken off"),
    ):
        namespaces._outcome(process, "{}")


def test_a_hidden_key_is_not_judged_but_told() -> None:
    base = subject("cisco_ios")
    hidden = Hidden("type 6 encryption")
    found = _works(replace(base, tunnel=replace(base.tunnel, psk=hidden)))
    assert any("type 6 encryption" in text for text in found.unproven)


def test_what_no_daemon_speaks_is_judged_by_rules() -> None:
    base = subject("cisco_ios")
    gmac = EspProposal(name="x", encryption=(Encryption.AES256GMAC,), integrity=(Integrity.NONE,))
    esp = replace(base.tunnel.esp, proposals=(gmac,))
    found = rehearse(replace(base, tunnel=replace(base.tunnel, esp=esp)))
    assert found.outcome is None
    assert "aes256gmac" in found.why
    assert _told(found) == [("esp-proposal", "esp.proposals.encryption")]


def test_a_network_within_another_has_hosts_of_its_own() -> None:
    base = subject("cisco_ios")
    inner = IPv4Network("10.10.0.0/24")
    found = _works(replace(base, prefixes=(*base.prefixes, inner)))
    hosts = {probe.local: IPv4Address(probe.local_host) for probe in found.probes}
    assert hosts["10.10.0.0/24"] in inner
    assert hosts["10.10.0.0/16"] not in inner
