"""Instances of a gateway lost and come back, one after the other; inside the sandbox."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from appliance.twin import lanes
from appliance.twin.lanes import HOSTS, SITE, VNET
from appliance.twin.scenario import Json
from appliance.twin.streams import Streams, Told
from appliance.twin.together import (
    CUT,
    STOPPED,
    Loss,
    Losses,
    Stream,
    Together,
    read_together,
)
from appliance.twin.way import Way

_FLOW_SECONDS, _RETURN_SECONDS = 3.0, 6.0
_NOTICE_SECONDS, _HOPELESS_SECONDS = 6.0, 3.5
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
    up = [way.dial() for way in ways]
    if all(up):
        up = [way.speaks() for way in ways]
    losses = Play(scenario, ways).all() if all(up) else ()
    return Losses(up=tuple(up), losses=losses).document()


class Play:
    """The tunnels in one network, traffic in them, and instances that come and go."""

    def __init__(self, scenario: Together, ways: Sequence[Way]) -> None:
        self._ways, self._preferred = ways, ways[0]
        self._networks = {
            SITE: dict.fromkeys(probe.remote for probe in scenario.probes),
            VNET: dict.fromkeys(probe.local for probe in scenario.probes),
        }
        self._lost = SITE if scenario.devices else VNET
        self._led: dict[tuple[str, str], list[int]] = {}
        self._streams = Streams(lanes.ends(scenario), HOSTS)

    def all(self) -> tuple[Loss, ...]:
        """Each is lost once while it has all the traffic, the first without a word."""
        return tuple(self._loss(way, STOPPED if way.number else CUT) for way in self._ways)

    def _loss(self, way: Way, how: str) -> Loss:
        self._preferred = way
        before, _ = self._phase(_FLOW_SECONDS, lambda: True)
        others = self._carried(way)
        way.lose(how, self._lost)
        hopeless = way.lane.dialogue is None and (way.lane.stays or not way.lane.checks)
        patience = _HOPELESS_SECONDS if hopeless else _NOTICE_SECONDS
        during, noticed = self._phase(patience, lambda: not self._led_by(way))
        others = [now - then for then, now in zip(others, self._carried(way), strict=True)]
        way.bring_back(how, self._lost)
        after, returned = self._phase(_RETURN_SECONDS, lambda: self._back(way))
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
            watch.saw(*self._streams.told())
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

    def _led_by(self, way: Way) -> bool:
        """Whether anything is still sent into this tunnel: by the device, if Azure is lost; if the
        device is, by Azure, and by the site as long as it takes the device for alive."""
        sides = (SITE,) if self._lost == VNET else (SITE, VNET)
        return any(way.leads(side, one) for side in sides for one in self._networks[side])

    def _back(self, way: Way) -> bool:
        """Whether the tunnel stands again, and both ends use it."""
        sides = self._networks.items()
        used = (any(way.leads(side, network) for network in networks) for side, networks in sides)
        return all(way.up.values()) and all(used)

    def _carried(self, but: Way) -> list[int]:
        counted = [lanes.carried(way.number) for way in self._ways if way is not but]
        return [sum(out for out, _ in counted), sum(back for _, back in counted)]


class Watch:
    """Streams over one phase, of which the hosts tell piece by piece."""

    def __init__(self) -> None:
        self._near: Told = []
        self._far: Told = []

    def saw(self, near: Told, far: Told) -> None:
        """A further piece."""
        self._near = _sum(self._near, near)
        self._far = _sum(self._far, far)

    def forget(self) -> None:
        """What came so far does not count as flowing; how long it was silent still does."""
        for flow in (*self._near, *self._far):
            flow[0] = 0

    def flows(self) -> bool:
        """Whether every stream is lively."""
        return all(map(_lively, (*self._near, *self._far)))

    def streams(self) -> tuple[Stream, ...]:
        """By pair of networks."""
        pairs = zip(self._near, self._far, strict=True)
        return tuple(Stream(out=_silence(out), back=_silence(back)) for out, back in pairs)


def _sum(before: Told, told: Told) -> Told:
    """Packets of both pieces, the longer silence, and how long it is now."""
    pairs = zip(before or told, told, strict=True)
    return [[new[0] + (had[0] if before else 0), max(had[1], new[1]), new[2]] for had, new in pairs]


def _lively(flow: Sequence[int]) -> bool:
    return flow[0] >= _LIVELY and flow[2] < _SILENT_MS


def _silence(flow: Sequence[int]) -> int | None:
    return flow[1] if _lively(flow) else None
