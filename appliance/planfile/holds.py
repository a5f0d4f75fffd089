"""Whether a plan file still holds: all it was made from is looked at again, and compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from appliance import journal
from appliance.errors import RefusedError
from appliance.planfile import parts
from appliance.planfile.document import Line, PlanFile
from appliance.planfile.seen import Seen, box, lines, prints, sent
from appliance.planfile.words import clean

_SKEW = 300  # seconds by which clocks may differ
_SHOWN = 8


def hold(file: PlanFile, seen: Seen, now: float) -> None:
    """Raise `RefusedError` naming what has moved since the file was made.

    `now` is in seconds since 1970.
    """
    found = tuple(_moved(file, seen, now))
    if found:
        raise RefusedError(
            "the plan file does not hold any more:\n  " + "\n  ".join(found),
            where=f"site {seen.job.site.name}",
            hint="nothing was touched; look at `appliance plan`, and make a new file",
        )


def _moved(file: PlanFile, seen: Seen, now: float) -> Iterator[str]:
    yield from _time(file, now)
    yield from _device(file, seen)
    asked = parts.of_intent(seen.job.intent)
    yield from _differing("what is asked for (inventory, Azure's exports)", file.intent, asked)
    held = parts.of_observed(seen.observed, edge=parts.of_edge(seen.job.intent))
    yield from _differing("what the device holds", file.observed, held)
    yield from _keys(file, seen)
    yield from _commands(file, seen)


def _time(file: PlanFile, now: float) -> Iterator[str]:
    if now > file.expires:
        yield f"it was good until {told(file.expires)}, and that is over"
    if file.made > now + _SKEW:
        yield f"it was made at {told(file.made)}, which is yet to come: is the clock right?"


def told(seconds: float) -> str:
    """A time for people, to the minute."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _device(file: PlanFile, seen: Seen) -> Iterator[str]:
    now = box(seen)
    pairs = (
        ("the site", file.site, seen.job.site.name),
        ("the driver", file.driver, seen.job.driver.name),
        ("the device's address", file.device.host, now.host),
        ("the device's port", file.device.port, now.port),
        ("the device's name", file.device.hostname, now.hostname),
        ("the device's serial number", file.device.serial, now.serial),
        ("the device's release", file.device.version, now.version),
        ("the device's host key", file.device.host_key, now.host_key),
    )
    for name, then, here in pairs:
        if then != here:
            yield f"{name} was {then or 'not known'}, and is {here or 'not known'}"


def _differing(what: str, then: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    said = {
        **{name: "is new" for name in now if name not in then},
        **{name: "is gone" for name in then if name not in now},
        **{name: "is another" for name in now if then.get(name, now[name]) != now[name]},
    }
    for name in list(said)[:_SHOWN]:
        yield f"{what}: {name} {said[name]}"
    if len(said) > _SHOWN:
        yield f"{what}: and {len(said) - _SHOWN} parts more"


def _keys(file: PlanFile, seen: Seen) -> Iterator[str]:
    if file.keys.machine != journal.machine():
        yield (
            "whether the keys are still those of the plan cannot be told here: the file was made "
            "on another machine, or by another user; make it where it is pushed, and sign it there "
            "or elsewhere"
        )
        return
    pairs = (
        ("the key of {} on the device", file.keys.running, prints(seen.plan.running)),
        ("the key of {} to be set", file.keys.target, prints(seen.plan.target)),
        ("the secret in command {}", file.keys.sent, sent(seen.plan.change.steps)),
    )
    for words, then, now in pairs:
        for name in sorted({*then, *now}):
            if then.get(name) != now.get(name):
                yield f"{words.format(name)} is another"


def _commands(file: PlanFile, seen: Seen) -> Iterator[str]:
    change, rollback = seen.plan.change, seen.plan.rollback
    yield from _other("the commands", file.change, lines(change.steps))
    yield from _other("the way back", file.rollback, lines(rollback.steps))
    bounces = tuple(map(clean, change.bounces))
    if file.bounces != bounces:
        yield f"what bounces: {_list(file.bounces)} then, {_list(bounces)} now"


def _other(what: str, then: tuple[Line, ...], now: tuple[Line, ...]) -> Iterator[str]:
    if then == now:
        return
    at = next(
        (n for n, (one, two) in enumerate(zip(then, now, strict=False)) if one != two),
        min(len(then), len(now)),
    )
    yield f"{what}: number {at + 1} was `{_shown(then, at)}`, and would be `{_shown(now, at)}`"


def _shown(all_: tuple[Line, ...], at: int) -> str:
    return all_[at].command.strip() if at < len(all_) else "(none)"


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "nothing"
