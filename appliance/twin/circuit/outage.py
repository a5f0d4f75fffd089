"""A circuit is lost and comes back while traffic flows; inside the sandbox."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from appliance.twin import network
from appliance.twin.bird import Bird, until
from appliance.twin.circuit import crossroads
from appliance.twin.circuit.crossing import (
    AGAIN,
    BACK,
    CIRCUIT,
    LINK,
    SILENT,
    STEADY,
    VPN,
    Crossed,
    Crossing,
    Moment,
    Passing,
    read_crossing,
)
from appliance.twin.daemon import Charon
from appliance.twin.network import AZURE, DEVICE, HOSTS
from appliance.twin.scenario import Json
from appliance.twin.speaker import Session, Speaker
from appliance.twin.streams import Streams

_SAMPLE_SECONDS = 0.12
_SILENT_MS = 300
"""No answer for that long, at 40 packets a second: it does not get through."""
_UP_SECONDS, _DOWN_SECONDS, _DETECT_SECONDS = 5.0, 3.0, 6.0
_MD5 = 14
"""TCP_MD5SIG of Linux (linux/tcp.h)."""


def played(document: Json) -> dict[str, object]:
    """What came of a circuit with its VPN, both as documents."""
    return play(read_crossing(document)).document()


def play(crossing: Crossing) -> Crossed:
    """The tunnel first, then all routers, then one loss after the other."""
    crossroads.build(crossing)
    if not _tunnel(crossing):
        return Crossed(tunnel=False)
    keys = _knows_keys()
    site = _Site(crossing if keys else _keyless(crossing))
    return replace(site.tried(), keys=keys)


def _tunnel(crossing: Crossing) -> bool:
    """Whether it comes up, dialled by the end that may."""
    ends = {DEVICE: crossing.tunnel.device, AZURE: crossing.tunnel.azure}
    charons = {name: Charon(name) for name in ends}
    for name, end in ends.items():
        charons[name].connect()
        network.lead(name, end)
    for near, far in ((DEVICE, AZURE), (AZURE, DEVICE)):
        dials, answers = ends[near].dials, ends[far].answers
        if dials is None or answers is None:
            continue
        charons[far].load(answers)
        charons[near].load(dials)
        for child in dials.children:
            charons[near].dial(child.name, charons[far])
        if charons[near].sas():
            return True
    return False


def _knows_keys() -> bool:
    """Whether the kernel signs TCP segments with MD5; by trying, as kernels are built without."""
    peer = struct.pack("=HH4s120x", socket.AF_INET, 0, socket.inet_aton("192.0.2.1"))
    asked = peer + struct.pack("=BBHi80s", 0, 0, 3, 0, b"key")
    with socket.socket() as one, suppress(OSError):
        one.setsockopt(socket.IPPROTO_TCP, _MD5, asked)
        return True
    return False


def _keyless(crossing: Crossing) -> Crossing:
    def without(speaker: Speaker) -> Speaker:
        return replace(
            speaker, neighbors=tuple(replace(one, key=None) for one in speaker.neighbors)
        )

    lines = tuple(replace(line, speaker=without(line.speaker)) for line in crossing.lines)
    return replace(crossing, device=without(crossing.device), lines=lines)


class _Site:
    """All routers of a crossing, and the traffic between its hosts."""

    def __init__(self, crossing: Crossing) -> None:
        self._crossing = crossing
        self._lines = crossing.lines
        self._device = Bird(DEVICE, crossing.device)
        self._microsoft = {line.name: Bird(line.name, line.speaker) for line in self._lines}
        self._azure = Bird(AZURE, crossing.azure)
        for bird in (self._device, self._azure, *self._microsoft.values()):
            bird.connect()
        self._traffic = _Traffic(crossing)
        self._moments: list[Moment] = []
        names = {line.name for line in self._lines if line.connected}
        self._awaited = names & {one.name for one in crossing.device.neighbors}

    def tried(self) -> Crossed:
        """Everything, as far as there is something to lose."""
        until(self._complete, _UP_SECONDS)
        # What has not come up by now has a fault: nobody waits for it again.
        self._awaited = {one.name for one in self._sessions(self._device) if one.up}
        self._note(STEADY, self._traffic.settle(self._used, 2.0))
        crossed = Crossed(
            tunnel=True,
            device=self._sessions(self._device),
            microsoft=tuple(
                session
                for line in self._lines
                for session in self._sessions(self._microsoft[line.name])
            ),
        )
        fell = self._lost() if any(one.up for one in crossed.device) else ()
        astray = self._misled() if any(one.up for one in crossed.device) else ()
        return replace(crossed, moments=tuple(self._moments), fell=fell, astray=astray)

    def _lost(self) -> tuple[Session, ...]:
        """Each line by itself, then all; and once more without anybody being told."""
        names = [line.name for line in self._lines]
        up = [one.name for one in self._sessions(self._device) if one.up]
        for name in up if len(up) > 1 else ():
            self._without(name)
            if name != up[-1]:  # the last one stays down: they all go next
                crossroads.plug(name)
                until(self._complete, _UP_SECONDS)
        for name in names:
            crossroads.unplug(name)
        seen = self._traffic.settle(lambda seen: not seen.over(names), _DOWN_SECONDS)
        survived = self._note(CIRCUIT, seen)
        if not self._mended(crossroads.plug, BACK) or not survived:
            return ()
        fell = self._silenced(names)
        self._mended(crossroads.restore, AGAIN)
        return fell

    def _without(self, name: str) -> None:
        crossroads.unplug(name)
        seen = self._traffic.settle(lambda seen: not seen.over((name,)), _DOWN_SECONDS)
        self._note(LINK, seen, line=name)

    def _silenced(self, names: Sequence[str]) -> tuple[Session, ...]:
        for name in names:
            crossroads.silence(name)
        away: list[Session] = []

        def noticed(seen: _Seen) -> bool:
            if not away and not any(one.up for one in self._sessions(self._device)):
                away.extend(self._sessions(self._device))
            return not seen.over(names)

        self._note(SILENT, self._traffic.settle(noticed, _DETECT_SECONDS))
        return tuple(away) or self._sessions(self._device)

    def _mended(self, how: Callable[[str], None], what: str) -> bool:
        for line in self._lines:
            if line.connected:
                how(line.name)
        steady = [(one.out, one.back) for one in self._moments[0].passings]
        seen = self._traffic.settle(lambda seen: seen.ways == steady, _UP_SECONDS)
        return self._note(what, seen) and until(self._complete, _UP_SECONDS)

    def _note(self, what: str, seen: _Seen, *, line: str = "") -> bool:
        """Keep this moment; whether everything that got through before does."""
        passings = seen.passings()
        self._moments.append(
            Moment(what=what, line=line, passings=passings, settled_ms=seen.settled_ms)
        )
        before = self._moments[0].passings
        return all(
            now.gap_ms is not None or was.gap_ms is None
            for was, now in zip(before, self._moments[-1].passings, strict=True)
        )

    def _misled(self) -> tuple[str, ...]:
        """Microsoft's routers teach a default route, as a circuit may some day."""
        for bird in self._microsoft.values():
            bird.originate()
        until(lambda: any(r.network == "0.0.0.0/0" for r in self._device.routes()), 0.6)
        for address in (self._crossing.tunnel.azure.address, crossroads.STRANGER):
            crossroads.call(address)
        counted = crossroads.counts(DEVICE)
        return tuple(name for name in ("gateway", "internet") if counted[name])

    def _sessions(self, bird: Bird) -> tuple[Session, ...]:
        names = {line.name for line in self._lines}
        return tuple(one for one in bird.sessions() if one.name in names)

    def _complete(self) -> bool:
        """Whether all that is waited for is up, with BFD where that is spoken."""
        found = {one.name: one for one in self._sessions(self._device)}
        return all(found[name].up and found[name].bfd is not False for name in self._awaited)

    def _used(self, seen: _Seen) -> bool:
        return all(out and back for out, back in seen.ways)


