"""The table of faults of circuits, for docs/rehearsed-faults.md."""

from __future__ import annotations

from tests.twin.circuits import CIRCUITS, FAULTS, CircuitFault

_HEAD = """
## ExpressRoute

The same for sites with a circuit: each fault was written into the text of a device (or set in
Azure's local network gateway), the circuit was lost and mended with packets flowing, and the
verdict and field are those of the first finding. A circuit ends on these two platforms only.

"""


def circuits() -> str:
    """The section of the document."""
    head = ("fault", "VPN", "verdict", "field", "Cisco IOS-XE", "Juniper Junos")
    rows: list[tuple[str, ...]] = [head, ("---",) * len(head)]
    rows += [
        (
            fault.name,
            fault.vpn,
            fault.kind if fault.breaking else f"{fault.kind} (warning)",
            f"`{fault.first}`",
            *(_cell(fault, driver) for driver in CIRCUITS),
        )
        for fault in FAULTS
    ]
    total = sum(len(fault.by[driver]) for fault in FAULTS for driver in CIRCUITS)
    lines = [f"| {' | '.join(row)} |\n" for row in rows]
    return "".join((_HEAD, *lines, f"\n{total} scenarios. (1) {_JUNOS}.\n"))


_JUNOS = "Junos has no list of networks: what is not let out is not originated"


def _cell(fault: CircuitFault, driver: str) -> str:
    return str(len(fault.by[driver]) or "- (1)")
