"""What other sites on the same device mean for a site: where they end at the same gateway."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.model.intent import Intent
from appliance.model.tunnel import Tunnel
from appliance.record import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """A tunnel of another site on the device that ends at the same gateway as one of ours."""

    ours: Tunnel
    site: str
    theirs: Tunnel

    @property
    def apart(self) -> bool:
        """Whether the two leave from ends of their own, which is all that tells them apart."""
        one, other = self.ours.local, self.theirs.local
        if one.address is not None and other.address is not None:
            return one.address != other.address
        return None not in (one.interface, other.interface) and one.interface != other.interface

    @property
    def words(self) -> str:
        """The gateway and the other site, for messages."""
        both = set(self.ours.remote.addresses) & set(self.theirs.remote.addresses)
        return f"{', '.join(sorted(map(str, both)))}, as {self.site} does on the same device"


def rivals(intent: Intent) -> Iterator[Rival]:
    """Every such pair, as far as the other sites are known."""
    for ours in intent.tunnels:
        for other in intent.beside:
            for theirs in other.tunnels:
                if set(ours.remote.addresses) & set(theirs.remote.addresses):
                    yield Rival(ours=ours, site=other.site, theirs=theirs)


def set_apart(intent: Intent) -> Intent:
    """The intent for a platform that must be told at which end a tunnel's key counts."""
    names = {rival.ours.name for rival in rivals(intent)}
    if not names:
        return intent
    tunnels = tuple(
        replace(one, local=replace(one.local, apart=True)) if one.name in names else one
        for one in intent.tunnels
    )
    return replace(intent, tunnels=tunnels)


def clamps(intent: Intent) -> Iterator[tuple[str, int | None]]:
    """Sites on the device that ask for another TCP MSS, and which."""
    own = {one.interface.mss for one in intent.tunnels if one.interface is not None}
    for other in intent.beside:
        for tunnel in other.tunnels:
            if own and tunnel.interface is not None and tunnel.interface.mss not in own:
                yield other.site, tunnel.interface.mss
                break
