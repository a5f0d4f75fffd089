"""What a plan says of the tunnels that are up: goes down or not, how long, and what carries on."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from appliance.driver import Driver, load
from appliance.interruptions import interruptions
from appliance.inventory.model import OnPremisesBgp
from appliance.job import Job
from appliance.model.algorithms import DhGroup
from appliance.model.change import Plan
from appliance.model.intent import Dials, Intent
from appliance.model.interruption import Effect, Interruption
from appliance.model.secret import Secret
from appliance.model.tunnel import Tunnel, Tunnels
from appliance.plan import plan
from appliance.push import Options, Watcher, push
from appliance.report import differences as report
from tests.push.stage import SITES, stage
from tests.routers import job
from tests.vendors import intents

IKE = (1, 45)


@cache
def _driver() -> Driver:
    return load("cisco_ios")


def _job(**azure: object) -> Job:
    """An active-active pair, with BGP when Azure has it."""
    site = intents.site("cisco_ios")
    speaker = OnPremisesBgp(asn=65_050, address=IPv4Address("10.11.255.1"), source="Loopback0")
    site = replace(site, on_premises=replace(site.on_premises, bgp=speaker))
    made = intents.expectation(**azure)
    both = (*made.endpoints, intents.SECOND)
    return job(site, replace(made, endpoints=both), _driver())


def _held(intent: Intent) -> Tunnels:
    """The tunnels as a device would have them once they were pushed."""
    from appliance.model.intent import Observed  # noqa: PLC0415 -- used here alone

    return plan(intent, Observed(driver="cisco_ios"), _driver()).target


def _plan(intent: Intent, before: Tunnels, after: Tunnels) -> Plan:
    made = Plan(
        site=intent.site,
        differences=(),
        change=_driver().change(before, after),
        rollback=_driver().change(after, before),
        running=before,
        target=after,
    )
    return replace(made, interruptions=interruptions(made, intent))


def _after(before: Tunnels, at: int, **changes: object) -> Tunnels:
    """One of the tunnels changed."""
    one = replace(before[at], **changes)  # type: ignore[arg-type]  # fields by name
    return (*before[:at], one, *before[at + 1 :])


def _esp(tunnel: Tunnel) -> dict[str, object]:
    return {"esp": replace(tunnel.esp, pfs_group=DhGroup.ECP384)}


def _by_name(made: Plan) -> dict[str, Interruption]:
    return {one.tunnel: one for one in made.interruptions}


def test_one_of_a_pair_negotiates_and_the_other_carries_on() -> None:
    intent = _job().intent
    before = _held(intent)
    told = _by_name(_plan(intent, before, _after(before, 0, **_esp(before[0]))))
    assert told["Tunnel100"] == Interruption(
        tunnel="Tunnel100",
        ours=True,
        effect=Effect.IKE,
        seconds=IKE,
        because="when either side dials; at worst when Azure's DPD gives the old SAs up, "
        "after 45 s",
        meanwhile=("Tunnel101",),
    )
    assert (told["Tunnel101"].effect, told["Tunnel101"].seconds) == (Effect.NOTHING, None)


def test_when_both_negotiate_nothing_carries_on() -> None:
    intent = _job().intent
    before = _held(intent)
    after = _after(_after(before, 0, **_esp(before[0])), 1, **_esp(before[1]))
    told = _by_name(_plan(intent, before, after))
    assert [(one.effect, one.meanwhile) for one in told.values()] == [(Effect.IKE, ())] * 2


def test_the_most_is_azures_own_timeout() -> None:
    intent = _job(dpd_seconds=120).intent
    before = _held(intent)
    told = _by_name(_plan(intent, before, _after(before, 0, **_esp(before[0]))))
    assert told["Tunnel100"].seconds == (1, 120)


def test_what_is_not_known_is_not_said() -> None:
    intent = _job().intent
    before = _held(intent)
    changed = {
        "the key is another": _after(before, 0, psk=Secret("Another-4712"), **_esp(before[0])),
        "another gateway address": _after(
            before,
            0,
            remote=replace(before[0].remote, addresses=(IPv4Address("198.51.100.99"),)),
        ),
    }
    for words, after in changed.items():
        one = _by_name(_plan(intent, before, after))["Tunnel100"]
        assert one.seconds == (1, None), words
        assert words in one.because
    waiting = replace(intent, peer=replace(intent.peer, dials=Dials.AZURE))
    one = _by_name(_plan(waiting, before, _after(before, 0, **_esp(before[0]))))["Tunnel100"]
    assert one.seconds == (1, None)
    assert "only Azure dials" in one.because


def test_a_tunnel_that_was_switched_off_does_not_stay_up() -> None:
    intent = _job().intent
    both = _held(intent)
    shut = replace(both[1], enabled=False)
    told = _by_name(_plan(intent, (both[0], shut), both))
    assert [told[name].effect for name in ("Tunnel100", "Tunnel101")] == [
        Effect.NOTHING,
        Effect.ON,
    ]
    assert told["Tunnel101"].seconds is None


def test_a_new_tunnel_interrupts_nothing_and_one_that_goes_is_said_to() -> None:
    intent = _job().intent
    both = _held(intent)
    told = _by_name(_plan(intent, both[:1], both))
    assert [told[name].effect for name in ("Tunnel100", "Tunnel101")] == [
        Effect.NOTHING,
        Effect.NEW,
    ]
    gone = _plan(intent, both, both[:1])
    told = _by_name(gone)
    assert (told["Tunnel101"].effect, told["Tunnel101"].meanwhile) == (Effect.GONE, ("Tunnel100",))
    assert report.interrupted(gone) == "takes Tunnel101 down for good"
    lines = list(report.plan_lines(gone))
    assert "takes down for good: Tunnel101" in lines
    assert not any(line.startswith("bounces:") for line in lines)


def test_a_bgp_session_that_is_reset_is_said_to() -> None:
    intent = _job(bgp_enabled=True).intent
    before = _held(intent)
    bgp = before[0].bgp
    assert bgp is not None
    peers = tuple(replace(peer, keepalive_seconds=7, hold_seconds=21) for peer in bgp.peers)
    told = _by_name(_plan(intent, before, _after(before, 0, bgp=replace(bgp, peers=peers))))
    assert (told["Tunnel100"].effect, told["Tunnel100"].seconds) == (Effect.BGP, (1, 120))
    assert told["Tunnel101"].effect is Effect.NOTHING


def test_tunnels_of_others_are_told_only_when_they_go_down() -> None:
    intent = _job().intent
    ours = _held(intent)
    far = replace(ours[0].remote, addresses=(IPv4Address("192.0.2.9"),))
    partner = replace(ours[0], name="Tunnel50", objects={}, routes=(), remote=far)
    alone = _plan(intent, ours, _after(ours, 0, **_esp(ours[0])))
    both = replace(alone, running=(*ours, partner), target=(*alone.target, partner))
    made = replace(both, interruptions=interruptions(both, intent))
    assert "Tunnel50" not in _by_name(made)
    steps = tuple(replace(step, bounces=("Tunnel50",)) for step in made.change.steps)
    changed = replace(made, change=replace(made.change, steps=steps))
    told = {one.tunnel: one for one in interruptions(changed, intent)}
    assert (told["Tunnel50"].ours, told["Tunnel50"].effect) == (False, Effect.IKE)


def test_a_plan_says_it_in_words_and_in_json() -> None:
    intent = _job().intent
    before = _held(intent)
    made = _plan(intent, before, _after(before, 0, **_esp(before[0])))
    lines = list(report.plan_lines(made))
    at = lines.index("bounces: Tunnel100")
    assert lines[at + 1 : at + 5] == [
        "  Tunnel100: IKE SA and child SAs negotiated anew, 1 to 45 s",
        "    when either side dials; at worst when Azure's DPD gives the old SAs up, after 45 s",
        "    meanwhile: Tunnel101, if it is up",
        "  Tunnel101: stays up",
    ]
    assert report.interrupted(made) == "bounces Tunnel100"
    assert report.plan(made)["interruptions"] == [
        {
            "tunnel": "Tunnel100",
            "ours": True,
            "effect": "ike",
            "seconds": [1, 45],
            "because": "when either side dials; at worst when Azure's DPD gives the old SAs up, "
            "after 45 s",
            "meanwhile": ["Tunnel101"],
        },
        {
            "tunnel": "Tunnel101",
            "ours": True,
            "effect": "nothing",
            "seconds": None,
            "because": None,
            "meanwhile": [],
        },
    ]


EXPECTED = {
    "cisco_ios": Effect.IKE,
    "cisco_asa": Effect.CHILD,
    "juniper_junos": Effect.IKE,
    "rras": Effect.IKE,
    "strongswan": Effect.IKE,
}


@pytest.mark.parametrize("driver", SITES)
def test_each_vendor_says_what_another_pfs_group_does(driver: str, tmp_path: Path) -> None:
    with stage(driver, tmp_path) as site:
        push(site.job, site.connect, Options(wait_seconds=0), Watcher())
        observed = site.driver.parse(site.read())
    wanted = tuple(
        replace(one, esp=replace(one.esp, pfs_group=DhGroup.ECP384))
        for one in site.job.intent.tunnels
    )
    peer = replace(site.job.intent.peer, default=False)
    made = plan(replace(site.job.intent, tunnels=wanted, peer=peer), observed, site.driver)
    ours = [one for one in made.interruptions if one.ours]
    assert [one.effect for one in ours] == [EXPECTED[driver]] * len(wanted)
    assert [one.seconds for one in ours] == [IKE] * len(wanted)
    assert {one.tunnel for one in ours} == set(made.change.bounces)
