"""The sections of a Junos configuration that matter here, as rules for the reader of trees.

Statements as in Juniper's "CLI Reference". Sections marked "!" are ours: in these a statement that
stands in no rule is reported. Elsewhere it is somebody else's.
"""

from __future__ import annotations

from vendors.juniper_junos.reading.grammar_security import SECURITY, SERVICE
from vendors.juniper_junos.reading.grammar_vpn import ST0
from vendors.juniper_junos.tree import FLAG, LIST, REST, SKIP, UNITS, VALUE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vendors.juniper_junos.tree import Rules

_UNIT: Rules = {
    "family": {
        "inet": {
            "address": {"": {"primary": FLAG, "preferred": FLAG}},
            "unnumbered-address": {"": {}},
            "mtu": VALUE,
            "tcp-mss": VALUE,
            **dict.fromkeys(("filter", "policer", "rpf-check", "sampling"), REST),
        },
        **dict.fromkeys(("inet6", "mpls", "iso"), REST),
    },
    "description": VALUE,
    "disable": FLAG,
    **dict.fromkeys(("bandwidth", "encapsulation"), REST),
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
_STATIC: Rules = {"defaults": {"preference": VALUE}, "route": {"": _ROUTE}}
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
        "": REST,  # whatever else a term asks for: it must not read as asking for nothing
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
    "security": SECURITY,
    "interfaces": _INTERFACES,
    "routing-options": _ROUTING,
    "protocols": _PROTOCOLS,
    "routing-instances": {"": _INSTANCE},
    "policy-options": {
        "policy-statement": {"": {**_TERM, "term": {"": _TERM}}},
        "prefix-list": {"": {"": {}}},
    },
    "applications": {
        "application": {"": {**SERVICE, "term": {"": SERVICE}}},
        "application-set": {"": {"application": LIST, "application-set": LIST}},
    },
}
_PART: Rules = {
    "interfaces": _INTERFACES,
    "routing-options": _ROUTING,
    "protocols": _PROTOCOLS,
    "routing-instances": {"": _INSTANCE},
}
RULES: Rules = {
    **_NAMED,
    "groups": {"": _NAMED},
    "logical-systems": {"": _PART},
    "tenants": {"": _PART},
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
