"""The proof against brute force: 800 generated sites, packets judged one by one."""

from __future__ import annotations

import json
from dataclasses import replace
from ipaddress import IPv4Network

import pytest

from appliance import driver as drivers
from appliance.intend import intend
from appliance.intend.fit import fit
from appliance.model.diagram import Node
from appliance.model.intent import Intent, Observed
from appliance.model.secret import Secret
from appliance.model.traffic import Flows
from appliance.plan import plan
from appliance.proof import prove
from appliance.proof.cloud import chains
from appliance.proof.exported import Scope
from tests.proof.brute import Flow, Generated, Maker, net
from tests.proof.brute_rras import rras
from tests.vendors import intents
from tests.vendors.boxes import KINDS

SITES = {
    "cisco_ios": 200,
    "cisco_asa": 150,
    "cisco_asa, VTI": 150,
    "juniper_junos": 150,
    "rras": 150,
}
"""Drivers, and what they are asked to make where that is not all the same."""
AT_ONCE = 50
PACKETS = 60
POLICY_BASED = {"cisco_asa"}
LOCALS = ("10.10.0.0/16", "10.11.0.0/16")
REMOTES = ("10.20.0.0/16", "10.21.0.0/16")


def _holds(flows: Flows, flow: Flow) -> bool:
    """Whether a flow is in a set, by walking down to it."""
    node: Node = flows.node
    for value in (int(flow.inwards), flow.protocol, flow.local, flow.remote, flow.port, flow.ask):
        node = next((inner for low, high, inner in node if low <= value <= high), ())
    return bool(node)


def _base(form: str) -> tuple[Intent, str]:
    """A site without rules of its own, and its device's text."""
    name = _driver(form)
    azure = intents.expectation(policy_based=form in POLICY_BASED)
    intent = fit(
        intend(intents.site(name), azure, Secret("right-horse-battery")), drivers.load(name)
    )
    if name == "rras":
        return intent, _server(intent)
    bare = replace(intent, tunnels=tuple(replace(t, passes=None) for t in intent.tunnels))
    driver = drivers.load(name)
    steps = driver.render(driver.place(bare, Observed(driver=name)))
    # An ASA translates nothing here: its exemption is written with the tunnel.
    if form in POLICY_BASED:
        steps = driver.render(driver.place(intent, Observed(driver=name)))
    return intent, KINDS[name].OUTSIDE + "".join(f"{step.reveal()}\n" for step in steps)


def _server(intent: Intent) -> str:
    """What a Windows server shows of itself, but for its filters."""
    driver, box = drivers.load("rras"), KINDS["rras"].make()
    box.apply(plan(intent, driver.parse(box.running()), driver).change)
    shown = json.loads(box.running())
    del shown["filters"]
    return f"{json.dumps(shown, indent=1)}\n"


def _driver(form: str) -> str:
    return form.partition(",")[0]


def _made(form: str, maker: Maker) -> Generated:
    if form == "cisco_asa, VTI":
        return maker.asa_interface("appliance-site-a-1")
    if form == "rras":
        return rras(maker.draw, "site-a-1")
    return {"cisco_ios": maker.ios, "cisco_asa": maker.asa, "juniper_junos": maker.junos}[form]()


@pytest.mark.parametrize(
    ("form", "start"),
    [(form, start) for form, count in SITES.items() for start in range(0, count, AT_ONCE)],
)
def test_no_packet_is_judged_otherwise_than_by_brute_force(form: str, start: int) -> None:
    intent, base = _base(form)
    driver = drivers.load(_driver(form))
    azure = intents.expectation(policy_based=form in POLICY_BASED)
    both = {True: 0, False: 0}
    for seed in range(start, start + AT_ONCE):
        maker = Maker(seed)
        site = _made(form, maker)
        texts, azure_passes = maker.cloud()
        scope = Scope(
            file="azure.json",
            remote=tuple(map(IPv4Network, REMOTES)),
            local=tuple(map(IPv4Network, LOCALS)),
            vnets=tuple(map(IPv4Network, REMOTES)),
        )
        cloud = tuple(chain for text in texts for chain in chains(text, scope))
        rows = prove(intent, driver.parse(base + site.text), azure, cloud)
        assert len(rows) == 8, "two networks on either side, both ways"
        for row in rows:
            assert not row.unknown, (seed, row.unknown)
        for flow in maker.flows(PACKETS, site.points):
            found = [_holds(row.passes, flow) for row in rows]
            stopped = [_holds(one.flows, flow) for row in rows for one in row.stopped]
            inside = any(net(t).has(flow.local) for t in LOCALS) and any(
                net(t).has(flow.remote) for t in REMOTES
            )
            expected = inside and site.passes(flow) and azure_passes(flow)
            assert sum(found) == expected, (seed, flow, site.text)
            assert sum(stopped) == (inside and not expected), "each is stopped by one line"
            both[expected] += 1
    assert min(both.values()) > 150, both
