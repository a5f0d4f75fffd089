"""Two devices before one gateway, each with a connection of its own: either may be lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import pytest

from appliance.report import joint as report
from appliance.twin import Joint, Subject, rehearse
from appliance.twin.devices import rehearse as side_by_side
from appliance.twin.together import CUT, STOPPED
from tests.twin.texts import IOS, JUNOS, Form, written

pytestmark = pytest.mark.twin
PUBLIC, SPEAKER = IPv4Address("203.0.113.11"), IPv4Address("10.10.0.2")


def _first(form: Form = Form.BGP) -> Subject:
    made = written(IOS, form)
    assert made is not None
    return made.subject()


def _second(form: Form = Form.BGP) -> Subject:
    """Another device in the same networks, and what Azure knows of it."""
    made = written(JUNOS, form)
    assert made is not None
    base = made.subject()
    ours = replace(base.expectation.on_premises, address=PUBLIC)
    tunnel = replace(base.tunnel, local=replace(base.tunnel.local, address=PUBLIC))
    if tunnel.bgp is not None:
        ours = replace(ours, bgp_address=SPEAKER)
        peers = tuple(replace(peer, local_address=SPEAKER) for peer in tunnel.bgp.peers)
        tunnel = replace(tunnel, bgp=replace(tunnel.bgp, peers=peers))
    return replace(
        base,
        tunnel=tunnel,
        public=PUBLIC,
        expectation=replace(base.expectation, on_premises=ours),
    )


def _joint(*subjects: Subject) -> Joint:
    with ThreadPoolExecutor(2) as pool:
        alone = list(pool.map(rehearse, subjects))
    assert [one.works for one in alone] == [True, True], alone
    names = ("site-x", "site-y")
    tried = zip(names, subjects, alone, strict=True)
    return side_by_side([(name, (subject,), (one,)) for name, subject, one in tried])


def _told(joint: Joint) -> list[tuple[str, tuple[str, ...], bool]]:
    return [(one.kind.value, one.fields, one.breaking) for one in joint.findings]


def test_either_device_may_go() -> None:
    joint = _joint(_first(), _second())
    assert (joint.findings, joint.survives) == ((), True)
    assert joint.losses is not None
    assert [one.how for one in joint.losses.losses] == [CUT, STOPPED]
    for loss in joint.losses.losses:
        assert loss.noticed_ms is not None
        assert loss.returned_ms is not None
        assert min(loss.others) > 0
        assert all(stream.out is not None for stream in (*loss.during, *loss.after))
    lines = list(report.lines(joint))
    assert lines[0] == "all tunnels together: the traffic outlives the loss of either"
    assert lines[1].startswith("  site-x goes silent (its line is cut): ")
    assert lines[2].startswith("  site-y is shut down (as to be updated): ")
    assert lines[4].startswith("  not proven: the site's own network follows")


def test_a_network_that_one_of_them_does_not_announce_is_lost_with_the_other() -> None:
    second = _second()
    bgp = second.tunnel.bgp
    assert bgp is not None
    only = (IPv4Network("10.10.0.0/16"),)
    narrow = replace(second.tunnel, bgp=replace(bgp, networks=only))
    joint = _joint(_first(), replace(second, tunnel=narrow, prefixes=only))
    assert _told(joint) == [("failover", ("bgp.networks",), False)]
    assert "without site-x" in joint.findings[0].reason
    assert "10.11.0.0/16 <-> 10.20.0.0/16" in joint.findings[0].reason


def test_without_bgp_azure_has_one_way_only() -> None:
    joint = _joint(_first(Form.ROUTES), _second(Form.ROUTES))
    assert _told(joint) == [("failover", ("bgp",), False)]
    assert joint.losses is None