class _Seen:
    """Traffic over one stretch of time: the ways of the last sample, and every silence."""

    def __init__(self, ways: list[tuple[str, str]], silences: list[tuple[int, int]]) -> None:
        self.ways = ways
        self.silences = silences
        self.settled_ms: int | None = None

    def over(self, names: Sequence[str]) -> bool:
        """Whether any pair uses one of these ways."""
        return any(way in names for pair in self.ways for way in pair)

    def passings(self) -> tuple[Passing, ...]:
        """For the record: a silence that goes on has no end."""
        return tuple(
            Passing(out=out, back=back, gap_ms=None if now > _SILENT_MS else longest)
            for (out, back), (longest, now) in zip(self.ways, self.silences, strict=True)
        )


class _Traffic:
    """The streams between the hosts, and which way their packets take."""

    def __init__(self, crossing: Crossing) -> None:
        probes = crossing.tunnel.probes
        pairs = [(one.local_host, one.remote_host) for one in probes]
        self._ways = (*(line.name for line in crossing.lines), VPN)
        self._flows = range(len(pairs))
        self._streams = Streams(pairs, (HOSTS[DEVICE], HOSTS[AZURE]))

    def settle(self, wanted: Callable[[_Seen], bool], seconds: float) -> _Seen:
        """Watch until two samples in a row are as wanted and answered, or time is over."""
        longest = [0] * len(self._flows)
        begun, good = time.monotonic(), 0.0
        while True:
            start = time.monotonic()
            ways, told = self._sample()
            longest = [max(was, one[1]) for was, one in zip(longest, told, strict=True)]
            silent = [one[2] for one in told]
            seen = _Seen(ways, list(zip(longest, silent, strict=True)))
            answered = all(one[0] for one in told) and max(silent) < _SILENT_MS
            if not (answered and wanted(seen)):
                good = 0.0
            elif good:
                seen.settled_ms = round(1_000 * (good - begun))
                return seen
            else:
                good = start
            if time.monotonic() > begun + seconds:
                return seen

    def _sample(self) -> tuple[list[tuple[str, str]], list[tuple[int, int, int]]]:
        """Ways, and what `streaming` tells: of both sides the one that fares worse."""
        before = crossroads.counts(DEVICE), crossroads.counts(AZURE)
        time.sleep(_SAMPLE_SECONDS)
        after = crossroads.counts(DEVICE), crossroads.counts(AZURE)
        ways = [
            (self._way(n, before[0], after[0]), self._way(n, before[1], after[1]))
            for n in self._flows
        ]
        near, far = self._streams.told()
        told = [
            (min(a[0], b[0]), max(a[1], b[1]), max(a[2], b[2]))
            for a, b in zip(near, far, strict=True)
        ]
        return ways, told

    def _way(self, flow: int, before: Mapping[str, int], after: Mapping[str, int]) -> str:
        """Where most of its packets left in this sample; empty where none did."""
        grown = {way: after[f"f{flow}_{way}"] - before[f"f{flow}_{way}"] for way in self._ways}
        best = max(grown, key=lambda way: grown[way])
        return best if grown[best] else ""
