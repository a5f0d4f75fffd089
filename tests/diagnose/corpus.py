"""The written logs, and what each must be said to be of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LOGS = Path(__file__).parent / "logs"
_HEAD = re.compile(r"^#### (?P<name>[\w-]+): (?P<kind>[\w-]+)(?: (?P<peer>[\d.]+))?(?P<up> up)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """One log: the cause that must come first, and whom it is about where the log tells."""

    source: str
    name: str
    kind: str
    peer: str | None
    up: bool
    text: str


def logs(folder: Path = LOGS) -> Iterator[Log]:
    """All of them, in order."""
    for path in sorted(folder.glob("*.txt")):
        yield from _in(path)


def _in(path: Path) -> Iterator[Log]:
    parts = re.split(r"(?m)^(?=#### )", path.read_text(encoding="utf-8"))
    for part in parts:
        head, _, text = part.partition("\n")
        found = _HEAD.match(head)
        if not part.strip():
            continue
        assert found, f"{path.name}: {head}"
        yield Log(
            source=path.stem,
            name=found["name"],
            kind=found["kind"],
            peer=found["peer"],
            up=bool(found["up"]),
            text=text,
        )
