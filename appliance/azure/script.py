"""Azure's own device scripts: the comments at their head say what was asked for.

Scripts of all device families begin with the same numbered blocks, behind the family's comment
marks: [1] networks, [2] IPsec and IKE (with the key in clear), [3] BGP. Labels are misspelled in
places, so they are compared by letters only. The commands below are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from appliance.azure.origin import PLACEHOLDER, Moved, Unknown
from appliance.azure.tree import Node
from appliance.record import dataclass

_CAVEAT = (
    "a device script shows one combination of algorithms, and lifetimes of its own; whether "
    "Azure accepts others, too, only an export of the connection tells"
)
_LINE = re.compile(r"^[!#*/;\s]*([>+-]?)\s*([^:\[\]]{2,60}?)\s*:(.*)$")
_BLOCK = re.compile(r"^[!#*/;\s]*\[(\d)\]")
_END = re.compile(r"^[!#*/;\s]*={20,}")
_OPEN = re.compile(r"^(SP_\w*|[A-Z]{2,}_[A-Z_0-9]+|REPLACE\w*|<.*>)$")
_MAX_LINE = 400
"""Characters of a line that are looked at; a key has at most 128."""
_CIDR = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}/\d{1,2}")


@dataclass(frozen=True, slots=True)
class _Said:
    """A label's value and the line it stands on."""

    value: str
    line: int


@dataclass(frozen=True, slots=True)
class _Head:
    """The comments at a script's head: labels by block, prefixes by what they are under."""

    said: dict[str, _Said]
    prefixes: dict[str, list[_Said]]


def resources(root: Node) -> Iterator[Node]:
    """The connection, the gateway, the site and the VNet that a script tells of."""
    head = _read(str(root.value))
    if "1 connectionname" not in head.said:
        root.fault("a device script without the block [1] of networks at its head")
        return
    name = _value(head, "1 connectionname")
    called = name[0] if name and isinstance(name[0], str) else "connection"
    for kind, members, label in (
        ("connections", _connection(head, called), "1 connectionname"),
        ("virtualNetworkGateways", _gateway(head, called), "1 publicip1"),
        ("localNetworkGateways", _site(head), "1 onpremisesvpnip"),
        ("virtualNetworks", _prefixes(head, "addressSpace", "vnet"), "1 connectionname"),
    ):
        members |= {"type": f"Microsoft.Network/{kind}", "id": _id(kind, called), "name": called}
        said = head.said.get(label) or head.said["1 connectionname"]
        yield Node(members, root.file, f"line {said.line}", root.faults)


def _read(text: str) -> _Head:
    """Labels up to the first rule below the blocks."""
    said: dict[str, _Said] = {}
    prefixes: dict[str, list[_Said]] = {"vnet": [], "site": []}
    block, part, under = "", "", ""
    for number, long in enumerate(text.splitlines(), start=1):
        line = long[:_MAX_LINE]
        if found := _BLOCK.match(line):
            block, part = found.group(1), ""
        elif _END.match(line) and block:
            break
        elif block and _fold(line) == "ipsec":
            part = "ipsec"
        elif block and (found := _LINE.match(line)):
            label, value = _fold(found.group(2)), found.group(3).strip()
            under = _under(label, under)
            if label == "cidr" and under and (cidr := _CIDR.search(value)):
                prefixes[under].append(_Said(cidr.group(), number))
            elif value:
                said.setdefault(f"{block} {part}{label}", _Said(value, number))
    return _Head(said, prefixes)


def _fold(text: str) -> str:
    return "".join(mark for mark in text.casefold() if mark.isalnum())


def _under(label: str, before: str) -> str:
    if label == "cidr":
        return before
    return {"virtualnetworkaddressspace": "vnet", "onpremisesaddressprefixes": "site"}.get(
        label, ""
    )


def _value(head: _Head, label: str) -> tuple[object, str] | None:
    """What a label says, and its place; a placeholder that Azure left there is unknown."""
    said = head.said.get(label)
    if said is None:
        return None
    key = label == "2 presharedkey"  # which may be of any words
    if not _OPEN.match(said.value) or (key and not said.value.startswith("SP_")):
        return said.value, f"line {said.line}"
    why = "Azure left a placeholder in the script where the value belongs"
    return Unknown("{placeholder}", why), f"line {said.line}"


def _id(kind: str, name: str) -> str:
    network = f"{PLACEHOLDER}subscription}}/resourceGroups/{{script}}/providers/Microsoft.Network"
    return f"{network}/{kind}/{name}"


def _moved(head: _Head, labels: dict[str, str]) -> Moved:
    """An object of members that labels tell."""
    value = Moved({}, caveat=_CAVEAT)
    for member, label in labels.items():
        if found := _value(head, label):
            value[member], value.origin[member] = found
    return value


