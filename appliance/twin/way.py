"""One of several tunnels: its two daemons, what is spoken in it, and where it leads now."""

from __future__ import annotations

from ipaddress import IPv4Network

from appliance.twin import lanes
from appliance.twin.daemon import Charon, Upkeep
from appliance.twin.lanes import SIDES, SITE, VNET, box
from appliance.twin.scenario import Connection, End
from appliance.twin.talking import Conversation, said
from appliance.twin.together import CHECK_SECONDS, CUT, Lane

_TRIES = 2
"""Retransmissions until the other end is given up: two seconds."""


class Way:
    """A tunnel of several. `up` is which of its ends believes that it stands."""

    def __init__(self, number: int, lane: Lane) -> None:
        self.number, self.lane = number, lane
        self.up = {SITE: False, VNET: False}
        self._alive = {SITE: True, VNET: True}
        self._charons = {side: self._charon(side) for side in SIDES}
        self._conversation: Conversation | None = None
        self._learnt: dict[str, tuple[str, ...]] = {SITE: (), VNET: ()}

    def _charon(self, side: str) -> Charon:
        return Charon(box(side, self.number), tries=_TRIES)

    def connect(self) -> None:
        """Both daemons hold their end, and both boxes have their own routes."""
        for side in SIDES:
            self._ready(side)
        if self.lane.dialogue is not None:
            names = box(SITE, self.number), box(VNET, self.number)
            self._conversation = Conversation(self.lane.dialogue, *names)
            self._conversation.answers()

    def _ready(self, side: str) -> None:
        charon, end = self._charons[side], self._end(side)
        charon.connect()
        lanes.unruled(box(side, self.number))
        lanes.lead(box(side, self.number), end)
        held, upkeep = self._kept_by_device() if side == SITE else self._kept_by_azure()
        if held is not None:
            charon.load(held, upkeep)

    def _end(self, side: str) -> End:
        return self.lane.device if side == SITE else self.lane.azure

    def _kept_by_device(self) -> tuple[Connection | None, Upkeep]:
        calls = self.lane.azure.answers is not None
        seconds = CHECK_SECONDS if self.lane.checks else None
        held = self.lane.device.dials if calls else self.lane.device.answers
        return held, Upkeep(check_seconds=seconds, redials=calls)

    def _kept_by_azure(self) -> tuple[Connection | None, Upkeep]:
        """It dials again where it proposes what it also takes: one connection cannot do both."""
        azure = self.lane.azure
        same = azure.dials is not None and azure.answers in (None, azure.dials)
        return azure.answers or azure.dials, Upkeep(check_seconds=CHECK_SECONDS, redials=same)

    def dial(self) -> bool:
        """Whether it came up, whoever has to begin."""
        calls, called = (SITE, VNET) if self.lane.azure.answers is not None else (VNET, SITE)
        near, far, dials = self._charons[calls], self._charons[called], self._end(calls).dials
        if dials is None:
            return False
        return all(near.dial(child.name, far).error is None for child in dials.children)

    def speaks(self) -> bool:
        """Whether BGP came up, where any is spoken."""
        return self._conversation is None or self._conversation.talk().up

    def look(self) -> None:
        """Take note of what the daemons say now."""
        talk = self._conversation
        for side in SIDES:
            alive = self._alive[side]
            self.up[side] = alive and bool(self._charons[side].sas())
            if talk is not None:
                bird = talk.device if side == SITE else talk.azure
                self._learnt[side] = said(bird).learnt if alive else ()

    def leads(self, side: str, network: str) -> bool:
        """Whether packets for this network would get into the tunnel at this side."""
        there = IPv4Network(network)
        return any(there.subnet_of(IPv4Network(one)) for one in self._routes(side))

    def _routes(self, side: str) -> tuple[str, ...]:
        """Static ones, and those that were learnt: their next hop is reached by a static one."""
        stays = side == SITE and self.lane.stays and self._alive[SITE]
        if not self.up[side] and not stays:
            return ()
        return (*self._end(side).routes, *self._learnt[side])

    def lose(self, how: str, side: str) -> None:
        """The box at this side is gone: Azure's instance, or the device."""
        if how == CUT:
            lanes.silence(self.number)
            return
        self._alive[side] = False
        self._charons[side].stop()
        if self._conversation is not None:
            self._conversation.end(azure=side == VNET)

    def bring_back(self, how: str, side: str) -> None:
        """It is there again."""
        if how == CUT:
            lanes.restore(self.number)
            return
        self._charons[side] = self._charon(side)
        self._ready(side)
        if self._conversation is not None:
            self._conversation.begin(azure=side == VNET)
        self._alive[side] = True
        if side == SITE or self.lane.azure.answers is None:
            self.dial()
