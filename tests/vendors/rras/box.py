"""The lab's RRAS server for the laws."""

from __future__ import annotations

import json

from appliance.errors import CommandRefused
from appliance.lab.rras.engine import Call, Outcome, SecureString, run
from appliance.lab.rras.factory import rras_device
from appliance.model.change import Change, Step
from vendors.rras import session
from vendors.rras.session import UNWRAP

OUTSIDE = ""
ODD = '"FluxCapacitance": 7'


class RrasBox:
    """A server in memory. It shows its keys, which a real one never does."""

    def __init__(self) -> None:
        self.device = rras_device()

    def running(self) -> str:
        snapshot = json.loads(session.read(_Direct(self)))
        for one in snapshot["interfaces"]:
            held = self.device.interface(one["Name"])
            assert held is not None
            one["SharedSecret"] = held.key
        return json.dumps(snapshot, indent=1)

    def run(self, call: Call) -> Outcome:
        outcome = run(self.device, [call])
        told = [*outcome.errors, *([outcome.failed] if outcome.failed else [])]
        assert not told, f"{call.name} {call.given}: {told[0].message}"
        return outcome

    def apply(self, change: Change) -> None:
        for step in change.steps:
            self.run(call(step))


def call(step: Step) -> Call:
    """A step as it reaches the server: with a key by way of the script."""
    said = json.loads(step.reveal())
    given = dict(said["parameters"])
    if step.secret is None:
        return Call(name=said["cmdlet"], given=given)
    key = SecureString(given.pop("SharedSecret"))
    operation = said["cmdlet"].partition("-")[0].lower()
    return Call(name=UNWRAP, given={"P": given, "K": key, "Op": operation}, script=True)


class _Direct:
    """A session without a network."""

    def __init__(self, box: RrasBox) -> None:
        self._box = box

    prompt = "box"
    transcript = ""

    def run(self, command: str, *, timeout: float | None = None) -> str:  # noqa: ARG002 -- at once
        calls = [Call(name=c["cmdlet"], given=c["parameters"]) for c in json.loads(command)]
        outcome = run(self._box.device, calls)
        for error in (*outcome.errors, *([outcome.failed] if outcome.failed else [])):
            raise CommandRefused(error.message, command=command, answer=error.message)
        return "\n".join(map(str, outcome.output))

    def configure(self, steps: object, *, enter: object = None, sent: object = None) -> None:
        raise NotImplementedError

    def close(self) -> None:
        """Nothing is open."""


def make() -> RrasBox:
    """A server with a partner's tunnel."""
    return RrasBox()


def disturb(text: str, number: int) -> tuple[str, str]:
    """One more property of an interface, in operations as a parameter that no cmdlet has."""
    lines = text.splitlines()
    inside = [at for at, line in enumerate(lines) if "S2SInterface" in line and '": "IKE' in line]
    at = inside[number % len(inside)]
    lines[at] = lines[at].replace('"parameters": {', '"parameters": {' + ODD + ", ", 1)
    return "\n".join(lines), ODD
