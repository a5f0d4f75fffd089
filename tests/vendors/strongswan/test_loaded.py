"""What charon says of its files, and whether it is about ours."""

from __future__ import annotations

import pytest

from appliance.model.change import Change, Step
from vendors.strongswan.loaded import connections, refusal

GOOD = (
    "loaded ike secret 'ike-a'\nloaded connection 'a'\n"
    "successfully loaded 1 connections, 0 unloaded\n"
)
OURS = "loading connection 'a' failed: invalid value for: proposals, config discarded\n"
THEIRS = "loading connection 'b' failed: invalid value for: proposals, config discarded\n"
SOME = "loaded 1 of 2 connections, 1 failed to load, 0 unloaded\n"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (GOOD, ""),
        ("no authorities found, 0 unloaded\nno connections found, 1 unloaded\n", ""),
        (f"plugin 'ldap': failed to load - not found\n{GOOD}", ""),
        (f"opening directory '/etc/swanctl/rsa' failed: No such file or directory\n{GOOD}", ""),
        (
            f"loading '/etc/swanctl/x509/old.pem' failed: parsing X509 certificate failed\n{GOOD}",
            "",
        ),
        (THEIRS + SOME, ""),
        (OURS + SOME, OURS.strip()),
        (THEIRS + OURS + SOME, OURS.strip()),
        (f"loading shared secret failed: x\n{GOOD}", "loading shared secret failed: x"),
        (
            "connecting to 'unix:///var/run/charon.vici' failed: Connection refused\n",
            "connecting to 'unix:///var/run/charon.vici' failed: Connection refused",
        ),
        ("", "it said nothing"),
        ("Killed\n", "Killed"),
    ],
)
def test_only_what_is_said_of_ours_counts(said: str, expected: str) -> None:
    assert refusal(said, frozenset({"a"})) == expected


def test_ours_are_those_that_a_change_touches() -> None:
    lines = (
        "edit /etc/swanctl/conf.d/appliance-x.conf",
        " connections.a.version = 2",
        " no connections.b.children.net.mode",
        " secrets.ike-c.secret = x",
        "do swanctl --load-all",
    )
    assert connections(Change(steps=tuple(Step(text=line) for line in lines))) == {"a", "b"}
