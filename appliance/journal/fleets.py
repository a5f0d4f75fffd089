"""Pushes of many sites, as the journal keeps them: what was chosen, and what became of each."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from appliance.errors import UsageError
from appliance.journal.database import connected, database
from appliance.machine import operator
from appliance.secrets.redact import REDACTOR

WAITING, STARTED = "waiting", "started"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One site of a fleet: what it was to become, as a hash, and how it stands."""

    number: int
    site: str
    intent: str
    state: str
    code: int | None
    why: str
    run: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One run of a fleet; times in seconds since 1970, `ended` None when it has not."""

    id: int
    who: str
    process: int
    begun: float
    terms: Mapping[str, object]
    ended: float | None


def begin(sites: Iterable[tuple[str, str]], terms: Mapping[str, object]) -> int:
    """The number of a new run over these sites, each with the hash of its intent, in this order.

    Raises `RefusedError` when nothing can be written.
    """
    row = (operator(), os.getpid(), time.time(), json.dumps(terms))
    with connected(database()) as base:
        made = base.execute("insert into fleets (who, process, begun, terms) values (?,?,?,?)", row)
        number = made.lastrowid or 0
        base.executemany(
            "insert into fleet_sites (fleet, number, site, intent, state) values (?, ?, ?, ?, ?)",
            ((number, at, site, hashed, WAITING) for at, (site, hashed) in enumerate(sites)),
        )
    return number


def again(fleet: int, intents: Mapping[int, str]) -> None:
    """A run is taken up again by this process: these of its sites, with these intents."""
    with connected(database()) as base:
        row = (os.getpid(), fleet)
        base.execute("update fleets set process=?, ended=null where id=?", row)
        base.executemany(
            "update fleet_sites set intent=?, state=?, code=null, why='', run=null "
            "where fleet=? and number=?",
            ((hashed, WAITING, fleet, number) for number, hashed in intents.items()),
        )


def started(fleet: int, number: int) -> None:
    """A site is about to be looked at."""
    with connected(database()) as base:
        words = "update fleet_sites set state=? where fleet=? and number=?"
        base.execute(words, (STARTED, fleet, number))


def answered(fleet: int, member: Member) -> None:
    """What became of a site."""
    row = (member.state, member.code, REDACTOR.mask(member.why), member.run, fleet, member.number)
    with connected(database()) as base:
        words = "update fleet_sites set state=?, code=?, why=?, run=? where fleet=? and number=?"
        base.execute(words, row)


def ended(fleet: int) -> None:
    """The run came to an end of its own, whatever became of its sites."""
    with connected(database()) as base:
        base.execute("update fleets set ended=? where id=?", (time.time(), fleet))


def record(fleet: int) -> Record:
    """One run. Raises `UsageError` when there is none of that number."""
    names = ", ".join(Record.__dataclass_fields__)
    with connected(database()) as base:
        row = base.execute(f"select {names} from fleets where id=?", (fleet,)).fetchone()  # noqa: S608 -- our own names
    if row is None:
        raise UsageError(
            f"the journal has no fleet run {fleet}", hint="a fleet's push prints its number"
        )
    found = dict(zip(Record.__dataclass_fields__, row, strict=True))
    return Record(**{**found, "terms": json.loads(found["terms"])})


def members(fleet: int) -> tuple[Member, ...]:
    """The sites of a run, in their order."""
    names = ", ".join(Member.__dataclass_fields__)
    words = f"select {names} from fleet_sites where fleet=? order by number"  # noqa: S608 -- our own names
    with connected(database()) as base:
        return tuple(
            Member(**dict(zip(Member.__dataclass_fields__, row, strict=True)))
            for row in base.execute(words, (fleet,))
        )
