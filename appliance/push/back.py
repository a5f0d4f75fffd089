"""The plan that leads a site's tunnels back to what a push of the journal found there."""

from __future__ import annotations

import json
from collections.abc import Iterator

from appliance import driver as drivers
from appliance import journal
from appliance.errors import RefusedError, UsageError
from appliance.interruptions import interruptions
from appliance.job import Job
from appliance.model.change import Plan
from appliance.model.edge import MICROSOFT_ASN, Held
from appliance.model.intent import Observed
from appliance.model.pairing import mine
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Tunnel, Tunnels
from appliance.push.trail import recorded_way
from appliance.record import replace
from appliance.secrets.redact import REDACTOR

_KEPT = ("pushed", "not saved")


def chosen(site: str, number: int | None) -> journal.Entry:
    """The push that is meant: the one of that number, else the last that was kept.

    Raises `UsageError` when there is none, or it was to another site.
    """
    if number is None:
        found = next((one for one in journal.history(site) if one.state in _KEPT), None)
        if found is None:
            raise UsageError(
                f"the journal has no push to {site} that could be taken back",
                hint=f"`appliance history {site}`",
            )
        return found
    entry = journal.entry(number)
    if entry.site != site:
        raise UsageError(
            f"push {number} was to {entry.site}, not {site}", hint=f"`appliance history {site}`"
        )
    if "before" not in journal.texts(number):
        raise UsageError(f"push {number} kept no configuration", hint="it ended before it began")
    return entry


def back(job: Job, number: int, text: str, whole: str | None = None) -> Plan:
    """From the configuration `text` to the site's tunnels as push `number` found them.

    `whole` is what was there then, keys and all, where its seal could be opened. Tunnels of others
    stay as they are now. Raises `RefusedError` when a key that is needed is kept nowhere, or a name
    is somebody else's now.
    """
    kept = journal.texts(number)
    driver = job.driver
    here, there = driver.parse(text), driver.parse(kept["before"])
    running, recorded = here.tunnels, there.tunnels
    keys = _Keys(job, number, kept, text, whole)
    now, then = mine(job.intent, running), mine(job.intent, recorded)
    _check_names(job, running, now, then)
    wanted = {tunnel.name: keys.given(tunnel, now) for tunnel in then}
    way = recorded_way(job, number, text, now, tuple(wanted.values()))
    ours = {one.name for one in now}
    merged = _merged(running, ours, wanted) if way is None else _as_then(recorded, wanted, running)
    target = tuple(merged)  # what others share with us, as one MSS for all, is as it was then
    commands = kept.get("change", "") + kept.get("rollback", "")
    edge = job.intent.edge is not None or str(MICROSOFT_ASN) in commands
    edges = _with_edges(job, drivers.held(here, edge=edge), there, target)
    made = Plan(
        site=job.site.name,
        differences=(),
        change=drivers.change(driver, edges[0], edges[1]),
        rollback=drivers.change(driver, edges[1], edges[0]),
        running=running,
        target=target,
        edge_running=edges[0].edge,
        edge_target=edges[1].edge,
    )
    if not made.change:
        return made
    made = replace(made, interruptions=interruptions(made, job.intent))
    if way is None:
        return made
    return replace(made, change=way[0], rollback=way[1] or made.rollback)


def _with_edges(job: Job, now: Held, there: Observed, target: Tunnels) -> tuple[Held, Held]:
    """What is held now and what was then, with the ExpressRoute edge where the push or the site
    has to do with one.

    The journal has no MD5 key: the one in use stays, else the inventory's is taken.
    """
    if now.edge is None:
        return now, Held(tunnels=target)
    meant = () if job.intent.edge is None else job.intent.edge.links
    known = (*meant, *now.edge.links)
    keys = {link.session.peer: link.session.key for link in known}
    then = drivers.held(there, edge=True).edge or now.edge
    links = tuple(
        link
        if link.session.key is None
        else replace(link, session=replace(link.session, key=keys.get(link.session.peer, _GONE)))
        for link in then.links
    )
    return now, Held(tunnels=target, edge=replace(then, links=links))


