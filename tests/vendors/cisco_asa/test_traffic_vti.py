"""Rules on the traffic of a tunnel interface: two lists, and the switch of the whole box."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from itertools import product

import pytest

from appliance import driver as drivers
from appliance.compare import compare
from appliance.errors import RefusedError
from appliance.intend import intend
from appliance.intend.fit import fit
from appliance.lab import AzurePeer, Policy
from appliance.lab.asa import Cli, asa_device
from appliance.model.change import Change, Step
from appliance.model.difference import Severity
from appliance.model.filters import Rule
from appliance.model.intent import Beside, Intent, Observed
from appliance.model.pairing import mine
from appliance.model.secret import Secret
from appliance.model.spoken import told
from appliance.model.traffic import ICMP, PORTS, TCP, Box, Direction, flows, interval
from appliance.model.tunnel import Remote
from appliance.plan import plan
from tests.vendors import intents
from tests.vendors.cisco_asa.box import AsaBox, route_based
from vendors.cisco_asa.applet import unfit

ASA = drivers.load("cisco_asa")
NET = IPv4Network
TO, FROM = Direction
OFF, ON = "no sysopt connection permit-vpn", "sysopt connection permit-vpn"
NAME = "appliance-site-a-1"
ASKED = (
    Rule(permit=False, remote=NET("10.20.9.0/24")),
    Rule(permit=True, local=NET("10.10.0.0/16"), protocol=TCP, ports=((443, 443),), direction=TO),
    Rule(permit=True, local=NET("10.10.1.7/32"), protocol=TCP, ports=((22, 24),), direction=FROM),
    Rule(permit=True, protocol=ICMP),
)
OUTWARDS = (
    Rule(permit=True, protocol=TCP, ports=((443, 443),), direction=TO),
    Rule(permit=True, direction=FROM),
)
OTHER = (Rule(permit=True, protocol=TCP, ports=((80, 80),)),)
WRITTEN = f"""\
access-list {NAME}-in extended permit icmp any4 any4 unreachable
access-list {NAME}-in extended permit icmp any4 any4 time-exceeded
access-list {NAME}-in extended permit icmp any4 any4 echo-reply
access-list {NAME}-in extended deny ip 10.20.9.0 255.255.255.0 any4
access-list {NAME}-in extended permit tcp any4 host 10.10.1.7 range 22 24
access-list {NAME}-in extended permit icmp any4 any4 echo
access-list {NAME}-in extended deny ip any any
access-list {NAME}-out extended permit icmp any4 any4 unreachable
access-list {NAME}-out extended permit icmp any4 any4 time-exceeded
access-list {NAME}-out extended permit icmp any4 any4 echo-reply
access-list {NAME}-out extended deny ip any4 10.20.9.0 255.255.255.0
access-list {NAME}-out extended permit tcp 10.10.0.0 255.255.0.0 any4 eq 443
access-list {NAME}-out extended permit icmp any4 any4 echo
access-list {NAME}-out extended deny ip any any
"""


def _intent(asked: tuple[Rule, ...], *, both: bool = False, name: str = "site-a") -> Intent:
    azure = intents.expectation()
    if both:
        azure = replace(azure, endpoints=(*azure.endpoints, intents.SECOND))
    site = replace(intents.site("cisco_asa"), name=name, traffic=asked)
    return fit(intend(site, azure, Secret("right-horse-battery")), ASA)


def _pushed(box: AsaBox, intent: Intent) -> list[str]:
    made = plan(intent, ASA.parse(box.running()), ASA)
    box.apply(made.change)
    after = ASA.parse(box.running())
    assert compare(intent, after) == ()
    assert not plan(intent, after, ASA).change
    return made.change.text.splitlines()


def _entered(box: AsaBox, *lines: str) -> Observed:
    box.apply(Change(steps=tuple(Step(text=line) for line in lines)))
    return ASA.parse(box.running())


def test_the_lists_are_these_and_asked_before_anything_leads_into_the_tunnel() -> None:
    lines = _pushed(route_based(alone=True), _intent(ASKED))
    assert "\n".join(line for line in lines if line.startswith("access-list ")) == WRITTEN.strip()
    applied = [f"access-group {NAME}-{way} {way} interface {NAME}" for way in ("in", "out")]
    assert [line for line in lines if line.startswith("access-group ")] == applied
    assert lines.count(OFF) == 1
    assert lines.index(applied[-1]) + 1 == lines.index(OFF)
    assert all(line.startswith("route ") for line in lines[lines.index(OFF) + 3 :])


def test_where_it_is_off_already_nobody_touches_it() -> None:
    box = route_based(alone=False)
    before = box.running()
    made = plan(_intent(ASKED), ASA.parse(before), ASA)
    assert ON not in made.change.text
    assert ON not in made.rollback.text
    box.apply(made.change)
    box.apply(made.rollback)
    assert ASA.differing(before, box.running()) == ()


def test_a_rendered_configuration_has_it_and_reads_back_as_meant() -> None:
    intent = _intent(ASKED, both=True)
    steps = ASA.render(ASA.place(intent, Observed(driver="cisco_asa")))
    assert [step.text for step in steps].count(OFF) == 1
    read = ASA.parse("".join(f"{step.reveal()}\n" for step in steps)).tunnels
    assert len(read) == len(intent.tunnels) == 2
    for tunnel, wanted in zip(mine(intent, read), intent.tunnels, strict=True):
        assert tunnel.filter == wanted.filter
        assert tunnel.quirks == ()


def test_a_tunnel_that_goes_again_lets_nothing_pass_on_its_way() -> None:
    box = route_based(alone=True)
    before = box.running()
    made = plan(_intent(ASKED), ASA.parse(before), ASA)
    box.apply(made.change)
    box.apply(made.rollback)
    assert made.rollback.text.splitlines()[-1] == ON
    assert ASA.differing(before, box.running()) == ()


def test_a_tunnel_that_stays_is_opened_before_its_lists_are_taken_off() -> None:
    box = route_based(alone=True)
    _pushed(box, _intent(()))
    others = (
        "access-list OURS extended permit tcp any any eq 22",
        f"access-group OURS in interface {NAME}",
        f"access-group OURS out interface {NAME}",
    )
    observed = _entered(box, *others)
    before = box.running()
    (tunnel,) = observed.tunnels
    assert tunnel.filter is not None
    assert told(tunnel.filter.passes) == ["tcp 22: all -> all", "any but icmp: all <- all"], (
        "the list for what comes in is not asked, and answers to pings are let out by none"
    )
    made = plan(_intent(ASKED), observed, ASA)
    box.apply(made.change)
    assert compare(_intent(ASKED), ASA.parse(box.running())) == ()
    assert "OURS" not in "".join(made.change.text), "replaced in one statement, never edited"
    back = made.rollback.text.splitlines()
    assert back[0] == ON
    box.apply(made.rollback)
    assert ASA.differing(before, box.running()) == ()


def test_what_need_not_be_asked_leaves_the_box_as_it_is() -> None:
    box = AsaBox()
    lines = _pushed(box, _intent(OUTWARDS))
    assert not [line for line in lines if "sysopt connection permit" in line]
    assert [line for line in lines if line.startswith("access-group ")] == [
        f"access-group {NAME}-out out interface {NAME}"
    ]
    lines = _pushed(route_based(alone=False), _intent(OUTWARDS))
    assert f"access-group {NAME}-in in interface {NAME}" in lines, "there it is asked"


REMOTE_ACCESS = (
    "ip local pool VPN 10.99.0.1-10.99.0.99 mask 255.255.255.0",
    "tunnel-group STAFF type remote-access",
)
VPNS = {
    "tunnel outside_map 10": (),
    "tunnel-group STAFF": REMOTE_ACCESS,
    "tunnel-group 192.0.2.77": ("tunnel-group 192.0.2.77 type ipsec-l2l",),
    "tunnel-group DefaultRAGroup": (
        "tunnel-group DefaultRAGroup ipsec-attributes",
        " ikev1 pre-shared-key for-L2TP",
    ),
    "webvpn": ("webvpn", " enable outside"),
    "`crypto ikev2 enable outside client-services port 443`": (
        "crypto ikev2 enable outside client-services port 443",
    ),
    "`access-group LAN out interface inside`, which asks about what leaves there": (
        "access-list LAN extended permit ip any any",
        "access-group LAN out interface inside",
    ),
}


@pytest.mark.parametrize("who", VPNS)
def test_it_is_not_turned_off_for_others(who: str) -> None:
    box = route_based(alone=bool(VPNS[who]))
    if not VPNS[who]:
        _entered(box, ON)
    observed = _entered(box, *VPNS[who])
    with pytest.raises(RefusedError) as caught:
        plan(_intent(ASKED), observed, ASA)
    assert caught.value.message.endswith(f": {who}")
    assert f"enter `{OFF}` by hand" in str(caught.value.hint)
    assert plan(_intent(ASKED), _entered(box, OFF), ASA).change, "somebody has seen to it"


def test_what_lets_nobody_in_is_no_vpn() -> None:
    nobody = (
        "webvpn",
        " anyconnect enable",
        "tunnel-group DefaultL2LGroup ipsec-attributes",
        " isakmp keepalive threshold 30 retry 5",
    )
    assert plan(_intent(ASKED), _entered(route_based(alone=True), *nobody), ASA).change


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (Beside(site="site-b", intent=_intent((), name="site-b")), "which has no `traffic`"),
        (Beside(site="site-b", unknown="its export is gone"), "of which it is not known"),
    ],
)
def test_a_site_beside_that_would_be_shut_is_named(other: Beside, words: str) -> None:
    intent = replace(_intent(ASKED), beside=(other,))
    for observed in (ASA.parse(route_based(alone=True).running()), Observed(driver="cisco_asa")):
        with pytest.raises(RefusedError, match=f"site site-b, {words}"):
            ASA.place(intent, observed)


def test_a_site_beside_with_lists_of_its_own_shares_the_switch() -> None:
    second = _intent(OTHER, name="site-b")
    moved = tuple(
        replace(
            one,
            remote=Remote(addresses=(IPv4Address("198.51.100.8"),)),
            routes=(NET("10.30.0.0/16"),),
        )
        for one in second.tunnels
    )
    second = replace(second, tunnels=moved)
    first = replace(_intent(ASKED), beside=(Beside(site="site-b", intent=second),))
    box = route_based(alone=True)
    assert OFF in _pushed(box, first)
    alone = box.running()
    made = plan(second, ASA.parse(alone), ASA)
    assert ON not in made.change.text + made.rollback.text
    box.apply(made.change)
    both = ASA.parse(box.running())
    for intent in (first, second):
        assert compare(intent, both) == ()
    box.apply(made.rollback)
    assert ASA.differing(alone, box.running()) == ()


def test_switched_on_again_it_is_drift_and_is_put_right() -> None:
    box, intent = route_based(alone=True), _intent(ASKED)
    _pushed(box, intent)
    (found,) = compare(intent, _entered(box, ON))
    assert (found.path, found.severity) == ("filter", Severity.BREAKING)
    assert "prohibited traffic passes" in found.reason
    assert found.source is not None
    assert found.source.text == f"access-group {NAME}-in in interface {NAME}", "what is not asked"
    assert _pushed(box, intent) == [OFF], "the lists are as they should be"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f"no access-group {NAME}-in in interface {NAME}", "permitted traffic is blocked"),
        (f"no access-group {NAME}-out out interface {NAME}", "prohibited traffic passes"),
        (
            f"access-list {NAME}-in line 1 extended permit ip any4 any4",
            "prohibited traffic passes: any",
        ),
        (f"no access-list {NAME}-out extended permit icmp any4 any4 echo", "is blocked: icmp"),
        (f"no access-list {NAME}-in extended permit icmp any4 any4 echo-reply", "blocked: icmp"),
    ],
)
def test_meddling_is_found_and_repaired_by_lists_that_are_new(line: str, words: str) -> None:
    box, intent = route_based(alone=True), _intent(ASKED)
    _pushed(box, intent)
    (found,) = compare(intent, _entered(box, line))
    assert found.severity is Severity.BREAKING
    assert words in found.reason
    lines = _pushed(box, intent)
    way = "out" if f"{NAME}-out" in line else "in"
    made = [one for one in lines if one.startswith("access-group ")]
    assert made == [f"access-group {NAME}-{way}-2 {way} interface {NAME}"]
    applied = not line.startswith("no access-group ")
    assert (f"clear configure access-list {NAME}-{way}" in lines) is applied
    assert not [one for one in lines if one.startswith("no access-list")]


def test_an_end_that_only_the_default_says_is_no_difference() -> None:
    box, intent = route_based(alone=True), _intent(ASKED)
    _pushed(box, intent)
    observed = _entered(
        box,
        f"no access-list {NAME}-in extended deny ip any any",
        f"access-list {NAME}-out extended deny tcp any any eq www log",
    )
    assert compare(intent, observed) == ()


def test_a_list_for_the_box_itself_is_not_asked_and_stays() -> None:
    box, intent = route_based(alone=True), _intent(ASKED)
    _pushed(box, intent)
    lists = (
        "access-list BGP extended permit tcp any any eq bgp",
        f"access-group BGP in interface {NAME} control-plane",
    )
    observed = _entered(box, *lists)
    assert compare(intent, observed) == ()
    assert lists[1] in box.running()


def test_both_tunnels_of_an_active_active_gateway_have_lists() -> None:
    box, intent = route_based(alone=True), _intent(ASKED, both=True)
    lines = _pushed(box, intent)
    assert [line.split()[-1] for line in lines if line.startswith("access-group ")] == [
        f"appliance-site-a-{number}" for number in (1, 1, 2, 2)
    ]
    assert lines.count(OFF) == 1
    _entered(box, "no access-group appliance-site-a-2-in in interface appliance-site-a-2")
    (found,) = compare(intent, ASA.parse(box.running()))
    assert found.tunnel == "site-a-2"
    _pushed(box, intent)


def test_rules_taken_out_of_the_inventory_leave_what_is_there() -> None:
    box = route_based(alone=True)
    _pushed(box, _intent(ASKED))
    observed = ASA.parse(box.running())
    without = _intent(())
    assert compare(without, observed) == ()
    assert not plan(without, observed, ASA).change


def test_taking_the_site_away_leaves_no_list_and_does_not_open_the_box() -> None:
    box, intent = route_based(alone=True), _intent(ASKED)
    _pushed(box, intent)
    observed = ASA.parse(box.running())
    box.apply(ASA.change(observed.tunnels, ()))
    text = box.running()
    assert NAME not in text
    assert OFF in text, "who else relies on it by now nobody knows"


def test_a_former_state_without_rules_is_open_again() -> None:
    """From a device that was read anew: the way back after others have changed it meanwhile."""
    box = route_based(alone=True)
    _pushed(box, _intent(()))
    former = ASA.parse(box.running())
    _pushed(box, _intent(ASKED))
    observed = ASA.parse(box.running())
    back = ASA.change(observed.tunnels, former.tunnels)
    assert back.text.splitlines()[0] == ON
    box.apply(back)
    assert ASA.parse(box.running()).tunnels == former.tunnels


def test_a_new_tunnel_that_nothing_could_come_out_of_is_refused() -> None:
    box = route_based(alone=False)
    with pytest.raises(
        RefusedError, match=r"nothing could begin from Azure in Tunnel100"
    ) as caught:
        plan(_intent(()), ASA.parse(box.running()), ASA)
    assert "traffic" in str(caught.value.hint)
    assert _pushed(box, _intent((Rule(permit=True),)))
    assert compare(_intent(()), ASA.parse(box.running())) == ()
    box = route_based(alone=False)
    observed = _entered(
        box, "access-list ALL extended permit ip any any", "access-group ALL global"
    )
    assert plan(_intent(()), observed, ASA).change, "somebody lets all of it pass"


def _new(_: AsaBox) -> None:
    """The tunnel itself is new."""


def _ruled(box: AsaBox) -> None:
    _pushed(box, _intent(OTHER))


def _listed(box: AsaBox) -> None:
    _pushed(box, _intent(()))
    _entered(
        box,
        "access-list OURS extended permit tcp any any eq 22",
        f"access-group OURS in interface {NAME}",
        f"access-group OURS out interface {NAME}",
    )


@pytest.mark.parametrize("start", [_new, _ruled, _listed])
def test_wherever_it_ends_early_the_way_back_leads_to_what_was(
    start: Callable[[AsaBox], None],
) -> None:
    box = route_based(alone=True)
    start(box)
    before = box.running()
    made = plan(_intent(ASKED), ASA.parse(before), ASA)
    if start is not _new:
        assert unfit(made.rollback) == "", "the device can go that way by itself"
    for sent in range(len(made.change.steps) + 1):
        again = route_based(alone=True)
        start(again)
        again.apply(Change(steps=made.change.steps[:sent]))
        cli = Cli(again.device)
        cli.become()
        for step in made.rollback.steps:  # what is not there yet is refused
            cli.execute(step.reveal())
        assert ASA.differing(before, again.running()) == (), sent


@pytest.mark.parametrize("asked", [True, False])
def test_the_device_lets_through_what_the_lists_are_read_as(
    asked: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    policy = Policy(ike=("aes256", "sha256", 14), esp=("aes256gcm", "", 14))
    gateway = AzurePeer(address="198.51.100.7", psk="right-horse-battery", policy=policy)
    box = route_based(AsaBox(asa_device(peers=[gateway])), alone=True)
    _pushed(box, _intent(ASKED))
    if not asked:
        _entered(box, ON)
    box.device.advance(1)
    (tunnel,) = ASA.parse(box.running()).tunnels
    assert tunnel.filter is not None
    cli = Cli(box.device)
    cli.become()
    found = {True: 0, False: 0}
    for local, remote, port, inwards in product(
        ("10.10.0.9", "10.10.1.7"), ("10.20.5.4", "10.20.9.4"), (22, 25, 443, 0), (True, False)
    ):
        ends = (remote, local) if inwards else (local, remote)
        packet = (
            f"tcp {ends[0]} 40000 {ends[1]} {port}" if port else f"icmp {ends[0]} 8 0 {ends[1]}"
        )
        shown = cli.execute(f"packet-tracer input {NAME if inwards else 'inside'} {packet}")
        flow = Box(
            direction=((int(inwards), int(inwards)),),
            protocol=((TCP, TCP),) if port else ((ICMP, ICMP),),
            local=(interval(NET(local)),),
            remote=(interval(NET(remote)),),
            ports=((port, port),) if port else PORTS,
            from_ports=((40000, 40000),) if port else PORTS,
        )
        passes = not flows(flow) - tunnel.filter.passes
        assert ("Action: allow" in shown) is passes, (packet, shown)
        found[passes] += 1
    assert min(found.values()) > 5, found
