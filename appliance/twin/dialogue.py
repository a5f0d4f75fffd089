"""BGP inside a tunnel, as values that travel into the sandbox as JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from appliance.twin.speaker import Speaker, read_speaker


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """The two speakers of one tunnel.

    `here` and `there` are addresses that the two gateways have for BGP, each with its length; one
    that is shorter than 32 is the tunnel interface's own.
    """

    device: Speaker
    azure: Speaker
    here: tuple[str, ...] = ()
    there: tuple[str, ...] = ()

    def document(self) -> dict[str, object]:
        """As JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One end of the sessions: BIRD's states and errors by session, and the networks learnt."""

    states: tuple[str, ...]
    errors: tuple[str, ...]
    learnt: tuple[str, ...]

    @property
    def up(self) -> bool:
        """Whether a session stands."""
        return "Established" in self.states


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What became of the sessions, as both ends saw it."""

    device: Said
    azure: Said

    @property
    def up(self) -> bool:
        """Whether both ends exchange routes."""
        return self.device.up and self.azure.up


def read_dialogue(made: Mapping[str, Any] | None) -> Dialogue | None:
    """The speakers out of their document."""
    if made is None:
        return None
    return Dialogue(
        device=read_speaker(made["device"]),
        azure=read_speaker(made["azure"]),
        here=tuple(made["here"]),
        there=tuple(made["there"]),
    )


def read_talk(made: Mapping[str, Any] | None) -> Talk | None:
    """What came of them out of its document."""
    if made is None:
        return None
    ends = {
        end: Said(**{name: tuple(words) for name, words in made[end].items()})
        for end in ("device", "azure")
    }
    return Talk(**ends)