def _connection(head: _Head, name: str) -> Moved:
    value = _moved(
        head,
        {
            "connectionProtocol": "2 ikeversion",
            "sharedKey": "2 presharedkey",
            "usePolicyBasedTrafficSelectors": "2 usepolicybasedts",
            "enableBgp": "3 enablebgp",
        },
    )
    value["connectionType"] = "IPsec"
    value["virtualNetworkGateway1"] = {"id": _id("virtualNetworkGateways", name)}
    value["localNetworkGateway2"] = {"id": _id("localNetworkGateways", name)}
    value["ipsecPolicies"] = [_policy(head)]
    return value


def _policy(head: _Head) -> Moved:
    value = _moved(
        head,
        {
            "ikeEncryption": "2 encryptionalgorithm",
            "ikeIntegrity": "2 integrityalgorithm",
            "dhGroup": "2 diffiehellmangroup",
            "ipsecEncryption": "2 ipsecencryptionalgorithm",
            "ipsecIntegrity": "2 ipsecintegrityalgorithm",
            "pfsGroup": "2 ipsecpfsgroup",
            "saLifeTimeSeconds": "2 ipsecsalifetimeseconds",
            "saDataSizeKilobytes": "2 ipsecsalifetimekb",
        },
    )
    for member in ("ikeEncryption", "ipsecEncryption"):
        value[member] = _cipher(value.get(member))
    for member in ("ikeIntegrity", "ipsecIntegrity"):
        value[member] = _hash(value.get(member))
    if str(value["ipsecEncryption"]).startswith("GCM"):
        value["ipsecIntegrity"] = value["ipsecEncryption"]
    return value


def _cipher(said: object) -> object:
    """A device's word for a cipher in Azure's words; one that is not known stays as it is."""
    word = _fold(said) if isinstance(said, str) else ""
    size = next((each for each in ("256", "192", "128") if each in word), "")
    if "gcm" in word and size:
        return f"GCMAES{size}"
    if "3des" in word:
        return "DES3"
    return f"AES{size or 128}" if "aes" in word else said


def _hash(said: object) -> object:
    word = _fold(said) if isinstance(said, str) else ""
    for mark, azure in (("384", "SHA384"), ("256", "SHA256"), ("md5", "MD5"), ("sha", "SHA1")):
        if mark in word:
            return azure
    return said


def _gateway(head: _Head, name: str) -> Moved:
    value = Moved({"gatewayType": "Vpn", "vpnType": "RouteBased"}, caveat=_CAVEAT)
    instances = [each for each in (_instance(head, "1"), _instance(head, "2")) if each]
    bgp = _moved(head, {"asn": "3 azurebgpasn"})
    if isinstance(bgp.get("asn"), Unknown):
        del bgp["asn"]
    bgp["bgpPeeringAddresses"] = instances
    value["bgpSettings"] = bgp
    value["activeActive"] = len(instances) > 1
    subnet = f"{_id('virtualNetworks', name)}/subnets/GatewaySubnet"
    value["ipConfigurations"] = [
        {"name": each["ipconfigurationId"], "subnet": {"id": subnet}} for each in instances
    ]
    return value


def _instance(head: _Head, number: str) -> Moved | None:
    address = _value(head, f"1 publicip{number}")
    if address is None:
        return None
    value = Moved({"ipconfigurationId": f"Public IP {number}"}, caveat=_CAVEAT)
    listed = address[0] if isinstance(address[0], Unknown) else [address[0]]
    value["tunnelIpAddresses"], value.origin["tunnelIpAddresses"] = listed, address[1]
    label = f"3 azurebgpip{number}" if f"3 azurebgpip{number}" in head.said else "3 azurebgpip"
    peer = _value(head, label) if number == "1" or label.endswith(number) else None
    if peer is not None and not isinstance(peer[0], Unknown):
        value["defaultBgpIpAddresses"] = [peer[0]]
        value.origin["defaultBgpIpAddresses"] = peer[1]
    return value


def _site(head: _Head) -> Moved:
    value = _moved(head, {"gatewayIpAddress": "1 onpremisesvpnip"})
    space = _prefixes(head, "localNetworkAddressSpace", "site")
    value |= space
    bgp = _moved(head, {"asn": "3 onpremisesbgpasn", "bgpPeeringAddress": "3 onpremisesbgpip"})
    if not any(isinstance(each, Unknown) for each in bgp.values()):
        value["bgpSettings"] = bgp
    return value


def _prefixes(head: _Head, member: str, under: str) -> Moved:
    found = head.prefixes[under]
    lines = {"addressPrefixes": f"line {found[0].line}"} if found else {}
    space = Moved({"addressPrefixes": [each.value for each in found]}, lines)
    return Moved({member: space}, caveat=_CAVEAT)
