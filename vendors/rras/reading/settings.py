"""Settings of an interface beside its tunnel: those that are not as they must be for Azure."""

from __future__ import annotations

from appliance.model.tunnel import Source
from appliance.record import dataclass, field
from vendors.rras import names
from vendors.rras.reading.fields import Fields

WHY = {
    "ResponderAuthenticationMethod": "it does not take the pre-shared key when Azure dials",
    "Persistent": "the tunnel goes down when it is idle, and the first packets are lost",
    "AutoConnectEnabled": "it does not dial by itself",
    "InitiateConfigPayload": "it asks for an address inside the tunnel, which Azure does not give",
    "NumberOfTries": "0 means never to try again on Server 2012 R2",
    "IdleDisconnectSeconds": "the tunnel goes down when it is idle",
}
"""What follows from a wrong value, by parameter."""

AUTOMATIC = "Protocol Automatic: it may dial with L2TP, which Azure does not answer"


@dataclass(frozen=True, slots=True)
class Settings:
    """`objects` are values that differ from what we would write, by parameter."""

    objects: dict[str, str] = field(default_factory=dict)
    quirks: tuple[str, ...] = ()
    sources: dict[str, Source] = field(default_factory=dict)


def settings(fields: Fields, *, old: bool) -> Settings:
    """The managed settings of one interface; what the object does not tell is not judged."""
    objects: dict[str, str] = {}
    quirks: list[str] = []
    sources: dict[str, Source] = {}
    for parameter, wanted in names.MANAGED.items():
        value = _value(fields, parameter, wanted)
        if value is None or value == wanted or (old and parameter in names.SINCE_2016):
            continue
        objects[parameter] = str(value)
        if parameter in WHY and not names.serves(parameter, value):
            name = names.PROPERTIES.get(parameter, parameter)
            quirks.append(f"{name} {value}: {WHY[parameter]}")
            sources[f"quirks.{name}"] = fields.source(name)
    if fields.text("Protocol").lower() == "automatic":
        objects["Protocol"] = "Automatic"
        quirks.append(AUTOMATIC)
        sources["quirks.Protocol"] = fields.source("Protocol")
    return Settings(objects, tuple(quirks), sources)


def _value(fields: Fields, parameter: str, wanted: object) -> object:
    """As the type of what is wanted; None where it is not told, or told by an unknown number."""
    if isinstance(wanted, bool):
        return fields.flag(parameter)
    if isinstance(wanted, int):
        return fields.number(parameter)
    text = fields.text(parameter)
    if text.lower() == str(wanted).lower():
        return wanted
    return text if text and not text.isdigit() else None
