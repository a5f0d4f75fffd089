"""A merged, checked site as JSON values, and the typed `Site` that it becomes."""

# Every command starts through here, and pathlib costs 2 ms:
# ruff: noqa: PTH111, PTH118

from __future__ import annotations

import os.path
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from appliance.inventory.model import (
    Acceptance,
    AzureSource,
    CircuitEnd,
    CircuitLink,
    Device,
    ExpressRoute,
    OnPremises,
    OnPremisesBgp,
    Site,
    TunnelSettings,
)
from appliance.model.cloud import AzureScope
from appliance.model.reach import JumpHost, WinRm
from appliance.model.secret import SecretRef
from appliance.model.tunnel import Mode
from appliance.record import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.model.filters import Rule

Members = Mapping[str, object]

_INLINE = frozenset(
    {
        "endpoints",
        "vnet_prefixes",
        "on_premises_prefixes",
        "ike_version",
        "policy",
        "policy_based_selectors",
        "selectors",
        "connection_mode",
        "dpd_seconds",
        "bgp",
    }
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One site: where its name stands (from 1) and its members as JSON values.

    `box` are the sites on its device, itself among them, in file order; empty where it is alone.
    """

    name: str
    line: int
    column: int
    members: Members
    box: tuple[str, ...] = ()


def build(entry: Entry, path: str, folder: str) -> Site:
    """The site of an entry; `path` is the inventory as the user named it, `folder` where it is.

    Relative paths (exports, key files, secrets in files) are taken from that folder.
    """
    members = entry.members
    return Site(
        name=entry.name,
        tags=tuple(_texts(members, "tags")),
        device=_device(_section(members, "device"), folder),
        on_premises=_on_premises(_section(members, "on_premises")),
        azure=_azure(_section(members, "azure"), folder),
        psk=_reference(members, "psk", folder),
        accept=tuple(_accepted(members)),
        traffic=_traffic(_section(members, "traffic")),
        express_route=_express_route(_section(members, "express_route"), folder),
        seal_to=_path(_section(members, "snapshots"), "seal_to", folder),
        signers=_path(members, "require_signed_plan", folder),
        rehearsed=_text(members, "rehearse") == "required",
        where=f"{path}:{entry.line}:{entry.column}",
    )


def _path(members: Members, name: str, folder: str) -> str | None:
    path = _text(members, name)
    return None if path is None else _absolute(path, folder)


def _device(device: Members, folder: str) -> Device:
    interfaces = _section(device, "interfaces")
    management = _section(device, "management")
    mode, key_file = _text(device, "mode"), _text(device, "key_file")
    return Device(
        driver=str(device["driver"]),
        host=_text(device, "host"),
        port=_number(device, "port"),
        username=_text(device, "username"),
        password=_reference(device, "password", folder),
        enable=_reference(device, "enable_secret", folder),
        key_file=None if key_file is None else _absolute(key_file, folder),
        version=_text(device, "version"),
        mode=None if mode is None else Mode(mode),
        outside_interface=_text(interfaces, "outside"),
        inside_interface=_text(interfaces, "inside"),
        outside_acl=_text(device, "outside_acl"),
        management=_networks(management, "prefixes"),
        management_interface=_text(management, "interface"),
        legacy=tuple(_texts(device, "legacy_ssh")),
        timeout=float(_whole(device, "timeout_seconds", 30)),
        read_keys=device.get("read_keys") is True,
        jump_host=_jump_host(_section(device, "jump_host"), folder),
        winrm=_winrm(_section(device, "winrm"), folder),
        tunnel=_tunnel(_section(device, "tunnel")),
    )


def _jump_host(hop: Members, folder: str) -> JumpHost | None:
    if not hop:
        return None
    key_file = _text(hop, "key_file")
    return JumpHost(
        host=str(hop["host"]),
        port=_whole(hop, "port", 22),
        username=str(hop["username"]),
        password=_reference(hop, "password", folder),
        key_file=None if key_file is None else _absolute(key_file, folder),
        legacy=tuple(_texts(hop, "legacy_ssh")),
    )


def _winrm(winrm: Members, folder: str) -> WinRm:
    ca = _text(winrm, "ca")
    return WinRm(
        scheme=_text(winrm, "scheme") or "https",
        auth=_text(winrm, "auth") or "negotiate",
        ca=None if ca is None else _absolute(ca, folder),
    )


def _tunnel(tunnel: Members) -> TunnelSettings:
    dpd = _section(tunnel, "dpd")
    return TunnelSettings(
        number=_whole(tunnel, "number", 100),
        addresses=tuple(IPv4Interface(text) for text in _texts(tunnel, "addresses")),
        unnumbered=_text(tunnel, "unnumbered"),
        mss=_number(tunnel, "mss") if "mss" in tunnel else 1350,
        mtu=_number(tunnel, "mtu"),
        dpd_seconds=_number(dpd, "delay_seconds"),
        dpd_retry=_number(dpd, "retry_seconds"),
    )


def _on_premises(ours: Members) -> OnPremises:
    private = _text(ours, "private_ip")
    bgp = _section(ours, "bgp")
    return OnPremises(
        address=IPv4Address(str(ours["public_ip"])),
        nat=ours.get("nat") is True,
        private_address=None if private is None else IPv4Address(private),
        prefixes=_networks(ours, "prefixes"),
        bgp=_bgp(bgp) if bgp else None,
    )


def _bgp(bgp: Members) -> OnPremisesBgp:
    return OnPremisesBgp(
        asn=_whole(bgp, "asn", 0),
        address=IPv4Address(str(bgp["address"])),
        source=_text(bgp, "source"),
    )


def _azure(azure: Members, folder: str) -> AzureSource:
    export = azure.get("export")
    listed = [export] if isinstance(export, str) else _texts(azure, "export")
    inline = {name: value for name, value in azure.items() if name in _INLINE}
    return AzureSource(
        exports=tuple(_absolute(path, folder) for path in listed),
        connection=_text(azure, "connection"),
        values=inline if azure.get("endpoints") is not None else None,
        live=_live(_section(azure, "live")),
        max_age_days=_number(azure, "max_age_days"),
    )


def _live(live: Members) -> AzureScope | None:
    if not live:
        return None
    return AzureScope(
        subscription=str(live["subscription"]),
        resource_group=str(live["resource_group"]),
        cloud=_text(live, "cloud") or "AzureCloud",
        tenant=_text(live, "tenant"),
        gateway=_text(live, "gateway"),
    )


def _accepted(members: Members) -> Iterator[Acceptance]:
    listed = members.get("accept")
    for entry in listed if isinstance(listed, list) else ():
        yield Acceptance(
            check=str(entry["check"]), reason=str(entry["reason"]), until=str(entry["until"])
        )


def _express_route(edge: Members, folder: str) -> ExpressRoute | None:
    if not edge:
        return None
    return ExpressRoute(
        circuits=tuple(_circuit(one, folder) for one in _entries(edge, "circuits")),
        internet_next_hop=IPv4Address(str(edge["internet_next_hop"])),
        asn=_number(edge, "asn"),
        local_preference=_whole(edge, "local_preference", 200),
        bfd=edge.get("bfd") is not False,
        vpn_backup=_text(edge, "vpn_backup"),
        backup_distance=_whole(edge, "backup_distance", 250),
        vpn_site=_text(edge, "vpn_site"),
        zone=_text(edge, "zone"),
    )


def _circuit(circuit: Members, folder: str) -> CircuitEnd:
    return CircuitEnd(
        name=str(circuit["name"]),
        links=tuple(map(_link, _entries(circuit, "links"))),
        md5=_reference(circuit, "md5", folder),
    )


def _link(link: Members) -> CircuitLink:
    address = _text(link, "address")
    return CircuitLink(
        interface=str(link["interface"]),
        vlan=_number(link, "vlan"),
        svlan=_number(link, "svlan"),
        unit=_number(link, "unit"),
        address=None if address is None else IPv4Interface(address),
    )


def _entries(members: Members, name: str) -> Iterator[Members]:
    listed = members.get(name)
    yield from (one for one in listed if isinstance(one, dict)) if isinstance(listed, list) else ()


def _traffic(traffic: Members) -> tuple[Rule, ...]:
    if not traffic:
        return ()
    from appliance.inventory.traffic import rules  # noqa: PLC0415 -- most sites have none

    return rules(traffic)


def _reference(members: Members, name: str, folder: str) -> SecretRef | None:
    text = _text(members, name)
    if text is None:
        return None
    scheme, _, path = text.partition(":")
    return SecretRef(scheme, _absolute(path, folder) if scheme == "file" else path)


def _absolute(path: str, folder: str) -> str:
    return os.path.normpath(os.path.join(folder, os.path.expanduser(path)))


def _section(members: Members, name: str) -> Members:
    found = members.get(name)
    return found if isinstance(found, dict) else {}


def _text(members: Members, name: str) -> str | None:
    found = members.get(name)
    return found if isinstance(found, str) else None


def _texts(members: Members, name: str) -> list[str]:
    found = members.get(name)
    return [str(text) for text in found] if isinstance(found, list) else []


def _number(members: Members, name: str) -> int | None:
    found = members.get(name)
    return found if isinstance(found, int) else None


def _whole(members: Members, name: str, default: int) -> int:
    found = members.get(name)
    return found if isinstance(found, int) else default


def _networks(members: Members, name: str) -> tuple[IPv4Network, ...]:
    return tuple(IPv4Network(text) for text in _texts(members, name))
