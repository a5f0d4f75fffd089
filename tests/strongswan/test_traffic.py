"""Rules on traffic on a host whose kernel filters: real packets against what is computed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Network

import pytest

from appliance.driver import Driver, load
from appliance.errors import RefusedError
from appliance.intend import intend
from appliance.job import Job
from appliance.model.filters import Rule, asked, held
from appliance.model.intent import Intent
from appliance.model.secret import Secret
from appliance.model.traffic import ICMP, TCP, UDP, Box, Direction, Flows, flows
from appliance.model.tunnel import Mode, TrafficSelector, TunnelInterface
from appliance.push import Options, Outcome, Result, Watcher, push
from tests.strongswan.charon import AZURE, BOX, PAIRS, Sandbox, sandbox
from tests.vendors import intents
from vendors.strongswan.files import File
from vendors.strongswan.reading.traffic import chains
from vendors.strongswan.session import connect
from vendors.strongswan.writing.traffic import text

pytestmark = pytest.mark.twin

NET = IPv4Network
TO, FROM = Direction
KEY = "right-horse-battery-staple"
DRIVER: Driver = load("strongswan")
EXPECTED = """
connections {{ site {{
  version = 2
  encap = yes
  local_addrs = {azure}
  remote_addrs = {box}
  proposals = aes256-sha256-modp2048
  local {{ auth = psk
    id = {azure} }}
  remote {{ auth = psk
    id = {box} }}
  children {{ {children} }}
}} }}
secrets {{ ike-site {{ id = {box}
  secret = "{key}" }} }}
"""

PROBE = """
import json, random, socket, struct, sys, time
from concurrent.futures import ThreadPoolExecutor

def echoed(source, target):
    mark = random.randrange(1, 65536)
    check = 0xFFFF - (0x800 + mark) % 0xFFFF
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as raw:
        raw.settimeout(0.2)
        raw.bind((source, 0))
        end = time.monotonic() + 2
        try:
            raw.sendto(struct.pack("!BBHHH", 8, 0, check, mark, 0), (target, 0))
        except OSError:
            return False
        while time.monotonic() < end:
            try:
                said, (sender, _) = raw.recvfrom(2048)
            except TimeoutError:
                continue
            if sender == target and said[20] == 0 and said[24:26] == struct.pack("!H", mark):
                return True
    return False

def answered(flow):
    protocol, source, target, port = flow
    if protocol == 1:
        return echoed(source, target)
    kind = socket.SOCK_STREAM if protocol == 6 else socket.SOCK_DGRAM
    with socket.socket(socket.AF_INET, kind) as made:
        made.settimeout(2)
        try:
            made.bind((source, 0))
            made.connect((target, port))
            made.send(b"x")
            made.recv(1)
        except ConnectionRefusedError:
            return True
        except OSError:
            return False
    return True

with ThreadPoolExecutor(32) as pool:
    print(json.dumps(list(pool.map(answered, json.loads(sys.argv[1])))))
