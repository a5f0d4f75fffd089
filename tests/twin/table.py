"""docs/rehearsed-faults.md out of the table of faults: `python -m tests.twin.table` writes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.twin.circuits_table import circuits
from tests.twin.faults import FAULTS
from tests.twin.pairs import WEAKNESSES
from tests.twin.texts import DRIVERS, Edit, Fault

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
_LOSSES = """
## When an instance is lost

Both tunnels to an active-active gateway stand in one network, traffic flows, and either instance is
lost in turn: its line goes silent, or it is shut down as for maintenance. The verdict is
`failover`, a warning, with the field of the third column; the fourth tells whether the tunnels that
the device has work by themselves.

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
    why = ("\n", f"{total} scenarios.\n\nWhy not:\n\n", *told)
    return "".join((_HEAD, *lines, *why, _LOSSES, *_losses(), circuits()))


def _losses() -> Iterator[str]:
    """The same for what shows when an instance is lost."""
    reasons: dict[str, int] = {}
    rows = [("weakness", "tunnels", "field", "works", *_NAMES), ("---",) * (4 + len(_NAMES))]
    for one in WEAKNESSES:
        cells = [_cell_of(one.by[driver], reasons) for driver in DRIVERS]
        works = "yes" if one.works else "no"
        rows.append((one.name, one.form.value, f"`{one.first}`", works, *cells))
    yield from (f"| {' | '.join(row)} |\n" for row in rows)
    yield "\nWhy not:\n\n"
    yield from (f"{number}. {reason}\n" for reason, number in reasons.items())


def _cell(fault: Fault, driver: str, reasons: dict[str, int]) -> str:
    cell = _cell_of(fault.by[driver], reasons)
    named = driver in fault.elsewhere and cell[0].isdigit()
    return f"{cell} (`{fault.elsewhere[driver]}`)" if named else cell


def _cell_of(edits: tuple[Edit, ...] | str, reasons: dict[str, int]) -> str:
    """How many edits there are, or the number of the reason why there are none."""
    if isinstance(edits, str):
        return f"- ({reasons.setdefault(edits, len(reasons) + 1)})"
    return str(len(edits))


if __name__ == "__main__":
    target = Path(__file__).resolve().parents[2] / "docs/rehearsed-faults.md"
    target.write_text(table(), encoding="utf-8")
