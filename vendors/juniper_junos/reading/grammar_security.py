"""The section `security` and what only it has: zones, address books, policies and NAT.

Statements as in Juniper's "CLI Reference"; see `grammar` for the rest and the marks.
"""

from __future__ import annotations

from vendors.juniper_junos.reading.grammar_vpn import IKE, IPSEC
from vendors.juniper_junos.tree import FLAG, LIST, SKIP, VALUE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vendors.juniper_junos.tree import Rules

_INBOUND: Rules = {
    "system-services": {"": {"except": FLAG}},
    "protocols": {"": {"except": FLAG}},
}
_ADDRESS: Rules = {
    "dns-name": {"": {}},
    "range-address": {"": {"to": {"": {}}}},
    "wildcard-address": VALUE,
    "ip-prefix": VALUE,
    "description": VALUE,
    "": {},
}
_BOOK: Rules = {
    "address": {"": _ADDRESS},
    "address-set": {"": {"address": LIST, "address-set": LIST, "description": VALUE}},
    "attach": {"zone": LIST},
    "description": VALUE,
}
_ZONES: Rules = {
    "security-zone": {
        "": {
            "interfaces": {"": {"host-inbound-traffic": _INBOUND}},
            "host-inbound-traffic": _INBOUND,
            "address-book": _BOOK,
            "description": VALUE,
            "tcp-rst": SKIP,
            "screen": VALUE,
            "application-tracking": SKIP,
        }
    },
    "functional-zone": SKIP,
}
SERVICE: Rules = {
    "protocol": VALUE,
    "source-port": VALUE,
    "destination-port": VALUE,
    "icmp-type": VALUE,
    "icmp-code": VALUE,
    "ether-type": VALUE,
    "rpc-program-number": VALUE,
    "uuid": VALUE,
    "alg": VALUE,
    "application-protocol": VALUE,
    "inactivity-timeout": VALUE,
    "description": VALUE,
}
_POLICY: Rules = {
    "match": {
        "source-address": LIST,
        "destination-address": LIST,
        "application": LIST,
        "source-identity": LIST,
        "from-zone": LIST,
        "to-zone": LIST,
        "source-address-excluded": FLAG,
        "destination-address-excluded": FLAG,
        "dynamic-application": LIST,
        "url-category": LIST,
        "source-end-user-profile": VALUE,
    },
    "then": {
        "permit": {"tunnel": {"ipsec-vpn": VALUE, "pair-policy": VALUE}},
        "deny": {},
        "reject": {},
        "log": SKIP,
        "count": SKIP,
    },
    "scheduler-name": VALUE,
    "description": VALUE,
}
_POLICIES: Rules = {
    "from-zone": {"": {"to-zone": {"": {"policy": {"": _POLICY}}}}},
    "global": {"policy": {"": _POLICY}},
    "default-policy": {"permit-all": FLAG, "deny-all": FLAG},
    "policy-rematch": SKIP,
    "policy-stats": SKIP,
    "traceoptions": SKIP,
    "unified-policy": SKIP,
}
_NAT_RULE: Rules = {
    "match": {"source-address": LIST, "destination-address": LIST, "application": LIST},
    "then": {"source-nat": {"off": FLAG, "interface": {}, "pool": {"": {}}}},
}
_NAT_ENDS: Rules = {"zone": LIST, "interface": LIST, "routing-instance": LIST}
SECURITY: Rules = {
    "ike": IKE,
    "ipsec": IPSEC,
    "zones": _ZONES,
    "policies": _POLICIES,
    "address-book": {"": _BOOK},
    "flow": {"tcp-mss": {"ipsec-vpn": {"mss": VALUE}, "all-tcp": {"mss": VALUE}}},
    "nat": {
        "source": {"rule-set": {"": {"from": _NAT_ENDS, "to": _NAT_ENDS, "rule": {"": _NAT_RULE}}}}
    },
    "screen": SKIP,
    "alg": SKIP,
    "log": SKIP,
    "pki": SKIP,
    "utm": SKIP,
    "idp": SKIP,
    "group-vpn": SKIP,
    "forwarding-options": SKIP,
    "forwarding-process": SKIP,
    "ssh-known-hosts": SKIP,
    "traceoptions": SKIP,
    "application-tracking": SKIP,
    "application-firewall": SKIP,
    "advanced-policy-based-routing": SKIP,
    "certificates": SKIP,
    "dynamic-address": SKIP,
    "dynamic-vpn": SKIP,
    "firewall-authentication": SKIP,
    "gprs": SKIP,
    "analysis": SKIP,
    "authentication-key-chains": SKIP,
    "macsec": SKIP,
    "remote-access": SKIP,
    "softwires": SKIP,
    "ssl": SKIP,
    "tcp-encap": SKIP,
    "user-identification": SKIP,
    "datapath-debug": SKIP,
    "resource-manager": SKIP,
    "ngfw": SKIP,
}
