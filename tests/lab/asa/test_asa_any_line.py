"""Whatever is typed, the firewall answers, and what it holds boots to itself."""

from __future__ import annotations

import random

import pytest

from appliance.lab.asa import AsaDevice, asa_device
from appliance.lab.asa.modes import RULES
from appliance.lab.asa.rules_exec import PRIVILEGED, USER
from tests.lab.asa.firewall import typing

_KEYWORDS = sorted(
    {
        word.strip("()[]|+")
        for rule in (*USER, *PRIVILEGED, *(one for rules in RULES.values() for one in rules))
        for word in rule.pattern.replace("|", " ").replace("~", "").split()
    }
    - {"name", "reload", "exit", "logout", "quit", "disable", ""}
)
_VALUES = (
    "outside", "inside", "10.0.0.1", "255.255.0.0", "198.51.100.7", "1", "20", "X", "any", "host",
    "PARTNER", "outside_map", "65535", "(inside,outside)", "Tunnel1", "GigabitEthernet0/2",
    "disk0:/x", "08:00:00", "group14", "/noconfirm", "BRANCH-LAN", "192.0.2.50", "'", '"', "*",
)  # fmt: skip
_STARTS = (
    "crypto map outside_map 10", "crypto ikev2 policy 5", "crypto ipsec", "access-list A extended",
    "tunnel-group 192.0.2.50", "group-policy PARTNER", "interface", "object-group network", "nat",
    "router bgp 65010", "neighbor 10.0.0.1", "event manager applet X", "show", "show crypto",
    "clear configure", "no", "no crypto", "route outside", "set", "network-object", "",
)  # fmt: skip


def line(chance: random.Random) -> str:
    """Something that looks like a command."""
    count = chance.randint(0, 6)
    words = [chance.choice(_KEYWORDS if chance.random() < 0.6 else _VALUES) for _ in range(count)]
    return f"{chance.choice(_STARTS)} {' '.join(words)}".strip()


@pytest.mark.parametrize("seed", range(4))
def test_any_line_is_answered(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 -- the same lines every time
    device = asa_device()
    cli = typing(device)
    for _ in range(400):
        typed = line(chance)
        said = cli.execute(typed)
        assert isinstance(said, str), typed
        if cli.question is not None:
            cli.interrupt()
        if cli.editor is None or cli.closed:
            cli = typing(device)
    device.advance(10)
    text = device.running()
    assert AsaDevice(text).running() == text
