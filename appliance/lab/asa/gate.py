"""What the lists of interfaces let through: IKE to the device itself, and packets across it.

Interface access lists do not concern traffic to an ASA; one applied with `control-plane` does
(Cisco, "access-group" in the command reference), and what it does not name is let through. What
comes out of a tunnel meets none while `sysopt connection permit-vpn` is on.
"""

from __future__ import annotations

from collections.abc import Iterator

from appliance.lab.asa.configuration import Configuration
from appliance.lab.asa.packets import Packet, decided
from appliance.lab.cisco.tree import Key

_IKE = 500
IMPLICIT = "Implicit Rule"


def lets_in(config: Configuration, nameif: str, peer: str, local: str) -> bool:
    """Whether the first line that fits IKE from `peer` to `local` is a permit, or none fits."""
    packet = Packet(protocol="udp", source=peer, target=local, ports=(_IKE, _IKE))
    for node in config.root.all("access-group"):
        words = node.words
        if words[2:4] != ("in", "interface") or "control-plane" not in words:
            continue
        if words[4].lower() == nameif.lower():
            line = decided(config, words[1], packet)
            return line is None or line[3] == "permit"
    return True


def stopped(config: Configuration, entering: str, leaving: str, packet: Packet) -> str:
    """What drops a packet on its way from one interface to another; empty where it passes."""
    interface = config.named(entering)
    switched_off = config.root.find("no", "sysopt", "connection", "permit-vpn") is not None
    if interface is not None and interface.words[1].startswith("Tunnel") and not switched_off:
        return ""
    inwards = [*_applied(config, "in", entering), *_everywhere(config)]
    if not inwards and _level(config, entering) <= _level(config, leaving):
        return IMPLICIT
    return _denied(config, inwards, packet) or _denied(
        config, list(_applied(config, "out", leaving)), packet
    )


def _applied(config: Configuration, way: str, nameif: str) -> Iterator[str]:
    for node in config.root.all("access-group"):
        words = node.words
        mine = words[2:4] == (way, "interface") and words[4].lower() == nameif.lower()
        if mine and "control-plane" not in words:
            yield words[1]


def _everywhere(config: Configuration) -> Iterator[str]:
    """The list of the whole box is asked behind that of the interface where a packet comes in."""
    yield from (node.words[1] for node in config.root.all("access-group")
                if node.words[2:] == ("global",))  # fmt: skip


def _denied(config: Configuration, lists: list[str], packet: Packet) -> str:
    found: Iterator[Key | None] = (decided(config, name, packet) for name in lists)
    line = next((one for one in found if one is not None), None)
    if line is None:
        return IMPLICIT if lists else ""
    return "" if line[3] == "permit" else " ".join(line)


def _level(config: Configuration, nameif: str) -> int:
    interface = config.named(nameif)
    return int(interface.value("security-level") or 0) if interface is not None else 0