"""
"""Nobody listens anywhere: that is said where a packet arrives, and its answer comes back."""

Probe = tuple[Direction, int, str, str, int]
ADDRESSES = ("10.10.0.2", "10.11.0.1")
"""Somebody inside, and the host itself."""
REMOTE = ("10.20.0.1", "10.21.0.1")
PROBES: tuple[Probe, ...] = tuple(
    (way, protocol, local, remote, port)
    for way in Direction
    for local in ADDRESSES
    for remote in REMOTE
    for protocol, port in ((TCP, 443), (TCP, 22), (TCP, 8050), (UDP, 53), (ICMP, 0))
)
"""One UDP flow for each pair: Linux says less often than asked that nobody listens."""


@pytest.fixture(scope="module")
def world() -> Iterator[Sandbox]:
    with sandbox() as made:
        children = "\n".join(
            f"c{at} {{\n local_ts = {remote}\n remote_ts = {local}\n"
            " esp_proposals = aes256gcm16-modp2048\n }"
            for at, (local, remote) in enumerate(PAIRS)
        )
        made.expect(EXPECTED.format(azure=AZURE, box=BOX, key=KEY, children=children))
        yield made


@pytest.fixture(autouse=True)
def _own_state(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


def _intent(*rules: Rule) -> Intent:
    pairs = tuple(TrafficSelector(local=NET(local), remote=NET(remote)) for local, remote in PAIRS)
    azure = intents.expectation(policy_based=True, selectors=pairs)
    site = replace(intents.site("strongswan"), traffic=rules)
    return DRIVER.express(intend(site, azure, Secret(KEY)))


def _push(host: Sandbox, intent: Intent, wait: float = 15.0) -> Result:
    site = intents.site("strongswan")
    device = replace(site.device, host="127.0.0.1", port=host.target.port, username="root")
    job = Job(
        site=replace(site, device=device),
        expectation=intents.expectation(policy_based=True),
        intent=intent,
        driver=DRIVER,
        disagreements=(),
        age_seconds=None,
    )
    options = Options(minutes=1, wait_seconds=wait)
    return push(job, lambda: connect(host.target, host.credentials), options, Watcher())


def _flow(probe: Probe) -> Flows:
    way, protocol, local, remote, port = probe
    here, there = (int(NET(one).network_address) for one in (local, remote))
    return flows(
        Box(
            direction=((int(way), int(way)),),
            protocol=((protocol, protocol),),
            local=((here, here),),
            remote=((there, there),),
            ports=((0, 65535),) if protocol == ICMP else ((port, port),),
        )
    )


def _seen(host: Sandbox) -> set[Probe]:
    """The probes that were answered, sent by whoever begins them; all three at a time."""
    places = ((TO, ADDRESSES[0], "lan"), (TO, ADDRESSES[1], ""), (FROM, "", "azure"))
    all_sent: list[Probe] = []
    commands: list[str] = []
    for number, (way, local, space) in enumerate(places):
        sent = [p for p in PROBES if p[0] is way and local in ("", p[2])]
        rows = [(p[1], p[2], p[3], p[4]) if way is TO else (p[1], p[3], p[2], p[4]) for p in sent]
        inside = f"ip netns exec {space} " if space else ""
        words = f"{_quoted(PROBE)} {_quoted(json.dumps(rows))}"
        commands.append(f"{inside}python3 -c {words} >/run/probes-{number} &")
        all_sent += sent
    answers = host.host.run("\n".join([*commands, "wait; cat /run/probes-?"])).splitlines()
    answered = [one for line in answers for one in json.loads(line)]
    return {probe for probe, answer in zip(all_sent, answered, strict=True) if answer}


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _computed(host: Sandbox) -> set[Probe]:
    with connect(host.target, host.credentials) as session:
        (tunnel,) = DRIVER.parse(DRIVER.read(session)).tunnels
    if tunnel.filter is None:
        return set(PROBES)
    assert not tunnel.filter.perhaps
    return {probe for probe in PROBES if _flow(probe) & tunnel.filter.passes}


FIRST = (
    Rule(permit=False, remote=NET("10.21.0.0/16"), protocol=TCP, ports=((22, 22),)),
    Rule(permit=True, protocol=TCP, ports=((443, 443), (8000, 8099)), direction=TO),
    Rule(permit=True, local=NET("10.10.0.0/16"), protocol=TCP, ports=((22, 22),), direction=FROM),
    Rule(permit=True, remote=NET("10.20.0.0/16"), protocol=UDP),
    Rule(permit=True, protocol=ICMP, direction=TO),
)
SECOND = (Rule(permit=False, protocol=TCP, direction=TO), Rule(permit=True))


def test_the_kernel_lets_through_what_is_computed_and_nothing_else(world: Sandbox) -> None:
    bare = _push(world, _intent())
    assert bare.outcome is Outcome.PUSHED, bare.why
    assert _seen(world) == set(PROBES), "without rules all is answered"

    for rules, many in ((FIRST, 17), (SECOND, 28)):
        pushed = _push(world, _intent(*rules))
        assert pushed.outcome is Outcome.PUSHED, pushed.why
        assert not any(step.bounces for step in pushed.plan.change.steps)
        computed = _computed(world)
        assert len(computed) == many
        assert _seen(world) == computed

    world.session.run("nft flush ruleset")
    assert _computed(world) == set(PROBES), "what stands in the file is not in force"
    again = _push(world, _intent(*SECOND))
    assert again.outcome is Outcome.PUSHED, again.why
    assert _computed(world) == computed
    assert "table ip appliance-site-a-1" in world.session.run("nft list tables")


def test_rules_of_a_tunnel_interface_do_what_is_computed(world: Sandbox) -> None:
    """The kernel at hand may have no xfrm interfaces: charon's TUN device stands for one."""
    assert _push(world, _intent()).outcome in {Outcome.PUSHED, Outcome.UNCHANGED}
    world.session.run("rm -f /etc/nftables.d/*; nft flush ruleset")
    (placed,) = _intent(*FIRST).tunnels
    interface = TunnelInterface(name="ipsec0")
    placed = replace(placed, mode=Mode.ROUTE_BASED, interface=interface, selectors=())
    made = text("site-a-1", placed, asked(FIRST))
    file = File(path="", text=made, above=0, kind="")
    passes = held(tuple(chains(file, placed))).passes
    assert passes == asked(FIRST).passes
    world.host.run("nft -f -", made)
    assert _seen(world) == {probe for probe in PROBES if _flow(probe) & passes}
    listed = world.session.run("nft list table ip appliance-site-a-1")
    again = held(tuple(chains(replace(file, text=listed), placed)))
    assert (again.passes, bool(again.perhaps)) == (passes, False), "nft says it its own way"


