"""Talking to a Windows server: who it is, what RRAS holds, and whether a key would be logged."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase

from appliance.driver import Facts
from appliance.errors import CommandRefused, RefusedError, SessionError
from appliance.session import Credentials, Session, Target
from appliance.session.powershell import Remoting, Unwrap, open_powershell
from vendors.rras import names
from vendors.rras.cmdlets import Object, command, records, words
from vendors.rras.reading.document import SCHEMA
from vendors.rras.reading.listing import listing
from vendors.rras.static_filters import filters

UNWRAP = """\
param([hashtable]$P,[securestring]$K,[string]$Op)
Set-StrictMode -Version 3.0; $ErrorActionPreference = 'Stop'
$C = New-Object -TypeName System.Net.NetworkCredential -ArgumentList '',$K
$P['SharedSecret'] = $C.Password
if ($Op -eq 'add') { Add-VpnS2SInterface @P } else { Set-VpnS2SInterface @P }
"""
"""All PowerShell text that is ever sent: a SecureString given to a plain string parameter would
become its type's name. Its SHA-256 is pinned by a test, and known to the lab."""

_CONNECTING = 120.0
_MODULE_LOGGING = r"SOFTWARE\Policies\Microsoft\Windows\PowerShell\ModuleLogging"
_MODULE = "RemoteAccess"

ENUMERATED = (
    "Protocol",
    "AuthenticationMethod",
    "ResponderAuthenticationMethod",
    "EncryptionType",
    *names.CRYPTO,
)
"""Properties that JSON shows as numbers; they are asked for a second time, as words."""

CONFIGURED = (
    "Name",
    "Destination",
    "Protocol",
    "AdminStatus",
    "AuthenticationMethod",
    "ResponderAuthenticationMethod",
    "IPv4Subnet",
    "PostConnectionIPv4Subnet",
    "IPv6Subnet",
    "Persistent",
    "AutoConnectEnabled",
    "InitiateConfigPayload",
    "NumberOfTries",
    "RetryInterval",
    "NetworkOutageTime",
    "IdleDisconnect",
    "SALifeTime",
    "MMSALifeTime",
    "SADataSizeForRenegotiation",
    "SourceIpAddress",
    "EncryptionType",
    "CustomPolicy",
    *names.CRYPTO,
    "LocalVpnTrafficSelector",
    "RemoteVpnTrafficSelector",
)
_ROUTER = ("BgpIdentifier", "LocalASN")
_PEER = (
    "PeerName",
    "LocalIPAddress",
    "PeerIPAddress",
    "PeerASN",
    "OperationMode",
    "PeeringMode",
    "HoldTimeSec",
)
_QUIET: Mapping[str, object] = {"ErrorAction": "SilentlyContinue"}


def before_key(session: Session) -> None:
    """Raise `RefusedError` where module logging would write the key into the event log."""
    for hive in ("HKLM", "HKCU"):
        path = f"{hive}:\\{_MODULE_LOGGING}"
        enabled = records(
            session, "Get-ItemProperty", {"Path": path, **_QUIET}, ("EnableModuleLogging",)
        )
        if not any(one.get("EnableModuleLogging") == 1 for one in enabled):
            continue
        listed = records(
            session, "Get-ItemProperty", {"Path": f"{path}\\ModuleNames", **_QUIET}, ("*",)
        )
        patterns = [str(name) for one in listed for name in one.values()]
        logged = [name for name in patterns if fnmatchcase(_MODULE.lower(), name.lower())]
        if logged:
            raise RefusedError(
                f"module logging of {', '.join(map(repr, logged))} would write the pre-shared key "
                "into the event log (event 4103)",
                where=session.prompt,
                hint="take RemoteAccess out of the policy 'Turn on Module Logging' (Administrative "
                "Templates, Windows Components, Windows PowerShell), then push again",
            )


REMOTING = Remoting(
    name="Windows RRAS",
    key_parameter="SharedSecret",
    unwraps={
        "Add-VpnS2SInterface": Unwrap(script=UNWRAP, operation="add"),
        "Set-VpnS2SInterface": Unwrap(script=UNWRAP, operation="set"),
    },
    before_key=before_key,
    patience={"Connect-VpnS2SInterface": _CONNECTING, "Disconnect-VpnS2SInterface": 60.0},
)


@contextmanager
def connect(target: Target, credentials: Credentials) -> Iterator[Session]:
    """An open session; what is raised is what `open_powershell` raises."""
    with open_powershell(target, credentials, REMOTING) as session:
        yield session


