"""Tables of nftables as people write them, and what a host must have to be given one."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.azure.expectation import Expectation
from appliance.compare import compare
from appliance.driver import load
from appliance.errors import CommandRefused, RefusedError
from appliance.intend import intend
from appliance.model.filters import Filter, Rule
from appliance.model.secret import Secret
from appliance.model.traffic import (
    EVERYTHING,
    NOTHING,
    TCP,
    UDP,
    Box,
    Direction,
    Flows,
    flows,
    interval,
    turned,
)
from appliance.model.tunnel import TrafficSelector
from appliance.plan import plan
from tests.vendors import intents
from tests.vendors.strongswan import box
from vendors.strongswan import filtering

DRIVER = load("strongswan")
NET = IPv4Network
TO, FROM = Direction
HEAD = "type filter hook postrouting priority filter; policy accept;"
ANSWER = "ct direction reply accept"


def _held(to: str, back: str = ANSWER, *, first: str = "", policy_based: bool = False) -> Filter:
    """The filter of a host whose table has these lines (between `;`) for either way."""
    intent = intend(
        replace(intents.site("strongswan"), traffic=(Rule(permit=True),)),
        intents.expectation(policy_based=policy_based),
        Secret("x1"),
    )
    intent = DRIVER.express(intent)
    made = box.make()
    made.apply(plan(intent, DRIVER.parse(made.running()), DRIVER).change)
    chains = (("a", "postrouting", to), ("b", "prerouting", back))
    lines = ["# by hand", first, "table ip appliance-site-a-1 {"]
    for name, hook, rules in chains:
        lines += [f"  chain {name} {{", f"type filter hook {hook} priority 0; policy drop;"]
        lines += [*rules.split("; "), "}"]
    (path,) = made.rules
    made.rules[path] = [*lines, "}"]
    (tunnel,) = (t for t in DRIVER.parse(made.running()).tunnels if t.name == "site-a-1")
    assert tunnel.filter is not None
    return tunnel.filter


def _to(protocol: int | None, *ports: tuple[int, int], remote: str = "0.0.0.0/0") -> Flows:
    box_ = Box(direction=((0, 0),), remote=(interval(NET(remote)),))
    if protocol is not None:
        box_ = replace(box_, protocol=((protocol, protocol),))
    return flows(replace(box_, ports=ports) if ports else box_)


WRITTEN = {
    "accept": _to(None),
    "counter packets 12 bytes 1022 accept": _to(None),
    'tcp dport 443 accept comment "the web"': _to(TCP, (443, 443)),
    "tcp dport {ssh, https} counter accept": _to(TCP, (22, 22), (443, 443)),
    "tcp dport 443,8080 accept": _to(TCP, (443, 443), (8080, 8080)),
    "tcp dport != 22 accept": _to(TCP, (0, 21), (23, 65535)),
    "udp dport 1000-1999 accept": _to(UDP, (1000, 1999)),
    "meta l4proto { tcp, udp } accept": _to(TCP) | _to(UDP),
    "ip protocol tcp accept": _to(TCP),
    "ip protocol 6 ip daddr 10.20.0.7 accept": _to(TCP, remote="10.20.0.7/32"),
    "ip daddr 10.20.0.0-10.20.255.255 accept": _to(None, remote="10.20.0.0/16"),
    "ip daddr != { 10.20.0.0/17, 10.20.128.0/17 } drop; accept": _to(None, remote="10.20.0.0/16"),
    "ct state new tcp dport 443 accept": _to(TCP, (443, 443)),
    "ct state established,related accept": NOTHING,
    "ct direction original accept": _to(None),
    'oifname "xfrm100" accept': _to(None),
    'oifname { "xfrm1", "xfrm100" } accept': _to(None),
    'oifname "xfrm1" accept': NOTHING,
    "tcp dport 22 reject; ip protocol tcp accept": _to(TCP, (0, 21), (23, 65535)),
    "icmp type echo-reply accept": NOTHING,
    "counter; accept": _to(None),
}
"""Lines of the chain for what leaves, and what can then be begun on premises."""


@pytest.mark.parametrize("lines", WRITTEN)
def test_what_people_write_is_understood(lines: str) -> None:
    found = _held(lines)
    assert found.passes == WRITTEN[lines]
    assert not found.perhaps


ODD = (
    "tcp flags syn accept",
    "meta mark 7 accept",
    "tcp dport @ports accept",
    "ip daddr vmap { 10.20.0.1 : accept }",
    "jump others",
    "tcp dport frobnicate accept",
    "limit rate 5/second accept",
    'iifname "eth1" accept',
    'oifname "xfrm*" accept',
    "ip daddr 10.20.0.0/33 accept",
    "tcp dport 443 accept drop",
    "tcp dport",
    "{",
)


@pytest.mark.parametrize("line", ODD)
def test_what_is_not_understood_is_a_doubt(line: str) -> None:
    found = _held(f"{line}; tcp dport 443 accept")
    assert _to(TCP, (22, 22)) & found.passes == NOTHING
    assert _to(TCP, (22, 22)) & found.perhaps == _to(TCP, (22, 22))


def test_lines_outside_of_chains_and_other_hooks_are_doubts() -> None:
    assert _held("accept", first='include "more.nft"').perhaps
    assert not _held("accept", first="flush table ip appliance-site-a-1").perhaps


def test_answers_need_a_way_as_well() -> None:
    web = "tcp dport 443 accept"
    assert _held(web, "drop").passes == NOTHING
    assert _held(web, "ct state established accept").passes == _to(TCP, (443, 443))
    stateless = _held(web, "tcp sport 443 ip saddr 10.20.0.0/16 accept").passes
    wanted = _to(TCP, (443, 443), remote="10.20.0.0/16")
    (asked,) = wanted.boxes()
    assert stateless == wanted | flows(turned(asked)), "whoever may answer may also begin"


def test_without_an_interface_only_what_the_selectors_say_crosses() -> None:
    found = _held("accept", policy_based=True)
    pairs = NOTHING
    for remote in ("10.20.0.0/16", "10.21.0.0/16"):
        pairs |= _to(None, remote=remote) & flows(Box(local=(interval(NET("10.10.0.0/15")),)))
    assert found.passes == pairs


@settings(max_examples=200, deadline=None)
@given(text=st.text(st.sampled_from('table ip{}chain;!="\n 0123./-,@accept#drop'), max_size=200))
def test_any_text_in_the_file_is_read(text: str) -> None:
    made = box.make()
    path = "/etc/nftables.d/appliance-site-a-1.nft"
    for tunnel in DRIVER.parse(f"{made.running()}# file: {path}\n{text}\n").tunnels:
        assert tunnel.filter is None, "a file without its tunnel is nobody's"
    found = _held(text.replace("\n", "; ") or "accept")
    assert found.passes | found.perhaps | EVERYTHING == EVERYTHING


def test_a_gateway_among_what_crosses_is_refused() -> None:
    azure: Expectation = intents.expectation(
        policy_based=True,
        selectors=(TrafficSelector(local=NET("10.10.0.0/16"), remote=NET("0.0.0.0/0")),),
    )
    site = replace(intents.site("strongswan"), traffic=(Rule(permit=True),))
    intent = DRIVER.express(intend(site, azure, Secret("x1")))
    (refusal,) = DRIVER.refusals(intent)
    assert refusal.setting == "traffic"
    gateway = intent.tunnels[0].remote.addresses[0]
    assert isinstance(gateway, IPv4Address)
    assert str(gateway) in refusal.reason


class Host:
    """A shell that answers by the first words of a command."""

    prompt = "site-e"
    transcript = ""

    def __init__(self, answers: dict[str, str | None]) -> None:
        self.answers = answers

    def run(self, command: str, *, timeout: float | None = None) -> str:
        assert timeout is None
        for words, answer in self.answers.items():
            if words in command:
                if answer is None:
                    raise CommandRefused("no", command=command, answer="not found", where="x")
                return answer
        return ""


FINE: dict[str, str | None] = {
    "nft list": "",
    "is-enabled": "enabled\n",
    "/etc/nftables.conf": 'flush ruleset\ninclude "/etc/nftables.d/*.nft"\n',
}


def test_a_host_that_loads_our_files_at_boot_is_taken() -> None:
    filtering.check(Host(FINE))  # type: ignore[arg-type]  # all that is asked of a session
    red_hat = {**FINE, "/etc/nftables.conf": "", "sysconfig": "include '/etc/nftables.d/*'\n"}
    filtering.check(Host(red_hat))  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"nft list": None}, "needs nftables"),
        ({"is-enabled": "disabled\n"}, "not enabled"),
        ({"is-enabled": "Failed to get unit file state: No such file\n"}, "not enabled"),
        ({"/etc/nftables.conf": '# include "/etc/nftables.d/*.nft"\n'}, "does not bring in"),
        ({"/etc/nftables.conf": 'include "/etc/nftables/*.nft"\n'}, "does not bring in"),
    ],
)
def test_one_that_would_lose_them_is_refused(wrong: dict[str, str | None], words: str) -> None:
    with pytest.raises(RefusedError, match=words) as refused:
        filtering.check(Host({**FINE, **wrong}))  # type: ignore[arg-type]  # as above
    assert refused.value.hint


def test_drift_tells_the_line_that_is_to_blame() -> None:
    intent = DRIVER.express(
        intend(
            replace(intents.site("strongswan"), traffic=(Rule(permit=True, protocol=TCP),)),
            intents.expectation(),
            Secret("x1"),
        )
    )
    made = box.make()
    made.apply(plan(intent, DRIVER.parse(made.running()), DRIVER).change)
    (path,) = made.rules
    made.rules[path].insert(made.rules[path].index(f"    {ANSWER}"), "    udp dport 53 accept")
    (found,) = compare(intent, DRIVER.parse(made.running()))
    assert found.source is not None
    assert found.source.text.strip() == "udp dport 53 accept"


def test_a_table_that_is_not_loaded_is_drift_and_a_push_loads_it() -> None:
    intent = DRIVER.express(
        intend(
            replace(intents.site("strongswan"), traffic=(Rule(permit=True, protocol=TCP),)),
            intents.expectation(),
            Secret("x1"),
        )
    )
    made = box.make()
    made.apply(plan(intent, DRIVER.parse(made.running()), DRIVER).change)
    loaded = f"{made.running()}# file: nft list tables\ntable ip appliance-site-a-1\n"
    assert compare(intent, DRIVER.parse(loaded)) == ()
    flushed = DRIVER.parse(f"{made.running()}# file: nft list tables\n")
    (found,) = compare(intent, flushed)
    assert found.path == "filter"
    assert "prohibited traffic passes" in found.reason
    repair = plan(intent, flushed, DRIVER).change
    (path,) = made.rules
    assert [step.text for step in repair.steps if not step.text.startswith(" ")] == [
        f"replace {path}",
        f"do nft -f {path}",
    ]
    assert DRIVER.differing(loaded, made.running()) == (), "files are what is compared"


def test_selectors_that_are_no_product_get_a_chain_for_each_that_is_one() -> None:
    pairs = tuple(
        TrafficSelector(local=NET(local), remote=NET(remote))
        for local, remote in (
            ("10.10.0.0/16", "10.20.0.0/16"),
            ("10.11.0.0/16", "10.21.0.0/16"),
            ("10.12.0.0/16", "10.21.0.0/16"),
            ("10.12.4.0/24", "10.21.0.0/16"),
        )
    )
    rules = (Rule(permit=True, protocol=TCP, ports=((443, 443), (444, 450))),)
    site = replace(intents.site("strongswan"), traffic=rules)
    azure = intents.expectation(policy_based=True, selectors=pairs)
    intent = DRIVER.express(intend(site, azure, Secret("x1")))
    made = box.make()
    made.apply(plan(intent, DRIVER.parse(made.running()), DRIVER).change)
    (lines,) = made.rules.values()
    assert sum("chain to-azure-" in line for line in lines) == 2
    assert "    ip saddr != { 10.11.0.0/16, 10.12.0.0/16 } accept" in lines, "sets do not overlap"
    assert "    tcp dport 443-450 accept" in lines
    assert compare(intent, DRIVER.parse(made.running())) == ()
