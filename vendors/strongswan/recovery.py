"""What a host holds of a push that nobody drives any more, and how that ends."""

from __future__ import annotations

from appliance.driver import Pending
from appliance.errors import SessionError
from appliance.model.change import Change
from appliance.session import Session
from vendors.strongswan import guard, own
from vendors.strongswan.deliver import deliver
from vendors.strongswan.files import split


def pending(session: Session) -> Pending | None:
    """The guard's own mark: whether its timer lives does not matter, its script does."""
    if not guard.look(session).waits:
        return None
    return Pending(words=f"the guard in {guard.FOLDER}")


def settle(session: Session, rollback: Change) -> None:
    """The guard's script puts the old files back; where there is none the inverse is delivered."""
    if not guard.look(session).waits:
        deliver(session, rollback, None)
        return
    said = guard.go_back(session, rollback)
    if said:
        raise SessionError(
            said,
            where=session.prompt,
            hint=f"the old files are in {guard.FOLDER}/old; put them back and run "
            "`swanctl --load-all`",
        )


def keep(session: Session) -> None:
    """Ends the guard, if it waits; the files are where they survive a reboot."""
    if guard.look(session).waits:
        guard.confirm(session)


def differing(before: str, after: str) -> tuple[str, ...]:
    """Paths of the files that differ; empty when none does."""
    old, new = (
        {file.path: file.text.strip() for file in split(text) if file.path != own.LOADED}
        for text in (before, after)
    )
    return tuple(sorted(path for path in {**old, **new} if old.get(path) != new.get(path)))
