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


def standing(node: Node, *, everything: bool) -> Iterator[tuple[int, str]]:
    """Lines that stand in a section because their statement is absent: (place, line)."""
    if node.mode == "interface":
        yield from _interface(node)
    elif node.mode == "bgp":
        yield from _absent(node, "bgp log-neighbor-changes", place=5, negated=False)
    elif node.mode == "bgp-af":
        yield from _absent(node, "auto-summary", place=98, negated=True)
        yield from _absent(node, "synchronization", place=99, negated=True)
    elif node.mode == "tunnel-ipsec" and everything:
        yield from _absent(node, "isakmp keepalive", place=6, negated=False,
                           text="isakmp keepalive threshold 10 retry 2")  # fmt: skip


def _interface(node: Node) -> Iterator[tuple[int, str]]:
    places = {rule.pattern.split()[0]: at for at, rule in enumerate(RULES["interface"])}
    if node.find("nameif") is None:
        yield places["nameif"], " no nameif"
    if node.find("security-level") is None and not node.words[1].startswith("Tunnel"):
        yield places["security-level"], " no security-level"
    if node.find("ip", "address") is None and node.find("ip", "unnumbered") is None:
        yield places["security-level"] + 1, " no ip address"


def _absent(
    node: Node, statement: str, *, place: int, negated: bool, text: str = ""
) -> Iterator[tuple[int, str]]:
    words = tuple(statement.split())
    if node.find(*words) is None and node.find("no", *words) is None:
        yield place, f" {'no ' if negated else ''}{text or statement}"


def hidden_defaults(config: Configuration) -> Iterator[str]:
    """The top-level lines that only `show running-config all` prints."""
    for rule in RULES["config"]:
        for text in rule.hide[-1:]:
            words = tuple(text.split())
            present = config.root.find(*words[: rule.key or len(words)])
            if present is None and config.root.find("no", *words) is None:
                yield text
    yield from map_defaults(config)
    group = config.root.find("group-policy", "DfltGrpPolicy", "attributes")
    if group is None:
        yield "group-policy DfltGrpPolicy internal"
        yield "group-policy DfltGrpPolicy attributes"
        yield f" vpn-tunnel-protocol {' '.join(PROTOCOLS)} "


def map_defaults(config: Configuration) -> Iterator[str]:
    """What each crypto map entry does without being told."""
    for name, number in entries(config):
        entry = f"crypto map {name} {number}"
        held = {node.words[5:7] for node in config.root.all("crypto", "map", name, number)}
        if ("connection-type",) not in {one[:1] for one in held}:
            yield f"{entry} set connection-type bidirectional"
        yield f"{entry} set ikev1 phase1-mode main"
        yield f"{entry} set ikev2 mode tunnel"
        yield f"no {entry} set tfc-packets"


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
