"""A ready-made server: a branch's RRAS, with a partner's tunnel that is none of our business."""

from __future__ import annotations

from collections.abc import Iterable

from appliance.lab.azure_peer import AzurePeer, Policy
from appliance.lab.clock import Clock
from appliance.lab.rras.engine import Call, run
from appliance.lab.rras.server import Server, Settings
from appliance.lab.wiring import USUAL, Wiring

PARTNER = AzurePeer(
    address="192.0.2.50",
    psk="partner-Only-1",
    policy=Policy(ike=("aes256", "sha256", 14), esp=("aes256", "sha256", 14)),
)
_PARTNER = {
    "Name": "Partner Warehouse",
    "Destination": ["192.0.2.50"],
    "Protocol": "IKEv2",
    "AuthenticationMethod": "PSKOnly",
    "ResponderAuthenticationMethod": "PSKOnly",
    "SharedSecret": PARTNER.psk,
    "IPv4Subnet": ["172.16.50.0/24:50"],
    "Persistent": True,
    "CustomPolicy": True,
    "EncryptionMethod": "AES256",
    "IntegrityCheckMethod": "SHA256",
    "DHGroup": "Group14",
    "CipherTransformConstants": "AES256",
    "AuthenticationTransformConstants": "SHA256128",
    "PfsGroup": "PFS2048",
}


def rras_device(
    name: str = "site-a",
    *,
    peers: Iterable[AzurePeer] = (),
    clock: Clock | None = None,
    wiring: Wiring = USUAL,
    settings: Settings | None = None,
) -> Server:
    """A server `<NAME>-RRAS`; `peers` are the gateways that answer on the other side.

    The partner's gateway is always there, so that its tunnel is up until somebody breaks it.
    """
    made = settings or Settings(name=f"{name.upper()}-RRAS"[:15], local=wiring.outside)
    partner = AzurePeer(
        address=PARTNER.address,
        psk=PARTNER.psk,
        policy=PARTNER.policy,
        device_address=made.local,
    )
    server = Server(made, peers=(partner, *peers), clock=clock)
    if made.installed:
        configure(server, "Add-VpnS2SInterface", **_PARTNER)
        configure(server, "Connect-VpnS2SInterface", Name="Partner Warehouse")
    return server


def configure(server: Server, cmdlet: str, **given: object) -> list[object]:
    """Run one cmdlet behind everybody's back. Raises ValueError with the server's words."""
    outcome = run(server, [Call(name=cmdlet, given=given)])
    errors = [*outcome.errors, *([outcome.failed] if outcome.failed else [])]
    if errors:
        raise ValueError("; ".join(error.message for error in errors))
    return outcome.output
