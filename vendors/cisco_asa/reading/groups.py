"""Tunnel-groups and group policies: keys, liveness, and what a peer is allowed to use."""

from __future__ import annotations

import re
from ipaddress import IPv4Address

from appliance.model.algorithms import IkeVersion
from appliance.model.masked import masked
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Dpd
from appliance.record import dataclass
from vendors.cisco.sections import Block, Notes, Said, number
from vendors.cisco.tree import Line
from vendors.cisco_asa import names
from vendors.cisco_asa.reading.places import Names
from vendors.cisco_asa.reading.running import Running

DEFAULT_GROUP = "DefaultL2LGroup"
DEFAULT_POLICY = "DfltGrpPolicy"

_ALLOWS = {
    IkeVersion.V1: frozenset({"ikev1", "ipsec"}),
    IkeVersion.V2: frozenset({"ikev2"}),
}
"""Words of `vpn-tunnel-protocol`; 8.3 and older say `IPSec`."""

MASKED = Hidden(
    "masked by `show running-config`; `more system:running-config` shows it to privilege 15"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The tunnel-group that serves a peer: its own, or the default one."""

    name: str
    ipsec: Block | None
    general: Block | None
    line: Line | None


class Groups:
    """The tunnel-groups and group policies of a configuration."""

    def __init__(self, running: Running, aliases: Names) -> None:
        self.running = running
        self.aliases = aliases
        self._lines: dict[str, Line] = {}
        for said in running.said("tunnel-group type"):
            self._lines.setdefault(said.words[1], said.line)
        for kind in ("general-attributes", "ipsec-attributes"):
            for name, lines in running.names(kind).items():
                self._lines.setdefault(name, lines[0])
        self._by_peer: dict[IPv4Address, str] = {}
        for name in self._lines:
            peer = aliases.address(name)
            if peer is not None:
                self._by_peer.setdefault(peer, name)
        self._declared = {
            said.words[1]: said.line
            for said in reversed(running.said("group-policy kind"))
            if len(said.words) > 1
        }

    def of(self, peer: str | None) -> Group:
        """The group of a peer (an address, or a name for one); the default one for all others."""
        address = self.aliases.address(peer) if peer is not None else None
        own = self._by_peer.get(address) if address is not None else None
        named = peer if own is None and peer in self._lines else own
        name = named or DEFAULT_GROUP
        return Group(
            name=name,
            ipsec=self.running.block("ipsec-attributes", name),
            general=self.running.block("general-attributes", name),
            line=self._lines.get(name),
        )

    def of_template(self, interface: str) -> tuple[str, ...]:
        """The groups that put their peers on copies of `Virtual-Template5`."""
        blocks = self.running.blocks("ipsec-attributes")
        said = ((block.name, block.last("virtual-template")) for block in blocks)
        return tuple(
            name
            for name, one in said
            if one is not None and interface.lower() == f"virtual-template{one.args[0]}"
        )

    def policy_name(self, group: Group) -> str:
        """The group policy that counts for a group."""
        said = group.general.last("default-group-policy") if group.general is not None else None
        return said.args[0] if said is not None else DEFAULT_POLICY

    def policy(self, name: str) -> Block | None:
        """The attributes of a group policy; None when it sets none."""
        return self.running.block("group-policy", name)

    def defined(self, name: str) -> bool:
        """Whether a group policy exists; the default one always does."""
        return name == DEFAULT_POLICY or name in self._declared or self.policy(name) is not None

    def allows(self, policy: str, version: IkeVersion) -> tuple[bool, Said | None]:
        """Whether a group policy lets peers use a version of IKE, and the line that says so.

        What it does not say it takes from the default policy, which allows both unless it says.
        """
        for name in (policy, DEFAULT_POLICY):
            block = self.policy(name)
            said = block.last("vpn-tunnel-protocol") if block is not None else None
            if said is not None:
                words = {word.lower() for word in said.args}
                return bool(words & _ALLOWS[version]), said
        return True, None

    def filter(self, policy: str) -> Said | None:
        """The `vpn-filter` in force for a group policy."""
        for name in (policy, DEFAULT_POLICY):
            block = self.policy(name)
            said = block.last("vpn-filter", "no vpn-filter") if block is not None else None
            if said is not None:
                return said if said.args else None
        return None


# --- liveness -----------------------------------------------------------------------------------


def dpd(group: Group, notes: Notes) -> Dpd | None:
    """`isakmp keepalive`: after so many idle seconds a probe, then one every few; on by default."""
    said = group.ipsec.last("keepalive") if group.ipsec is not None else None
    notes.at("ike.dpd", said or (group.ipsec.line if group.ipsec is not None else group.line))
    args = [word.lower() for word in said.args] if said is not None else []
    if args[:1] == ["disable"] or "infinite" in args:
        return None
    values = dict(zip(args[::2], args[1::2], strict=False))
    delay, retry = number(values.get("threshold", "")), number(values.get("retry", ""))
    return Dpd(
        delay_seconds=names.DPD_THRESHOLD if delay is None else delay,
        retry_seconds=names.DPD_RETRY if retry is None else retry,
    )


# --- keys ---------------------------------------------------------------------------------------

_TYPED = r"([08])\s+(\S.*)$"


def key(text: str) -> Secret | Hidden:
    """A key as written behind its statement, with its type if it has one."""
    found = re.match(_TYPED, text)
    kind, value = (found[1], found[2].rstrip()) if found else ("0", text.rstrip())
    if kind == "8":
        return Hidden(
            "stored as type 8: encrypted with the device's own master passphrase; compare with "
            "what was typed when it was set"
        )
    if set(value) == {"*"}:
        return MASKED
    if masked(value):
        return Hidden(f"the text says {value} in its place: it was taken out before saving")
    return Secret(value)


def shared_key(group: Group, version: IkeVersion, notes: Notes) -> Secret | Hidden | None:
    """The key a tunnel-group holds for a version of IKE; of two sides the local one."""
    if group.ipsec is None:
        return None
    if version is IkeVersion.V1:
        said = group.ipsec.last("ikev1 key")
        notes.at("psk", said)
        return None if said is None else key(said.after(said.depth))
    return _two_sided(group, group.ipsec, notes)


def _two_sided(group: Group, block: Block, notes: Notes) -> Secret | Hidden | None:
    local = block.last("local key", "local certificate")
    remote = block.last("remote key", "remote certificate")
    if local is None and remote is None:
        return None
    for side, said in (("local", local), ("remote", remote)):
        if said is None:
            notes.lacks(f"ikev2 {side}-authentication", f"in tunnel-group {group.name}")
    told = [said for said in (local, remote) if said is not None]
    held = [said for said in told if _is_key(said)]
    keys = [key(said.after(said.depth)) for said in held]
    if len(held) < len(told):
        _apart("a certificate at one end" if held else "certificates", told[0], notes)
    elif keys[0] != keys[-1] and not isinstance(keys[0], Hidden):
        _apart("another key for each end", told[-1], notes)
        keys = [Hidden("there is one key for each end, and they differ")]
    if held:
        notes.at("psk", held[0])
    return keys[0] if keys else None


def _apart(form: str, said: Said, notes: Notes) -> None:
    notes.objects["psk form"] = form
    notes.at("quirks.ikev2", said)


def _is_key(said: Said) -> bool:
    return said.words[said.depth - 1].lower().startswith("pre") and bool(said.args)


def versions_keyed(group: Group) -> frozenset[IkeVersion]:
    """The versions of IKE that a tunnel-group says anything for."""
    block = group.ipsec
    if block is None:
        return frozenset()
    found = set()
    if block.last("ikev1 key", "trust-point") is not None:
        found.add(IkeVersion.V1)
    if block.last("local key", "remote key", "local certificate", "remote certificate"):
        found.add(IkeVersion.V2)
    return frozenset(found)
