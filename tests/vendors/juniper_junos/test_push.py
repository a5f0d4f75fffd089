"""A whole push to a lab SRX with Azure's gateway behind it: verified and kept, or as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from appliance import journal
from appliance.azure.expectation import Expectation
from appliance.driver import load
from appliance.inventory.model import OnPremisesBgp, Site
from appliance.job import Job
from appliance.lab import AzurePeer, Lab, Policy
from appliance.lab.azure_peer import BgpPeer
from appliance.lab.junos import SrxDevice, junos_device
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity
from appliance.model.secret import Secret
from appliance.model.tunnel import TrafficSelector
from appliance.push import Options, Outcome, Result, Watcher, push
from appliance.session import Credentials, Session, Target
from appliance.verify import Rung
from tests import routers
from tests.vendors import intents
from vendors.juniper_junos.restore import differing

JUNOS = load("juniper_junos")
QUICK = Options(wait_seconds=0.5)


class Firewall:
    """A lab SRX over real SSH, and the job that is to be pushed to it."""

    def __init__(self, lab: Lab, device: SrxDevice, job: Job) -> None:
        served = lab.ssh("site-a")
        self.device = device
        self.before = device.running(as_set=True)
        self.job = job
        self.target = Target(
            site="site-a",
            host=served.host,
            port=served.port,
            host_key=served.host_key,
            timeout=30.0,
        )
        self.credentials = Credentials(username=served.username, password=Secret(served.password))

    def connect(self) -> AbstractContextManager[Session]:
        return JUNOS.connect(self.target, self.credentials)

    def push(self, options: Options = QUICK) -> Result:
        return push(self.job, self.connect, options, Watcher())

    @property
    def untouched(self) -> bool:
        return differing(self.before, self.device.running(as_set=True)) == ()


@contextmanager
def firewall(
    peer: AzurePeer, site: Site | None = None, expected: Expectation | None = None
) -> Iterator[Firewall]:
    device = junos_device(peers=[peer])
    made = routers.job(
        site or intents.site("juniper_junos"), expected or intents.expectation(), JUNOS
    )
    job = replace(made, intent=JUNOS.express(made.intent))
    with Lab({"site-a": device}) as lab:
        yield Firewall(lab, device, job)


def _kept(box: Firewall) -> Result:
    result = box.push()
    assert result.outcome is Outcome.PUSHED, result.why
    assert box.push().outcome is Outcome.UNCHANGED
    box.device.advance(3_600)
    assert not box.untouched, "the device does not go back any more"
    return result


def test_static_routes() -> None:
    with firewall(routers.azure()) as box:
        result = _kept(box)
        assert {finding.rung for finding in result.findings} >= {Rung.IKE, Rung.CHILD, Rung.ROUTES}


def test_traffic_selectors() -> None:
    made = intents.expectation(policy_based=True)
    pairs = tuple(
        TrafficSelector(local=local, remote=remote)
        for local in made.on_premises.prefixes
        for remote in made.vnet_prefixes
    )
    mirrored = tuple((str(pair.local), str(pair.remote)) for pair in pairs)
    peer = replace(routers.azure(), selectors=mirrored)
    with firewall(peer, expected=replace(made, selectors=pairs)) as box:
        _kept(box)


def test_bgp() -> None:
    site = intents.site("juniper_junos")
    ours = OnPremisesBgp(asn=65_050, address=IPv4Address("10.11.255.1"))
    site = replace(site, on_premises=replace(site.on_premises, bgp=ours))
    speaker = BgpPeer(
        address="10.20.255.30",
        asn=65_515,
        device_address="10.11.255.1",
        device_asn=65_050,
        prefixes=("10.20.0.0/16",),
    )
    peer = replace(routers.azure(), bgp=speaker)
    with firewall(peer, site, intents.expectation(bgp_enabled=True)) as box:
        result = _kept(box)
        assert Rung.BGP in {finding.rung for finding in result.findings}


def test_ikev1() -> None:
    policy = intents.custom(
        (Encryption.AES256, Integrity.SHA1, DhGroup.MODP2048),
        (Encryption.AES256, Integrity.SHA256, DhGroup.MODP2048),
    )
    expected = intents.expectation(ike_version=IkeVersion.V1, policy=policy)
    lab = Policy(ike=("aes256", "sha1", 14), esp=("aes256", "sha256", 14))
    with firewall(replace(routers.azure(), ike_version=1, policy=lab), expected=expected) as box:
        _kept(box)


@pytest.mark.parametrize(
    "peer",
    [
        routers.azure(key="another-key"),
        routers.azure(reachable=False),
        replace(
            routers.azure(), policy=Policy(ike=("aes128", "sha256", 14), esp=("aes256", "", 14))
        ),
    ],
)
def test_a_tunnel_that_does_not_come_up_is_rolled_back(peer: AzurePeer) -> None:
    with firewall(peer) as box:
        result = box.push()
        assert result.outcome is Outcome.ROLLED_BACK
        assert "did not come up" in result.why
        assert box.untouched


def test_a_dry_run_touches_nothing() -> None:
    with firewall(routers.azure()) as box:
        result = box.push(replace(QUICK, dry_run=True))
        assert result.outcome is Outcome.PLANNED
        assert box.untouched


def test_what_junos_itself_shows_as_the_change_is_kept() -> None:
    with firewall(routers.azure()) as box:
        assert box.push().outcome is Outcome.PUSHED
    (entry,) = journal.history("site-a")
    evidence = journal.texts(entry.id)["evidence"]
    assert "[edit security ike]" in evidence
    assert "+    proposal site-a {" in evidence
    assert routers.KEY not in evidence