def test_a_connection_that_is_no_longer_permitted_ends(world: Sandbox) -> None:
    """Each packet of the side that began is judged: no table of connections lets it live on."""
    assert _push(world, _intent()).outcome in {Outcome.PUSHED, Outcome.UNCHANGED}
    world.session.run("rm -f /etc/nftables.d/*; nft flush ruleset")
    (placed,) = _intent().tunnels
    talk = """
import socket, subprocess, sys
far = socket.create_server(("10.10.0.2", 4711))
near = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE)
made, _ = far.accept()
made.settimeout(10)
print(made.recv(9).decode(), flush=True)
subprocess.run(["nft", "-f", "-"], input=sys.stdin.buffer.read(), check=True)
made.settimeout(1)
near.stdin.write(b"x")
near.stdin.flush()
try:
    print(made.recv(9).decode())
except TimeoutError:
    print("silence")
near.kill()
"""
    begin = """
import socket, sys
with socket.create_connection(("10.10.0.2", 4711), source_address=("10.20.0.1", 0)) as made:
    made.send(b"hello")
    made.send(sys.stdin.buffer.read(1))
    sys.stdin.buffer.read()
"""
    words = f"python3 -c {_quoted(talk)}"
    side = f"nsenter --net=/run/netns/azure python3 -c {_quoted(begin)}"
    for rules, said in ((SECOND, "x"), (FIRST, "silence")):
        world.session.run("nft flush ruleset")
        table = text("site-a-1", placed, asked(rules))
        inside = f"nsenter --net=/run/netns/lan {words} {side}"
        table_runs = inside.replace('"nft", "-f"', '"nsenter", "--net=/proc/1/ns/net", "nft", "-f"')
        assert world.host.run(table_runs, table).split() == ["hello", said]


def _fresh(host: Sandbox) -> None:
    """Nothing configured on the host, and an Azure that knows it no more."""
    host.session.run("rm -f /etc/nftables.d/* /etc/swanctl/conf.d/*; nft flush ruleset")
    host.session.run("swanctl --load-all --clear")
    host.session.execute("swanctl --terminate --ike site-a-1 --force --timeout 2", "")
    host.expect("connections { }")


def test_what_does_not_come_up_is_taken_back_with_its_rules(world: Sandbox) -> None:
    _fresh(world)
    result = _push(world, _intent(*FIRST), wait=0.2)
    assert result.outcome is Outcome.ROLLED_BACK, result.why
    assert world.session.run("ls /etc/nftables.d /etc/swanctl/conf.d").split() == [
        "/etc/nftables.d:",
        "/etc/swanctl/conf.d:",
    ]
    assert world.session.run("nft list tables") == ""


def test_a_host_that_would_forget_them_is_refused_untouched(world: Sandbox) -> None:
    _fresh(world)
    main = world.session.run("cat /etc/nftables.conf")
    world.session.run(": >/etc/nftables.conf")
    try:
        with pytest.raises(RefusedError, match="does not bring in"):
            _push(world, _intent(*FIRST), wait=0.2)
        assert world.session.run("ls /etc/swanctl/conf.d; nft list tables") == ""
    finally:
        world.host.run("cat >/etc/nftables.conf", main)
