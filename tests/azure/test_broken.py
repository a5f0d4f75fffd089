"""Broken exports and what is said of them; each message was read as its reader would."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any  # JSON of any shape is edited in place here

import pytest

from appliance.azure import Expectation, choose, load, outcomes, select
from appliance.errors import ExpectationError

EXAMPLE = Path(__file__).parents[2] / "examples" / "azure" / "site-a"
NETWORK = (
    "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/network-rg"
    "/providers/Microsoft.Network"
)
REPEAT = "correct it in Azure, or repeat the export if that is what is broken"
AS_JSON = "export it as JSON: `az ... -o json > FILE`, PowerShell `... | ConvertTo-Json -Depth 20`"

Files = dict[str, Any]
Break = Callable[[Files], object]


def example() -> Files:
    return {file.name: json.loads(file.read_text()) for file in EXAMPLE.iterdir()}


def put(name: str, *path: str | int, value: object) -> Break:
    """Set one member; a `value` of `...` removes it."""

    def change(files: Files) -> None:
        target = files[name]
        for step in path[:-1]:
            target = target[step]
        if value is ...:
            del target[path[-1]]
        else:
            target[path[-1]] = value

    return change


def replace(name: str, content: object) -> Break:
    return lambda files: files.update({name: content})


def remove(name: str) -> Break:
    return lambda files: files.pop(name)


def word(field: str, value: object) -> Break:
    return put("connection.json", "ipsecPolicies", 0, field, value=value)


def connection(field: str, value: object) -> Break:
    return put("connection.json", field, value=value)


def imported(
    directory: Path, monkeypatch: pytest.MonkeyPatch, *breaks: Break
) -> tuple[Expectation, ...]:
    files = example()
    for change in breaks:
        change(files)
    for name, content in files.items():
        raw = content if isinstance(content, str | bytes) else json.dumps(content, indent=1)
        (directory / name).write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    monkeypatch.chdir(directory)
    return load(["."])


PEER = {"asn": 65010, "bgpPeeringAddress": "10.10.255.1"}
POLICY = "connection.json: $.ipsecPolicies[0]"
BROKEN: list[tuple[str, list[Break], str]] = [
    (
        "truncated",
        [replace("gateway.json", '{\n "name": "vpngw",\n "id": "/subscr')],
        "gateway.json:3:8: the file ends in the middle of JSON\n"
        "  -> the export was cut off; repeat it",
    ),
    (
        "no comma",
        [replace("vnet.json", '{"id": "x"\n "name": "y"\n}')],
        f"vnet.json:2:2: broken JSON: Expecting ',' delimiter\n  -> {AS_JSON}",
    ),
    ("empty", [replace("vnet.json", "")], f"vnet.json: the file is empty\n  -> {AS_JSON}"),
    (
        "prose",
        [replace("vnet.json", "The VNet is 10.20.0.0/16, says Petra.\n")],
        f"vnet.json: this is not JSON\n  -> {AS_JSON}",
    ),
    (
        "another encoding",
        [replace("vnet.json", b'\xff\xfe{\x00"\x00}')],
        "vnet.json: byte 6 is no text in utf-16-le\n  -> save it as UTF-8, or export it again",
    ),
    (
        "very deep",
        [replace("vnet.json", "[" * 5000 + "]" * 5000)],
        "vnet.json: JSON is nested deeper than 64 levels, or holds an endless number\n"
        "  -> this is no export of a VPN gateway",
    ),
    (
        "no gateway",
        [remove("gateway.json")],
        "connection.json: $.virtualNetworkGateway1: virtual-network-gateway vpngw is not among "
        "the exports\n  -> add it: az network vnet-gateway show -g network-rg -n vpngw -o json "
        "> vpngw.json",
    ),
    (
        "a gateway by name only",
        [
            replace(
                "gateway.json",
                {
                    "id": f"{NETWORK}/virtualNetworkGateways/vpngw",
                    "name": "vpngw",
                    "type": "Microsoft.Network/virtualNetworkGateways",
                },
            )
        ],
        "connection.json: $.virtualNetworkGateway1: virtual-network-gateway vpngw is not among "
        "the exports (gateway.json: $ only names it, without its properties)\n"
        "  -> add it: az network vnet-gateway show -g network-rg -n vpngw -o json > vpngw.json",
    ),
    (
        "a gateway of another group",
        [put("gateway.json", "id", value="/resourceGroups/b/x/virtualNetworkGateways/vpngw")],
        "connection.json: $.virtualNetworkGateway1: virtual-network-gateway vpngw is not among "
        "the exports (gateway.json: $ has that name, but another id: "
        "/resourceGroups/b/x/virtualNetworkGateways/vpngw)\n"
        "  -> add it: az network vnet-gateway show -g network-rg -n vpngw -o json > vpngw.json",
    ),
    (
        "no local gateway",
        [remove("local-gateway.json")],
        "connection.json: $.localNetworkGateway2: local-network-gateway site-a-lng is not among "
        "the exports\n  -> add it: az network local-gateway show -g network-rg -n site-a-lng "
        "-o json > site-a-lng.json",
    ),
    (
        "no VNet",
        [remove("vnet.json")],
        f"gateway.json: $: the gateway's VNet {NETWORK}/virtualNetworks/hub-vnet is not among "
        "the exports\n"
        "  -> add it: az network vnet show -g network-rg -n hub-vnet -o json > hub-vnet.json",
    ),
    (
        "no connection",
        [remove("connection.json")],
        "the Azure exports: no connection among them (found: local-network-gateway, "
        "virtual-network, virtual-network-gateway)\n  -> add it: az network vpn-connection show "
        "-g RESOURCE_GROUP -n NAME -o json > NAME.json",
    ),
    (
        "no public address",
        [put("gateway.json", "bgpSettings", "bgpPeeringAddresses", value=[])],
        "gateway.json: $.ipConfigurations[0]: no public address of gateway instance default: "
        "neither tunnelIpAddresses nor an exported public IP address tells it\n  -> add it: "
        "az network public-ip show -g network-rg -n vpngw-pip -o json > vpngw-pip.json",
    ),
    (
        "a word of no algorithm",
        [word("dhGroup", "ECP284")],
        f"{POLICY}.dhGroup: dhGroup has no value 'ECP284'\n  -> did you mean ECP384? Azure knows "
        "DHGroup1, DHGroup2, DHGroup14, ECP256, ECP384, DHGroup24, None",
    ),
    (
        "half GCM",
        [word("ipsecIntegrity", "SHA256")],
        f"{POLICY}: ipsecEncryption GCMAES256 with ipsecIntegrity SHA256: GCM must be the same "
        "in both\n  -> set both to GCMAES256, or neither to a GCM word",
    ),
    (
        "GCM as IKE integrity only",
        [word("ikeIntegrity", "GCMAES128")],
        f"{POLICY}.ikeIntegrity: ikeIntegrity GCMAES128 goes only with a GCM cipher in "
        "ikeEncryption\n  -> set ikeIntegrity SHA256 or SHA384",
    ),
    (
        "no key exchange",
        [word("dhGroup", "None")],
        f"{POLICY}.dhGroup: dhGroup None: IKE needs a key exchange\n"
        "  -> set DHGroup14, ECP256 or ECP384 in Azure's policy",
    ),
    (
        "a partial policy",
        [word("pfsGroup", ...)],
        f"{POLICY}: the policy lacks pfsGroup\n  -> Azure takes a policy only whole: "
        "ikeEncryption, ikeIntegrity, dhGroup, ipsecEncryption, ipsecIntegrity, pfsGroup",
    ),
    (
        "cut by PowerShell",
        [connection("ipsecPolicies", ["Microsoft.Azure.Commands.Network.Models.PSIpsecPolicy"])],
        f"{POLICY}: an object is expected here, not text\n"
        "  -> PowerShell cut the export short: repeat it with `ConvertTo-Json -Depth 20`",
    ),
    (
        "BGP without a peer",
        [connection("enableBgp", True)],  # noqa: FBT003 -- a JSON value
        "local-gateway.json: $: the connection has BGP on, but the local network gateway has no "
        "bgpSettings.asn and bgpSettings.bgpPeeringAddress\n  -> set them (az network "
        "local-gateway update --asn ASN --bgp-peering-address ADDRESS) or export all of it: "
        "az network local-gateway show -g network-rg -n site-a-lng -o json > site-a-lng.json",
    ),
    (
        "a protocol of the future",
        [connection("connectionProtocol", "IKEv3")],
        "connection.json: $.connectionProtocol: connectionProtocol has no value 'IKEv3'\n"
        "  -> Azure knows IKEv1, IKEv2",
    ),
    (
        "half a mode",
        [connection("connectionMode", "Initiator")],
        "connection.json: $.connectionMode: connectionMode has no value 'Initiator'\n"
        "  -> did you mean InitiatorOnly? Azure knows Default, InitiatorOnly, ResponderOnly",
    ),
    (
        "an ExpressRoute gateway",
        [put("gateway.json", "gatewayType", value="ExpressRoute")],
        "gateway.json: $: a connection of type IPsec to a gateway of type 'ExpressRoute'\n"
        "  -> only VPN gateways terminate IPsec: name the gateway the connection belongs to",
    ),
    (
        "selectors of one side",
        [
            connection("usePolicyBasedTrafficSelectors", "true"),
            connection("trafficSelectorPolicies", [{"localAddressRanges": ["10.20.0.0/16"]}]),
        ],
        "connection.json: $.trafficSelectorPolicies[0]: a traffic selector policy needs "
        "localAddressRanges (Azure's side) and remoteAddressRanges (on premises), at most 10000 "
        "pairs\n  -> az network vpn-connection show tells them; export it again",
    ),
    (
        "several at once",
        [
            put("local-gateway.json", "gatewayIpAddress", value="203.0.113.300"),
            put("vnet.json", "addressSpace", "addressPrefixes", 1, value="10.21.0.0/33"),
            connection("dpdTimeoutSeconds", "a day"),
            connection("enableBgp", "maybe"),
        ],
        "4 faults in the Azure exports\n"
        "connection.json: $.enableBgp: true or false is expected here, not 'maybe'\n"
        f"  -> {REPEAT}\n"
        "vnet.json: $.addressSpace.addressPrefixes[1]: '10.21.0.0/33' is no IPv4 prefix\n"
        "  -> write it as 10.20.0.0/16\n"
        "local-gateway.json: $.gatewayIpAddress: '203.0.113.300' is no IPv4 address\n"
        f"  -> {REPEAT}\n"
        "connection.json: $.dpdTimeoutSeconds: a whole number is expected here, not 'a day'\n"
        f"  -> {REPEAT}",
    ),
    (
        "an error of Azure",
        [replace("vnet.json", {"error": {"code": "AuthorizationFailed", "message": "The client"}})],
        "vnet.json: $.error: Azure answered with an error: AuthorizationFailed\n"
        "  -> repeat the export, signed in as someone who may read the resource",
    ),
    (
        "selectors of an unknown VNet",
        [
            connection("usePolicyBasedTrafficSelectors", 1),
            connection("enableBgp", "True"),
            put("local-gateway.json", "bgpSettings", value=PEER),
            remove("vnet.json"),
        ],
        f"gateway.json: $: the gateway's VNet {NETWORK}/virtualNetworks/hub-vnet is not among "
        "the exports\n"
        "  -> add it: az network vnet show -g network-rg -n hub-vnet -o json > hub-vnet.json",
    ),
    (
        "control characters",
        [put("local-gateway.json", "fqdn", value="vpn\x1b[2J.example.net")],
        "local-gateway.json: $.fqdn: plain text is expected here, not text with control "
        f"characters\n  -> {REPEAT}",
    ),
]


@pytest.mark.parametrize(
    ("breaks", "message"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN]
)
def test_message(
    breaks: list[Break], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ExpectationError) as caught:
        imported(tmp_path, monkeypatch, *breaks)
    assert str(caught.value) == message


QUESTIONABLE: list[tuple[str, list[Break], str]] = [
    (
        "two policies",
        [lambda files: files["connection.json"]["ipsecPolicies"].append({})],
        "connection.json: $.ipsecPolicies: 2 policies, but Azure acts on one; the first is taken",
    ),
    (
        "GCM tells no PRF",
        [word("ikeEncryption", "GCMAES128"), word("ikeIntegrity", "GCMAES128")],
        f"{POLICY}.ikeIntegrity: a GCM word does not tell the PRF; sha256 is assumed. Setting "
        "ikeIntegrity SHA256 or SHA384 in Azure makes it certain",
    ),
    (
        "GCM for IKEv1",
        [word("ikeEncryption", "GCMAES256"), connection("connectionProtocol", "IKEv1")],
        "connection.json: $: a GCM cipher for IKE with IKEv1, which has no such thing "
        "(RFC 5282 is for IKEv2)",
    ),
    (
        "short lifetime",
        [word("saLifeTimeSeconds", 60)],
        f"{POLICY}.saLifeTimeSeconds: 60 is below Azure's minimum of 300",
    ),
    (
        "named key",
        [replace("site-a-shared-key.json", {"value": "CanaryKey31"})],
        "site-a-shared-key.json: shared key taken as that of site-a, by its name",
    ),
    (
        "only key",
        [replace("key.json", {"value": "CanaryKey31"})],
        "key.json: shared key taken as that of site-a, since there is one of each",
    ),
    (
        "two keys",
        [replace("k1.json", {"value": "CanaryKey31"}), replace("k2.json", {"value": "Canary2"})],
        "shared keys were exported apart, but it is unclear which is that of site-a: name the "
        "file after the connection",
    ),
    (
        "something else",
        [replace("peers.json", {"value": [{"asn": 65010, "neighbor": "10.0.0.1"}]})],
        "peers.json: $: nothing of a VPN gateway's sites in it; not used",
    ),
    (
        "a page of a list",
        [replace("more.json", {"value": [], "nextLink": "https://management.azure.com/x"})],
        "more.json: $: only a page of a longer list (see nextLink)",
    ),
    (
        "BGP without a VNet",
        [
            connection("enableBgp", "True"),
            put("local-gateway.json", "bgpSettings", value=PEER),
            remove("vnet.json"),
        ],
        "the gateway's VNet is not among the exports; its prefixes come by BGP",
    ),
    (
        "a text file",
        [replace("readme.txt", "exported on Friday")],
        "readme.txt: cannot be read, and has no word of Azure's; not used",
    ),
    (
        "a list of the portal",
        [replace("list.csv", '"NAME","RESOURCE GROUP","LOCATION"\n"vgw-1","rg","westeurope"\n')],
        "list.csv: a table without properties; not used",
    ),
]


@pytest.mark.parametrize(
    ("breaks", "note"), [case[1:] for case in QUESTIONABLE], ids=[case[0] for case in QUESTIONABLE]
)
def test_note(
    breaks: list[Break], note: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (found,) = imported(tmp_path, monkeypatch, *breaks)
    assert note in found.notes
    assert "Canary" not in repr(found)


@pytest.mark.parametrize(
    ("file", "owner"),
    [
        ("a-key.json", "a"),
        ("key of A.json", "a"),
        ("site-a-key.json", "site-a"),
        ("site-a_2-shared-key.json", "site-a-2"),
        ("shared-key-b.json", None),
        ("sharedkey.json", None),
    ],
)
def test_key_goes_to_the_connection_its_file_names(
    file: str, owner: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def named(name: str) -> Break:
        member = example()["connection.json"] | {
            "name": name,
            "id": f"{NETWORK}/connections/{name}",
        }
        return replace(f"{name}.json", member)

    found = imported(
        tmp_path, monkeypatch, named("a"), named("site-a-2"), replace(file, {"value": "Canary"})
    )
    assert [each.name for each in found if each.psk is not None] == ([owner] if owner else [])


@pytest.mark.parametrize(("of", "owner"), [("a", "a"), ("SITE-A-2", "site-a-2"), ("z", None)])
def test_key_goes_to_the_connection_its_id_names(
    of: str, owner: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `az network vpn-connection shared-key show` prints it where Azure tells the id."""
    shown = {
        "id": f"{NETWORK}/connections/{of}/sharedkey",
        "resourceGroup": "rg",
        "value": "Canary",
    }
    member = example()["connection.json"]
    breaks = [
        replace(f"{name}.json", member | {"name": name, "id": f"{NETWORK}/connections/{name}"})
        for name in ("a", "site-a-2")
    ]
    found = imported(tmp_path, monkeypatch, *breaks, replace("key-of-a.json", shown))
    assert [each.name for each in found if each.psk is not None] == ([owner] if owner else [])


