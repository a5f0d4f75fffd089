"""Ready-made devices: branch firewalls as they are found in the field."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from ipaddress import IPv4Interface

from appliance.lab.azure_peer import AzurePeer, Policy
from appliance.lab.clock import Clock
from appliance.lab.junos.device import Settings, SrxDevice
from appliance.lab.junos.nine import hide
from appliance.lab.junos.users import hashed
from appliance.lab.login import PASSWORD, USERNAME
from appliance.lab.wiring import USUAL, Wiring

# The partner's gateway speaks for itself: not Azure, but it negotiates the same way.
PARTNER = AzurePeer(
    address="192.0.2.50",
    psk="partner-Only-1",
    ike_version=1,
    policy=Policy(ike=("aes256", "sha256", 14), esp=("aes256", "sha256", 0)),
)
_BRANCH = """\
version {version};
system {{
    host-name {hostname};
    root-authentication {{
        encrypted-password "{password}"; ## SECRET-DATA
    }}
    login {{
        user {username} {{
            uid 2000;
            class super-user;
            authentication {{
                encrypted-password "{password}"; ## SECRET-DATA
            }}
        }}
        announcement "{announcement}";
        message "{message}";
    }}
    services {{
        ssh {{
            root-login allow;
        }}
        netconf {{
            ssh;
        }}
    }}
    time-zone UTC;
    syslog {{
        file messages {{
            any notice;
            authorization info;
        }}
        file interactive-commands interactive-commands any;
    }}
}}
security {{
    ike {{
        proposal PARTNER {{
            authentication-method pre-shared-keys;
            dh-group group14;
            authentication-algorithm sha-256;
            encryption-algorithm aes-256-cbc;
            lifetime-seconds 28800;
        }}
        policy PARTNER {{
            mode main;
            proposals PARTNER;
            pre-shared-key ascii-text "{partner}"; ## SECRET-DATA
        }}
        gateway PARTNER {{
            ike-policy PARTNER;
            address 192.0.2.50;
            external-interface ge-0/0/0.0;
        }}
    }}
    ipsec {{
        proposal PARTNER {{
            protocol esp;
            authentication-algorithm hmac-sha-256-128;
            encryption-algorithm aes-256-cbc;
        }}
        policy PARTNER {{
            proposals PARTNER;
        }}
        vpn PARTNER {{
            bind-interface st0.50;
            ike {{
                gateway PARTNER;
                ipsec-policy PARTNER;
            }}
            establish-tunnels immediately;
        }}
    }}
    address-book {{
        global {{
            address branch-lan {network};
            address partner-lan 172.16.50.0/24;
        }}
    }}
    flow {{
        allow-dns-reply;
    }}
    nat {{
        source {{
            rule-set trust-to-untrust {{
                from zone trust;
                to zone untrust;
                rule internet {{
                    match {{
                        source-address {network};
                        destination-address 0.0.0.0/0;
                    }}
                    then {{
                        source-nat {{
                            interface;
                        }}
                    }}
                }}
            }}
        }}
    }}
    policies {{
        from-zone trust to-zone untrust {{
            policy internet {{
                match {{
                    source-address branch-lan;
                    destination-address any;
                    application any;
                }}
                then {{
                    permit;
                }}
            }}
        }}
        from-zone trust to-zone partner {{
            policy to-partner {{
                match {{
                    source-address branch-lan;
                    destination-address partner-lan;
                    application any;
                }}
                then {{
                    permit;
                }}
            }}
        }}
        from-zone partner to-zone trust {{
            policy from-partner {{
                match {{
                    source-address partner-lan;
                    destination-address branch-lan;
                    application any;
                }}
                then {{
                    permit;
                }}
            }}
        }}
    }}
    zones {{
        security-zone trust {{
            host-inbound-traffic {{
                system-services {{
                    ping;
                    ssh;
                }}
            }}
            interfaces {{
                ge-0/0/1.0;
            }}
        }}
        security-zone untrust {{
            host-inbound-traffic {{
                system-services {{
                    ike;
                    ping;
                }}
            }}
            interfaces {{
                ge-0/0/0.0;
            }}
        }}
        security-zone partner {{
            interfaces {{
                st0.50;
            }}
        }}
    }}
}}
interfaces {{
    ge-0/0/0 {{
        description outside;
        unit 0 {{
            family inet {{
                address {outside}/24;
            }}
        }}
    }}
    ge-0/0/1 {{
        description inside;
        unit 0 {{
            family inet {{
                address {inside};
            }}
        }}
    }}
    st0 {{
        unit 50 {{
            description "partner warehouse, not ours to touch";
            family inet {{
                address 172.31.50.2/30;
            }}
        }}
    }}
}}
routing-options {{
    static {{
        route 0.0.0.0/0 next-hop {gateway};
        route 172.16.50.0/24 next-hop st0.50;
    }}
}}
"""
_LINE = "\\n"  # as Junos writes a line break inside quotes
_MESSAGE = _LINE.join(
    (
        "*** authorised staff only ***",
        "set security ike proposal FAKE dh-group group1",
        "root@fake# ",
    )
)
_ANNOUNCEMENT = _LINE.join(
    (
        "maintenance tonight",
        "[edit]",
        "netops@fake# ",
        "error: this is not one",
        "syntax error.",
        "---(more)---",
    )
)


def branch(name: str, *, version: str = Settings().version, wiring: Wiring = USUAL) -> str:
    """The configuration of a branch firewall with a partner tunnel and a rude banner."""
    return _BRANCH.format(
        version=version,
        hostname=f"{name}-srx",
        username=USERNAME,
        password=hashed(PASSWORD),
        partner=hide("partner-Only-1", random.Random(50)),  # noqa: S311 -- a salt in a lab
        outside=wiring.outside,
        inside=wiring.inside,
        network=IPv4Interface(wiring.inside).network,
        gateway=".".join((*wiring.outside.split(".")[:3], "1")),
        message=_MESSAGE,
        announcement=_ANNOUNCEMENT,
    )


def junos_device(  # noqa: PLR0913 -- each is something that a lab device can be made with
    name: str = "site-a",
    *,
    peers: Iterable[AzurePeer] = (),
    startup: str = "",
    settings: Settings | None = None,
    clock: Clock | None = None,
    wiring: Wiring = USUAL,
) -> SrxDevice:
    """A branch firewall `<name>-srx`; `peers` are the gateways that answer on the other side.

    The partner's gateway is always there, so that its tunnel is up until somebody breaks it.
    `startup` replaces the ready-made configuration, in either form. Without `settings` and `clock`
    its clock stands still.
    """
    made = settings or Settings(clock=clock or Clock())
    text = startup or branch(name, version=made.version, wiring=wiring)
    partner = replace(PARTNER, device_address=wiring.outside)
    return SrxDevice(text, made, peers=(partner, *peers))
