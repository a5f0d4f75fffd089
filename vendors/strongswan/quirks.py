"""Settings of charon that the model has no field for and Azure does not get along with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from appliance.record import dataclass

ESN = "esn"


@dataclass(frozen=True, slots=True)
class Quirk:
    """A setting of a connection or of a child, the values that do harm, and what follows."""

    key: str
    values: tuple[str, ...]
    what: str
    child: bool = True

    @property
    def words(self) -> str:
        """As `Tunnel.quirks` tells it."""
        return f"{self.key} = {self.values[0]}: {self.what}"


NO = ("no", "false", "disabled", "0")
_YES = ("yes", "true", "enabled", "1")

QUIRKS = (
    Quirk("sha256_96", _YES, "Azure truncates HMAC-SHA-256 to 128 bits, so that no packet passes"),
    Quirk("aggressive", _YES, "Azure takes main mode only", child=False),
    Quirk("childless", ("force",), "Azure makes the first child with the IKE SA", child=False),
)
"""See swanctl.conf(5)."""

_ESN = Quirk(ESN, ("only",), "Azure knows no extended sequence numbers: the child SA fails")


def found(settings: Mapping[str, str], *, child: bool) -> Iterator[Quirk]:
    """The quirks among the settings of a connection, or of a child."""
    for quirk in QUIRKS:
        if quirk.child is child and settings.get(quirk.key, "").lower() in quirk.values:
            yield quirk


def extended(proposals: tuple[str, ...]) -> Iterator[Quirk]:
    """Whether every ESP proposal demands extended sequence numbers."""
    words = [set(proposal.lower().rstrip("!").split("-")) for proposal in proposals]
    if words and all(ESN in one and "noesn" not in one for one in words):
        yield _ESN


def told(words: tuple[str, ...]) -> Iterator[Quirk]:
    """The quirks that a tunnel was told to have."""
    return (quirk for quirk in (*QUIRKS, _ESN) if quirk.words in words)
