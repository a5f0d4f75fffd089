"""The way back that the journal has word for word, where it still leads from what the device holds.

It takes away exactly what a push has made. What is made from tunnels alone must leave behind all
that may not be ours. Where others have changed what a push made, and nothing else, that is made as
it was first.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from appliance import journal
from appliance.driver import Driver
from appliance.job import Job
from appliance.model.change import KEY_MARK, Change, Step
from appliance.model.secret import Secret
from appliance.model.tunnel import Tunnels
from appliance.record import replace
from appliance.secrets.redact import MASK, REDACTOR

_KEPT = ("pushed", "not saved")


def recorded_way(
    job: Job, number: int, text: str, now: Tunnels, then: Tunnels
) -> tuple[Change, Change | None] | None:
    """Change from the configuration `text` to what push `number` found, and its own way back.

    `now` and `then` are the site's tunnels. None where the trail is broken, or needs a key that
    is not known; so for the way back alone.
    """
    runs = _trail(job, number, text, now)
    undone = _filled([line for run in runs for line in _lines(run, "rollback")], _only(then))
    if undone is None:
        return None
    pushed = _as_pushed(job, runs[0], text, now)
    if pushed is None:
        return None
    running = job.driver.parse(text).tunnels
    mended, edited = job.driver.change(running, pushed), job.driver.change(pushed, running)
    done = [line for run in reversed(runs) for line in _lines(run, "change")]
    made = _filled(done, _only(now) or _ours(job, runs[0]))
    first, *others = (*mended.steps, *undone)
    bounced = job.driver.change(now, then).bounces
    change = Change(steps=(replace(first, bounces=bounced), *others))
    return change, None if made is None else Change(steps=(*made, *edited.steps))


def _as_pushed(job: Job, run: int, text: str, now: Tunnels) -> Tunnels | None:
    """All tunnels, those of the site as this push left them; None where some are gone since."""
    tunnels = job.driver.parse(text).tunnels
    if not job.driver.differing(journal.texts(run)["after"], REDACTOR.mask(text)):
        return tunnels
    then = {one.name: one for one in job.driver.parse(journal.texts(run)["after"]).tunnels}
    ours = {one.name for one in now}
    if not ours <= then.keys():
        return None
    return tuple(
        replace(then[one.name], psk=one.psk) if one.name in ours else one for one in tunnels
    )


def _only(tunnels: Tunnels) -> Secret | None:
    """The one key that these tunnels have, if they have one and it is known."""
    keys = {tunnel.psk for tunnel in tunnels}
    (key,) = keys if len(keys) == 1 else (None,)
    return key if isinstance(key, Secret) else None


def _ours(job: Job, run: int) -> Secret | None:
    """The inventory's key, if it is the one that this push has set where the device hides it."""
    pushed = json.loads(journal.texts(run).get("keys", "{}")).get("target", {})
    named = tuple(replace(tunnel, psk=_only(job.intent.tunnels)) for tunnel in job.intent.tunnels)
    ours = {one for one in journal.prints(named).values() if one}
    return _only(job.intent.tunnels) if ours & set(pushed.values()) else None


def _trail(job: Job, number: int, text: str, now: Tunnels) -> tuple[int, ...]:
    """The pushes to take back, latest first; empty where they do not lead from `text` there."""
    entries = [one for one in journal.history(job.site.name) if one.state in _KEPT]
    left = sorted(one.id for one in entries if one.id >= number)
    here, found = REDACTOR.mask(text), list[int]()
    while not found or found[-1] != number:
        run = next((one for one in left if _led_to(one, here, job.driver)), None)
        if run is None and left and not found and _edited(job, left[-1], text, now):
            run = left[-1]
        if run is None:
            return ()
        found.append(run)
        left.remove(run)
        here = journal.texts(run)["before"]
    return tuple(found)


def _led_to(run: int, here: str, driver: Driver) -> bool:
    after = journal.texts(run).get("after")
    return after is not None and not driver.differing(after, here)


def _edited(job: Job, run: int, text: str, now: Tunnels) -> bool:
    """Whether all that others have changed since is in the site's tunnels, line by line."""
    pushed = _as_pushed(job, run, text, now)
    if pushed is None:
        return False
    mended = job.driver.change(job.driver.parse(text).tunnels, pushed)
    after, here = journal.texts(run)["after"], REDACTOR.mask(text)
    lines = {
        line
        for part in job.driver.differing(after, here)
        for line in {*_block(after, part)} ^ {*_block(here, part)} or {part}
    }
    return all(any(_alike(line, step.text) for step in mended.steps) for line in lines)


def _block(text: str, head: str) -> Iterator[str]:
    """The line that a part is named by, and what is indented under it."""
    inside = False
    for line in text.splitlines():
        inside = line.strip() == head.strip() or (inside and line.startswith(" "))
        if inside:
            yield line.strip()


def _alike(line: str, command: str) -> bool:
    """Whether a command is about a line: the same, or one has more words behind; or it ends it."""
    one, other = (f"{text.strip().removeprefix('no ')} " for text in (line, command))
    return one.startswith(other) or other.startswith(one)


def _lines(run: int, name: str) -> list[str]:
    return [line for line in journal.texts(run)[name].split("\n") if line.strip()]


def _filled(lines: list[str], key: Secret | None) -> tuple[Step, ...] | None:
    """The steps with this key; None where one is needed and not known."""
    if not lines or any(MASK in line or _of_bgp(line) for line in lines):
        return None
    if key is None and any(KEY_MARK in line for line in lines):
        return None
    return tuple(Step(text=line, secret=key if KEY_MARK in line else None) for line in lines)


def _of_bgp(line: str) -> bool:
    """Whether a step needs the key of a BGP session, which is none of a tunnel's."""
    return KEY_MARK in line and ("neighbor " in line or "authentication-key " in line)
