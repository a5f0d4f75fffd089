"""A circuit that is lost and comes back: what works is found to work, each fault by its field."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pytest

from appliance.record import replace
from appliance.twin import Rehearsal, failover, rehearse
from appliance.twin.circuit import weighing
from appliance.twin.circuit.crossing import (
    AGAIN,
    BACK,
    CIRCUIT,
    LINK,
    SILENT,
    STEADY,
    VPN,
    Crossed,
)
from appliance.twin.circuit.failover import Failover
from appliance.twin.circuit.standing import Standing
from appliance.twin.speaker import Session
from tests.twin.circuits import (
    BGP,
    CIRCUITS,
    FAULTS,
    LOSSES,
    SESSIONS,
    STATIC,
    WAYS,
    Circuit,
    CircuitFault,
    written,
)
from tests.twin.texts import Edit

pytestmark = pytest.mark.twin
AT_ONCE = 8
"""Nearly all of it is waiting for timers."""
Seed = tuple[str, CircuitFault, Circuit, Edit]


@cache
def alone(driver: str, vpn: str) -> Rehearsal:
    """The tunnel by itself, which no fault of the circuit concerns."""
    return rehearse(written(driver, vpn).standing().subject)


def tried(made: Circuit, standing: Standing) -> Failover:
    """With daemons."""
    first = (alone(made.driver, made.vpn),)
    found = failover.rehearse((standing.subject,), first, (standing.wanted, standing.held))
    assert found is not None
    return found


@pytest.mark.parametrize("vpn", [STATIC, BGP])
@pytest.mark.parametrize("driver", CIRCUITS)
def test_traffic_moves_to_the_vpn_and_back(driver: str, vpn: str) -> None:
    made = written(driver, vpn)
    found = tried(made, made.standing())
    assert (found.why, found.findings) == ("", ())
    assert found.works
    crossed = found.crossed
    assert crossed is not None
    assert (crossed.tunnel, crossed.keys) == (True, True)
    assert [(one.name, one.up, one.bfd) for one in crossed.device] == [
        ("er1", True, True),
        ("er2", True, True),
    ]
    ways = {
        (one.what, one.line): {(p.out, p.back) for p in one.passings} for one in crossed.moments
    }
    ((first, _),) = ways[STEADY, ""]
    assert ways == {
        (STEADY, ""): {(first, first)},
        (LINK, "er1"): {("er2", "er2")},
        (LINK, "er2"): {("er1", "er1")},
        (CIRCUIT, ""): {(VPN, VPN)},
        (BACK, ""): {(first, first)},
        (SILENT, ""): {(VPN, VPN)},
        (AGAIN, ""): {(first, first)},
    }
    gaps = [one.gap_ms for moment in crossed.moments for one in moment.passings]
    assert all(gap is not None for gap in gaps)
    assert {one.error for one in crossed.fell} == {"Error: BFD session down"}
    assert crossed.astray == ()


def _seeds(driver: str, faults: tuple[CircuitFault, ...] = FAULTS) -> list[Seed]:
    return [
        (name, fault, written(driver, fault.vpn), edit)
        for fault in faults
        for name, edit in fault.seeds(driver)
    ]


def _wrong(seed: Seed, *, daemons: bool) -> str:
    """What is wrong with the verdict; empty when nothing is."""
    name, fault, made, edit = seed
    standing = made.standing(edit, **fault.azure)
    edges = (standing.wanted, standing.held)
    found = (
        tried(made, standing) if daemons else failover.on_paper((standing.subject,), edges, "rules")
    )
    if found is None:
        return f"{name}: no circuit"
    told = [(one.kind.value, one.fields[:1], one.breaking) for one in found.findings]
    wanted = (fault.kind, (fault.first,), fault.breaking)
    ran = not daemons or found.crossed is not None
    named = [one for one in told if one[2] is fault.breaking]
    right = ran and wanted in named[:1] and found.works is not fault.breaking
    return "" if right else f"{name}: {told}, not {wanted} {found.why}"


@pytest.mark.parametrize("faults", [SESSIONS, WAYS, LOSSES], ids=("sessions", "ways", "losses"))
@pytest.mark.parametrize("driver", CIRCUITS)
def test_each_fault_of_a_text_is_named_by_daemons(
    driver: str, faults: tuple[CircuitFault, ...]
) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(lambda one: _wrong(one, daemons=True), _seeds(driver, faults)))
    assert not any(found), "\n".join(filter(None, found))


@pytest.mark.parametrize("driver", CIRCUITS)
def test_rules_alone_name_the_same_fields(driver: str) -> None:
    found = [_wrong(one, daemons=False) for one in _seeds(driver)]
    assert not any(found), "\n".join(filter(None, found))


@pytest.mark.parametrize("vpn", [STATIC, BGP])
@pytest.mark.parametrize("driver", CIRCUITS)
def test_rules_alone_find_nothing_wrong_with_what_is_written(driver: str, vpn: str) -> None:
    standing = written(driver, vpn).standing()
    edges = (standing.wanted, standing.held)
    found = failover.on_paper((standing.subject,), edges, "no daemon")
    assert found is not None
    assert (found.findings, found.why, found.crossed) == ((), "no daemon", None)


def test_a_kernel_without_md5_leaves_keys_to_the_rule() -> None:
    (edit,) = next(one for one in SESSIONS if one.name == "another MD5 key").by[CIRCUITS[0]]
    standing = written(CIRCUITS[0], STATIC).standing(edit)
    up = tuple(Session(name=link.name, state="Established") for link in standing.links)
    for keys, told in ((True, []), (False, ["edge.session.key"] * 2)):
        crossed = Crossed(tunnel=True, keys=keys, device=up)
        found = list(weighing.judged(standing, (), crossed))
        assert [one.fields[0] for one in found] == told


def test_routing_tables_that_do_not_meet_are_judged_by_rules() -> None:
    made = written(CIRCUITS[0], STATIC)
    standing = made.standing()
    links = tuple(
        replace(link, objects={**link.objects, "vrf": "BLUE"}) for link in standing.held.links
    )
    found = tried(made, replace(standing, held=replace(standing.held, links=links)))
    assert found.crossed is None
    assert found.why == "the circuit's routing table is BLUE, the tunnel's the main one"
    assert found.works
