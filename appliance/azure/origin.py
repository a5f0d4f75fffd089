"""Values that did not stand in a file as they are used: translated objects, and unknown values."""

from __future__ import annotations

from appliance.record import dataclass


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that the source does not tell.

    `text` stands for it in names and ids, so that what is called the same way is found; it may hold
    literals of the source and is not for messages. `why` is, and `hint` says what would tell it.
    """

    text: str
    why: str
    hint: str = "export what is deployed"


class Moved(dict[str, object]):
    """An object in Azure's own shape, made of another; `origin` is where each member stood.

    `caveat` says in which way the source is less than Azure's own answer; empty when it is not.
    """

    __slots__ = ("caveat", "origin")

    def __init__(
        self, members: dict[str, object], origin: dict[str, str] | None = None, caveat: str = ""
    ) -> None:
        super().__init__(members)
        self.origin = origin or {}
        self.caveat = caveat


PLACEHOLDER = "/subscriptions/{"
"""How an id begins when its subscription is not known."""


def real_id(identity: str | None) -> str | None:
    """The id, None when it is made up for want of a subscription."""
    return None if identity is None or identity.startswith(PLACEHOLDER) else identity
