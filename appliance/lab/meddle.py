"""What somebody does to a device behind everybody's back: perfect forward secrecy is switched off.

It is what people do when a tunnel does not come up, and what shows only hours later, at the rekey.
Of a circuit a session is shut.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import cast

from appliance.lab.login import USERNAME
from appliance.lab.shell import Device, Host


def meddle(driver: str, device: Device | Host, peer: str) -> tuple[str, ...]:
    """Switch it off for the tunnel to `peer`; what was typed.

    Raises KeyError for a kind of device that nobody here knows how to break, LookupError where
    the device has no such tunnel.
    """
    return _WAYS[driver](device, peer)


def meddle_link(driver: str, device: Device | Host, peer: str) -> tuple[str, ...]:
    """Shut the session with Microsoft's `peer`, as before a maintenance, and forget it.

    Raises KeyError and LookupError as `meddle`.
    """
    return _SHUT[driver](device, peer)


def _shut_ios(device: Device | Host, peer: str) -> tuple[str, ...]:
    router = cast(Device, device)
    process = _word(r"^router bgp (\S+)$", router.running())
    return _typed(router, f"router bgp {process}", f"neighbor {peer} shutdown")


def _shut_junos(device: Device | Host, peer: str) -> tuple[str, ...]:
    firewall = cast(Device, device)
    text = _as_set(firewall)
    group = _word(rf"^set protocols bgp group (\S+) neighbor {re.escape(peer)} ", text)
    return _typed(firewall, f"deactivate protocols bgp group {group} neighbor {peer}")


def _ios(device: Device | Host, peer: str) -> tuple[str, ...]:
    router = cast(Device, device)
    blocks = re.split(r"^(?=\S)", router.running(), flags=re.MULTILINE)
    tunnel = _first(blocks, f" tunnel destination {peer}\n")
    profile = _word(r"tunnel protection ipsec profile (\S+)", tunnel)
    held = _first(blocks, f"crypto ipsec profile {profile}\n")
    # Azure's default lists have no PFS for what they propose: there it is somebody who adds it.
    word = "no set pfs" if " set pfs" in held else "set pfs group24"
    return _typed(router, f"crypto ipsec profile {profile}", word)


def _asa(device: Device | Host, peer: str) -> tuple[str, ...]:
    firewall = cast(Device, device)
    text = firewall.running()
    entry = _word(rf"^crypto map (\S+ \d+) set peer {re.escape(peer)}\b", text)
    return _typed(firewall, f"no crypto map {entry} set pfs")


def _junos(device: Device | Host, peer: str) -> tuple[str, ...]:
    """From the gateway to the VPN that uses it, to the policy of that."""
    firewall = cast(Device, device)
    text = _as_set(firewall)
    gateway = _word(rf"^set security ike gateway (\S+) address {re.escape(peer)}$", text)
    vpn = _word(rf"^set security ipsec vpn (\S+) ike gateway {gateway}$", text)
    policy = _word(rf"^set security ipsec vpn {vpn} ike ipsec-policy (\S+)$", text)
    return _typed(firewall, f"delete security ipsec policy {policy} perfect-forward-secrecy")


def _as_set(firewall: Device) -> str:
    shell = firewall.session(USERNAME)
    shell.length = 0
    return shell.execute("show configuration | display set")


def _rras(device: Device | Host, peer: str) -> tuple[str, ...]:
    from appliance.lab.rras.server import Server  # noqa: PLC0415 -- only for such a device

    server = cast(Server, device)
    with server.lock:
        found = [one for one in server.interfaces.values() if peer in one.destinations]
        if not found:
            raise LookupError(f"no interface dials {peer}")
        found[0].properties["PfsGroup"] = "None"
    return (f"Set-VpnS2SInterface -Name '{found[0].name}' -CustomPolicy ... -PfsGroup None -Force",)


def _linux(device: Device | Host, peer: str) -> tuple[str, ...]:
    """In the file where the tunnel stands, whatever its name."""
    from appliance.lab.linux.host import LinuxHost  # noqa: PLC0415 -- only for such a device

    host = cast(LinuxHost, device)
    folder = "/etc/swanctl/conf.d"
    found = host.run(f"grep -lE 'remote_addrs *= *{re.escape(peer)}$' {folder}/*.conf || true")
    if not found:
        raise LookupError(f"no file in {folder} reaches {peer}")
    edit = f"sed -i -E '/esp_proposals/s/-(modp|ecp)[0-9]+s?[0-9]*//g' {found.split()[0]}"
    for line in (edit, "swanctl --load-all"):
        host.run(line)
    return edit, "swanctl --load-all"


def _typed(device: Device, *lines: str) -> tuple[str, ...]:
    device.configure(*lines)
    return lines


def _first(blocks: list[str], line: str) -> str:
    for block in blocks:
        if line in block:
            return block
    raise LookupError(f"nothing on the device reads {line.strip()!r}")


def _word(pattern: str, text: str) -> str:
    match = re.search(pattern, text, re.MULTILINE)
    if match is None:
        raise LookupError(f"nothing on the device reads {pattern!r}")
    return match[1]


_WAYS: Mapping[str, Callable[[Device | Host, str], tuple[str, ...]]] = MappingProxyType(
    {
        "cisco_asa": _asa,
        "cisco_ios": _ios,
        "juniper_junos": _junos,
        "rras": _rras,
        "strongswan": _linux,
    }
)
_SHUT: Mapping[str, Callable[[Device | Host, str], tuple[str, ...]]] = MappingProxyType(
    {"cisco_ios": _shut_ios, "juniper_junos": _shut_junos}
)
