"""The cmdlets of S2S interfaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.lab.rras.binding import Bound, CmdletError, forced
from appliance.lab.rras.formats import Object, Word
from appliance.lab.rras.server import MODERN, Interface, Server
from appliance.lab.rras.tables import CUSTOM_FALLBACK, CUSTOM_ONLY, ENUMS

if TYPE_CHECKING:
    from appliance.lab.associations import Association

_RENAMED = {
    "SALifeTimeSeconds": "SALifeTime",
    "MMSALifeTimeSeconds": "MMSALifeTime",
    "SADataSizeForRenegotiationKilobytes": "SADataSizeForRenegotiation",
    "NetworkOutageTimeSeconds": "NetworkOutageTime",
    "RetryIntervalSeconds": "RetryInterval",
    "IdleDisconnectSeconds": "IdleDisconnect",
}
_UNSEEN = ("SharedSecret", "Force", "Confirm", "PassThru", "ErrorAction", "AutoConnectEnabled")
_BACKOFF = 600.0
_LONGEST = 6 * 3600.0


def add(server: Server, bound: Bound) -> list[Object]:
    """A new interface; what is not said has Windows's defaults."""
    name = str(bound.get("Name", ""))
    if not name or not bound.get("Destination"):
        raise CmdletError("Cannot process command because of missing parameters.", terminating=True)
    if server.interface(name) is not None:
        raise CmdletError(f"The interface {name} already exists.", identity="WIN32 183")
    properties = _defaults(server.settings.level)
    interface = Interface(properties=properties)
    _apply(interface, {"Protocol": "IKEv2", **bound})
    _check(server, interface)
    server.interfaces[name.lower()] = interface
    return []


def _defaults(level: int) -> dict[str, object]:
    found: dict[str, object] = {
        "RoutingDomain": None,
        "AdminStatus": True,
        "InterfaceType": "FullRouter",
        "AuthenticationMethod": "EAP",
        "ResponderAuthenticationMethod": "MachineCertificates",
        "IPv4Subnet": [],
        "IPv6Subnet": [],
        "PostConnectionIPv4Subnet": [],
        "Persistent": False,
        "InitiateConfigPayload": True,
        "NumberOfTries": 3,
        "RetryInterval": 60,
        "NetworkOutageTime": 15,
        "IdleDisconnect": 300,
        "SALifeTime": 3600,
        "SADataSizeForRenegotiation": 33_553_408,
        "SourceIpAddress": None,
        "EncryptionType": "RequireEncryption",
        "LastError": 0,
    }
    return found | ({"MMSALifeTime": 28_800} if level >= MODERN else {})


def _apply(interface: Interface, bound: Bound) -> None:
    """Write what was said. A policy replaces the other kind as a whole."""
    properties = interface.properties
    if bound.get("CustomPolicy"):
        properties.pop("EncryptionType", None)
        properties |= {"CustomPolicy": True, **CUSTOM_FALLBACK}
    elif "EncryptionType" in bound:
        for gone in ("CustomPolicy", *CUSTOM_ONLY):
            properties.pop(gone, None)
    for name, value in bound.items():
        if name not in _UNSEEN:
            properties[_RENAMED.get(name, name)] = value
    if properties.get("SourceIpAddress") == "0.0.0.0":  # noqa: S104 -- any
        properties["SourceIpAddress"] = None
    if "SharedSecret" in bound:
        interface.key = str(bound["SharedSecret"])


def _check(server: Server, interface: Interface) -> None:
    """With a key alone, an address tells the interface: one enabled interface each."""
    if interface.properties["AuthenticationMethod"] == "PSKOnly" and not interface.key:
        raise CmdletError("The parameter is incorrect: PSKOnly needs a SharedSecret.")
    for other in server.interfaces.values():
        same = set(other.destinations) & set(interface.destinations)
        enabled = other.enabled and interface.enabled
        if enabled and same and other.name.lower() != interface.name.lower():
            raise CmdletError(
                f"An enabled interface to {', '.join(same)} already exists: {other.name}."
            )


def change(server: Server, bound: Bound) -> list[Object]:
    """`Set-`: validates, then writes all of it; a live connection keeps its old values."""
    forced("Set-VpnS2SInterface", bound)
    held = _named(server, bound)
    changed = Interface(
        properties=dict(held.properties),
        key=held.key,
        dialled=held.dialled,
        failures=held.failures,
        waits_until=held.waits_until,
        filters=held.filters,
    )
    _apply(changed, {name: value for name, value in bound.items() if name != "Name"})
    _check(server, changed)
    server.interfaces[held.name.lower()] = changed
    return []


