"""A circuit's link on which the firewall itself no longer takes BGP: found, and mended alone."""

from __future__ import annotations

import pytest

from appliance.compare import compare
from appliance.driver import load
from appliance.plan import plan
from tests.vendors import edges
from tests.vendors.juniper_junos.box import make

JUNOS = load("juniper_junos")
UNIT = "set security zones security-zone trust interfaces ge-0/0/2.200 host-inbound-traffic "
ZONE = "set security zones security-zone trust host-inbound-traffic "


def _pushed() -> list[str]:
    box = make()
    box.apply(plan(edges.intent("juniper_junos"), JUNOS.parse(box.running()), JUNOS).change)
    return box.running().splitlines()


def test_what_was_lost_comes_back_and_nothing_else() -> None:
    lines, intent = _pushed(), edges.intent("juniper_junos")
    observed = JUNOS.parse("\n".join(one for one in lines if one != f"{UNIT}protocols bgp"))
    (found,) = compare(intent, observed)
    assert (found.tunnel, found.path) == ("er-1 primary", "edge.link.admits")
    made = plan(intent, observed, JUNOS)
    assert [step.text for step in made.change.steps] == [f"{UNIT}protocols bgp"]
    assert [step.text for step in made.rollback.steps] == [f"delete{UNIT[3:]}protocols bgp"]


@pytest.mark.parametrize(
    ("instead", "admitted"),
    [
        ((f"{UNIT}protocols all",), True),
        ((f"{UNIT}protocols all", f"{UNIT}protocols bgp except"), False),
        ((f"{ZONE}protocols bgp",), True),
        ((f"{ZONE}protocols bgp", f"{UNIT}system-services ping"), False),
    ],
)
def test_what_else_lets_bgp_in(instead: tuple[str, ...], admitted: bool) -> None:  # noqa: FBT001 -- a case
    lines = [one for one in _pushed() if not one.startswith(UNIT)]
    found = compare(edges.intent("juniper_junos"), JUNOS.parse("\n".join((*lines, *instead))))
    assert [one.path for one in found] == ([] if admitted else ["edge.link.admits"])