_GONE = Hidden("the journal keeps no MD5 key, and nobody has it any more")


def _as_then(recorded: Tunnels, wanted: dict[str, Tunnel], running: Tunnels) -> Iterator[Tunnel]:
    """All tunnels of then; keys of others, masked in the journal, are those of now."""
    keys = {tunnel.name: tunnel.psk for tunnel in running}
    for tunnel in recorded:
        yield wanted.get(tunnel.name) or replace(tunnel, psk=keys.get(tunnel.name))


def _check_names(job: Job, running: Tunnels, now: Tunnels, then: Tunnels) -> None:
    ours = {tunnel.name for tunnel in now}
    others = {tunnel.name for tunnel in running} - ours
    for tunnel in then:
        if tunnel.name in others:
            raise RefusedError(
                f"{tunnel.name}, which this site's tunnel was called then, is another tunnel now",
                where=f"site {job.site.name}",
                hint="nothing was touched; going back would overwrite what is not this site's",
            )


def _merged(running: Tunnels, ours: set[str], wanted: dict[str, Tunnel]) -> Iterator[Tunnel]:
    """Others' tunnels and ours of then, each where it stands now; what is gone comes last."""
    left = dict(wanted)
    for tunnel in running:
        if tunnel.name not in ours:
            yield tunnel
        elif tunnel.name in left:
            yield left.pop(tunnel.name)
    yield from left.values()


class _Keys:
    """Keys of recorded tunnels: the journal has but their fingerprints, so they must be at hand."""

    def __init__(
        self, job: Job, number: int, kept: dict[str, str], text: str, whole: str | None
    ) -> None:
        self._job = job
        then = () if whole is None else job.driver.parse(whole).tunnels
        self._sealed = {tunnel.name: tunnel.psk for tunnel in then}
        self._number = number
        self._prints: dict[str, str | None] = json.loads(kept.get("keys", "{}")).get("before", {})
        masked = job.driver.parse(REDACTOR.mask(text)).tunnels
        self._masked = {tunnel.name: tunnel for tunnel in masked}

    def given(self, recorded: Tunnel, now: Tunnels) -> Tunnel:
        """The recorded tunnel with its key, or with what hides it."""
        running = next((tunnel for tunnel in now if tunnel.name == recorded.name), None)
        found = self._key(recorded, running)
        if running is not None and found == running.psk and self._same(recorded):
            return running
        return replace(recorded, psk=found)

    def _same(self, recorded: Tunnel) -> bool:
        """Whether it is as it was, but for its key: masks may have cut into words of both."""
        return self._masked.get(recorded.name) == recorded

    def _key(self, recorded: Tunnel, running: Tunnel | None) -> Secret | Hidden | None:
        if recorded.psk is None:
            return None
        wanted = self._prints.get(recorded.name)
        ours = (tunnel.psk for tunnel in self._job.intent.tunnels)
        sealed = self._sealed.get(recorded.name)
        for key in (running.psk if running else None, *ours, sealed):
            if isinstance(key, Secret) and _print(recorded, key) == wanted:
                REDACTOR.add(key)
                return key
        unknown = wanted in {None, journal.HIDDEN}
        if running is not None and (unknown or isinstance(running.psk, Hidden)):
            return running.psk  # as far as can be told it is the same
        raise RefusedError(
            f"the key that {recorded.name} had before push {self._number} is not at hand: neither "
            "the device nor the inventory has it now, and the journal keeps no key",
            where=f"site {self._job.site.name}",
            hint="nothing was touched; put the former key where the inventory's psk points, or "
            "open the sealed snapshot with --key, and try again",
        )


def _print(tunnel: Tunnel, key: Secret | Hidden | None) -> str | None:
    return journal.prints((replace(tunnel, psk=key),))[tunnel.name]
