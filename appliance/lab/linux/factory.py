"""A ready-made host: a branch's Linux box, with a partner's tunnel that is none of our business."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from appliance.lab.azure_peer import AzurePeer, Policy
from appliance.lab.linux.host import LinuxHost
from appliance.lab.wiring import USUAL, Wiring

if TYPE_CHECKING:
    from appliance.lab.clock import Clock

PARTNER = AzurePeer(
    address="192.0.2.50",
    psk="partner-Only-1",
    ike_version=1,
    policy=Policy(ike=("aes256", "sha256", 14), esp=("aes256", "sha256", 14)),
    selectors=(("172.16.60.0/24", "172.16.50.0/24"),),
)
_PARTNER = """\
# Warehouse of our partner, ask logistics@site.example before touching it.
connections {{
    partner {{
        version = 1
        remote_addrs = {peer}
        local_addrs = {local}
        proposals = aes256-sha256-modp2048
        keyingtries = 0
        local-1 {{
            auth = psk
        }}
        remote-1 {{
            auth = psk
            id = {peer}
        }}
        children {{
            warehouse {{
                local_ts = 172.16.60.0/24
                remote_ts = 172.16.50.0/24
                esp_proposals = aes256-sha256-modp2048
                start_action = start
            }}
        }}
    }}
}}
secrets {{
    ike-partner {{
        id = {peer}
        secret = "{key}"
    }}
}}
"""


def linux_host(
    name: str = "site-a",
    *,
    peers: Iterable[AzurePeer] = (),
    clock: Clock | None = None,  # noqa: ARG001 -- daemons that are real live by the machine's
    wiring: Wiring = USUAL,
) -> LinuxHost:
    """A host `<name>-linux`; `peers` are the gateways that answer on the other side.

    The partner's gateway is always there, so that its tunnel is up until somebody breaks it.
    """
    partner = replace(PARTNER, device_address=wiring.outside)
    text = _PARTNER.format(peer=PARTNER.address, local=wiring.outside, key=PARTNER.psk)
    return LinuxHost(
        f"{name}-linux",
        peers=(partner, *peers),
        wiring=wiring,
        files={"/etc/swanctl/conf.d/partner.conf": text},
    )
