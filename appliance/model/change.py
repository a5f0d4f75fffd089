"""Commands that lead a device from one configuration to another, and the plan around them."""

from __future__ import annotations

from appliance.errors import SecretError
from appliance.model.difference import Difference
from appliance.model.edge import Edge, Held
from appliance.model.interruption import Interruption
from appliance.model.secret import KEY_MARK, Secret
from appliance.model.tunnel import Tunnels
from appliance.record import dataclass

__all__ = ["KEY_MARK", "Change", "Plan", "Step"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command. `text` holds `KEY_MARK` where `secret` goes; indentation shows the mode.

    `why` is what the command is for; `bounces` are the tunnels it takes down for a moment, of which
    with `child_only` the IKE SA stays. `touches` are the tunnels that are configured by what it
    changes or removes. `gap` says what passes through these meanwhile, or does not, that should: a
    platform has no step without it.
    """

    text: str
    why: str = ""
    secret: Secret | None = None
    bounces: tuple[str, ...] = ()
    child_only: bool = False
    touches: tuple[str, ...] = ()
    gap: str = ""

    def reveal(self) -> str:
        """The command as it goes on the wire.

        Raises `SecretError` when it needs a key that was not given: the mark is never sent.
        """
        if self.secret is not None:
            return self.text.replace(KEY_MARK, self.secret.reveal())
        if KEY_MARK in self.text:
            raise SecretError(
                f"`{self.text.strip()}` needs the pre-shared key, which was not given",
                hint="name it in the inventory: psk: env:NAME, file:PATH, prompt: or keyring:",
            )
        return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Steps in the order in which they must be sent; an empty change means nothing to do."""

    steps: tuple[Step, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.steps)

    @property
    def text(self) -> str:
        """The commands for a person's eyes, one a line, keys as a mark."""
        return "".join(f"{step.text}\n" for step in self.steps)

    @property
    def bounces(self) -> tuple[str, ...]:
        """Names of tunnels that go down for a moment, each once, in order."""
        return tuple(dict.fromkeys(name for step in self.steps for name in step.bounces))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be done to one appliance, why, and the way back.

    `target` is what the device should hold afterwards: all its tunnels, ours and others'. The edges
    are None where ExpressRoute is none of the site's business. `interruptions` say what becomes of
    tunnels that are up.
    """

    site: str
    differences: tuple[Difference, ...]
    change: Change
    rollback: Change
    running: Tunnels
    target: Tunnels
    edge_running: Edge | None = None
    edge_target: Edge | None = None
    interruptions: tuple[Interruption, ...] = ()

    @property
    def held(self) -> Held:
        """What the device holds now."""
        return Held(tunnels=self.running, edge=self.edge_running)

    @property
    def meant(self) -> Held:
        """What it should hold afterwards."""
        return Held(tunnels=self.target, edge=self.edge_target)
