"""What a change does to one tunnel that is up: whether it goes down, and for how long."""

from __future__ import annotations

from enum import StrEnum

from appliance.record import dataclass


class Effect(StrEnum):
    """What becomes of a tunnel, in words for people; worst last."""

    NOTHING = "stays up"
    LATER = "stays up; new settings act when it next negotiates"
    NEW = "is new"
    ON = "was switched off, and comes up"
    BGP = "stays up, its BGP session is reset"
    CHILD = "child SAs negotiated anew, the IKE SA stays"
    IKE = "IKE SA and child SAs negotiated anew"
    GONE = "taken down for good"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interruption:
    """What becomes of one tunnel, `ours` or somebody else's; `site` where it is another site's.

    `seconds` is the least and the most that it carries nothing, as far as can be estimated: the
    most is None where it is not known, and both are where nothing is interrupted. `because` says
    where the estimate comes from. `meanwhile` names tunnels of the site that stay up and lead
    to the same networks.
    """

    tunnel: str
    ours: bool
    effect: Effect
    seconds: tuple[int, int | None] | None = None
    because: str = ""
    meanwhile: tuple[str, ...] = ()
    site: str | None = None
