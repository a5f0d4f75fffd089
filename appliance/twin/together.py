"""Several tunnels of a site in one network, as values that travel into the sandbox and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from appliance.twin.dialogue import Dialogue, read_dialogue
from appliance.twin.scenario import End, Json, Probe, read_end

CUT, STOPPED = "cut", "stopped"
"""How an instance or a device is lost: its line goes silent; or it is shut down, and says so."""
CHECK_SECONDS = 1
"""Between two liveness checks here, whatever they are on the device and at Azure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One tunnel. `checks`: the device looks whether Azure still lives.

    `stays`: its static routes stay whatever becomes of the tunnel. `dialogue` is BGP spoken in it.
    """

    name: str
    device: End
    azure: End
    checks: bool = True
    stays: bool = False
    dialogue: Dialogue | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Tunnels that lead to the same networks, and the traffic that each of them is for.

    `devices`: each has a device of its own, and those are lost; else Azure's instances are.
    """

    lanes: tuple[Lane, ...]
    probes: tuple[Probe, ...]
    devices: bool = False

    def document(self) -> dict[str, object]:
        """As JSON values, keys among them: for the pipe into the sandbox, nothing else."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """The packets of one pair of networks and what came back for them, over one phase.

    `out` were sent by the device's side, `back` by Azure's: the longest silence in milliseconds,
    None where it lasts.
    """

    out: int | None
    back: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """One instance lost while its tunnel carried all traffic, and its return.

    `before`, `during` and `after`: with it, without it, and back in it; empty where it never came
    so far. `noticed_ms` is how long the device held on to the tunnel, None: it did to the end;
    `returned_ms` how long the tunnel took to stand again, None: it did not.
    `others` are packets that the other tunnels carried meanwhile, out of the site and into it.
    """

    lane: int
    how: str
    before: tuple[Stream, ...] = ()
    during: tuple[Stream, ...] = ()
    after: tuple[Stream, ...] = ()
    noticed_ms: int | None = None
    returned_ms: int | None = None
    others: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """All that happened: whether each lane came up, and the losses tried."""

    up: tuple[bool, ...]
    losses: tuple[Loss, ...] = ()

    def document(self) -> dict[str, object]:
        """As JSON values."""
        return asdict(self)


def read_together(made: Mapping[str, Json]) -> Together:
    """The scenario out of its document."""
    return Together(
        lanes=tuple(map(_lane, made["lanes"])),
        probes=tuple(Probe(**probe) for probe in made["probes"]),
        devices=made["devices"],
    )


def _lane(made: Mapping[str, Json]) -> Lane:
    ends = {end: read_end(made[end]) for end in ("device", "azure")}
    return Lane(**{**made, **ends, "dialogue": read_dialogue(made["dialogue"])})


def read_losses(made: Mapping[str, Json]) -> Losses:
    """What happened, out of its document."""
    return Losses(up=tuple(made["up"]), losses=tuple(map(_loss, made["losses"])))


def _loss(made: Mapping[str, Json]) -> Loss:
    phases = {
        phase: tuple(Stream(**one) for one in made[phase])
        for phase in ("before", "during", "after")
    }
    return Loss(**{**made, **phases, "others": tuple(made["others"])})
