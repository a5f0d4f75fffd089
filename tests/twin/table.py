"""docs/rehearsed-faults.md out of the table of faults: `python -m tests.twin.table` writes it."""

from __future__ import annotations

from pathlib import Path

from tests.twin.faults import FAULTS
from tests.twin.texts import DRIVERS, Fault

_NAMES = ("Cisco IOS", "Cisco ASA", "Juniper Junos", "Windows RRAS", "strongSwan")
_HEAD = """\
# Rehearsed faults

Each fault was written into the configuration *text* of each platform, read by its driver, and tried
by two IKE daemons (`appliance rehearse`). The verdict and the field named first are those of the
first two columns; a test compares them. A number says in how many ways the fault was written.
Behind it stands the field where it is
another one: a peer to which no route leads through the tunnel is not known to be the tunnel's.
Where there is no number, the fault does not occur there or cannot be seen: the list below says why.

"""


def table() -> str:
    """The whole document."""
    reasons: dict[str, int] = {}
    rows = [("fault", "tunnel", "verdict", "field", *_NAMES), ("---",) * (4 + len(_NAMES))]
    total = 0
    for fault in FAULTS:
        cells = [_cell(fault, driver, reasons) for driver in DRIVERS]
        total += sum(int(cell.split()[0]) for cell in cells if cell[0].isdigit())
        verdict = fault.kind if fault.breaking else f"{fault.kind} (warning)"
        rows.append((fault.name, fault.form.value, verdict, f"`{fault.first}`", *cells))
    lines = [f"| {' | '.join(row)} |\n" for row in rows]
    told = [f"{number}. {reason}\n" for reason, number in reasons.items()]
    return "".join((_HEAD, *lines, f"\n{total} scenarios.\n\nWhy not:\n\n", *told))


def _cell(fault: Fault, driver: str, reasons: dict[str, int]) -> str:
    edits = fault.by[driver]
    if not isinstance(edits, str):
        named = f" (`{fault.elsewhere[driver]}`)" if driver in fault.elsewhere else ""
        return f"{len(edits)}{named}"
    return f"- ({reasons.setdefault(edits, len(reasons) + 1)})"


if __name__ == "__main__":
    target = Path(__file__).resolve().parents[2] / "docs/rehearsed-faults.md"
    target.write_text(table(), encoding="utf-8")
