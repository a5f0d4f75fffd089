"""What a device holds of a push that nobody drives any more, and how that ends."""

from __future__ import annotations

from appliance.driver import Pending
from appliance.model.change import Change
from appliance.session import Session


def pending(session: Session) -> Pending | None:
    """The guard, while one is armed: `armed, 240 s left`."""
    said = session.run("show guard").strip()
    left = said.removeprefix("armed, ").removesuffix(" s left")
    return Pending(words=f"guard: {said}", seconds=float(left)) if left.isdigit() else None


def settle(session: Session, rollback: Change) -> None:
    """The device's own checkpoint where a guard waits, else the inverse."""
    if pending(session) is not None:
        session.run("guard back")
    else:
        session.configure(rollback.steps)


def keep(session: Session) -> None:
    """Stops the guard, if one waits, and saves."""
    if pending(session) is not None:
        session.run("guard keep")
    session.run("save")


def differing(before: str, after: str) -> tuple[str, ...]:
    """Lines of one and not of the other: nothing changes by itself here."""
    first, second = (dict.fromkeys(text.splitlines()) for text in (before, after))
    return tuple(line for line in {**first, **second} if (line in first) != (line in second))