def test_the_key_of_another_connection_is_not_taken_for_the_only_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = {"id": f"{NETWORK}/connections/z/sharedkey", "value": "Canary"}
    (found,) = imported(tmp_path, monkeypatch, replace("key.json", shown))
    assert found.psk is None
    assert any("unclear which is that of" in note for note in found.notes)


MASKS = (
    *("***", "<hidden>", "(redacted)", "xxxxxxxx", "a\x00b", "########", "-", "n/a", "ab****yz"),
    *("#{VpnKey}#", "$(VPN_PSK)", "${psk}", "${{ secrets.PSK }}", "%VPN_PSK%", "__PSK__"),
    *("[parameters('key')]", "@Microsoft.KeyVault(SecretUri=https://kv/secrets/psk)"),
    "System.Security.SecureString",
)


@pytest.mark.parametrize("value", MASKS)
def test_masked_key_is_unreadable(
    value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (found,) = imported(tmp_path, monkeypatch, connection("sharedKey", value))
    assert (found.psk, found.psk_state) == (None, "unreadable")


@pytest.mark.parametrize("value", ["[Zr8q]pL#2", "$3cr3t(Pass)x", "%aB3$dE6", "#Kq9w3vT#", "a__b"])
def test_a_key_that_looks_like_a_mask_is_one(
    value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (found,) = imported(tmp_path, monkeypatch, connection("sharedKey", value))
    assert found.psk is not None
    assert found.psk.reveal() == value


def test_newer_of_two_exports_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = deepcopy(example()["connection.json"])
    old["connectionMode"] = "ResponderOnly"
    stale = tmp_path / "z-stale.json"
    stale.write_text(json.dumps(old))
    os.utime(stale, (1_000_000_000, 1_000_000_000))
    (found,) = imported(tmp_path, monkeypatch)
    assert found.policy.dials == "Default"
    assert found.notes == (
        "connection site-a is in z-stale.json: $ and in connection.json: $: the newer, the "
        "second, counts; they differ in connectionMode",
    )
    (tmp_path / "connection.json").unlink()
    (found,) = load(["."])
    assert found.exported_at == 1_000_000_000


def aged(file: Path, name: str, shown: object) -> None:
    stale = file.parent / name
    stale.write_text(json.dumps(shown))
    os.utime(stale, (1_000_000_000, 1_000_000_000))


def test_an_older_export_brings_nothing_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A policy, peerings and a peer of BGP that are no more; az leaves out what is not set."""
    now = example()
    policy, now["connection.json"]["ipsecPolicies"] = now["connection.json"]["ipsecPolicies"], []
    file = tmp_path / "connection.json"
    aged(file, "old-connection.json", now["connection.json"] | {"ipsecPolicies": policy})
    peer = {"asn": 65100, "bgpPeeringAddress": "10.30.255.1"}
    aged(file, "old-lgw.json", now["local-gateway.json"] | {"bgpSettings": peer})
    (found,) = imported(tmp_path, monkeypatch, connection("ipsecPolicies", []))
    assert found.policy.default is True
    assert found.on_premises.bgp_asn is None
    noted = "\n".join(found.notes)
    assert "they differ in ipsecPolicies" in noted
    assert "they differ in bgpSettings" in noted


def test_what_is_only_to_be_never_counts_before_what_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = example()["connection.json"]
    change = {"changeType": "Modify", "before": now, "after": now | {"ipsecPolicies": []}}
    (found,) = imported(tmp_path, monkeypatch, replace("what-if.json", {"changes": [change]}))
    assert found.policy.default is False
    assert "the second, Azure's own answer, counts; they differ in ipsecPolicies" in found.notes[0]


def test_what_copying_leaves_in_a_text_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Spaces of the web, a comma behind the last member, a slash at the end of an id."""
    shown = example()["connection.json"]
    shown["localNetworkGateway2"] = {"id": shown["localNetworkGateway2"]["id"] + "/"}
    text = json.dumps(shown, indent=2).removesuffix("\n}") + ",\n}"
    copied = replace("connection.json", text.replace("  ", "\N{NO-BREAK SPACE}" * 2))
    (found,) = imported(tmp_path, monkeypatch, copied)
    assert str(found.on_premises.address) == "203.0.113.10"


def test_the_only_gateway_is_not_taken_for_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its id it is told by its name; where none is named, that it is taken is told."""
    unnamed = put("gateway.json", "id", value=...)
    (found,) = imported(tmp_path, monkeypatch, unnamed)
    assert "is taken" not in "\n".join(found.notes)
    (found,) = imported(tmp_path, monkeypatch, connection("virtualNetworkGateway1", ...))
    assert "virtualNetworkGateway1: not told; virtual-network-gateway" in found.notes[0]
    another = put("gateway.json", "name", value="vgw-other")
    with pytest.raises(ExpectationError, match="is not among the exports"):
        imported(tmp_path, monkeypatch, unnamed, another)


def test_a_public_address_that_has_moved_since_is_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = example()["gateway.json"]["ipConfigurations"][0]["publicIPAddress"]["id"]
    address = {"id": identity, "ipAddress": "198.51.100.99", "publicIPAllocationMethod": "Static"}
    (found,) = imported(tmp_path, monkeypatch, replace("pip.json", address))
    assert "198.51.100.99, but the gateway's own export has" in found.notes[0]


def test_a_part_of_a_template_is_no_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part = connection("name", "[parameters('connections_name')]")
    with pytest.raises(ExpectationError) as caught:
        imported(tmp_path, monkeypatch, part)
    assert str(caught.value) == (
        "connection.json: $: a part of a template, which does not tell what its expressions mean\n"
        "  -> give the whole template and its parameters"
    )


def second(files: Files) -> None:
    files["other.json"] = deepcopy(files["connection.json"])
    files["other.json"] |= {"name": "site-b", "id": f"{NETWORK}/connections/site-b"}
    files["other.json"]["virtualNetworkGateway1"] = {"id": f"{NETWORK}/virtualNetworkGateways/b"}


def test_one_connection_is_chosen_and_others_may_be_incomplete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ExpectationError, match="virtual-network-gateway b is not among"):
        imported(tmp_path, monkeypatch, second)
    (found,) = load([tmp_path], connection="SITE-A")
    assert found.name == "site-a"
    assert select([found], None) is found
    assert select([found], f"{NETWORK}/connections/site-a".upper()) is found
    with pytest.raises(ExpectationError) as caught:
        load([tmp_path], connection="site-c")
    assert str(caught.value) == (
        "the Azure exports: no connection 'site-c' in them; did you mean site-b?\n"
        "  -> set azure.connection (`import`: --connection) to one of: site-a, site-b "
        "(or to its id)"
    )


def test_an_incomplete_connection_spoils_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ExpectationError):
        imported(tmp_path, monkeypatch, word("dhGroup", "ECP284"), word("pfsGroup", "x"), second)
    (tmp_path / "connection.json").write_text(json.dumps(example()["connection.json"]))
    good, bad = outcomes([tmp_path])
    assert (good.name, good.error, bad.name, bad.expectation) == ("site-a", None, "site-b", None)
    assert choose([good, bad], "site-a") is good.expectation
    with pytest.raises(ExpectationError, match="virtual-network-gateway b is not among") as caught:
        choose([good, bad], "site-b")
    assert "3 faults" in str(caught.value)
    assert "dhGroup has no value 'ECP284'" in str(caught.value)


def test_several_connections_and_none_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (found,) = imported(tmp_path, monkeypatch)
    with pytest.raises(ExpectationError, match="2 connections, and none is named"):
        select([found, found], None)
    with pytest.raises(ExpectationError, match="there is no connection in them"):
        select([], None)


@pytest.mark.parametrize("name", ["nothing.json", "."])
def test_nothing_there(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ExpectationError) as caught:
        load([name])
    assert caught.value.where == name
    assert caught.value.hint
