"""Instances of a gateway lost and come back, one after the other; inside the sandbox."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from ipaddress import IPv4Network

from appliance.twin import lanes
from appliance.twin.daemon import Charon, Upkeep
from appliance.twin.lanes import SITE, VNET, Streams, box
from appliance.twin.scenario import Json
from appliance.twin.together import (
    CHECK_SECONDS,
    CUT,
    STOPPED,
    Lane,
    Loss,
    Losses,
    Stream,
    Together,
    read_together,
)

_TRIES = 2
"""Retransmissions until the other end is given up: two seconds."""
_FLOW_SECONDS, _RETURN_SECONDS = 3.0, 5.0
_NOTICE_SECONDS, _HOPELESS_SECONDS = 6.0, 4.0
"""For a loss to be noticed and got over; without checks it would take hours, so that a little
longer than it takes with them is enough."""
_PAUSE_SECONDS = 0.03
_LIVELY, _SILENT_MS = 3, 400
"""A stream flows when so many packets have come back, and the last of them lately."""


def played(document: Json) -> dict[str, object]:
    """What came of a scenario, both as documents."""
    scenario = read_together(document)
    lanes.build(scenario)
    ways = [Way(number, lane) for number, lane in enumerate(scenario.lanes)]
    for way in ways:
        way.connect()
    up = tuple(way.dial() for way in ways)
    losses = Play(scenario, ways).all() if all(up) else ()
    return Losses(up=up, losses=losses).document()


class Way:
    """One lane's two daemons, and what is known of them."""

    def __init__(self, number: int, lane: Lane) -> None:
        self.number, self.lane = number, lane
        self.device = Charon(box(SITE, number), tries=_TRIES)
        self.azure = Charon(box(VNET, number), tries=_TRIES)
        self.alive = True
        self.up = {SITE: False, VNET: False}

    def connect(self) -> None:
        """Both daemons hold their end; the device's box has its routes."""
        for side in (SITE, VNET):
            self._ready(side)

    def _ready(self, side: str) -> None:
        charon = self.device if side == SITE else self.azure
        end = self.lane.device if side == SITE else self.lane.azure
        charon.connect()
        lanes.unruled(box(side, self.number))
        lanes.lead(box(side, self.number), end)
        device, azure = self.lane.device, self.lane.azure
        if side == SITE:
            held = device.dials if azure.answers is not None else device.answers
            upkeep = Upkeep(
                check_seconds=CHECK_SECONDS if self.lane.checks else None,
                redials=azure.answers is not None,
            )
        else:
            held = azure.answers or azure.dials
            same = azure.dials is not None and azure.answers in (None, azure.dials)
            upkeep = Upkeep(check_seconds=CHECK_SECONDS, redials=same)
        if held is not None:
            charon.load(held, upkeep)

    def dial(self) -> bool:
        """Whether it came up, whoever has to begin."""
        near, far, end = self.device, self.azure, self.lane.device.dials
        if self.lane.azure.answers is None:
            near, far, end = self.azure, self.device, self.lane.azure.dials
        if end is None:
            return False
        return all(near.dial(child.name, far).error is None for child in end.children)

    def look(self) -> None:
        """Which end believes that the tunnel stands."""
        self.up[SITE] = bool(self.device.sas())
        self.up[VNET] = self.alive and bool(self.azure.sas())

    def leads(self, side: str, network: str) -> bool:
        """Whether packets for this network would get into the tunnel at this side."""
        there = IPv4Network(network)
        return any(there.subnet_of(IPv4Network(one)) for one in self.routes(side))

    def routes(self, side: str) -> tuple[str, ...]:
        """Networks that this side sends into the tunnel now."""
        end = self.lane.device if side == SITE else self.lane.azure
        stays = side == SITE and self.lane.stays
        return end.routes if self.up[side] or stays else ()

    def lose(self, how: str) -> None:
        """Azure's instance is gone."""
        if how == CUT:
            lanes.silence(self.number)
        else:
            self.alive = False
            self.azure.stop()

    def bring_back(self, how: str) -> None:
        """Azure's instance is there again."""
        if how == CUT:
            lanes.restore(self.number)
            return
        self.azure = Charon(box(VNET, self.number), tries=_TRIES)
        self._ready(VNET)
        self.alive = True