def read(session: Session) -> str:
    """The snapshot `appliance/rras-snapshot/1`: what the server is configured to do, no state."""
    computer = _computer(session)
    snapshot: dict[str, object] = {"schema": SCHEMA, "computer": computer}
    snapshot["remote_access"] = access = _remote_access(session)
    installed = access.get("VpnS2SStatus") != "Uninstalled"
    snapshot["interfaces"] = interfaces = _interfaces(session) if installed else []
    snapshot["filters"] = filters(session, interfaces)
    routing = {
        "bgp_router": ("Get-BgpRouter", _ROUTER),
        "bgp_peers": ("Get-BgpPeer", _PEER),
        "bgp_custom_routes": ("Get-BgpCustomRoute", ("Network", "Interface")),
    }
    for name, (cmdlet, properties) in routing.items():
        snapshot[name] = _spoken(session, cmdlet, properties) if installed else []
    return json.dumps(snapshot, indent=1) + "\n"


def _computer(session: Session) -> Object:
    found = records(
        session,
        "Get-CimInstance",
        {"ClassName": "Win32_OperatingSystem"},
        ("CSName", "Version", "Caption"),
    )
    if not found:
        raise SessionError("the server does not tell its version", where=session.prompt)
    version = str(found[0].get("Version"))
    return {
        "name": found[0].get("CSName"),
        "version": version,
        "caption": found[0].get("Caption"),
        "level": names.level(version),
    }


def _remote_access(session: Session) -> Object:
    """What of the role is installed, by name; the cmdlet itself comes with the role."""
    try:
        told = words(
            session, "Get-RemoteAccess", {}, ("VpnS2SStatus", "VpnStatus", "RoutingStatus")
        )
    except CommandRefused as refused:
        if "not recognized" not in refused.answer:
            raise
        told = []
    return dict(told[0]) if told else {"VpnS2SStatus": "Uninstalled"}


def _interfaces(session: Session) -> list[Object]:
    found = records(session, "Get-VpnS2SInterface", {}, CONFIGURED)
    named = {one["Name"]: one for one in words(session, "Get-VpnS2SInterface", {}, _worded())}
    if any(one.get(name, "").isdigit() for one in named.values() for name in names.CRYPTO):
        viewed = _viewed(session)
        named = {name: {**one, **viewed.get(name, {})} for name, one in named.items()}
    for one in found:
        spelled = named.get(str(one.get("Name")), {})
        one.update({name: word for name, word in spelled.items() if word})
    return [{name: value for name, value in one.items() if value is not None} for one in found]


def _viewed(session: Session) -> dict[str, dict[str, str]]:
    """Words of the policies by interface as the list view has them.

    Where the module hands out bare numbers only its views know the words.
    """
    text = session.run(
        command(
            ("Get-VpnS2SInterface", {}),
            ("Format-List", {}),
            ("Out-String", {"Width": 4096}),
        )
    )
    shown, _ = listing(text)
    return {
        str(one.members.get("Name", "")): {
            name: str(word)
            for name, word in one.members.items()
            if name in names.CRYPTO and word and not str(word).isdigit()
        }
        for one in shown
    }


def _worded() -> tuple[str, ...]:
    return ("Name", *ENUMERATED)


def _spoken(session: Session, cmdlet: str, properties: tuple[str, ...]) -> list[Object]:
    """BGP objects; addresses and enumerations are objects of .NET and come as words."""
    lists = {"Network", "Interface"}
    if lists & set(properties):
        return records(session, cmdlet, _QUIET, properties)
    return [dict(one) for one in words(session, cmdlet, _QUIET, properties)]


def identify(session: Session) -> Facts:
    """Who answered; what the server does not tell stays None."""
    system = records(
        session,
        "Get-CimInstance",
        {"ClassName": "Win32_OperatingSystem"},
        ("CSName", "Version", "LastBootUpTime", "LocalDateTime"),
    )
    firmware = records(
        session, "Get-CimInstance", {"ClassName": "Win32_BIOS", **_QUIET}, ("SerialNumber",)
    )
    told = system[0] if system else {}
    serial = str(firmware[0].get("SerialNumber") or "").strip() if firmware else ""
    started, now = (
        _milliseconds(told.get("LastBootUpTime")),
        _milliseconds(told.get("LocalDateTime")),
    )
    return Facts(
        hostname=str(told.get("CSName") or session.prompt),
        version=str(told["Version"]) if told.get("Version") else None,
        serial=None if serial.lower() in _NO_SERIAL else serial,
        uptime_seconds=None if started is None or now is None else max(0, (now - started) // 1000),
    )


_NO_SERIAL = ("", "none", "0", "to be filled by o.e.m.", "default string", "system serial number")
"""What boards say that have no number: shared by thousands, so no identity."""


def _milliseconds(value: object) -> int | None:
    r"""Windows PowerShell writes a date as `\/Date(1234567890123)\/`."""
    match = re.search(r"Date\((-?\d+)", str(value))
    return int(match[1]) if match else None
