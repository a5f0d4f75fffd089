"""Reading the journal: pushes as they were written, with their events and texts."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.errors import UsageError
from appliance.journal.database import connected, database
from appliance.journal.locks import held

ENDED = ("untouched", "pushed", "not saved", "rolled back", "unknown")
"""States in which a push has come to an end; the words are those of its machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One push as the journal has it; times in seconds since 1970, `ended` None when it has not."""

    id: int
    site: str
    driver: str
    device: str
    hostname: str
    serial: str | None
    host_key: str | None
    who: str
    process: int
    begun: float
    minutes: int
    protection: str
    state: str
    why: str
    ended: float | None


def history(site: str, limit: int = 50) -> tuple[Entry, ...]:
    """The pushes of a site, latest first: by number, for clocks are set back."""
    return _entries("where site=? order by id desc limit ?", (site, limit))


def sites() -> tuple[str, ...]:
    """The names of all sites that were ever pushed to, in the order of the alphabet."""
    with connected(database()) as base:
        found = base.execute("select distinct site from runs order by site")
        return tuple(site for (site,) in found)


def unfinished() -> tuple[Entry, ...]:
    """Pushes whose process is gone in the middle of the work, oldest first.

    With those that ended with the device's state unknown, where it was not pushed to since.
    """
    marks = ", ".join("?" * len(ENDED))
    lost = (
        "state = 'unknown' and not exists "
        "(select 1 from runs later where later.device = runs.device and later.id > runs.id)"
    )
    found = _entries(f"where state not in ({marks}) or {lost} order by id", ENDED)
    return tuple(entry for entry in found if not held(entry.device))


def left(device: str, serial: str | None) -> tuple[Entry, ...]:
    """Pushes to a box that touched it and never came to an end, for who holds its locks."""
    marks = ", ".join("?" * len(ENDED))
    words = f"where state not in ('begun', {marks}) and (device = ? or serial = ?) order by id"
    return _entries(words, (*ENDED, device, serial))


def unsaved(device: str) -> Entry | None:
    """The push whose change a reboot of the device would lose: nothing was saved there since."""
    later = "select 1 from runs later where later.device = runs.device and later.id > runs.id"
    saved = "select 1 from texts where texts.run = runs.id and texts.name = 'saved'"
    found = _entries(
        "where device = ? and state = 'not saved' "
        f"and not exists ({later} and later.state = 'pushed') and not exists ({saved}) "
        "order by id desc limit 1",
        (device,),
    )
    return found[0] if found else None


def entry(number: int) -> Entry:
    """One push. Raises `UsageError` when there is none of that number."""
    found = _entries("where id=?", (number,))
    if not found:
        raise UsageError(f"the journal has no push {number}", hint="`appliance history SITE`")
    return found[0]


def texts(number: int) -> dict[str, str]:
    """What was kept of a push, by name: before, after, change, rollback."""
    with connected(database()) as base:
        return dict(base.execute("select name, text from texts where run=?", (number,)))


def snapshots(number: int) -> dict[str, bytes]:
    """What was sealed of a push, by name: before, after; empty where nothing was."""
    with connected(database()) as base:
        return dict(base.execute("select name, data from sealed where run=?", (number,)))


def events(number: int) -> tuple[tuple[float, str, str, str], ...]:
    """The events of a push in order: when, the state it led to, what, and its words."""
    words = "select at, state, event, detail from events where run=? order by number"
    with connected(database()) as base:
        return tuple(base.execute(words, (number,)))


def _entries(where: str, values: tuple[object, ...]) -> tuple[Entry, ...]:
    names = ", ".join(Entry.__dataclass_fields__)
    with connected(database()) as base:
        rows = base.execute(f"select {names} from runs {where}", values)  # noqa: S608 -- our own words
        return tuple(
            Entry(**dict(zip(Entry.__dataclass_fields__, row, strict=True))) for row in rows
        )
