"""What is asked of an ASA so that traffic flows: crypto maps wait for some."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from appliance.driver import load
from appliance.errors import CommandRefused
from appliance.intend import intend
from appliance.model.change import Step
from appliance.model.intent import Observed
from appliance.model.secret import Secret
from appliance.model.tunnel import TrafficSelector, Tunnels
from tests.vendors import intents
from vendors.cisco_asa.wake import MOST, wake

ASA = load("cisco_asa")


class Listener:
    """A session that remembers what it was asked; one command it may not run."""

    prompt = "fw-1"
    transcript = ""

    def __init__(self, refuses: str = "") -> None:
        self.asked: list[str] = []
        self.refuses = refuses

    def run(self, command: str, *, timeout: float | None = None) -> str:
        assert timeout is None
        self.asked.append(command)
        if self.refuses and command.startswith(self.refuses):
            raise CommandRefused("no", command=command, answer="Command authorization failed")
        return ""

    def configure(
        self,
        steps: Iterable[Step],
        *,
        enter: str | None = None,
        sent: Callable[[Step], None] | None = None,
    ) -> None:
        raise AssertionError((tuple(steps), enter, sent))

    def close(self) -> None:
        """Nothing to hang up."""


def _tunnels(*, policy_based: bool) -> Tunnels:
    made = intents.expectation(policy_based=policy_based)
    if policy_based:
        made = replace(
            made,
            selectors=tuple(
                TrafficSelector(local=local, remote=remote)
                for local in made.on_premises.prefixes
                for remote in made.vnet_prefixes
            ),
        )
    intent = ASA.express(intend(intents.site("cisco_asa"), made, Secret("one-key-for-both")))
    return ASA.place(intent, Observed(driver="cisco_asa"))


def test_each_selector_pair_meets_the_crypto_map() -> None:
    session = Listener()
    wake(session, _tunnels(policy_based=True))
    assert session.asked == [
        "packet-tracer input inside icmp 10.10.0.2 8 0 10.20.0.2",
        "packet-tracer input inside icmp 10.10.0.2 8 0 10.21.0.2",
        "packet-tracer input inside icmp 10.11.0.2 8 0 10.20.0.2",
        "packet-tracer input inside icmp 10.11.0.2 8 0 10.21.0.2",
    ]


def test_each_network_is_shown_where_it_is() -> None:
    (tunnel,) = _tunnels(policy_based=True)
    ways = "source static {0} {0} destination static R R no-proxy-arp route-lookup"
    objects = {
        "nat": f"nat (inside,outside) {ways.format('L')}\nnat (lab,outside) {ways.format('L-lab')}",
        "group L": "network-object 10.10.0.0 255.255.0.0",
        "group L-lab": "network-object host 10.11.0.1\nnetwork-object 10.11.0.0 255.255.0.0",
    }
    session = Listener()
    wake(session, (replace(tunnel, objects=objects),))
    assert [command.split()[2] for command in session.asked] == ["inside", "inside", "lab", "lab"]


def test_what_is_routed_into_a_tunnel_is_pinged() -> None:
    session = Listener()
    wake(session, _tunnels(policy_based=False))
    assert session.asked == [
        "ping 10.20.0.2 repeat 2 timeout 1",
        "ping 10.21.0.2 repeat 2 timeout 1",
    ]


def test_a_login_without_the_right_is_no_fault_and_few_are_tried() -> None:
    session = Listener(refuses="packet-tracer")
    wake(session, _tunnels(policy_based=True) * 5)
    assert len(session.asked) == MOST
