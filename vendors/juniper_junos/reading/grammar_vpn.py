"""The sections that are ours: `security ike`, `security ipsec` and the units of st0."""

from __future__ import annotations

from vendors.juniper_junos.tree import FLAG, LIST, SKIP, VALUE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vendors.juniper_junos.tree import Rules

_NAME: Rules = {
    "container": VALUE,
    "wildcard": VALUE,
}
_IDENTITY: Rules = {
    "inet": VALUE,
    "inet6": VALUE,
    "hostname": VALUE,
    "user-at-hostname": VALUE,
    "key-id": VALUE,
    "distinguished-name": _NAME,
}
IKE: Rules = {
    "!": SKIP,
    "proposal": {
        "": {
            "description": VALUE,
            "authentication-method": VALUE,
            "dh-group": VALUE,
            "authentication-algorithm": VALUE,
            "encryption-algorithm": VALUE,
            "lifetime-seconds": VALUE,
            "prf-algorithm": VALUE,
            "signature-hash-algorithm": SKIP,
        }
    },
    "policy": {
        "": {
            "description": VALUE,
            "mode": VALUE,
            "proposals": LIST,
            "proposal-set": VALUE,
            "pre-shared-key": {"ascii-text": VALUE, "hexadecimal": VALUE},
            "certificate": {
                "local-certificate": VALUE,
                "peer-certificate-type": SKIP,
                "trusted-ca": SKIP,
                "policy-oids": SKIP,
            },
            "seeded-pre-shared-key": {"ascii-text": VALUE, "hexadecimal": VALUE},
            "reauth-frequency": VALUE,
            "encoding": SKIP,
            "identity": SKIP,
            "local-certificate": SKIP,
            "local-key-pair": SKIP,
        }
    },
    "gateway": {
        "": {
            "description": VALUE,
            "ike-policy": VALUE,
            "address": LIST,
            "dynamic": {
                **_IDENTITY,
                "connections-limit": VALUE,
                "ike-user-type": VALUE,
                "reject-duplicate-connection": SKIP,
                "general-ikeid": FLAG,
            },
            "dead-peer-detection": {
                "always-send": FLAG,
                "optimized": FLAG,
                "probe-idle-tunnel": FLAG,
                "interval": VALUE,
                "threshold": VALUE,
            },
            "no-nat-traversal": FLAG,
            "nat-keepalive": VALUE,
            "local-identity": _IDENTITY,
            "remote-identity": _IDENTITY,
            "external-interface": VALUE,
            "local-address": VALUE,
            "general-ikeid": FLAG,
            "version": VALUE,
            "fragmentation": SKIP,
            "xauth": SKIP,
            "aaa": SKIP,
            "advpn": SKIP,
            "tcp-encap-profile": SKIP,
            "node-local": SKIP,
            "ppk-profile": SKIP,
            "respond-bad-spi": SKIP,
            "routing-instance": VALUE,
        }
    },
    "traceoptions": SKIP,
    "respond-bad-spi": SKIP,
    "session": SKIP,
    "blocklists": SKIP,
    "use-original-ike-gateway": SKIP,
    "high-availability": SKIP,
}
_SELECTOR: Rules = {
    "local-ip": VALUE,
    "remote-ip": VALUE,
    "protocol": VALUE,
    "local-port": VALUE,
    "remote-port": VALUE,
    "source-port": VALUE,
    "destination-port": VALUE,
    "description": VALUE,
}

IPSEC: Rules = {
    "!": SKIP,
    "proposal": {
        "": {
            "description": VALUE,
            "protocol": VALUE,
            "authentication-algorithm": VALUE,
            "encryption-algorithm": VALUE,
            "lifetime-seconds": VALUE,
            "lifetime-kilobytes": VALUE,
            "extended-sequence-number": SKIP,
        }
    },
    "policy": {
        "": {
            "description": VALUE,
            "perfect-forward-secrecy": {"keys": VALUE},
            "proposals": LIST,
            "proposal-set": VALUE,
        }
    },
    "vpn": {
        "": {
            "description": VALUE,
            "bind-interface": VALUE,
            "df-bit": VALUE,
            "establish-tunnels": VALUE,
            "ike": {
                "gateway": VALUE,
                "ipsec-policy": VALUE,
                "proxy-identity": {"local": VALUE, "remote": VALUE, "service": VALUE},
                "idle-time": VALUE,
                "install-interval": VALUE,
                "no-anti-replay": FLAG,
                "anti-replay-window-size": VALUE,
            },
            "traffic-selector": {"": {**_SELECTOR, "term": {"": _SELECTOR}}},
            "vpn-monitor": {
                "optimized": FLAG,
                "source-interface": VALUE,
                "destination-ip": VALUE,
                "verify-path": SKIP,
            },
            "manual": {"": SKIP},
            "copy-outer-dscp": SKIP,
            "distribution-profile": SKIP,
            "ha-link-encryption": SKIP,
            "match-direction": SKIP,
            "multi-sa": SKIP,
            "passive-mode-tunneling": SKIP,
            "tunnel-mtu": SKIP,
            "udp-encapsulate": SKIP,
        }
    },
    "vpn-monitor-options": SKIP,
    "traceoptions": SKIP,
    "security-association": SKIP,
    "internal": SKIP,
    "anti-replay-window-size": SKIP,
    "hw-offload": SKIP,
}

ST0: Rules = {
    "!": SKIP,
    "description": VALUE,
    "disable": FLAG,
    "traps": SKIP,
    "no-traps": SKIP,
    "mtu": VALUE,
    "traceoptions": SKIP,
    "per-unit-scheduler": SKIP,
    "encapsulation": SKIP,
    "unit": {
        "": {
            "description": VALUE,
            "disable": FLAG,
            "multipoint": FLAG,
            "point-to-point": FLAG,
            "bandwidth": SKIP,
            "traps": SKIP,
            "no-traps": SKIP,
            "accounting-profile": SKIP,
            "enable": SKIP,
            "clear-dont-fragment-bit": SKIP,
            "copy-tos-to-outer-ip-header": SKIP,
            "reassemble-packets": SKIP,
            "family": {
                "inet": {
                    "address": {
                        "": {
                            "primary": FLAG,
                            "preferred": FLAG,
                            "destination": VALUE,
                            "broadcast": VALUE,
                        }
                    },
                    "mtu": VALUE,
                    "tcp-mss": VALUE,
                    "next-hop-tunnel": {"": {"ipsec-vpn": VALUE}},
                    "unnumbered-address": {
                        "": {"preferred-source-address": VALUE, "destination": VALUE}
                    },
                    "filter": SKIP,
                    "policer": SKIP,
                    "sampling": SKIP,
                    "simple-filter": SKIP,
                    "no-redirects": SKIP,
                    "no-neighbor-learn": SKIP,
                    "rpf-check": SKIP,
                    "targeted-broadcast": SKIP,
                    "destination-class-usage": SKIP,
                    "accounting": SKIP,
                },
                "inet6": SKIP,
                "iso": SKIP,
                "mpls": SKIP,
            },
        }
    },
}