class Play:
    """The tunnels in one network, traffic in them, and instances that come and go."""

    def __init__(self, scenario: Together, ways: Sequence[Way]) -> None:
        self._ways, self._preferred = ways, ways[0]
        self._networks = {
            SITE: dict.fromkeys(probe.remote for probe in scenario.probes),
            VNET: dict.fromkeys(probe.local for probe in scenario.probes),
        }
        self._led: dict[tuple[str, str], list[int]] = {}
        self._streams = Streams(scenario)

    def all(self) -> tuple[Loss, ...]:
        """Each instance is lost once while it has all the traffic, the first without a word."""
        return tuple(self._loss(way, STOPPED if way.number else CUT) for way in self._ways)

    def _loss(self, way: Way, how: str) -> Loss:
        self._preferred = way
        before, _ = self._phase(_FLOW_SECONDS, lambda: True)
        others = self._carried(way)
        way.lose(how)
        hopeless = way.lane.stays or not way.lane.checks
        patience = _HOPELESS_SECONDS if hopeless else _NOTICE_SECONDS
        during, noticed = self._phase(patience, lambda: not way.routes(SITE))
        others = [now - then for then, now in zip(others, self._carried(way), strict=True)]
        way.bring_back(how)
        after, returned = self._phase(_RETURN_SECONDS, lambda: all(way.up.values()))
        return Loss(
            lane=way.number,
            how=how,
            before=before,
            during=during,
            after=after,
            noticed_ms=noticed,
            returned_ms=returned,
            others=(others[0], others[1]),
        )

    def _phase(
        self, seconds: float, turned: Callable[[], bool]
    ) -> tuple[tuple[Stream, ...], int | None]:
        """Until it has turned and then every stream flows, or time is over; when it had turned."""
        begun, when = time.monotonic(), None
        self._streams.told()
        watch = Watch()
        while time.monotonic() - begun < seconds:
            self._route()
            if when is None and turned():
                when = round(1_000 * (time.monotonic() - begun))
                watch.forget()
            watch.saw(self._streams.told())
            if when is not None and watch.flows():
                break
            time.sleep(_PAUSE_SECONDS)
        return watch.streams(), when

    def _route(self) -> None:
        """Both routers go by what the boxes know now, the preferred tunnel first."""
        for way in self._ways:
            way.look()
        ordered = sorted(self._ways, key=lambda way: way is not self._preferred)
        for side, networks in self._networks.items():
            for network in networks:
                held = [way.number for way in ordered if way.leads(side, network)][:1]
                if self._led.get((side, network)) != held:
                    self._led[side, network] = held
                    lanes.prefer(side, network, held)

    def _carried(self, but: Way) -> list[int]:
        counted = [lanes.carried(way.number) for way in self._ways if way is not but]
        return [sum(out for out, _ in counted), sum(back for _, back in counted)]


class Watch:
    """Streams over one phase, of which the hosts tell piece by piece."""

    def __init__(self) -> None:
        self._told: dict[str, list[list[int]]] = {}

    def saw(self, told: dict[str, list[list[int]]]) -> None:
        """A further piece."""
        for side, flows in told.items():
            before = self._told.setdefault(side, [[0, 0, 0] for _ in flows])
            self._told[side] = [
                [had[0] + new[0], max(had[1], new[1]), new[2]]
                for had, new in zip(before, flows, strict=True)
            ]

    def forget(self) -> None:
        """What came so far does not count as flowing; how long it was silent still does."""
        self._told = {
            side: [[0, *rest] for _, *rest in flows] for side, flows in self._told.items()
        }

    def flows(self) -> bool:
        """Whether every stream is lively."""
        return all(_lively(flow) for flows in self._told.values() for flow in flows)

    def streams(self) -> tuple[Stream, ...]:
        """By pair of networks."""
        pairs = zip(self._told[SITE], self._told[VNET], strict=True)
        return tuple(Stream(out=_silence(out), back=_silence(back)) for out, back in pairs)


def _lively(flow: Sequence[int]) -> bool:
    return flow[0] >= _LIVELY and flow[2] < _SILENT_MS


def _silence(flow: Sequence[int]) -> int | None:
    return flow[1] if _lively(flow) else None
