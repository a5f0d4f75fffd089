"""The sections of a Junos configuration that matter here, as rules for the reader of trees.

Statements as in Juniper's "CLI Reference". Sections marked "!" are ours: in these a statement that
stands in no rule is reported. Elsewhere it is somebody else's.
"""

from __future__ import annotations

from vendors.juniper_junos.reading.grammar_vpn import IKE, IPSEC, ST0
from vendors.juniper_junos.tree import FLAG, LIST, REST, SKIP, UNITS, VALUE

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
_SERVICE: Rules = {
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
_SECURITY: Rules = {
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

_UNIT: Rules = {
    "family": {
        "inet": {
            "address": {"": {"primary": FLAG, "preferred": FLAG}},
            "unnumbered-address": {"": {}},
            "mtu": VALUE,
            "tcp-mss": VALUE,
        }
    },
    "description": VALUE,
    "disable": FLAG,
    "vlan-id": VALUE,
    "vlan-tags": REST,
}
_INTERFACES: Rules = {
    UNITS: SKIP,
    "st0": ST0,
    "interface-range": SKIP,
    "traceoptions": SKIP,
    "": {
        "unit": {"": _UNIT},
        "disable": FLAG,
        "description": VALUE,
        "vlan-tagging": FLAG,
        "flexible-vlan-tagging": FLAG,
        "stacked-vlan-tagging": FLAG,
    },
}

_ROUTE: Rules = {
    "next-hop": LIST,
    "qualified-next-hop": {"": {"preference": VALUE, "metric": VALUE, "interface": VALUE}},
    "next-table": VALUE,
    "preference": VALUE,
    "metric": VALUE,
    "discard": FLAG,
    "reject": FLAG,
    "receive": FLAG,
    "tag": VALUE,
    "active": FLAG,
    "passive": FLAG,
    "install": FLAG,
    "no-install": FLAG,
    "readvertise": FLAG,
    "no-readvertise": FLAG,
    "resolve": FLAG,
    "no-resolve": FLAG,
    "retain": FLAG,
    "no-retain": FLAG,
}
_STATIC: Rules = {"route": {"": _ROUTE}}
_ROUTING: Rules = {
    "static": _STATIC,
    "rib": {"": {"static": _STATIC}},
    "autonomous-system": {"": {"loops": VALUE}},
    "aggregate": {"route": {"": {}}},
    "generate": {"route": {"": {}}},
    "router-id": VALUE,
}
_SESSION: Rules = {
    "type": VALUE,
    "description": VALUE,
    "local-address": VALUE,
    "local-interface": VALUE,
    "local-as": {"": {"loops": VALUE}},
    "peer-as": VALUE,
    "hold-time": VALUE,
    "import": LIST,
    "export": LIST,
    "multihop": {"ttl": VALUE, "no-nexthop-change": FLAG},
    "authentication-key": VALUE,
    "local-preference": VALUE,
    "preference": VALUE,
    "bfd-liveness-detection": {
        "minimum-interval": VALUE,
        "minimum-receive-interval": VALUE,
        "multiplier": VALUE,
        "transmit-interval": {"minimum-interval": VALUE, "threshold": VALUE},
        "detection-time": SKIP,
        "session-mode": VALUE,
        "version": VALUE,
        "holddown-interval": VALUE,
        "no-adaptation": FLAG,
        "authentication": SKIP,
    },
    "shutdown": {},
    "disable": FLAG,
    "passive": FLAG,
}
_BGP: Rules = {
    **_SESSION,
    "group": {"": {**_SESSION, "neighbor": {"": _SESSION}}},
    "neighbor": {"": _SESSION},
}
_PROTOCOLS: Rules = {"bgp": _BGP}
_TERM: Rules = {
    "from": {
        "protocol": LIST,
        "route-filter": REST,
        "prefix-list": LIST,
        "prefix-list-filter": REST,
        "interface": LIST,
        "instance": VALUE,
        "community": LIST,
        "as-path": LIST,
        "neighbor": LIST,
        "family": VALUE,
        "policy": LIST,
        "tag": LIST,
        "rib": VALUE,
        "metric": VALUE,
    },
    "to": SKIP,
    "then": {
        "accept": FLAG,
        "reject": FLAG,
        "next": VALUE,
        "default-action": VALUE,
        "local-preference": REST,
    },
}
_INSTANCE: Rules = {
    "instance-type": VALUE,
    "interface": LIST,
    "routing-options": _ROUTING,
    "protocols": _PROTOCOLS,
    "description": VALUE,
}
_NAMED: Rules = {
    "version": VALUE,
    "system": {"host-name": VALUE},
    "security": _SECURITY,
    "interfaces": _INTERFACES,
    "routing-options": _ROUTING,
    "protocols": _PROTOCOLS,
    "routing-instances": {"": _INSTANCE},
    "policy-options": {
        "policy-statement": {"": {**_TERM, "term": {"": _TERM}}},
        "prefix-list": {"": {"": {}}},
    },
    "applications": {
        "application": {"": {**_SERVICE, "term": {"": _SERVICE}}},
        "application-set": {"": {"application": LIST, "application-set": LIST}},
    },
}
RULES: Rules = {
    **_NAMED,
    "groups": {"": _NAMED},
    "logical-systems": {"": {"interfaces": _INTERFACES}},
    "tenants": {"": {"interfaces": _INTERFACES}},
    "access": SKIP,
    "accounting-options": SKIP,
    "bridge-domains": SKIP,
    "chassis": SKIP,
    "class-of-service": SKIP,
    "dynamic-profiles": SKIP,
    "ethernet-switching-options": SKIP,
    "event-options": SKIP,
    "fabric": SKIP,
    "firewall": SKIP,
    "forwarding-options": SKIP,
    "jsrc": SKIP,
    "multicast-snooping-options": SKIP,
    "poe": SKIP,
    "schedulers": SKIP,
    "services": SKIP,
    "smtp": SKIP,
    "snmp": SKIP,
    "switch-options": SKIP,
    "virtual-chassis": SKIP,
    "vlans": SKIP,
    "wlan": SKIP,
}

_IN_SECURITY = ("ike", "ipsec", "zones", "policies", "address-book", "flow", "nat")
HOMES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_IN_SECURITY, ("security",)),
    "gateway": ("security", "ike"),
    "proposal": ("security", "?"),
    "policy": ("security", "?"),
    "vpn": ("security", "ipsec"),
    "security-zone": ("security", "zones"),
    "from-zone": ("security", "policies"),
    "st0": ("interfaces",),
    "static": ("routing-options",),
    "autonomous-system": ("routing-options",),
    "bgp": ("protocols",),
    "policy-statement": ("policy-options",),
    "prefix-list": ("policy-options",),
}
"""Where a statement belongs that a fragment without its heading begins with."""