def remove(server: Server, bound: Bound) -> list[Object]:
    """Gone with its key and its packet filters."""
    forced("Remove-VpnS2SInterface", bound)
    held = _named(server, bound)
    del server.interfaces[held.name.lower()]
    return []


def connect(server: Server, bound: Bound) -> list[Object]:
    """Dials now, whatever it waited for."""
    held = _named(server, bound)
    if not held.enabled:
        raise CmdletError(f"The interface {held.name} is disabled.", identity="WIN32 913")
    held.dialled += 1
    held.waits_until = None
    server.settle()
    if server.up(held):
        held.failures = 0
        held.properties["LastError"] = 0
        return []
    held.failures += 1
    held.dialled = 0
    held.waits_until = server.clock.now().timestamp() + min(_BACKOFF * held.failures, _LONGEST)
    failed = server.associations.failed.get(held.name)
    reason = failed[1].reason if failed else ""
    code = 809
    if failed and failed[1].answered:
        code = 13801 if "key" in reason else 13868
    held.properties["LastError"] = code
    raise CmdletError(
        f"Connecting {held.name} failed with error {code}: {_MEANINGS[code]}",
        identity=f"WIN32 {code}",
    )


_MEANINGS = {
    809: "the network connection could not be established because the remote server is not "
    "responding.",
    13801: "IKE authentication credentials are unacceptable.",
    13868: "Policy match error.",
}


def disconnect(server: Server, bound: Bound) -> list[Object]:
    """Its SAs go; a new connection negotiates anew."""
    forced("Disconnect-VpnS2SInterface", bound)
    held = _named(server, bound)
    if not server.up(held):
        raise CmdletError(f"The interface {held.name} is not connected.", identity="WIN32 914")
    held.dialled = 0
    server.settle()
    return []


def _named(server: Server, bound: Bound) -> Interface:
    held = server.interface(str(bound.get("Name", "")))
    if held is None:
        raise CmdletError(f"Interface {bound.get('Name')} not found.", identity="WIN32 1168")
    return held


def show(server: Server, bound: Bound) -> list[Object]:
    """What is configured, with its state; never a key."""
    if not server.settings.installed:
        raise CmdletError("RemoteAccess is not configured for site-to-site VPN.")
    wanted = str(bound.get("Name", "")).lower()
    return [
        _shown(server, one)
        for name, one in server.interfaces.items()
        if not wanted or name == wanted
    ]


def _shown(server: Server, interface: Interface) -> Object:
    found = {name: _typed(name, value) for name, value in interface.properties.items()}
    if not server.settings.typed:
        bare = {name: found[name] for name in CUSTOM_ONLY if name in found}
        found |= {name: one.number for name, one in bare.items() if isinstance(one, Word)}
    found["ConnectionState"] = _typed("ConnectionState", _state(server, interface))
    return found


def _typed(name: str, value: object) -> object:
    if name in ENUMS and isinstance(value, str):
        shown = "Ikev2" if value == "IKEv2" else value
        return Word(shown, ENUMS[name].index(value))
    return value


def _state(server: Server, interface: Interface) -> str:
    if server.up(interface):
        return "Connected"
    waits = interface.waits_until
    if waits is not None and server.clock.now().timestamp() < waits:
        return "Unreachable"
    return "Disconnected"


def statistics(server: Server, bound: Bound) -> list[Object]:
    """Counters since the connection came up."""
    wanted = str(bound.get("Name", "")).lower()
    return [
        _counted(server, one) for name, one in server.interfaces.items() if wanted in ("", name)
    ]


def _counted(server: Server, interface: Interface) -> Object:
    held = server.associations.live.get(interface.name)
    out, back = _packets(server, held) if held is not None else (0, 0)
    age = 0 if held is None else int((server.clock.now() - held.since).total_seconds())
    return {
        "Name": interface.name,
        "BytesTransmitted": out * 100,
        "BytesReceived": back * 100,
        "FramesTransmitted": out,
        "FramesReceived": back,
        "CrcErrors": 0,
        "TimeoutErrors": 0,
        "ConnectionUpTime": age,
    }


def _packets(server: Server, held: Association) -> tuple[int, int]:
    from appliance.lab.rras.links import Network  # noqa: PLC0415 -- the server imports it too

    return server.associations.packets(Network(server), held, server.clock.now())
