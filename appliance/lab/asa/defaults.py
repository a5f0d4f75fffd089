"""What the ASA fills in: values of new policies, lines it always prints, and hidden defaults."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.lab.asa.configuration import Configuration
from appliance.lab.asa.modes import RULES
from appliance.lab.asa.words import VIRTUAL
from appliance.lab.cisco.tree import Node

PROTOCOLS = ("ikev1", "ikev2", "l2tp-ipsec", "ssl-clientless")
"""What DfltGrpPolicy allows until it is changed."""


def new_policy(config: Configuration, mode: str) -> tuple[str, ...]:
    """The lines a new IKE policy or proposal has before anything is typed into it."""
    cipher = "aes" if config.modern else "3des"
    group = 14 if config.modern else 2
    match mode:
        case "ikev1-policy":
            return ("authentication pre-share", f"encryption {cipher}", "hash sha",
                    f"group {group}", "lifetime 86400")  # fmt: skip
        case "ikev2-policy":
            return (f"encryption {cipher}", "integrity sha", f"group {group}", "prf sha",
                    "lifetime seconds 86400")  # fmt: skip
        case "ipsec-proposal":
            return (f"protocol esp encryption {cipher}", "protocol esp integrity sha-1")
        case _:
            return ()


def default_group(config: Configuration) -> int:
    """What a bare `set pfs` means on this release."""
    return 14 if config.modern else 2


def standing(node: Node) -> Iterator[tuple[int, str]]:
    """Lines that stand in a section because their statement is absent: (place, line)."""
    if node.mode == "interface":
        yield from _interface(node)
    elif node.mode == "bgp" and _absent(node, "bgp log-neighbor-changes"):
        yield _place("bgp", "bgp log-neighbor-changes"), " bgp log-neighbor-changes"
    elif node.mode == "bgp-af":
        for statement in ("auto-summary", "synchronization"):
            if _absent(node, statement):
                yield _place("bgp-af", statement), f" no {statement}"


def _place(mode: str, pattern: str) -> int:
    return [rule.pattern for rule in RULES[mode]].index(pattern)


def _interface(node: Node) -> Iterator[tuple[int, str]]:
    places = {rule.pattern.split()[0]: at for at, rule in enumerate(RULES["interface"])}
    if node.find("nameif") is None:
        yield places["nameif"], " no nameif"
    if node.find("security-level") is None and not node.words[1].startswith("Tunnel"):
        yield places["security-level"], " no security-level"
    if node.find("ip", "address") is None and node.find("ip", "unnumbered") is None:
        yield places["security-level"] + 1, " no ip address"


def _absent(node: Node, statement: str) -> bool:
    words = statement.split()
    return node.find(*words) is None and node.find("no", *words) is None


def entries(config: Configuration, kind: str = "map") -> list[tuple[str, str]]:
    """Name and number of every crypto map entry, in order."""
    found = {
        (node.words[2], node.words[3])
        for node in config.root.all("crypto", kind)
        if node.words[3].isdecimal()
    }
    return sorted(found, key=lambda entry: (entry[0], int(entry[1])))


def is_virtual(name: str) -> bool:
    """Whether an interface exists only because it is configured."""
    return name.startswith(VIRTUAL) or "." in name
