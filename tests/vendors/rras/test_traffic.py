"""Rules on traffic as static packet filters: pushed, taken back, and never open in between."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from ipaddress import IPv4Network
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.compare import compare
from appliance.driver import Refusal, load
from appliance.errors import RefusedError
from appliance.intend import intend
from appliance.inventory.model import Site
from appliance.lab import faults
from appliance.lab.rras.factory import configure
from appliance.lab.rras.server import Server, Settings
from appliance.model.change import Change, Step
from appliance.model.difference import Verdict
from appliance.model.filters import Filter, Rule
from appliance.model.intent import Intent, Observed
from appliance.model.interruption import Effect
from appliance.model.secret import Secret
from appliance.model.traffic import ICMP, TCP, UDP, Direction
from appliance.plan import plan
from appliance.proof import prove
from appliance.push import Outcome
from tests.routers import azure
from tests.vendors import intents
from tests.vendors.rras.box import RrasBox
from tests.vendors.rras.powershell import faults as faults_of
from tests.vendors.rras.servers import QUICK, branch, speaking, windows

DRIVER = load("rras")
KEY = Secret("right-horse-battery-staple")
NET = IPv4Network
TO, FROM = Direction
WEB = Rule(permit=True, remote=NET("10.20.0.0/16"), protocol=TCP, ports=((443, 443),), direction=TO)
SSH = Rule(permit=True, local=NET("10.10.1.7/32"), protocol=TCP, ports=((22, 22),), direction=FROM)
PING = Rule(permit=True, protocol=ICMP)
ASKED = (WEB, SSH, PING)
WAYS = ("Inbound", "Outbound")


def site(*rules: Rule) -> Site:
    return replace(branch(), traffic=tuple(sorted(rules, key=lambda rule: rule.permit)))


def asked(*rules: Rule) -> Intent:
    return DRIVER.express(intend(site(*rules), intents.expectation(), KEY))


def lists(device: Server, name: str = "site-a-1") -> dict[str, tuple[str, tuple[str, ...]]]:
    """What the server has, by direction: action and lines."""
    held = device.interfaces[name.lower()].filters
    found = {way: held.get(("IPv4", way)) for way in WAYS}
    return {way: (one.action, tuple(one.lines)) for way, one in found.items() if one is not None}


def add(device: Server, way: str, action: str, *lines: str, name: str = "site-a-1") -> None:
    given = {"InterfaceAlias": name, "AddressFamily": "IPv4", "Direction": way}
    configure(device, "Add-RemoteAccessIpFilter", **given, Action=action, List=list(lines))


def pushed(*rules: Rule) -> RrasBox:
    box = RrasBox()
    box.apply(plan(asked(*rules), DRIVER.parse(box.running()), DRIVER).change)
    return box


def running(text: str) -> Filter | None:
    (found,) = [one for one in DRIVER.parse(text).tunnels if one.name == "site-a-1"]
    return found.filter


INBOUND = (
    "0.0.0.0/0:10.10.1.7/32:tcp:0:22",
    "0.0.0.0/0:0.0.0.0/0:icmp:8:0",
    "10.20.0.0/16:0.0.0.0/0:tcpestablished:443:0",
    "0.0.0.0/0:0.0.0.0/0:icmp:0:0",
    "0.0.0.0/0:0.0.0.0/0:icmp:3:255",
    "0.0.0.0/0:0.0.0.0/0:icmp:11:255",
)
"""What `ASKED` becomes for what comes from Azure, written by hand."""


def test_they_are_pushed_with_the_interface_and_kept() -> None:
    with windows(site=site(*ASKED)) as server:
        result = server.push()
        assert (result.outcome, result.why) == (Outcome.PUSHED, "")
        held = lists(server.device)
        assert held["Inbound"] == ("Deny", INBOUND)
        assert held["Outbound"][0] == "Deny"
        assert lists(server.device, "Partner Warehouse") == {}
        assert server.device.tasks == {}
        assert server.push().outcome is Outcome.UNCHANGED


def test_they_come_before_the_interface_dials() -> None:
    made = plan(asked(*ASKED), DRIVER.parse(RrasBox().running()), DRIVER)
    cmdlets = [json.loads(step.text)["cmdlet"] for step in made.change.steps]
    assert cmdlets == [
        "Add-VpnS2SInterface",
        "Add-RemoteAccessIpFilter",
        "Add-RemoteAccessIpFilter",
        "Connect-VpnS2SInterface",
    ]


def test_a_server_that_shows_both_families_as_one_is_read_as_well() -> None:
    with windows(site=site(*ASKED), settings=Settings(families_apart=False)) as server:
        assert server.push().outcome is Outcome.PUSHED
        assert server.push().outcome is Outcome.UNCHANGED


def test_a_server_without_the_cmdlets_is_read_and_never_believed_open() -> None:
    lacking = faults.refuse(
        "The term 'Get-RemoteAccessIpFilter' is not recognized", r"^Get-RemoteAccessIpFilter"
    )
    with windows(faults=[lacking]) as server:
        assert server.push().outcome is Outcome.PUSHED, "nothing is asked of them"
        text = _read(server.connect)
        assert json.loads(text)["filters"] == []
        (found,) = [one for one in compare(asked(*ASKED), DRIVER.parse(text)) if one.path != "psk"]
        assert (found.path, found.verdict) == ("filter", Verdict.UNVERIFIABLE)


def _read(connect: Any) -> str:  # noqa: ANN401 -- a way to a session
    with connect() as session:
        return DRIVER.read(session)


def test_a_server_of_many_tunnels_is_asked_once_for_each_way_of_each() -> None:
    with windows() as server:
        server.push()
        with server.connect() as session:
            before = len(session.transcript)
            DRIVER.read(session)
            asked_for = session.transcript[before:].count('"cmdlet": "Get-RemoteAccessIpFilter"')
        assert len(server.names) == 2
        assert asked_for == 2 * 2


@pytest.mark.parametrize("at", range(1, 4))
def test_a_refusal_in_the_middle_leaves_those_of_before(at: int) -> None:
    broken = faults.refuse("A general error occurred.", r"^(Add|Remove)-RemoteAccessIp", at=at)
    with windows(faults=[broken]) as server:
        assert server.push().outcome is Outcome.PUSHED
        add(server.device, "Inbound", "Deny", "0.0.0.0/0:0.0.0.0/0:Any")
        add(server.device, "Outbound", "Deny", "0.0.0.0/0:10.20.0.0/16:TCP:0:443")
        before = lists(server.device)
        server.job = replace(server.job, intent=asked(*ASKED))
        result = server.push()
        assert result.outcome is Outcome.ROLLED_BACK, result.why
        assert {way: set(one[1]) for way, one in lists(server.device).items()} == {
            way: set(one[1]) for way, one in before.items()
        }
        assert server.device.tasks == {}


def test_a_list_that_came_at_once_comes_back_in_parts() -> None:
    with windows(site=site(*MANY)) as server:
        server.push()
        before = lists(server.device)
        server.job = replace(server.job, intent=asked(Rule(permit=True)))
        made = server.push(replace(QUICK, dry_run=True)).plan
        with server.connect() as session:
            guard = DRIVER.transaction(
                session, rollback=made.rollback, minutes=5, reconnect=server.connect
            )
            guard.__enter__().apply(made.change)
            assert set(lists(server.device).values()) == {("Allow", ())}
            server.device.advance(301)
            assert lists(server.device) == before
            guard.__exit__(None, None, None)


@pytest.mark.parametrize("cmdlet", ["Add", "Remove"])
def test_a_list_that_came_or_went_in_part_is_put_right_line_by_line(cmdlet: str) -> None:
    half = faults.cut(3, f"^{cmdlet}-RemoteAccessIpFilter -InterfaceAlias site-a-1", at=1)
    with windows(faults=[half]) as server:
        assert server.push().outcome is Outcome.PUSHED
        others = tuple(f"10.20.{one}.0/24:0.0.0.0/0:any" for one in range(7))
        add(server.device, "Inbound", "Deny", *others)
        server.job = replace(server.job, intent=asked(*ASKED))
        result = server.push()
        assert result.outcome is Outcome.ROLLED_BACK, result.why
        held = {way: (one[0], set(one[1])) for way, one in lists(server.device).items()}
        assert held["Inbound"] == ("Deny", set(others))
        assert held.get("Outbound", ("Allow", set())) == ("Allow", set())


MANY = tuple(replace(one, permit=True, protocol=UDP, ports=((2000, 2129),)) for one in (WEB, SSH))
"""130 ports each: more lines than one call or one action of a task takes."""


@pytest.mark.parametrize("steps", [1, 3, 99])
def test_the_task_brings_back_those_of_before_when_we_are_gone(steps: int) -> None:
    with windows(site=site(*MANY)) as server:
        server.push()
        before = lists(server.device)
        assert [len(one[1]) for one in before.values()] == [262, 262]
        server.job = replace(server.job, intent=asked(*ASKED))
        made = server.push(replace(QUICK, dry_run=True)).plan
        with server.connect() as session:
            guard = DRIVER.transaction(
                session, rollback=made.rollback, minutes=5, reconnect=server.connect
            )
            change = guard.__enter__()
            assert session.transcript.count("<Exec>") > 1, "a command line holds not all of it"
            change.apply(Change(steps=made.change.steps[:steps]))
            assert lists(server.device) != before
            server.device.advance(301)
            after = lists(server.device)
            assert {way: set(one[1]) for way, one in after.items()} == {
                way: set(one[1]) for way, one in before.items()
            }
            assert {way: one[0] for way, one in after.items()} == dict.fromkeys(WAYS, "Deny")
            guard.__exit__(None, None, None)


def test_a_way_back_that_no_task_can_hold_is_refused_before_anything_is_touched() -> None:
    others = [f"10.{one // 250}.{one % 250}.0/24:0.0.0.0/0:TCPEstablished" for one in range(6_000)]
    given = {"InterfaceAlias": "x", "List": others}
    step = Step(text=json.dumps({"cmdlet": "Add-RemoteAccessIpFilter", "parameters": given}))
    with windows() as server, server.connect() as session:
        guard = DRIVER.transaction(
            session, rollback=Change(steps=(step,)), minutes=5, reconnect=server.connect
        )
        with pytest.raises(RefusedError, match="more than a scheduled task can hold") as caught:
            guard.__enter__()
        assert "recorded inverse" in caught.value.hint
        assert server.device.tasks == {}


def test_filters_of_others_are_replaced_where_rules_are_asked_for_and_come_back() -> None:
    box = pushed()
    add(box.device, "Inbound", "Allow", "10.20.9.0/24:0.0.0.0/0:Any")
    before, observed = lists(box.device), DRIVER.parse(box.running())
    made = plan(asked(*ASKED), observed, DRIVER)
    box.apply(made.change)
    assert compare(asked(*ASKED), DRIVER.parse(box.running())) == ()
    box.apply(made.rollback)
    assert lists(box.device) == {**before, "Outbound": ("Allow", ())}
    assert DRIVER.parse(box.running()).tunnels == observed.tunnels


def test_without_rules_filters_of_others_are_left_alone_whatever_else_changes() -> None:
    box = pushed()
    add(box.device, "Inbound", "Deny", "10.20.0.0/16:0.0.0.0/0:Any")
    configure(box.device, "Set-VpnS2SInterface", Name="site-a-1", Persistent=False, Force=True)
    before = lists(box.device)
    made = plan(asked(), DRIVER.parse(box.running()), DRIVER)
    assert [found.path for found in made.differences] == ["quirks.Persistent"]
    assert "IpFilter" not in made.change.text
    box.apply(made.change)
    assert lists(box.device) == before
    assert "IpFilter" not in plan(asked(), DRIVER.parse(RrasBox().running()), DRIVER).change.text


def test_a_site_that_goes_takes_its_filters_along_and_brings_them_back() -> None:
    box = pushed(*ASKED)
    before, held = lists(box.device), DRIVER.parse(box.running()).tunnels
    others = tuple(one for one in held if one.name != "site-a-1")
    box.apply(DRIVER.change(held, others))
    assert "site-a-1" not in box.device.interfaces
    box.apply(DRIVER.change(others, held))
    assert lists(box.device) == before


def test_what_does_what_is_asked_stays_however_it_is_spelled() -> None:
    box = pushed()
    add(box.device, "Inbound", "Deny", *reversed(INBOUND), "10.20.4.0/24:0.0.0.0/0:icmp:8:255")
    (rest,) = [one for one in _wanted(ASKED) if one.startswith("Outbound ")]
    add(box.device, "Outbound", "Deny", *rest.removeprefix("Outbound ").split())
    assert compare(asked(*ASKED), DRIVER.parse(box.running())) == ()
    assert not plan(asked(*ASKED), DRIVER.parse(box.running()), DRIVER).change


def _wanted(rules: Iterable[Rule]) -> list[str]:
    return [f"{way} {' '.join(one[1])}" for way, one in lists(pushed(*rules).device).items()]


SMALL = st.builds(
    Rule,
    permit=st.sampled_from((True,)),
    local=st.sampled_from((NET("0.0.0.0/0"), NET("10.10.1.0/24"))),
    remote=st.sampled_from((NET("0.0.0.0/0"), NET("10.20.9.0/24"))),
    protocol=st.sampled_from((TCP, UDP)),
    ports=st.sampled_from((((22, 22),), ((53, 53),), ((8000, 8102),))),
    direction=st.sampled_from((None, TO, FROM)),
)


FEW = st.lists(SMALL, min_size=1, max_size=2)


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    first=st.lists(SMALL, min_size=1, max_size=2), second=st.lists(SMALL, min_size=1, max_size=2)
)
def test_in_between_all_passes_that_does_before_and_after_and_nothing_else(
    first: list[Rule], second: list[Rule]
) -> None:
    box = pushed(*first)
    made = plan(asked(*second), DRIVER.parse(box.running()), DRIVER)
    before, after = running(box.running()), asked(*second).tunnels[0].filter
    assert before is not None
    assert after is not None
    for step in made.change.steps:
        box.apply(Change(steps=(step,)))
        now = running(box.running())
        assert now is not None
        assert not (before.passes & after.passes) - now.passes, "shut in between"
        assert not now.passes - (before.passes | after.passes), "open in between"


def test_where_the_action_changes_the_plan_tells_of_the_gap() -> None:
    box = pushed(*ASKED)
    seen = DRIVER.parse(box.running().replace(KEY.reveal(), "***"))  # as a real server shows it
    made = plan(asked(Rule(permit=True), replace(PING, permit=False)), seen, DRIVER)
    moment = "for a moment: its filters get another action, and have no lines then"
    (told,) = [one for one in made.interruptions if one.ours]
    assert told.effect is Effect.NOTHING
    assert told.because == f"nothing passes inbound {moment}; nothing passes outbound {moment}"
    back = [step.gap for step in made.rollback.steps if "Remove-" in step.text]
    assert back == [f"all passes {way} {moment}" for way in ("inbound", "outbound")]
    same = plan(asked(WEB), _seen(pushed(*ASKED)), DRIVER)
    assert [one.because for one in same.interruptions] == [""], "one action, no gap"


def _seen(box: RrasBox) -> Any:  # noqa: ANN401 -- what a driver observed
    return DRIVER.parse(box.running())


def test_bgp_with_the_server_itself_goes_before_all_rules() -> None:
    place, expected, peer = speaking()
    place = replace(place, traffic=(replace(WEB, permit=False), replace(WEB, permit=False)))
    with windows(site=place, expected=expected, peers=[peer]) as server:
        assert server.push().outcome is Outcome.PUSHED
        inbound = lists(server.device)["Inbound"]
        assert "10.20.255.30/32:203.0.113.10/32:tcp:0:179" in inbound[1]


def test_a_text_that_tells_no_filters_is_no_open_door() -> None:
    box = pushed(*ASKED)
    document = json.loads(box.running())
    del document["filters"]
    observed = DRIVER.parse(json.dumps(document, indent=1))
    assert compare(asked(), observed) == (), "nothing is said where nothing is asked"
    (found,) = compare(asked(*ASKED), observed)
    assert (found.path, found.verdict) == ("filter", Verdict.UNVERIFIABLE)
    assert "no output of Get-RemoteAccessIpFilter" in found.reason
    made = plan(asked(WEB), observed, DRIVER)
    assert not made.change
    rows = prove(asked(*ASKED), observed, intents.expectation())
    assert rows
    assert not any(row.passes for row in rows)


def test_what_is_not_told_is_never_changed_either_way() -> None:
    """As with a snapshot from before filters were read."""
    box = pushed(*ASKED)
    document = json.loads(box.running())
    del document["filters"]
    untold, told = DRIVER.parse(json.dumps(document)).tunnels, _seen(box).tunnels
    assert not DRIVER.change(told, untold)
    assert not DRIVER.change(untold, told)


def test_the_line_that_decides_is_named() -> None:
    box = pushed(*ASKED)
    add(box.device, "Outbound", "Deny", "10.0.0.0/8:10.21.3.0/24:TCP:0:80")
    add(box.device, "Inbound", "Deny", "10.21.3.0/24:10.0.0.0/8:TCPEstablished:80:0")
    text = box.running()
    observed = DRIVER.parse(text)
    (found,) = compare(asked(*ASKED), observed)
    assert found.source is not None
    assert found.source.text == "10.0.0.0/8:10.21.3.0/24:tcp:0:80"
    assert found.source.text in text.splitlines()[found.source.line - 1]
    rows = prove(asked(*ASKED), observed, intents.expectation())
    (let,) = {one.source.text for row in rows for one in row.let}
    assert let == found.source.text
    stopped = {one.chain: one.source.text for row in rows for one in row.stopped}
    assert stopped["static filter site-a-1 outbound"] == '"Action": "Deny"'


REFUSED: dict[str, tuple[tuple[Rule, ...], str]] = {
    "a range of ports": (
        (replace(WEB, ports=((1024, 65_535),)),),
        "`permit tcp 1024-65535 0.0.0.0/0 -> 10.20.0.0/16` alone takes 64,512 lines",
    ),
    "ports, and many networks": (
        (
            replace(WEB, ports=((8000, 8099),), remote=NET("0.0.0.0/0")),
            Rule(permit=False, remote=NET("10.20.9.0/24")),
        ),
        "`permit tcp 8000-8099 0.0.0.0/0 -> 0.0.0.0/0` alone takes 2,400 lines",
    ),
    "two ranges that are too many together": (
        (
            replace(WEB, ports=((2000, 2599),)),
            replace(WEB, ports=((3000, 3649),), local=NET("10.10.0.0/16")),
        ),
        "all rules together take too many lines, `permit tcp 3000-3649 10.10.0.0/16 -> "
        "10.20.0.0/16` 650 of them in one direction, and 1,000 are the most",
    ),
    "port 0": ((replace(WEB, ports=((0, 9),)),), "0 stands for any port"),
    "any one way": ((Rule(permit=True, direction=TO),), "take a line each"),
    "all TCP but a port": (
        (replace(WEB, ports=()), replace(WEB, permit=False)),
        "`permit tcp 0.0.0.0/0 -> 10.20.0.0/16` without what other rules take out of it",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_list_says_is_refused_with_what_to_write(name: str) -> None:
    rules, words = REFUSED[name]
    (found,) = DRIVER.refusals(asked(*rules))
    assert isinstance(found, Refusal)
    assert found.setting == "traffic"
    assert words in found.reason
    assert found.alternatives


def test_a_denied_port_beside_all_else_is_said_by_its_own_lines() -> None:
    """Answers look like what begins: the port is closed to both ends, and the plan says so."""
    rdp = Rule(permit=False, protocol=TCP, ports=((3389, 3389),), direction=FROM)
    intent = asked(rdp, Rule(permit=True))
    (note,) = set(intent.notes) - set(asked().notes)
    assert "begin from these very ports" in note
    assert DRIVER.express(intent) == intent
    held = lists(pushed(rdp, Rule(permit=True)).device)
    assert held == {
        "Inbound": ("Allow", ("0.0.0.0/0:0.0.0.0/0:tcp:0:3389",)),
        "Outbound": ("Allow", ("0.0.0.0/0:0.0.0.0/0:tcp:3389:0",)),
    }


def test_where_every_protocol_passes_one_line_says_so() -> None:
    """Azure begins nothing from one network, and all else may pass."""
    rules = Rule(permit=False, remote=NET("10.20.0.0/16"), direction=FROM), Rule(permit=True)
    assert DRIVER.refusals(asked(*rules)) == ()
    (action, rows) = lists(pushed(*rules).device)["Inbound"]
    assert action == "Deny"
    assert [one for one in rows if not one.endswith(":any")] == [
        "0.0.0.0/0:0.0.0.0/0:tcpestablished:0:0",
        "0.0.0.0/0:0.0.0.0/0:icmp:0:0",
        "0.0.0.0/0:0.0.0.0/0:icmp:3:255",
        "0.0.0.0/0:0.0.0.0/0:icmp:11:255",
    ]
    assert len(rows) == 16 + 4, "networks that are all but one /16"


def test_what_cannot_be_told_apart_is_noted_and_only_then() -> None:
    note = "RRAS filters packet by packet"
    assert any(one.startswith(note) for one in asked(replace(WEB, protocol=UDP)).notes)
    assert not any(one.startswith(note) for one in asked(*ASKED).notes)
    assert DRIVER.express(asked(*ASKED)) == asked(*ASKED)
    place, expected, _ = speaking()
    spoken = DRIVER.express(intend(replace(place, traffic=ASKED), expected, KEY))
    assert not any(one.startswith(note) for one in spoken.notes), "BGP is no rule of theirs"


def test_a_tunnel_that_does_not_come_up_leaves_nothing() -> None:
    with windows(site=site(*ASKED), peers=[azure(key="another-key-42")]) as server:
        assert server.push().outcome is Outcome.ROLLED_BACK
        assert server.names == ["Partner Warehouse"]


def test_the_script_for_people_says_the_same_a_line_each() -> None:
    steps = DRIVER.render(DRIVER.place(asked(*ASKED), Observed(driver="rras")))
    assert DRIVER.script is not None
    text = DRIVER.script(steps)
    assert faults_of(text) == []
    assert "            '0.0.0.0/0:10.10.1.7/32:TCP:0:22',\r\n" in text
    read = running(text)
    assert read is not None
    assert asked(*ASKED).tunnels[0].filter == read


def test_each_tunnel_of_a_gateway_with_two_has_filters_of_its_own() -> None:
    expected = intents.expectation()
    expected = replace(expected, endpoints=(*expected.endpoints, intents.SECOND))
    intent = DRIVER.express(intend(site(*ASKED), expected, KEY))
    box = RrasBox()
    box.apply(plan(intent, DRIVER.parse(box.running()), DRIVER).change)
    assert lists(box.device, "site-a-1") == lists(box.device, "site-a-2") != {}
    configure(box.device, "Remove-VpnS2SInterface", Name="site-a-2", Force=True)
    made = plan(intent, DRIVER.parse(box.running()), DRIVER)
    assert {json.loads(step.text)["parameters"].get("InterfaceAlias") for step in made.change.steps
            if "IpFilter" in step.text} == {"site-a-2"}  # fmt: skip
    box.apply(made.change)
    assert compare(intent, DRIVER.parse(box.running())) == ()
