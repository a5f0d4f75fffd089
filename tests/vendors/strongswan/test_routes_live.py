"""Where a host's traffic goes: what its kernel's policies take is told by the tunnel's name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network

import pytest

from appliance import driver as drivers
from appliance.errors import CommandRefused
from appliance.intend import intend
from appliance.intend.fit import fit
from appliance.model.change import Step
from appliance.model.secret import Secret
from appliance.model.state import RouteState
from appliance.model.tunnel import Tunnel
from appliance.record import replace
from appliance.verify import Outcome, Rung, verify
from tests.vendors import intents
from vendors.strongswan.state import state

AZURE = IPv4Network("10.20.0.0/16")
SAS = """list-sa event {azure {uniqueid=1 version=2 state=ESTABLISHED local-host=203.0.113.10 \
remote-host=198.51.100.7 encr-alg=AES_CBC encr-keysize=256 integ-alg=HMAC_SHA2_256_128 \
prf-alg=PRF_HMAC_SHA2_256 dh-group=MODP_2048 established=10 child-sas {azure-1 {name=azure \
uniqueid=1 state=INSTALLED mode=TUNNEL protocol=ESP encr-alg=AES_CBC encr-keysize=256 \
integ-alg=HMAC_SHA2_256_128 bytes-in=84 packets-in=1 bytes-out=84 packets-out=1 \
local-ts=[10.10.0.0/16] remote-ts=[10.20.0.0/16]}}}}
list-sas reply {}
"""
LINKS = "eth0@if7    UP    02:42:ac:11:00:02 <BROADCAST,MULTICAST,UP,LOWER_UP>\n"
MAIN = "default via 203.0.113.1 dev eth0\n203.0.113.0/24 dev eth0 proto kernel scope link\n"


@dataclass(slots=True, kw_only=True)
class Host:
    """A host that answers these commands; what it does not know fails."""

    answers: Mapping[str, str]
    asked: list[str] = field(default_factory=list)
    prompt: str = "azure-gw"
    transcript: str = ""

    def run(self, command: str, *, timeout: float | None = None) -> str:
        del timeout
        self.asked.append(command)
        if command not in self.answers:
            raise CommandRefused("it failed", where=command, command=command, answer="Error")
        return self.answers[command]

    def configure(self, steps: Iterable[Step], **options: object) -> None:
        raise AssertionError(f"looking changes nothing: {(*steps, options)}")

    def close(self) -> None:
        """Nothing to hang up."""


def _tunnel() -> Tunnel:
    driver = drivers.load("strongswan")
    made = intents.expectation(policy_based=True)
    (tunnel,) = fit(
        intend(intents.site("strongswan"), made, Secret("Zk3vR8wQ1xT6yB4n")), driver
    ).tunnels
    selectors = tuple(one for one in tunnel.selectors if one.remote == AZURE)[:1]
    return replace(tunnel, selectors=selectors)


def _host(main: str = MAIN, own: str = "", **more: str) -> Host:
    kinds = {f"ip -br link show type {kind}": text for kind, text in more.items()}
    known = {"swanctl --list-sas --raw": SAS, "ip -br link": LINKS, "ip -4 route": main}
    return Host(answers={**known, "ip -4 route show table 220": own, **kinds})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Routes of a host, what it says of its tunnel interfaces, and whether the policy decides."""

    name: str
    main: str = MAIN
    own: str = ""
    kinds: Mapping[str, str] = field(default_factory=dict)
    taken: bool


CASES = (
    Case(name="the default route is enough", taken=True),
    Case(
        name="charon's own route",
        own="10.20.0.0/16 via 203.0.113.1 dev eth0 proto static\n",
        taken=True,
    ),
    Case(
        name="a route on the inside, which the policy does not mind",
        main=f"{MAIN}10.0.0.0/8 via 10.10.0.254 dev eth1\n",
        taken=True,
    ),
    Case(name="charon's device in user space", own="10.20.0.0/16 dev ipsec0\n", taken=True),
    Case(name="no route at all", main="203.0.113.0/24 dev eth0 scope link\n", taken=False),
    Case(name="a black hole", main=f"{MAIN}blackhole 10.0.0.0/8\n", taken=False),
    Case(
        name="another tunnel's XFRM interface",
        main=f"{MAIN}10.20.0.0/16 dev xfrm7\n",
        kinds={"xfrm": "xfrm7@NONE  UNKNOWN  <NOARP,UP,LOWER_UP>\n"},
        taken=False,
    ),
    Case(
        name="a VTI",
        main=f"{MAIN}10.20.0.0/16 dev vti1\n",
        kinds={"vti": "vti1@NONE  UNKNOWN  203.0.113.10 <POINTOPOINT,NOARP,UP>\n"},
        taken=False,
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda one: one.name)
def test_a_policy_takes_what_has_a_route(case: Case) -> None:
    tunnel = _tunnel()
    found = state(_host(case.main, case.own, **case.kinds), (tunnel,))
    assert (RouteState(prefix=AZURE, via=tunnel.name) in found.routes) is case.taken
    judged = [one for one in verify((tunnel,), found, advice={}) if one.rung is Rung.ROUTES]
    assert len(judged) == 1
    assert (judged[0].verdict is Outcome.PASSED) is case.taken, judged


def test_the_gateway_keeps_its_own_way() -> None:
    found = state(_host(), (_tunnel(),))
    assert RouteState(prefix=IPv4Network("0.0.0.0/0"), via="eth0") in found.routes


def test_a_tunnel_interface_is_judged_by_routes_into_it() -> None:
    """A route-based tunnel: nobody asks the kernel for kinds of interfaces."""
    driver = drivers.load("strongswan")
    made = intents.expectation()
    (tunnel,) = fit(
        intend(intents.site("strongswan"), made, Secret("Zk3vR8wQ1xT6yB4n")), driver
    ).tunnels
    host = _host()
    state(host, (tunnel,))
    assert not [command for command in host.asked if "type" in command]
